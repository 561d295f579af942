//! The catalogue as a heat map of pairs by section, and the same as tables.

use std::collections::HashMap;

use serde::Serialize;

use super::causes::Link;
use super::drift::{Contradiction, contradictions};
use crate::model::report::{CoverageState, CoveredPair, Observed, RunReport, StatusText};
use crate::model::visible::{code, visible};
use crate::render::digest::waiver;
use crate::render::words::line;

/// Scenarios named for one pair.
const NAMED: usize = 4;

#[derive(Serialize)]
pub struct Map {
    pub sections: Vec<Section>,
    /// The states that occur, for the legend.
    pub states: Vec<State>,
    /// Pairs that did not simply come as documented.
    pub open: Vec<Row>,
    pub triggered: Vec<Row>,
    pub codes: (usize, usize),
    pub pairs: (usize, usize),
}

#[derive(Serialize)]
pub struct State {
    pub id: &'static str,
    pub count: usize,
    pub meaning: &'static str,
}

#[derive(Serialize)]
pub struct Section {
    pub name: String,
    pub cells: Vec<Cell>,
    pub triggered: usize,
}

#[derive(Serialize)]
pub struct Cell {
    pub n: usize,
    pub code: String,
    pub status: String,
    pub state: &'static str,
}

#[derive(Serialize)]
pub struct Row {
    pub cell: Cell,
    /// What a state needs said: why it is waived, what came instead.
    pub note: String,
    pub place: String,
    /// How often it was answered, expected or not.
    pub seen: String,
    pub links: Vec<Link>,
    pub more: usize,
}

const STATES: [(&str, &str); 5] = [
    ("drifted", "an answer contradicted it"),
    ("missing", "no scenario expects it"),
    ("planned", "a scenario expects it, but it did not come about in this run"),
    ("waived", "left out with a reason"),
    ("triggered", "a scenario that expects it conformed"),
];

pub fn map(report: &RunReport) -> Map {
    let drift = contradictions(report);
    let known = Known::of(report);
    let list = &report.coverage.list;
    let mut map = Map {
        sections: sections(list, &drift),
        states: Vec::new(),
        open: Vec::new(),
        triggered: Vec::new(),
        codes: (report.coverage.codes.triggered, report.coverage.codes.documented),
        pairs: (report.coverage.pairs.triggered, report.coverage.pairs.documented),
    };
    for (n, pair) in list.iter().enumerate() {
        let row = row(report, n, pair, drift.get(&n), &known);
        let rows = if row.cell.state == "triggered" { &mut map.triggered } else { &mut map.open };
        rows.push(row);
    }
    let count = |id: &str| map.open.iter().chain(&map.triggered).filter(|row| row.cell.state == id).count();
    let states = STATES.map(|(id, meaning)| State { id, count: count(id), meaning });
    map.states = states.into_iter().filter(|state| state.count > 0).collect();
    let rank = |row: &Row| STATES.iter().position(|(id, _)| *id == row.cell.state);
    map.open.sort_by_key(rank);
    map
}

fn sections(list: &[CoveredPair], drift: &HashMap<usize, Contradiction>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (n, pair) in list.iter().enumerate() {
        let place = *places.entry(&pair.section).or_insert_with(|| {
            let name = if pair.section.is_empty() { "Catalogue".to_owned() } else { line(&pair.section) };
            sections.push(Section { name, cells: Vec::new(), triggered: 0 });
            sections.len() - 1
        });
        sections[place].triggered += usize::from(pair.state == CoverageState::Triggered);
        sections[place].cells.push(cell(n, pair, drift.get(&n)));
    }
    sections
}

fn cell(n: usize, pair: &CoveredPair, drift: Option<&Contradiction>) -> Cell {
    let state = drift.map_or(pair.state.id(), |_| "drifted");
    Cell { n, code: code(&pair.code).into_owned(), status: visible(&pair.status.to_string()).into_owned(), state }
}

/// What is known of each code.
#[derive(Default)]
struct Known<'a> {
    /// The scenarios that expect it, by index.
    aiming: HashMap<&'a str, Vec<usize>>,
    observed: HashMap<&'a str, Vec<&'a Observed>>,
}

impl<'a> Known<'a> {
    fn of(report: &'a RunReport) -> Known<'a> {
        let mut known = Known::default();
        for (n, scenario) in report.scenarios.iter().enumerate() {
            if let Some(code) = &scenario.expect.code {
                known.aiming.entry(code).or_default().push(n);
            }
        }
        for observed in &report.observed {
            known.observed.entry(&observed.code).or_default().push(observed);
        }
        known
    }

    /// How often a pair was seen, expected or not.
    fn seen(&self, pair: &CoveredPair) -> u64 {
        let is_of = |status: u16| match &pair.status {
            StatusText::Number(number) => *number == status,
            StatusText::Text(class) => match class.strip_suffix("xx") {
                Some(digit) => digit.parse() == Ok(status / 100),
                None => status >= 400,
            },
        };
        let seen = self.observed.get(pair.code.as_str()).into_iter().flatten().filter(|o| is_of(o.status));
        seen.map(|o| o.count).sum()
    }
}

fn row(report: &RunReport, n: usize, pair: &CoveredPair, drift: Option<&Contradiction>, known: &Known<'_>) -> Row {
    let scenarios = &report.scenarios;
    let expects = |n: &&usize| scenarios[**n].expect.statuses.contains(&pair.status);
    let mut members: Vec<usize> = drift.map(|d| d.scenarios.clone()).unwrap_or_default();
    if drift.is_none() {
        members.extend(known.aiming.get(pair.code.as_str()).into_iter().flatten().filter(expects));
    }
    Row {
        cell: cell(n, pair, drift),
        note: note(pair, drift),
        place: format!("{}:{}", visible(&report.page), pair.line),
        seen: times(known.seen(pair)),
        links: members.iter().take(NAMED).map(|n| Link::to(scenarios, *n)).collect(),
        more: members.len().saturating_sub(NAMED) + drift.map_or(0, |d| d.more),
    }
}

fn note(pair: &CoveredPair, drift: Option<&Contradiction>) -> String {
    let mut notes = Vec::new();
    if let Some(drift) = drift.filter(|d| !d.came.is_empty()) {
        notes.push(format!("{} came", drift.came.join(", ")));
    }
    if drift.is_some() && pair.state != CoverageState::Planned {
        notes.push(format!("else {}", pair.state.id()));
    }
    if let Some(reason) = &pair.reason {
        notes.push(line(reason));
    }
    if pair.expired || pair.until.is_some() {
        notes.push(waiver(pair));
    }
    notes.join("; ")
}

fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    }
}
