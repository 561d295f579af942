//! Gates: what a run can miss although no answer is wrong, and what raises a warning to an error.

use super::baseline::Ledger;
use super::report::counted;
use crate::model::exit::{Ending, Exit};
use crate::model::percent::Percent;
use crate::model::project::Day;
use crate::model::report::{Coverage, FindingReport, ScenarioReport};
use crate::model::rule::{Outcome, Rule, Severity};
use crate::model::verdict::Verdict;

/// What a run has to pass beside the judgement of its answers.
#[derive(Debug, Clone, Default)]
pub struct Gates<'a> {
    /// The least part of the documented pairs that has to be triggered.
    pub min_coverage: Option<Percent>,
    /// Whether skips that nobody foresaw are let through.
    pub allow_skips: bool,
    /// What is known and accepted.
    pub baseline: Option<&'a Ledger>,
}

impl Gates<'_> {
    /// Marks what is known in a report that was made before. Without a baseline what a run has accepted stays accepted,
    /// until its day.
    pub fn mark(&self, scenario: &mut ScenarioReport, today: Day) {
        match self.baseline {
            Some(ledger) => ledger.mark(scenario),
            None => scenario.findings.iter_mut().for_each(|finding| forget_if_over(finding, today)),
        }
    }

    /// Adds a reason for every gate that is missed.
    pub fn check(&self, ending: &mut Ending, coverage: &Coverage, scenarios: &[ScenarioReport]) {
        let unforeseen: Vec<&ScenarioReport> = scenarios.iter().filter(|s| s.unforeseen).collect();
        if !unforeseen.is_empty() && !self.allow_skips {
            ending.because(Exit::GateMissed, unforeseen_skips(&unforeseen));
        }
        if let Some(least) = self.min_coverage
            && !least.is_met(coverage.pairs.triggered, coverage.pairs.documented)
        {
            ending.because(Exit::GateMissed, too_little(least, coverage));
        }
    }
}

fn forget_if_over(finding: &mut FindingReport, today: Day) {
    let until = finding.known.as_ref().and_then(|known| known.until.as_deref()?.parse::<Day>().ok());
    if until.is_some_and(|until| until < today) {
        finding.known = None;
    }
}

fn too_little(least: Percent, coverage: &Coverage) -> String {
    let (triggered, documented) = (coverage.pairs.triggered, coverage.pairs.documented);
    // Rounded down: what is missing is not rounded away.
    let thousandths = triggered * 1000 / documented.max(1);
    let waived = match coverage.pairs.waived {
        0 => String::new(),
        waived => format!("; {waived} waived stay in the count"),
    };
    format!(
        "{triggered} of {documented} pairs were triggered, {}.{}%, where at least {least} was asked for{waived}",
        thousandths / 10,
        thousandths % 10
    )
}

fn unforeseen_skips(scenarios: &[&ScenarioReport]) -> String {
    let mut whys: Vec<&str> = scenarios.iter().filter_map(|s| s.reason.as_deref()).collect();
    whys.sort_unstable();
    whys.dedup();
    let verb = if scenarios.len() == 1 { "was" } else { "were" };
    format!(
        "{} {verb} skipped for what the target lacks without saying so ({}): list it in `without`, set `effects`, or pass `--allow-skips`",
        counted(scenarios.len(), "scenario"),
        whys.join(", ")
    )
}

/// Makes errors of the warnings under these rules, in reports that were judged before. A scenario with one violates.
pub fn raise(scenarios: &mut [ScenarioReport], rules: &[Rule]) {
    let warned = |rule: &str| {
        let of_rule = Rule::from_id(rule).filter(|rule| rule.outcome() == Outcome::Warning);
        of_rule.is_some_and(|rule| rules.contains(&rule))
    };
    for scenario in scenarios {
        let mut raised = false;
        for finding in scenario.findings.iter_mut().filter(|f| f.severity != Severity::Error.id() && warned(&f.rule)) {
            finding.severity = Severity::Error.id().to_owned();
            raised = true;
        }
        if raised && scenario.verdict != Verdict::Skipped {
            scenario.findings.sort_by_key(super::scenario::order);
            scenario.verdict = Verdict::Violates;
            scenario.reason = scenario.leading().map(|finding| finding.rule.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::PairCounts;
    use crate::record::fixture::World;

    fn coverage(triggered: usize, documented: usize, waived: usize) -> Coverage {
        let pairs = PairCounts { documented, triggered, waived, ..PairCounts::default() };
        Coverage { pairs, ..Coverage::default() }
    }

    fn missed(least: &str, coverage: &Coverage) -> Vec<String> {
        let gates = Gates { min_coverage: Some(least.parse().unwrap()), ..Gates::default() };
        let mut ending = Ending::default();
        gates.check(&mut ending, coverage, &[]);
        assert_eq!(ending.exit() == Exit::GateMissed, !ending.reasons().is_empty());
        ending.reasons().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn waived_pairs_stay_in_the_count() {
        assert_eq!(missed("95", &coverage(95, 100, 5)), Vec::<String>::new());
        let said = missed("95.1", &coverage(95, 100, 5));
        assert_eq!(
            said,
            ["95 of 100 pairs were triggered, 95.0%, where at least 95.1% was asked for; 5 waived stay in the count"]
        );
        assert_eq!(
            missed("100", &coverage(296, 297, 0)),
            ["296 of 297 pairs were triggered, 99.6%, where at least 100% was asked for"]
        );
    }

    #[test]
    fn a_raised_warning_makes_its_scenario_violate() {
        let world = World::new();
        let finding = |rule: Rule, severity: Severity| FindingReport {
            rule: rule.id().into(),
            severity: severity.id().into(),
            ..FindingReport::default()
        };
        let warned = |findings: Vec<FindingReport>, verdict: Verdict| ScenarioReport {
            findings,
            ..world.report(0, verdict, None)
        };
        let two = vec![finding(Rule::ContentType, Severity::Warning), finding(Rule::Flaky, Severity::Warning)];
        let deaf = vec![finding(Rule::Timeout, Severity::Error), finding(Rule::Flaky, Severity::Warning)];
        let mut all = [warned(two.clone(), Verdict::Conforms), warned(deaf, Verdict::Inconclusive)];
        raise(&mut all, &[Rule::Timeout, Rule::ExtraFields]);
        assert_eq!((all[0].verdict, all[1].verdict), (Verdict::Conforms, Verdict::Inconclusive));
        raise(&mut all, &[Rule::Flaky]);
        for scenario in &all {
            assert_eq!((scenario.verdict, scenario.reason.as_deref()), (Verdict::Violates, Some("flaky")));
            assert_eq!(scenario.findings[0].rule, "flaky");
        }
        assert_eq!(all[0].findings[1], two[0]);
    }
}
