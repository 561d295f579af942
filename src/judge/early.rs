//! Answers that are judged when they come, since most of them is let go afterwards.

use crate::model::exchange::{Answer, Exchange};
use crate::model::headers::Headers;
use crate::model::verdict::{Early, ExchangeJudgement};

use super::body::Body;
use super::contract::Judge;
use super::judged_answer;
use super::marks::{self, Marks};
use super::reading::{Kind, Reading};

impl Judge {
    /// Judges an error answer by the rules that hold for all of them. Whether a proxy wrote it is settled when all
    /// answers of the run are known, so both are judged where only headers show one.
    pub fn early(&self, exchange: &Exchange) -> Early {
        let Some(answer) = judged_answer(exchange) else { return Early::default() };
        let none = Marks::new();
        let judgement = self.exchange(exchange, None, &none);
        if !marks::may_be_a_proxys(answer.status) {
            return Early { judgement, as_the_apis: None, ordinary: true };
        }
        let body = Body::of(exchange, answer);
        let mut reading = Reading::new(self, exchange, answer, &body, None);
        let ordinary = !reading.is_head() && reading.has_a_trace_of_the_envelope();
        reading.look_for_a_proxy(&none);
        let by_headers = reading.kind == Kind::Proxys && !marks::is_a_page(answer);
        let as_the_apis = by_headers.then(|| self.exchange(exchange, None, &marks::all_ordinary(exchange, answer)));
        Early { judgement, as_the_apis, ordinary }
    }

    /// Those headers that show a proxy: all that is needed of the others was taken from them.
    pub fn telling_headers(&self, headers: &Headers) -> Headers {
        marks::only(headers)
    }
}

/// What an answer that was judged early comes to, by what is known of proxies.
pub(super) fn settled<'e>(
    early: &'e Early,
    exchange: &Exchange,
    answer: &Answer,
    marks: &Marks,
) -> &'e ExchangeJudgement {
    let is_ordinary = || marks.on(marks::origin(&exchange.sent.url), answer).is_empty();
    early.as_the_apis.as_ref().filter(|_| is_ordinary()).unwrap_or(&early.judgement)
}
