//! Exchanges to findings and verdicts. Pure.
//!
//! A [`Judge`] is made once of the [`Contract`]. It reads each answer once and holds it to every rule in `rules`.

mod body;
mod contract;
mod course;
mod early;
mod echo;
mod json;
mod lookalike;
mod marks;
mod named;
mod not_json;
mod pointer;
mod reading;
mod rules;
mod telling;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod visible;
mod words;

pub use crate::model::verdict::ExchangeJudgement;
pub use contract::{Contract, Judge};
pub use course::Judged;
pub use marks::{Marks, origin};

use crate::model::exchange::{Answer, Exchange, Observation};
use crate::model::plan::Expect;
use crate::model::rule::Severity;

use body::Body;
use reading::Reading;

impl Judge {
    /// Judges one exchange: by the rules that hold for every error answer and, if something is due (for the last answer
    /// of `when`), by those about what is expected. An exchange without an answer, one with the control service, and a
    /// success where nothing is due have no findings.
    pub fn exchange(&self, exchange: &Exchange, expect: Option<&Expect>, marks: &Marks) -> ExchangeJudgement {
        let Some(answer) = judged_answer(exchange).filter(|answer| answer.is_error() || expect.is_some()) else {
            return ExchangeJudgement::default();
        };
        if let Some(early) = &exchange.early {
            return early::settled(early, exchange, answer, marks).clone();
        }
        let body = Body::of(exchange, answer);
        let mut reading = Reading::new(self, exchange, answer, &body, expect);
        reading.look_for_a_proxy(marks);
        let mut findings = Vec::new();
        for check in rules::CHECKS {
            check(&reading, &mut findings);
        }
        findings.retain(|finding| finding.severity != Severity::Off);
        for finding in &mut findings {
            finding.step = course::step_name(exchange.phase, exchange.index, None);
        }
        let met = expect.is_some_and(|expect| reading.meets(expect));
        ExchangeJudgement { findings, seen: Some(reading.seen()), met }
    }

    /// Whether the expected code (and the pinned status) came: when to stop a `repeat`. A status that is not pinned is
    /// not asked for here, so that the code under a wrong one ends the repeating and is judged.
    pub fn is_met(&self, expect: &Expect, exchange: &Exchange) -> bool {
        let Some(answer) = judged_answer(exchange).filter(|_| exchange.early.is_none()) else { return false };
        let pinned = expect.at.is_some() || expect.pinned.is_none_or(|pin| pin.covers(answer.status));
        if !pinned || (expect.at.is_none() && !answer.is_error()) {
            return false;
        }
        let body = Body::of(exchange, answer);
        let reading = Reading::new(self, exchange, answer, &body, Some(expect));
        if reading.is_head() {
            return reading.meets(expect);
        }
        !reading.misplaced && reading.entry.is_some_and(|(id, _)| expect.code.is_none_or(|due| due == id))
    }

    /// Learns the marks that an ordinary answer carries. Call it with every exchange of a run before a `gateway` finding
    /// is final.
    pub fn learn(&self, marks: &mut Marks, exchange: &Exchange) {
        let Some(answer) = judged_answer(exchange) else { return };
        let origin = marks::origin(&exchange.sent.url);
        if let Some(early) = &exchange.early {
            if early.ordinary {
                marks.learn_as_ordinary(origin, answer);
            }
        } else if !marks::may_be_a_proxys(answer.status) {
            marks.learn(origin, answer);
        } else if &*exchange.sent.method != "HEAD" {
            let body = Body::of(exchange, answer);
            if Reading::new(self, exchange, answer, &body, None).has_a_trace_of_the_envelope() {
                marks.learn_as_ordinary(origin, answer);
            }
        }
    }
}

/// The answer, if it is the API's.
fn judged_answer(exchange: &Exchange) -> Option<&Answer> {
    match &exchange.observation {
        Observation::Answered(answer) if !exchange.control => Some(answer),
        _ => None,
    }
}
