//! What the documentation page has, and where.

use super::gather::Entry;
use crate::model::drift::{DriftKind, DriftPlace};
use crate::model::report::{CoveredPair, ScenarioReport, StatusText};

/// The pairs of the page, to be found by code and by line.
pub struct Page<'a> {
    /// Sorted; those of one code, and of one line, stand in the order of the page.
    by_code: Vec<&'a CoveredPair>,
    by_line: Vec<&'a CoveredPair>,
}

impl<'a> Page<'a> {
    pub fn of(list: &'a [CoveredPair]) -> Page<'a> {
        let (mut by_code, mut by_line): (Vec<_>, Vec<_>) = (list.iter().collect(), list.iter().collect());
        by_code.sort_by_key(|pair| pair.code.as_str());
        by_line.sort_by_key(|pair| pair.line);
        Page { by_code, by_line }
    }

    pub fn of_code(&self, code: &str) -> &[&'a CoveredPair] {
        let start = self.by_code.partition_point(|pair| pair.code.as_str() < code);
        let count = self.by_code[start..].iter().take_while(|pair| pair.code == code).count();
        &self.by_code[start..start + count]
    }

    pub fn on_line(&self, line: u32) -> &[&'a CoveredPair] {
        let start = self.by_line.partition_point(|pair| pair.line < line);
        let count = self.by_line[start..].iter().take_while(|pair| pair.line == line).count();
        &self.by_line[start..start + count]
    }

    pub fn section(&self, line: u32) -> &'a str {
        self.on_line(line).first().map_or("", |pair| &pair.section)
    }

    /// The pair that a scenario means to trigger: the pinned one, or the first of the code.
    pub fn planned(&self, scenario: &ScenarioReport) -> Option<&'a CoveredPair> {
        let pairs = self.of_code(scenario.expect.code.as_deref()?);
        let due = scenario.expect.statuses.first()?;
        let covering = |pair: &&&CoveredPair| matches!(due, StatusText::Number(n) if covers(&pair.status, *n));
        pairs.iter().find(|pair| pair.status == *due).or_else(|| pairs.iter().find(covering)).copied()
    }

    /// The line to change: the row of the pair, or where a row for it may belong.
    pub fn place(&self, entry: &Entry) -> (Option<u32>, DriftPlace) {
        let own = self.of_code(&entry.code);
        let row = match entry.kind {
            DriftKind::UndocumentedCode => None,
            _ => own.iter().find(|pair| pair.status == entry.status).or(own.first()),
        };
        match (row, entry.near) {
            (Some(pair), _) => (Some(pair.line), DriftPlace::Row),
            (None, Some(near)) => (Some(near), DriftPlace::Near),
            (None, None) => (self.by_line.last().map(|pair| pair.line), DriftPlace::End),
        }
    }
}

/// Whether an answer's status falls under a documented one.
pub fn covers(documented: &StatusText, status: u16) -> bool {
    match documented {
        StatusText::Number(number) => *number == status,
        StatusText::Text(class) => match class.strip_suffix("xx") {
            Some(digit) => digit.parse() == Ok(status / 100),
            None => (400..600).contains(&status),
        },
    }
}
