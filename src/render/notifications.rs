//! What SARIF says beside its results: they are about the documentation, and a run shows more than its drift.

use std::collections::HashMap;

use super::causes::causes;
use super::skips::skips;
use super::words::{counted, line};
use crate::model::drift::DriftKind;
use crate::model::report::RunReport;
use crate::model::verdict::Verdict;

/// Said at most, of each kind.
const MOST: usize = 100;

/// One thing to say: how serious it is, as the format has it, and a line.
#[derive(Debug, PartialEq, Eq)]
pub struct Notification {
    pub level: &'static str,
    pub text: String,
}

/// What did not conform but is no drift, what could not be judged, warnings, skips and notices.
pub fn notifications(report: &RunReport) -> Vec<Notification> {
    let mut all = failures(report);
    all.extend(warnings(report));
    all.extend(skipped(report));
    all.extend(few("note", report.notices.iter().map(|notice| line(notice)).collect()));
    all
}

fn failures(report: &RunReport) -> Vec<Notification> {
    let is_drift = |rule: &str| DriftKind::ALL.iter().any(|kind| kind.id() == rule);
    let mut notifications = Vec::new();
    for (level, verdict) in [("error", Verdict::Violates), ("warning", Verdict::Inconclusive)] {
        let of =
            causes(&report.scenarios).into_iter().filter(|cause| cause.verdict == verdict && !is_drift(&cause.rule));
        let word = verdict.id();
        let told = of.map(|cause| {
            let text = if cause.text.is_empty() { String::new() } else { format!(": {}", cause.text) };
            format!("{word}, {}{text} ({})", line(&cause.rule), counted(cause.scenarios.len(), "scenario"))
        });
        notifications.extend(few(level, told.collect()));
    }
    notifications
}

/// The same rule with the same words is said once.
fn warnings(report: &RunReport) -> Vec<Notification> {
    let mut order: Vec<(&str, &str)> = Vec::new();
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for scenario in &report.scenarios {
        for finding in scenario.findings.iter().filter(|finding| finding.severity != "error") {
            let key = (finding.rule.as_str(), finding.text.as_str());
            let count = counts.entry(key).or_insert_with(|| {
                order.push(key);
                0
            });
            *count += 1;
        }
    }
    let told = order.iter().map(|key| {
        let (rule, text) = (line(key.0), line(key.1));
        format!("{rule}: {text} ({})", counted(counts[key], "scenario"))
    });
    few("warning", told.collect())
}

fn skipped(report: &RunReport) -> Vec<Notification> {
    let told = |unforeseen: bool| {
        let groups = skips(&report.scenarios).into_iter().filter(|group| group.unforeseen == unforeseen);
        groups
            .map(|group| format!("skipped, {}: {} ({})", group.why, group.text, counted(group.scenarios, "scenario")))
            .collect()
    };
    let mut notifications = few("warning", told(true));
    notifications.extend(few("note", told(false)));
    notifications
}

fn few(level: &'static str, mut texts: Vec<String>) -> Vec<Notification> {
    let more = texts.len().saturating_sub(MOST);
    texts.truncate(MOST);
    if more > 0 {
        texts.push(format!("and {more} more, in the other reports"));
    }
    texts.into_iter().map(|text| Notification { level, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::{FindingReport, ScenarioReport};
    use crate::model::rule::Rule;
    use crate::render::fixture;

    fn scenario(verdict: Verdict, rule: &str, severity: &str) -> ScenarioReport {
        let finding = FindingReport {
            rule: rule.to_owned(),
            severity: severity.to_owned(),
            text: format!("of {rule}"),
            ..FindingReport::default()
        };
        let reason = Some(rule.to_owned());
        ScenarioReport { verdict, reason, findings: vec![finding], ..fixture::inconclusive(Rule::Timeout, "") }
    }

    fn told(scenarios: Vec<ScenarioReport>) -> Vec<(&'static str, String)> {
        let report = RunReport { scenarios, ..RunReport::default() };
        notifications(&report).into_iter().map(|told| (told.level, told.text)).collect()
    }

    #[test]
    fn what_is_no_drift_is_said_with_how_often() {
        let clean_up = || scenario(Verdict::Conforms, "cleanup-failed", "warning");
        let told = told(vec![
            clean_up(),
            scenario(Verdict::Violates, "missing-header", "error"),
            scenario(Verdict::Violates, "undocumented-code", "error"),
            clean_up(),
            scenario(Verdict::Inconclusive, "setup-failed", "error"),
        ]);
        let begins = |at: usize, level: &str, text: &str| {
            assert!(told[at].0 == level && told[at].1.starts_with(text), "{at}: {told:?}");
        };
        begins(0, "error", "violates, missing-header");
        begins(1, "warning", "inconclusive, setup-failed");
        begins(2, "warning", "cleanup-failed: of cleanup-failed (2 scenarios)");
        assert_eq!(told.len(), 3, "drift has results of its own: {told:?}");
    }

    #[test]
    fn a_skip_that_nobody_foresaw_is_a_warning() {
        let skipped = |skip: &str, unforeseen| ScenarioReport {
            verdict: Verdict::Skipped,
            reason: Some("written".to_owned()),
            skip: Some(skip.to_owned()),
            unforeseen,
            ..fixture::inconclusive(Rule::Timeout, "")
        };
        let told = told(vec![skipped("a", false), skipped("b", true)]);
        assert_eq!(told[0], ("warning", "skipped, written: b (1 scenario)".to_owned()));
        assert_eq!(told[1], ("note", "skipped, written: a (1 scenario)".to_owned()));
    }

    #[test]
    fn there_is_an_end_to_it() {
        let many = (0..250).map(|at| scenario(Verdict::Conforms, &format!("w{at}"), "warning"));
        let told = told(many.collect());
        assert_eq!((told.len(), told[100].1.as_str()), (101, "and 150 more, in the other reports"));
    }
}
