//! One scenario as it is told.

use std::sync::Arc;

use super::conceal::Conceal;
use super::{curl, exchange};
use crate::model::catalogue::Catalogue;
use crate::model::exchange::{Exchange, Observation, Phase};
use crate::model::plan::{Expect, Plan, Planned, Skip, SkipWhy};
use crate::model::report::{ExchangeRecord, ExpectReport, FindingReport, ScenarioReport, SeenReport};
use crate::model::rule::{Outcome, Rule, Severity};
use crate::model::secret::Redactor;
use crate::model::verdict::{Finding, Fired, Seen, Verdict};
use crate::model::visible::shortened;

/// Of a step that was asked again and again: so many of its answers before the last are kept, the first ones and the
/// last ones, unless all is.
const FIRST_KEPT: usize = 1;
const LAST_KEPT: usize = 2;
/// Characters kept of a code that an answer had.
pub(super) const CODE_CAP: usize = 300;

/// Which exchanges are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// Those of scenarios with findings, bodies capped.
    #[default]
    Findings,
    /// All, whole.
    All,
}

/// Makes records of scenarios; nothing secret is left in them.
#[derive(Clone, Copy)]
pub struct Recorder<'a> {
    pub plan: &'a Plan,
    pub catalogue: &'a Catalogue,
    /// Finds the secrets of the run; those of a scenario come with what it fired.
    pub redactor: &'a Redactor,
    pub keep: Keep,
}

impl Recorder<'_> {
    /// A scenario that was fired and judged.
    pub fn scenario(
        &self,
        planned: &Planned,
        fired: &Fired,
        verdict: Verdict,
        findings: Vec<Finding>,
        seen: Option<Seen>,
    ) -> ScenarioReport {
        let mut report = self.place(planned, verdict);
        report.duration_ms = u64::try_from(fired.elapsed.as_millis()).unwrap_or(u64::MAX);
        report.answered_us = answered(&fired.exchanges);
        report.attempts = fired.attempts;
        report.requests = u32::try_from(fired.exchanges.len()).unwrap_or(u32::MAX);
        let in_requests: std::time::Duration = fired.exchanges.iter().map(|exchange| exchange.elapsed).sum();
        report.in_requests_ms = u64::try_from(in_requests.as_millis()).unwrap_or(u64::MAX);
        if findings.is_empty() && fired.notes.is_empty() && self.keep == Keep::Findings {
            report.seen = seen.map(|seen| self.seen(seen));
            return report;
        }
        let conceal = Conceal::new(self.redactor, fired);
        report.seen = seen.map(|seen| self.came(seen, &conceal));
        report.notes = fired.notes.iter().map(|note| conceal.text(note).into_owned()).collect();
        report.findings = self.told(findings, planned, fired, &conceal);
        if verdict != Verdict::Conforms {
            report.reason = report.findings.first().map(|f| f.rule.clone());
        }
        if !report.findings.is_empty() {
            report.expect.meaning = planned.expect.code.map(|id| self.catalogue.entry(id).meaning.to_string());
        }
        if self.keep == Keep::All || !report.findings.is_empty() {
            self.exchanges(&mut report, planned, fired, &conceal);
        }
        report
    }

    /// A scenario that was not fired, or not to its end.
    pub fn skipped(&self, planned: &Planned, skip: &Skip) -> ScenarioReport {
        let stopped = matches!(skip.why, SkipWhy::Written | SkipWhy::Interrupted | SkipWhy::FailFast);
        ScenarioReport {
            reason: Some(skip.why.id().to_owned()),
            skip: Some(self.redactor.redact(&skip.reason).into_owned()),
            unforeseen: !skip.foreseen && !stopped,
            ..self.place(planned, Verdict::Skipped)
        }
    }

    fn place(&self, planned: &Planned, verdict: Verdict) -> ScenarioReport {
        ScenarioReport {
            id: self.plan.id(planned),
            file: self.plan.files[planned.file as usize].path.clone(),
            line: planned.line,
            expect: expectation(&planned.expect, self.catalogue),
            seen: None,
            verdict,
            reason: None,
            skip: None,
            unforeseen: false,
            duration_ms: 0,
            in_requests_ms: 0,
            answered_us: None,
            attempts: 0,
            requests: 0,
            tags: planned.tags.iter().map(|tag| tag.to_string()).collect(),
            notes: Vec::new(),
            findings: Vec::new(),
            exchanges: Vec::new(),
        }
    }

    fn seen(&self, seen: Seen) -> SeenReport {
        // A code of the catalogue holds no secret; any other came from outside.
        let code = seen.code.map(|code| match self.catalogue.find(&code) {
            Some(id) => self.catalogue.entry(id).code.clone(),
            None => shortened(&self.redactor.redact(&code), CODE_CAP).into(),
        });
        SeenReport { code, status: seen.status }
    }

    /// The same without the secrets of the scenario.
    fn came(&self, seen: Seen, conceal: &Conceal) -> SeenReport {
        let seen = self.seen(seen);
        SeenReport { code: seen.code.map(|code| concealed(code, conceal)), ..seen }
    }

    fn exchanges(&self, report: &mut ScenarioReport, planned: &Planned, fired: &Fired, conceal: &Conceal) {
        let kept: Vec<usize> = match self.keep {
            Keep::All => (0..fired.exchanges.len()).collect(),
            Keep::Findings => telling(&fired.exchanges),
        };
        for finding in &mut report.findings {
            finding.exchange = finding.exchange.and_then(|exchange| kept.binary_search(&exchange).ok());
        }
        let left_out = fired.exchanges.len() - kept.len();
        if left_out > 0 {
            report.notes.push(format!("{left_out} exchanges that were followed by another try are left out"));
        }
        let record = |index: usize| self.exchange(&fired.exchanges[index], planned, fired, conceal);
        report.exchanges = kept.into_iter().map(record).collect();
    }

    fn exchange(&self, exchange: &Exchange, planned: &Planned, fired: &Fired, conceal: &Conceal) -> ExchangeRecord {
        let step = exchange::step(planned, exchange);
        let curl = curl::line(self.plan, planned, step, fired, exchange, conceal);
        exchange::record(exchange, planned, curl, conceal, self.keep)
    }

    /// The findings, redacted, the one that names the verdict first.
    fn told(
        &self,
        mut findings: Vec<Finding>,
        planned: &Planned,
        fired: &Fired,
        conceal: &Conceal,
    ) -> Vec<FindingReport> {
        let rank = |f: &Finding| match (f.severity, f.rule.outcome()) {
            (Severity::Error, Outcome::Violates | Outcome::Warning) => 0,
            (Severity::Error, Outcome::Inconclusive) => 1,
            _ => 2,
        };
        findings.sort_by_key(|f| (rank(f), f.rule));
        let due = |finding: &Finding| due_of_step(planned, fired.exchanges.get(finding.exchange?)?);
        findings.into_iter().map(|f| FindingReport { due: due(&f), ..self.finding(f, conceal) }).collect()
    }

    fn finding(&self, finding: Finding, conceal: &Conceal) -> FindingReport {
        FindingReport {
            rule: finding.rule.id().to_owned(),
            severity: finding.severity.id().to_owned(),
            text: conceal.text(&finding.text).into_owned(),
            pointer: redacted(finding.pointer, conceal),
            expected: redacted(finding.expected, conceal),
            seen: redacted(finding.seen, conceal),
            step: conceal.text(&finding.step).into_owned(),
            due: None,
            documentation: finding.documentation,
            came: finding.came.map(|came| self.came(came, conceal)),
            exchange: finding.exchange,
            known: None,
        }
    }
}

