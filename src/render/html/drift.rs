//! Drift: pairs that an answer contradicted.

use std::collections::HashMap;

use crate::model::report::{CoveredPair, FindingReport, RunReport, ScenarioReport};
use crate::model::rule::Rule;
use crate::model::visible::code;
use crate::render::words::{self, line};

/// Scenarios and answers named for one pair.
const NAMED: usize = 3;

/// What contradicted a pair.
#[derive(Default)]
pub struct Drift {
    /// Indices into the report's scenarios.
    pub scenarios: Vec<usize>,
    /// The pairs that came, each once.
    pub came: Vec<String>,
}

/// By index into the list of pairs: the findings that say that what was due did not come, or came otherwise.
pub fn drift(report: &RunReport) -> HashMap<usize, Drift> {
    let mut by_line: HashMap<u32, Vec<usize>> = HashMap::new();
    for (index, pair) in report.coverage.list.iter().enumerate() {
        by_line.entry(pair.line).or_default().push(index);
    }
    let mut drift: HashMap<usize, Drift> = HashMap::new();
    for (n, scenario) in report.scenarios.iter().enumerate() {
        for finding in scenario.findings.iter().filter(|f| is_drift(f)) {
            let Some(line) = documented(finding, scenario) else { continue };
            for index in by_line.get(&line).into_iter().flatten() {
                if concerns(scenario, &report.coverage.list[*index]) {
                    let came = came(finding, scenario, &report.coverage.list[*index]);
                    add(drift.entry(*index).or_default(), n, came);
                }
            }
        }
    }
    drift
}

fn is_drift(finding: &FindingReport) -> bool {
    let rule = Rule::from_id(&finding.rule);
    matches!(rule, Some(Rule::UndocumentedCode | Rule::UndocumentedStatus | Rule::WrongCode))
}

/// The line of the documentation that the finding contradicts.
fn documented(finding: &FindingReport, scenario: &ScenarioReport) -> Option<u32> {
    let place = finding.documentation.as_deref().and_then(|place| place.rsplit_once(':'));
    place.and_then(|(_, line)| line.parse().ok()).or(scenario.expect.line)
}

/// Of the pairs of one line, an expectation is about its own statuses only.
fn concerns(scenario: &ScenarioReport, pair: &CoveredPair) -> bool {
    scenario.expect.code.as_ref() != Some(&pair.code) || scenario.expect.statuses.contains(&pair.status)
}

/// What came instead. Only a wrong code is a matter of the answer that counts.
fn came(finding: &FindingReport, scenario: &ScenarioReport, pair: &CoveredPair) -> Option<String> {
    let seen = finding.seen.as_deref().map(line);
    match Rule::from_id(&finding.rule) {
        Some(Rule::WrongCode) => scenario.seen.as_ref().map(words::pair),
        Some(Rule::UndocumentedStatus) => seen.map(|status| format!("{} {status}", code(&pair.code))),
        _ => seen,
    }
}

fn add(drift: &mut Drift, n: usize, came: Option<String>) {
    if drift.scenarios.last() != Some(&n) {
        drift.scenarios.push(n);
    }
    let Some(came) = came else { return };
    if drift.came.len() < NAMED && !drift.came.contains(&came) {
        drift.came.push(came);
    }
}
