//! A run as the history keeps it.

use std::collections::HashMap;

use crate::model::history::{Latency, MOST_SCENARIOS, PastPair, PastRun, PastScenario};
use crate::model::report::{ExpectReport, RunReport, ScenarioReport, SeenReport, StatusText};
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::shortened;

/// Characters kept of a text that others wrote.
const TEXT: usize = 300;

/// What is kept of a run; nothing where no scenario of it was fired.
pub fn past(report: &RunReport) -> Option<PastRun> {
    let totals = report.totals.clone();
    if totals.scenarios == totals.skipped {
        return None;
    }
    Some(PastRun {
        id: report.id.clone().unwrap_or_default(),
        parts: Vec::new(),
        started_at: report.started_at.clone(),
        target: report.target.name.clone(),
        simulation: report.target.simulation,
        tool: report.tool.clone(),
        complete: report.complete,
        exit: report.exit.code,
        duration_ms: report.duration_ms,
        totals,
        pairs: pairs(&report.scenarios),
        scenarios: report.scenarios.iter().filter(|s| is_kept(s)).take(MOST_SCENARIOS).map(scenario).collect(),
    })
}

/// In the order in which they first come.
fn pairs(scenarios: &[ScenarioReport]) -> Vec<PastPair> {
    let mut all: Vec<(PastPair, Vec<u64>)> = Vec::new();
    let mut places: HashMap<(&str, &[StatusText]), usize> = HashMap::new();
    for scenario in scenarios {
        let code = scenario.expect.code.as_deref().unwrap_or_default();
        let place = *places.entry((code, &scenario.expect.statuses)).or_insert_with(|| {
            let status = status(&scenario.expect);
            // A report from elsewhere may write one status in two ways.
            all.iter().position(|(pair, _)| pair.code == code && pair.status == status).unwrap_or_else(|| {
                let pair = PastPair { code: code.to_owned(), status, ..PastPair::default() };
                all.push((pair, Vec::new()));
                all.len() - 1
            })
        });
        let (pair, measured) = &mut all[place];
        add(pair, scenario);
        measured.extend(scenario.answered_us);
    }
    all.into_iter().map(|(pair, measured)| PastPair { latency: Latency::of(measured), ..pair }).collect()
}

fn add(pair: &mut PastPair, scenario: &ScenarioReport) {
    let counts = &mut pair.counts;
    let count = match scenario.verdict {
        Verdict::Conforms => &mut counts.conforms,
        Verdict::Violates => &mut counts.violates,
        Verdict::Inconclusive => &mut counts.inconclusive,
        Verdict::Skipped => &mut counts.skipped,
    };
    *count += 1;
    counts.flaky += u32::from(is_flaky(scenario));
    if scenario.verdict == Verdict::Violates && pair.rule.is_none() {
        pair.rule = scenario.reason.clone();
        pair.seen = scenario.seen.as_ref().map(seen);
    }
}

fn is_flaky(scenario: &ScenarioReport) -> bool {
    // The warning can be switched off; the attempts remain.
    let later = scenario.attempts > 1 && scenario.verdict == Verdict::Conforms;
    later || scenario.findings.iter().any(|f| f.rule == Rule::Flaky.id())
}

fn is_kept(scenario: &ScenarioReport) -> bool {
    matches!(scenario.verdict, Verdict::Violates | Verdict::Inconclusive) || is_flaky(scenario)
}

fn scenario(scenario: &ScenarioReport) -> PastScenario {
    PastScenario {
        id: scenario.id.clone(),
        code: scenario.expect.code.as_deref().unwrap_or_default().to_owned(),
        status: status(&scenario.expect),
        verdict: scenario.verdict.id().to_owned(),
        rule: scenario.reason.clone().or_else(|| scenario.leading().map(|f| f.rule.clone())),
        seen: scenario.seen.as_ref().map(seen),
        attempts: scenario.attempts,
        flaky: is_flaky(scenario),
        duration_ms: scenario.duration_ms,
    }
}

/// `409`, `400/422`.
fn status(expect: &ExpectReport) -> String {
    let texts: Vec<String> = expect.statuses.iter().map(ToString::to_string).collect();
    texts.join("/")
}

/// `ALREADY_CLOSED 400`, or the status alone.
fn seen(seen: &SeenReport) -> String {
    match &seen.code {
        Some(code) => format!("{} {}", shortened(code, TEXT), seen.status),
        None => seen.status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::history::Outcome;
    use crate::model::report::Totals;
    use crate::record::fixture::{self, CANARY, World};
    use crate::render::fixture as reports;

    #[test]
    fn scenarios_that_expect_the_same_are_counted_together() {
        let world = World::new();
        let mut scenarios = vec![
            world.report(0, Verdict::Conforms, fixture::seen("ALREADY_CLOSED", 409)),
            world.report(0, Verdict::Violates, fixture::seen("ALREADY_CLOSED", 400)),
            world.report(1, Verdict::Skipped, None),
        ];
        scenarios[1].reason = Some("undocumented-status".into());
        (scenarios[0].answered_us, scenarios[1].answered_us) = (Some(30), Some(10));
        let report = RunReport { totals: Totals::of(&scenarios), scenarios, ..RunReport::default() };
        let past = past(&report).unwrap();
        assert_eq!(past.pairs.len(), 2);
        let closed = &past.pairs[0];
        assert_eq!((closed.code.as_str(), closed.status.as_str()), ("ALREADY_CLOSED", "409"));
        assert_eq!((closed.counts.conforms, closed.counts.violates), (1, 1));
        assert_eq!(closed.rule.as_deref(), Some("undocumented-status"));
        assert_eq!(closed.seen.as_deref(), Some("ALREADY_CLOSED 400"));
        assert_eq!(closed.latency.map(|l| (l.least, l.median, l.most)), Some((10, 10, 30)));
        assert_eq!(past.pairs[1].counts.outcome(), Outcome::Skipped);
        assert_eq!(past.scenarios.len(), 1);
    }

    #[test]
    fn a_run_that_fired_nothing_is_not_kept() {
        let world = World::new();
        let scenarios = vec![world.report(0, Verdict::Skipped, None)];
        let report = RunReport { totals: Totals::of(&scenarios), scenarios, ..RunReport::default() };
        assert_eq!(past(&report), None);
        assert_eq!(past(&RunReport::default()), None);
    }

    #[test]
    fn what_is_kept_of_a_run_is_bounded_and_has_no_secret_in_it() {
        let mut report = reports::report_with(|finding, _| finding.text = format!("{CANARY} {}", finding.text));
        let one = report.scenarios.iter().find(|s| s.verdict == Verdict::Violates).unwrap().clone();
        report.scenarios.extend(std::iter::repeat_n(one, 2 * MOST_SCENARIOS));
        let past = past(&report).unwrap();
        assert_eq!(past.scenarios.len(), MOST_SCENARIOS);
        assert!(past.pairs[0].counts.violates as usize >= 2 * MOST_SCENARIOS);
        assert!(past.pairs.iter().any(|p| p.counts.flaky == 1));
        assert!(!format!("{past:?}").contains("canary-"));
    }

    #[test]
    fn an_answer_is_timed_by_the_request_that_is_judged() {
        let world = World::new();
        let mut fired = world.fired();
        fired.exchanges[0].elapsed = std::time::Duration::from_secs(9);
        fired.exchanges[1].elapsed = std::time::Duration::from_micros(1234);
        let recorder = world.recorder(crate::record::Keep::Findings);
        let told = recorder.scenario(&world.plan.scenarios[0], &fired, Verdict::Conforms, vec![], None);
        assert_eq!(told.answered_us, Some(1234));
    }
}