/// What the step of an exchange was due to be answered with, where that is not for `when` to say.
fn due_of_step(planned: &Planned, exchange: &Exchange) -> Option<String> {
    let step = exchange::step(planned, exchange).filter(|_| exchange.phase != Phase::When)?;
    Some(match &*step.accept {
        [] => "2xx".to_owned(),
        listed => listed.iter().map(u16::to_string).collect::<Vec<_>>().join(" or "),
    })
}

/// How long the answer took that counts.
fn answered(exchanges: &[Exchange]) -> Option<u64> {
    let judged = exchanges.iter().rev().find(|e| e.phase == Phase::When && !e.superseded)?;
    let is_answered = matches!(judged.observation, Observation::Answered(_));
    is_answered.then(|| u64::try_from(judged.elapsed.as_micros()).unwrap_or(u64::MAX))
}

/// The exchanges without the many in the middle of a step that was asked again and again, by index.
fn telling(exchanges: &[Exchange]) -> Vec<usize> {
    let mut kept = Vec::with_capacity(exchanges.len());
    let mut begin = 0;
    let same = |a: &Exchange, b: &Exchange| (a.phase, a.index) == (b.phase, b.index) && a.phase != Phase::Login;
    for tries in exchanges.chunk_by(|a, b| a.superseded && same(a, b)) {
        let end = tries.len().saturating_sub(1 + LAST_KEPT);
        kept.extend((0..tries.len()).filter(|i| *i < FIRST_KEPT || *i >= end).map(|i| begin + i));
        begin += tries.len();
    }
    kept
}

