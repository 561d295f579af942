//! Drift: the pairs of the map that an answer contradicted, and a section of its own.

use std::collections::HashMap;

use serde::Serialize;

use super::causes::Link;
use crate::model::drift::{Drift, DriftKind};
use crate::model::report::RunReport;
use crate::model::visible::{code, shortened, visible};
use crate::render::drift::{answered, pair, place, proof};
use crate::render::words::line;

/// Answers named for one pair.
const NAMED: usize = 3;
/// Rows of the section; the report as data has more.
const ROWS: usize = 500;

/// What contradicted a pair of the map.
#[derive(Default)]
pub struct Contradiction {
    /// Indices into the report's scenarios.
    pub scenarios: Vec<usize>,
    pub more: usize,
    /// The pairs that came, each once.
    pub came: Vec<String>,
}

/// By index into the list of pairs.
pub fn contradictions(report: &RunReport) -> HashMap<usize, Contradiction> {
    let pairs = report.coverage.list.iter().enumerate();
    let index: HashMap<_, usize> = pairs.map(|(n, pair)| ((pair.code.as_str(), &pair.status), n)).collect();
    let scenarios = by_id(report);
    let mut all: HashMap<usize, Contradiction> = HashMap::new();
    for drift in report.drift.list.iter().filter(|drift| drift.kind.is_contradiction()) {
        for pair in &drift.documented {
            if let Some(n) = index.get(&(pair.code.as_str(), &pair.status)) {
                add(all.entry(*n).or_default(), drift, &scenarios);
            }
        }
    }
    all
}

fn by_id(report: &RunReport) -> HashMap<&str, usize> {
    report.scenarios.iter().enumerate().map(|(n, scenario)| (scenario.id.as_str(), n)).collect()
}

fn add(to: &mut Contradiction, drift: &Drift, scenarios: &HashMap<&str, usize>) {
    for n in drift.scenarios.iter().filter_map(|id| scenarios.get(id.as_str())) {
        if !to.scenarios.contains(n) {
            to.scenarios.push(*n);
        }
    }
    to.more += drift.more_scenarios;
    let came = match drift.kind {
        DriftKind::WrongCode => drift.came.iter().map(crate::render::words::pair).collect(),
        _ => vec![pair(drift)],
    };
    for came in came {
        if to.came.len() < NAMED && !to.came.contains(&came) {
            to.came.push(came);
        }
    }
}

#[derive(Serialize)]
pub struct Section {
    pub rows: Vec<Row>,
    pub more: usize,
    pub waived: usize,
    pub missing: usize,
}

#[derive(Serialize)]
pub struct Row {
    pub kind: &'static str,
    pub meaning: &'static str,
    pub pair: String,
    pub text: String,
    pub place: String,
    pub remark: &'static str,
    pub proof: String,
    pub links: Vec<Link>,
    pub more: usize,
}

impl Section {
    pub fn of(report: &RunReport) -> Section {
        let scenarios = by_id(report);
        let counts = &report.drift.counts;
        let answered_count: usize =
            DriftKind::ALL.into_iter().filter(|kind| kind.was_answered()).map(|kind| counts.of(kind)).sum();
        let rows: Vec<Row> = answered(report).take(ROWS).map(|drift| row(report, drift, &scenarios)).collect();
        Section {
            more: answered_count.saturating_sub(rows.len()),
            rows,
            waived: counts.waived,
            missing: counts.missing,
        }
    }
}

fn row(report: &RunReport, drift: &Drift, scenarios: &HashMap<&str, usize>) -> Row {
    let link = |id: &String| scenarios.get(id.as_str()).map(|n| Link::to(&report.scenarios, *n));
    let links: Vec<Link> = drift.scenarios.iter().filter_map(link).collect();
    Row {
        kind: drift.kind.id(),
        meaning: drift.kind.meaning(),
        pair: format!("{} {}", code(&shortened(&drift.code, 100)), visible(&drift.status.to_string())),
        text: line(&drift.text),
        place: place(drift, &report.page),
        remark: drift.place.remark(),
        proof: drift.proof.as_ref().map(proof).unwrap_or_default(),
        links,
        more: drift.more_scenarios,
    }
}
