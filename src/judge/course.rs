//! The course of a scenario: all its exchanges and obstacles, brought to one verdict.

use std::borrow::Cow;

use crate::model::catalogue::Pair;
use crate::model::exchange::{Exchange, Observation, Phase};
use crate::model::plan::{Planned, Work};
use crate::model::rule::{Outcome, Rule, Severity};
use crate::model::verdict::{Finding, Fired, ObstacleKind, Seen, Verdict};

use super::contract::Judge;
use super::marks::Marks;
use super::{ExchangeJudgement, rules};

/// What a scenario came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    /// The rule that names the verdict: the first, in the order of the rules, that leads to it. `None` where it conforms or
    /// is skipped.
    pub reason: Option<Rule>,
    /// In the order of the rules, then of the steps.
    pub findings: Vec<Finding>,
    /// What the answer that is judged for what is expected had.
    pub seen: Option<Seen>,
    /// The pair that the scenario triggered; only where it conforms, and not for HEAD.
    pub triggered: Option<Pair>,
    /// Every error answer of the API that has a code, in order, with clean-up and set-up.
    pub observed: Vec<Seen>,
}

impl Judged {
    /// Whether the verdict rests on marks of a proxy, so that it is judged again when all answers of the run are known.
    pub fn rests_on_marks(&self) -> bool {
        self.findings.iter().any(|finding| finding.rule == Rule::Gateway)
    }
}

/// A scenario as it went.
pub struct Course<'a> {
    pub judge: &'a Judge,
    pub planned: &'a Planned,
    pub work: &'a Work,
    pub fired: &'a Fired,
    /// Index of the exchange that is judged for what is expected.
    pub last: Option<usize>,
    /// Whether its answer is a 429 that the scenario is not about.
    pub throttled: bool,
}

impl<'a> Course<'a> {
    fn new(judge: &'a Judge, planned: &'a Planned, work: &'a Work, fired: &'a Fired) -> Self {
        let counts = |e: &Exchange| e.phase == Phase::When && !e.superseded && !e.control;
        // An interrupt leaves no last word: what came would have been asked for again, or waited for.
        let last = fired.exchanges.iter().rposition(counts).filter(|_| !fired.interrupted);
        let is_429 = last.is_some_and(|last| match &fired.exchanges[last].observation {
            Observation::Answered(answer) => answer.status == 429,
            Observation::Silent(_) => false,
        });
        Course { judge, planned, work, fired, last, throttled: is_429 && !work.when.judges_429 }
    }

    /// What is due, in words.
    pub fn due(&self) -> String {
        self.judge.due(&self.planned.expect)
    }

    /// The fixture that a step belongs to.
    pub fn fixture(&self, phase: Phase, index: u16) -> Option<&'a str> {
        let steps = match phase {
            Phase::Given => &self.work.given,
            Phase::Finally => &self.work.finally,
            Phase::Login | Phase::When => return None,
        };
        steps.get(usize::from(index))?.fixture.as_deref()
    }

    /// Whether the last answer of `when` says what it has to say: it is no weather, and nothing was left to wait for.
    fn is_final(&self) -> bool {
        let unfinished = |o: &crate::model::verdict::Obstacle| o.phase == Phase::When && o.kind == ObstacleKind::Until;
        !self.throttled && !self.fired.obstacles.iter().any(unfinished)
    }
}

impl Judge {
    /// Judges a scenario by all rules. One whose request was never answered and judged cannot conform; one that an
    /// interrupt ended is skipped, unless what came before broke a promise.
    pub fn scenario(&self, planned: &Planned, fired: &Fired, marks: &Marks) -> Judged {
        let Some(work) = planned.work() else { return Judged::skipped() };
        let course = Course::new(self, planned, work, fired);
        let mut findings = Vec::new();
        let mut observed = Vec::new();
        let mut due = ExchangeJudgement::default();
        for (index, exchange) in fired.exchanges.iter().enumerate() {
            let is_last = course.last == Some(index);
            let expect = (is_last && course.is_final()).then_some(&planned.expect);
            let mut judgement = self.exchange(exchange, expect, marks);
            name_fixture(&mut judgement.findings, course.fixture(exchange.phase, exchange.index), exchange);
            observed.extend(judgement.seen.clone().filter(|seen| seen.status >= 400 && seen.code.is_some()));
            for finding in &mut judgement.findings {
                (finding.came, finding.exchange) = (judgement.seen.clone(), Some(index));
            }
            findings.append(&mut judgement.findings);
            if is_last {
                due = judgement;
            }
        }
        for check in rules::COURSE_CHECKS {
            check(&course, &mut findings);
        }
        self.conclude(&course, findings, due, observed)
    }