/// What is due, as it is told.
pub(super) fn expectation(expect: &Expect, catalogue: &Catalogue) -> ExpectReport {
    let entry = expect.code.map(|id| catalogue.entry(id));
    let pinned = expect.pinned;
    let statuses = match (pinned, entry) {
        (Some(pin), _) => vec![pin.into()],
        (None, Some(entry)) => entry.statuses.iter().map(|d| d.status.into()).collect(),
        (None, None) => Vec::new(),
    };
    let line = entry.map(|entry| {
        let documented = pinned.and_then(|pin| entry.pinned(pin));
        documented.map_or(entry.line, |d| d.line)
    });
    ExpectReport {
        code: entry.map(|entry| entry.code.clone()),
        statuses,
        pinned: pinned.is_some(),
        line,
        meaning: None,
        at: expect.at.as_deref().map(str::to_owned),
    }
}

/// The order of findings that are told already: as they are told first.
pub(super) fn order(finding: &FindingReport) -> (u8, Option<Rule>) {
    let rule = Rule::from_id(&finding.rule);
    let rank = match rule.map(Rule::outcome) {
        _ if finding.severity != Severity::Error.id() => 2,
        Some(Outcome::Inconclusive) => 1,
        _ => 0,
    };
    (rank, rule)
}

fn concealed(code: Arc<str>, conceal: &Conceal) -> Arc<str> {
    match conceal.text(&code) {
        std::borrow::Cow::Owned(redacted) => redacted.into(),
        std::borrow::Cow::Borrowed(_) => code,
    }
}

fn redacted(text: Option<String>, conceal: &Conceal) -> Option<String> {
    text.map(|text| match conceal.text(&text) {
        std::borrow::Cow::Owned(redacted) => redacted,
        std::borrow::Cow::Borrowed(_) => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::Skip;
    use crate::record::fixture::{self, World};

    #[test]
    fn a_conforming_scenario_keeps_no_exchange_unless_all_are_kept() {
        let world = World::new();
        for (keep, count) in [(Keep::Findings, 0), (Keep::All, 2)] {
            let report = world.recorder(keep).scenario(
                &world.plan.scenarios[0],
                &world.fired(),
                Verdict::Conforms,
                vec![],
                fixture::seen("ALREADY_CLOSED", 409),
            );
            assert_eq!((report.exchanges.len(), report.requests, report.reason), (count, 2, None));
            assert_eq!(report.id, "tickets/closing a ticket twice is refused");
        }
    }

    #[test]
    fn a_violation_names_the_scenario_before_an_inconclusive() {
        let world = World::new();
        let findings = [Rule::Flaky, Rule::Timeout, Rule::WrongCode, Rule::NotJson].map(fixture::finding);
        let report = world.recorder(Keep::Findings).scenario(
            &world.plan.scenarios[0],
            &world.fired(),
            Verdict::Violates,
            findings.into(),
            None,
        );
        let rules: Vec<_> = report.findings.iter().map(|f| f.rule.as_str()).collect();
        assert_eq!(rules, ["not-json", "wrong-code", "timeout", "flaky"]);
        assert_eq!(report.reason.as_deref(), Some("not-json"));
        assert_eq!(report.exchanges[0].step, "given 1 (an open ticket)");
    }

    #[test]
    fn only_a_skip_that_nobody_foresaw_misses_the_gate() {
        let world = World::new();
        let recorder = world.recorder(Keep::Findings);
        for (why, foreseen, unforeseen) in [
            (SkipWhy::Credential, false, true),
            (SkipWhy::Credential, true, false),
            (SkipWhy::Written, false, false),
            (SkipWhy::FailFast, false, false),
        ] {
            let skip = Skip { why, reason: "because".into(), foreseen };
            let report = recorder.skipped(&world.plan.scenarios[0], &skip);
            assert_eq!((report.unforeseen, report.verdict), (unforeseen, Verdict::Skipped));
        }
    }

    #[test]
    fn of_many_tries_the_first_and_the_last_are_kept() {
        let world = World::new();
        let mut fired = world.fired();
        let when = fired.exchanges.pop().unwrap();
        fired.exchanges.extend((0..50).map(|_| Exchange { superseded: true, ..when.clone() }));
        fired.exchanges.push(when);
        let findings = vec![fixture::finding(Rule::WrongCode)];
        let report = world.recorder(Keep::Findings).scenario(
            &world.plan.scenarios[0],
            &fired,
            Verdict::Violates,
            findings,
            None,
        );
        assert_eq!((report.exchanges.len(), report.requests), (5, 52));
        assert!(report.notes[0].starts_with("47 exchanges"));
    }
}
