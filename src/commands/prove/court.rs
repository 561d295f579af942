//! Tells every lie about the answers of a scenario that conforms, and judges again.

use std::time::Instant;

use super::tally::{Outcome, Place, Tally};
use crate::judge::{ExchangeJudgement, Judge, Judged, Marks};
use crate::lie::{self, Lie, Promises, Statement, Told, Truth};
use crate::model::exchange::{Exchange, Observation, Phase};
use crate::model::plan::Planned;
use crate::model::proof::Survivor;
use crate::model::rule::{Rule, Severity};
use crate::model::verdict::{Fired, Seen, Verdict};

/// Who judges again: the judge of the run.
pub trait Judging {
    fn scenario(&self, planned: &Planned, fired: &Fired, marks: &Marks) -> Judged;
    /// By what holds for every error answer.
    fn answer(&self, exchange: &Exchange, marks: &Marks) -> ExchangeJudgement;
}

impl Judging for Judge {
    fn scenario(&self, planned: &Planned, fired: &Fired, marks: &Marks) -> Judged {
        Judge::scenario(self, planned, fired, marks)
    }

    fn answer(&self, exchange: &Exchange, marks: &Marks) -> ExchangeJudgement {
        self.exchange(exchange, None, marks)
    }
}

pub struct Court<'a> {
    pub judge: &'a dyn Judging,
    pub promises: &'a Promises,
    /// What the run learned of proxies.
    pub marks: &'a Marks,
}

/// What is judged of an answer, without the words.
#[derive(Debug, PartialEq, Eq)]
struct Ruling {
    verdict: Verdict,
    rules: Vec<(Rule, Severity)>,
    seen: Option<Seen>,
    /// Whether what was due came; of an answer of which nothing is due, never.
    met: bool,
}

impl Court<'_> {
    /// Alters, one lie at a time, the answer that is judged for what is expected and every error answer beside it.
    /// False where the scenario does not conform when it is judged here, so that nothing was tried.
    pub fn try_scenario(&self, planned: &Planned, fired: &mut Fired, place: &Place, tally: &mut Tally) -> bool {
        let counts = |e: &Exchange| e.phase == Phase::When && !e.superseded && !e.control;
        let Some(last) = fired.exchanges.iter().rposition(counts) else { return false };
        if self.judge.scenario(planned, fired, self.marks).verdict != Verdict::Conforms {
            return false;
        }
        for index in 0..fired.exchanges.len() {
            let exchange = &fired.exchanges[index];
            let Observation::Answered(answer) = &exchange.observation else { continue };
            if exchange.control || !(index == last || answer.is_error()) {
                continue;
            }
            let said = Statement::of(answer);
            let (is_head, secrets) = (&*exchange.sent.method == "HEAD", exchange.sent.secrets.clone());
            let mut truth = Truth::new(self.promises, &said, is_head);
            truth.secrets = &secrets;
            if index == last {
                truth.due = Some(&planned.expect);
                truth.hears_429 = planned.work().is_some_and(|work| work.when.judges_429);
            }
            tally.answers += 1;
            self.try_answer(planned, fired, index, &truth, place, tally);
        }
        true
    }

    fn try_answer(
        &self,
        planned: &Planned,
        fired: &mut Fired,
        index: usize,
        truth: &Truth<'_>,
        place: &Place,
        tally: &mut Tally,
    ) {
        let plain = self.rule_on(planned, fired, index, truth.due.is_some());
        for (kind, lie) in lie::ALL.iter().enumerate() {
            let started = Instant::now();
            let Some(told) = lie.tell(truth) else {
                tally.not_applicable(kind, started.elapsed());
                continue;
            };
            let altered = Observation::Answered(told.statement.answer());
            let original = std::mem::replace(&mut fired.exchanges[index].observation, altered);
            let ruling = self.rule_on(planned, fired, index, truth.due.is_some());
            fired.exchanges[index].observation = original;
            let outcome = outcome(lie, &told, &ruling, &plain);
            tally.tried(kind, &outcome, started.elapsed());
            if !(outcome.right && outcome.named) {
                let survivor = survivor(lie, &told, &ruling, &fired.exchanges[index], place);
                if lie.is_harmless() { tally.false_alarms.push(survivor) } else { tally.survivors.push(survivor) }
            }
        }
    }

    /// The whole scenario where the answer is the one that it is about; else the answer by what holds for all.
    fn rule_on(&self, planned: &Planned, fired: &Fired, index: usize, is_last: bool) -> Ruling {
        let (verdict, findings, seen, met) = if is_last {
            let judged = self.judge.scenario(planned, fired, self.marks);
            (judged.verdict, judged.findings, judged.seen, judged.triggered.is_some())
        } else {
            let judged = self.judge.answer(&fired.exchanges[index], self.marks);
            (Verdict::of(&judged.findings), judged.findings, judged.seen, judged.met)
        };
        let rules = findings.iter().map(|finding| (finding.rule, finding.severity)).collect();
        Ruling { verdict, rules, seen, met }
    }
}

fn outcome(lie: &Lie, told: &Told, ruling: &Ruling, plain: &Ruling) -> Outcome {
    if lie.is_harmless() {
        return Outcome { right: ruling == plain, named: true, promised: None };
    }
    let named = told.rule.is_some_and(|due| ruling.rules.contains(&(due, Severity::Error)));
    Outcome { right: ruling.verdict == Verdict::Violates, named, promised: told.rule }
}

fn survivor(lie: &Lie, told: &Told, ruling: &Ruling, exchange: &Exchange, place: &Place) -> Survivor {
    let step = match exchange.phase {
        phase @ (Phase::Given | Phase::Finally) => format!("{} {}", phase.id(), u32::from(exchange.index) + 1),
        phase => phase.id().to_owned(),
    };
    Survivor {
        scenario: place.scenario.clone(),
        file: place.file.clone(),
        line: place.line,
        lie: lie.id.to_owned(),
        step,
        promised: told.rule.map(|rule| rule.id().to_owned()),
        verdict: ruling.verdict.id().to_owned(),
        found: ruling.rules.iter().map(|(rule, _)| rule.id().to_owned()).collect(),
    }
}