    fn conclude(
        &self,
        course: &Course<'_>,
        mut findings: Vec<Finding>,
        due: ExchangeJudgement,
        observed: Vec<Seen>,
    ) -> Judged {
        let interrupted = course.fired.interrupted;
        match Verdict::of(&findings) {
            Verdict::Conforms if due.met => findings.extend(rules::flaky(course)),
            Verdict::Conforms if !interrupted => findings.push(rules::nothing_judged(course)),
            // What is known and accepted of it must not make it one that conforms.
            Verdict::Violates if interrupted => findings.push(rules::nothing_judged(course)),
            _ => {}
        }
        findings.retain(|finding| finding.severity != Severity::Off);
        findings.sort_by_key(|finding| finding.rule);
        let findings = joined(findings);
        let verdict = match Verdict::of(&findings) {
            Verdict::Conforms if interrupted => Verdict::Skipped,
            verdict => verdict,
        };
        let triggered = (verdict == Verdict::Conforms).then(|| self.triggered(course, due.seen.as_ref())).flatten();
        Judged { verdict, reason: reason(verdict, &findings), findings, seen: due.seen, triggered, observed }
    }

    fn triggered(&self, course: &Course<'_>, seen: Option<&Seen>) -> Option<Pair> {
        let seen = seen?;
        let code = self.catalogue.find(seen.code.as_deref()?)?;
        let entry = self.catalogue.entry(code);
        let status = match &course.planned.expect {
            expect if expect.at.is_some() => expect.pinned.or(entry.statuses.first().map(|d| d.status))?,
            _ => entry.documented(seen.status)?.status,
        };
        Some(Pair { code, status })
    }
}

impl Judged {
    fn skipped() -> Self {
        Judged {
            verdict: Verdict::Skipped,
            reason: None,
            findings: Vec::new(),
            seen: None,
            triggered: None,
            observed: Vec::new(),
        }
    }
}

fn reason(verdict: Verdict, findings: &[Finding]) -> Option<Rule> {
    let leads = |finding: &&Finding| {
        let inconclusive = finding.rule.outcome() == Outcome::Inconclusive;
        finding.severity == Severity::Error && inconclusive == (verdict == Verdict::Inconclusive)
    };
    match verdict {
        Verdict::Violates | Verdict::Inconclusive => findings.iter().find(leads).map(|finding| finding.rule),
        Verdict::Conforms | Verdict::Skipped => None,
    }
}

/// `when`, `given 2`, `given 1 (an open ticket)`, `finally 1`, `login`.
pub fn step_name(phase: Phase, index: u16, fixture: Option<&str>) -> String {
    let step: Cow<'_, str> = match phase {
        Phase::When | Phase::Login => phase.id().into(),
        Phase::Given | Phase::Finally => format!("{} {}", phase.id(), u32::from(index) + 1).into(),
    };
    match fixture {
        Some(fixture) => format!("{step} ({fixture})"),
        None => step.into_owned(),
    }
}

fn name_fixture(findings: &mut [Finding], fixture: Option<&str>, exchange: &Exchange) {
    for finding in findings.iter_mut().filter(|_| fixture.is_some()) {
        finding.step = step_name(exchange.phase, exchange.index, fixture);
    }
}

/// The same finding of many answers of one step, as after `repeat`, is told once.
fn joined(findings: Vec<Finding>) -> Vec<Finding> {
    let mut joined: Vec<(Finding, usize)> = Vec::with_capacity(findings.len());
    for finding in findings {
        match joined.iter_mut().find(|(kept, _)| kept.repeats(&finding)) {
            Some((_, count)) => *count += 1,
            None => joined.push((finding, 1)),
        }
    }
    let told = joined.into_iter().map(|(mut finding, count)| {
        if count > 1 {
            finding.text.push_str(&format!(" ({count} answers)"));
        }
        finding
    });
    told.collect()
}
