//! The drift of a run: from its findings, its coverage and what was observed.

mod gather;
mod page;
mod proof;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use gather::{Entry, Gathered};
use page::Page;

use crate::model::drift::{Drift, DriftKind, DriftPlace, DriftReport};
use crate::model::report::{Coverage, CoverageState, CoveredPair, Observed, ScenarioReport, StatusText};
use crate::model::verdict::Verdict;

/// Listed of each kind that comes from answers: a service may invent a new code with each.
const MOST: usize = 1000;

/// Where documentation and answers part, kind by kind, in the order of the page.
pub fn drift(coverage: &Coverage, scenarios: &[ScenarioReport], observed: &[Observed]) -> DriftReport {
    let page = Page::of(&coverage.list);
    let mut gathered = Gathered::of(&page, scenarios);
    gathered.add_observed(&page, scenarios, observed);
    let contradicted = gathered.contradicted();
    let statuses = statuses(observed);
    let mut aims_of_all: Option<Aims<'_>> = None;
    let was_seen = |pair: &CoveredPair| {
        let mut seen = statuses.get(pair.code.as_str()).into_iter().flatten();
        seen.any(|status| page::covers(&pair.status, *status))
    };
    let mut report = DriftReport::default();
    for entry in gathered.entries {
        push(&mut report, told(entry, &page, scenarios));
    }
    for pair in &coverage.list {
        let drift = match pair.state {
            CoverageState::Triggered => None,
            CoverageState::Waived => Some(of_pair(DriftKind::Waived, pair)),
            CoverageState::Missing => Some(of_pair(DriftKind::Missing, pair)),
            CoverageState::Planned if was_seen(pair) => None,
            CoverageState::Planned if contradicted.contains(&(pair.code.clone(), pair.status.clone())) => None,
            CoverageState::Planned => {
                let aims = aims_of_all.get_or_insert_with(|| aims(&page, scenarios));
                never_seen(pair, &page, aims)
            }
        };
        drift.into_iter().for_each(|drift| push(&mut report, drift));
    }
    report.list.sort_by_key(|one| (one.kind, one.line));
    report
}

fn push(report: &mut DriftReport, drift: Drift) {
    let is_bounded = matches!(drift.kind, DriftKind::UndocumentedCode | DriftKind::UndocumentedStatus);
    if is_bounded && report.counts.of(drift.kind) >= MOST {
        report.left_out += 1;
        report.counts.add(drift.kind, 1);
    } else {
        report.counts.add(drift.kind, 1);
        report.list.push(drift);
    }
}

/// What was gathered, with its place, its proof and its sentence.
fn told(entry: Entry, page: &Page<'_>, scenarios: &[ScenarioReport]) -> Drift {
    let (line, place) = page.place(&entry);
    let mut drift = Drift {
        kind: entry.kind,
        section: line.map_or_else(String::new, |line| page.section(line).to_owned()),
        line,
        place,
        text: String::new(),
        count: entry.count,
        proof: entry.shown.map(|(scenario, finding)| proof::of_finding(&scenarios[scenario], finding)),
        scenarios: entry.scenarios.iter().map(|n| scenarios[*n].id.clone()).collect(),
        more_scenarios: entry.more_scenarios,
        documented: entry.documented,
        came: entry.came,
        code: entry.code,
        status: entry.status,
        known: entry.findings > 0 && entry.known == entry.findings,
        reason: None,
        expired: false,
    };
    drift.text = words::sentence(&drift, page);
    drift
}

fn of_pair(kind: DriftKind, pair: &CoveredPair) -> Drift {
    let mut drift = Drift {
        kind,
        code: pair.code.clone(),
        status: pair.status.clone(),
        line: Some(pair.line),
        place: DriftPlace::Row,
        section: pair.section.clone(),
        text: String::new(),
        count: 0,
        documented: Vec::new(),
        came: Vec::new(),
        proof: None,
        scenarios: Vec::new(),
        more_scenarios: 0,
        known: false,
        reason: pair.reason.clone(),
        expired: pair.expired,
    };
    drift.text = words::of_pair(&drift);
    drift
}

/// The scenarios that were judged, by the pair that they aim at. One that could not be heard shows nothing.
type Aims<'a> = HashMap<(&'a str, &'a StatusText), Vec<&'a ScenarioReport>>;

fn aims<'a>(page: &Page<'a>, scenarios: &'a [ScenarioReport]) -> Aims<'a> {
    let mut aims = Aims::new();
    for scenario in scenarios.iter().filter(|s| matches!(s.verdict, Verdict::Conforms | Verdict::Violates)) {
        if let Some(pair) = page.planned(scenario) {
            aims.entry((&pair.code, &pair.status)).or_default().push(scenario);
        }
    }
    aims
}

/// A pair that did not come, although it was aimed at.
fn never_seen(pair: &CoveredPair, page: &Page<'_>, aims: &Aims<'_>) -> Option<Drift> {
    let aiming = aims.get(&(pair.code.as_str(), &pair.status))?;
    let mut drift = of_pair(DriftKind::NeverSeen, pair);
    drift.count = aiming.len() as u64;
    for scenario in aiming {
        gather::add_came(&mut drift.came, scenario.seen.as_ref());
    }
    drift.scenarios = aiming.iter().take(gather::NAMED).map(|s| s.id.clone()).collect();
    drift.more_scenarios = aiming.len().saturating_sub(gather::NAMED);
    drift.proof = aiming.first().map(|first| proof::of_scenario(first));
    drift.known = aiming.iter().all(|scenario| scenario.is_known());
    drift.text = words::sentence(&drift, page);
    Some(drift)
}

/// The statuses under which each code was seen.
fn statuses(observed: &[Observed]) -> HashMap<&str, Vec<u16>> {
    let mut statuses: HashMap<&str, Vec<u16>> = HashMap::new();
    observed.iter().for_each(|seen| statuses.entry(&seen.code).or_default().push(seen.status));
    statuses
}
