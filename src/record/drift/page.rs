//! What the documentation page has, and where.

use std::collections::HashMap;

use super::gather::Entry;
use crate::model::drift::{DriftKind, DriftPlace};
use crate::model::report::{CoveredPair, ScenarioReport, StatusText};

/// The pairs of the page, to be found by code and by line.
pub struct Page<'a> {
    by_code: HashMap<&'a str, Vec<&'a CoveredPair>>,
    by_line: HashMap<u32, Vec<&'a CoveredPair>>,
    last: Option<u32>,
}

impl<'a> Page<'a> {
    pub fn of(list: &'a [CoveredPair]) -> Page<'a> {
        let mut page = Page { by_code: HashMap::new(), by_line: HashMap::new(), last: None };
        for pair in list {
            page.by_code.entry(&pair.code).or_default().push(pair);
            page.by_line.entry(pair.line).or_default().push(pair);
            page.last = page.last.max(Some(pair.line));
        }
        page
    }

    pub fn of_code(&self, code: &str) -> &[&'a CoveredPair] {
        self.by_code.get(code).map_or(&[], Vec::as_slice)
    }

    pub fn on_line(&self, line: u32) -> &[&'a CoveredPair] {
        self.by_line.get(&line).map_or(&[], Vec::as_slice)
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
            (None, None) => (self.last, DriftPlace::End),
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
