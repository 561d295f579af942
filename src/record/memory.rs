//! A run is added to what is remembered of those before it.

use std::collections::BTreeSet;

use crate::model::memory::{ABOUT, Memory, Remembered, VERSION};
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::verdict::Verdict;

/// Adds what came of a run: what conformed is forgotten, what did not is remembered, and what had no turn in it stays
/// as it was. A run from before the latest one that is remembered changes nothing.
pub fn remember(memory: &mut Memory, report: &RunReport) {
    let is_known = report.id.is_some() && report.id == memory.run;
    if is_known || report.started_at < memory.started_at || report.target.name.is_empty() {
        return;
    }
    (memory.version, memory.about) = (VERSION, ABOUT.to_owned());
    (memory.run, memory.started_at) = (report.id.clone(), report.started_at.clone());
    let of_target = memory.targets.entry(report.target.name.clone()).or_default();
    for scenario in &report.scenarios {
        match scenario.counts_as() {
            Verdict::Conforms => drop(of_target.remove(&scenario.id)),
            Verdict::Violates | Verdict::Inconclusive => {
                of_target.insert(scenario.id.clone(), remembered(scenario, &report.started_at));
            }
            // It is still to be heard; what it came to before says more than that its turn did not come.
            Verdict::Skipped if scenario.never_ran() => {
                of_target.entry(scenario.id.clone()).or_insert_with(|| remembered(scenario, &report.started_at));
            }
            Verdict::Skipped => {}
        }
    }
}

fn remembered(scenario: &ScenarioReport, at: &str) -> Remembered {
    Remembered {
        file: scenario.file.to_string(),
        line: scenario.line,
        verdict: scenario.verdict,
        reason: scenario.reason.clone(),
        at: at.to_owned(),
    }
}

/// Forgets scenarios that the project has no more.
pub fn forget(memory: &mut Memory, target: &str, gone: &BTreeSet<String>) {
    if let Some(of_target) = memory.targets.get_mut(target) {
        of_target.retain(|id, _| !gone.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::TargetReport;
    use serde_json::json;

    fn scenario(id: &str, verdict: &str, reason: Option<&str>) -> ScenarioReport {
        let value = json!({
            "id": id, "file": "scenarios/a.yaml", "line": 3, "expect": { "statuses": [404] }, "verdict": verdict,
            "reason": reason, "skip": reason.filter(|_| verdict == "skipped"), "duration_ms": 1, "attempts": 1,
            "requests": 1, "findings": [], "exchanges": []
        });
        serde_json::from_value(value).unwrap()
    }

    fn run(second: u32, target: &str, scenarios: &[(&str, &str, Option<&str>)]) -> RunReport {
        RunReport {
            id: Some(format!("run-{second}-{target}")),
            started_at: format!("2026-11-24T12:00:{second:02}Z"),
            target: TargetReport { name: target.into(), ..TargetReport::default() },
            scenarios: scenarios.iter().map(|(id, verdict, reason)| scenario(id, verdict, *reason)).collect(),
            ..RunReport::default()
        }
    }

    fn ids<'m>(memory: &'m Memory, target: &str) -> Vec<&'m str> {
        memory.of(target).unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn what_was_not_run_again_stays_remembered() {
        let mut memory = Memory::default();
        let all = [("a/1", "violates", None), ("a/2", "inconclusive", None), ("a/3", "conforms", None)];
        remember(&mut memory, &run(1, "shop", &all));
        assert_eq!(ids(&memory, "shop"), ["a/1", "a/2"]);
        remember(&mut memory, &run(2, "shop", &[("a/3", "violates", None)]));
        remember(&mut memory, &run(3, "shop", &[("a/1", "conforms", None), ("a/2", "skipped", Some("credential"))]));
        remember(&mut memory, &run(4, "shop", &[]));
        assert_eq!(ids(&memory, "shop"), ["a/2", "a/3"]);
        assert_eq!(memory.of("shop").unwrap()["a/2"].at, "2026-11-24T12:00:01Z");
        remember(&mut memory, &run(5, "shop", &[("a/2", "conforms", None), ("a/3", "conforms", None)]));
        assert!(memory.is_empty() && memory.of("shop").is_some());
    }

    #[test]
    fn what_had_no_turn_is_still_due() {
        let mut memory = Memory::default();
        let all = [("a/1", "violates", Some("wrong-code")), ("a/2", "skipped", Some("interrupted"))];
        remember(&mut memory, &run(1, "shop", &all));
        remember(&mut memory, &run(2, "shop", &[("a/1", "skipped", Some("fail-fast"))]));
        assert_eq!(ids(&memory, "shop"), ["a/1", "a/2"]);
        assert_eq!(memory.of("shop").unwrap()["a/1"].reason.as_deref(), Some("wrong-code"));
    }

    #[test]
    fn targets_are_remembered_apart() {
        let mut memory = Memory::default();
        remember(&mut memory, &run(1, "staging", &[("a/1", "violates", None)]));
        remember(&mut memory, &run(2, "reference", &[("a/1", "conforms", None)]));
        assert_eq!((ids(&memory, "staging").len(), ids(&memory, "reference").len()), (1, 0));
        assert_eq!(memory.of("production"), None);
    }

    #[test]
    fn an_older_run_or_the_same_again_changes_nothing() {
        let mut memory = Memory::default();
        remember(&mut memory, &run(5, "shop", &[("a/1", "conforms", None), ("a/2", "violates", None)]));
        remember(&mut memory, &run(4, "shop", &[("a/1", "violates", None)]));
        remember(&mut memory, &run(5, "shop", &[("a/2", "conforms", None)]));
        assert_eq!(ids(&memory, "shop"), ["a/2"]);
    }

    #[test]
    fn what_the_baseline_knows_is_no_failure_and_what_is_gone_is_forgotten() {
        let mut memory = Memory::default();
        let mut report = run(1, "shop", &[("a/1", "violates", None), ("a/2", "violates", None)]);
        let finding = json!({ "rule": "wrong-code", "severity": "error", "text": "t", "step": "when", "known": { "reason": "r" } });
        report.scenarios[0].findings = vec![serde_json::from_value(finding).unwrap()];
        remember(&mut memory, &report);
        assert_eq!(ids(&memory, "shop"), ["a/2"]);
        forget(&mut memory, "shop", &BTreeSet::from(["a/2".to_owned()]));
        assert!(memory.is_empty());
    }
}
