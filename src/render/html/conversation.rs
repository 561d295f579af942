//! Exchanges as blocks of text.

use std::fmt::Write;

use serde::Serialize;

use crate::model::report::{BodyRecord, ExchangeRecord, ScenarioReport};
use crate::model::visible::{visible, visible_lines};
use crate::render::transcript::{BODY_CAP, CAP, boundary};
use crate::render::words::took;

#[derive(Serialize, Default)]
pub struct Conversation {
    pub exchanges: Vec<Exchange>,
    /// Why it is not here, or not whole.
    pub cut: &'static str,
    /// Bytes of text.
    #[serde(skip)]
    pub size: usize,
}

#[derive(Serialize)]
pub struct Exchange {
    pub step: String,
    pub remark: String,
    pub request: String,
    pub answer: String,
}

/// The conversation of a scenario, as far as `left` bytes and its own limit reach.
pub fn conversation(scenario: &ScenarioReport, left: usize) -> Conversation {
    let mut conversation = Conversation::default();
    if left == 0 && !scenario.exchanges.is_empty() {
        conversation.cut = "The conversation is in run.json: the conversations on this page are limited.";
        return conversation;
    }
    for record in &scenario.exchanges {
        if conversation.size > CAP {
            conversation.cut = "Cut here; run.json has the rest.";
            break;
        }
        let exchange = exchange(record);
        conversation.size += exchange.request.len() + exchange.answer.len();
        conversation.exchanges.push(exchange);
    }
    conversation
}

fn exchange(record: &ExchangeRecord) -> Exchange {
    let mut request = format!("{} {}\n", visible(&record.request.method), visible(&record.request.url));
    message(&mut request, &record.request.headers, record.request.body.as_ref());
    let mut answer = String::new();
    if let Some(response) = &record.response {
        // Writing to a string cannot fail.
        let _ = writeln!(answer, "{}", response.status);
        message(&mut answer, &response.headers, response.body.as_ref());
    }
    if let Some(silence) = &record.silence {
        let _ = writeln!(answer, "no answer: {}", visible(silence));
    }
    Exchange { step: visible(&record.step).into_owned(), remark: remark(record), request, answer }
}

fn remark(record: &ExchangeRecord) -> String {
    let mut remark = took(record.duration_ms);
    if record.control {
        remark.push_str(", control service");
    }
    if record.superseded {
        remark.push_str(", asked again afterwards");
    }
    if record.waited_ms > 0 {
        let _ = write!(remark, ", after waiting {}", took(record.waited_ms));
    }
    remark
}

fn message(out: &mut String, headers: &[(String, String)], body: Option<&BodyRecord>) {
    for (name, value) in headers {
        let value = &value[..boundary(value, BODY_CAP)];
        let _ = writeln!(out, "{}: {}", visible(name), visible(value));
    }
    let Some(body) = body.filter(|b| b.length > 0 || b.more) else { return };
    let whole = body.text.as_deref().or(body.base64.as_deref()).unwrap_or_default();
    let shown = &whole[..boundary(whole, BODY_CAP)];
    let kind = if body.text.is_none() && body.base64.is_some() { "(no text, in base64)\n" } else { "" };
    let _ = writeln!(out, "\n{kind}{}", visible_lines(shown).trim_end_matches('\n'));
    if shown.len() < whole.len() {
        out.push_str("... run.json has more of it\n");
    }
    if body.cut {
        let more = if body.more { "more than " } else { "" };
        let _ = writeln!(out, "... cut; {more}{} bytes in all", body.length);
    }
}
