//! The conversation of a scenario, for readers.

use std::fmt::Write;

use crate::model::report::{BodyRecord, ExchangeRecord, ScenarioReport};
use crate::model::visible::{visible, visible_lines};

/// The most of it, in bytes; report readers cut longer ones, or choke.
pub const CAP: usize = 64 << 10;

/// Requests after `>`, answers after `<`; at most [`CAP`] bytes.
pub fn transcript(scenario: &ScenarioReport) -> String {
    let mut out = String::new();
    for note in &scenario.notes {
        let _ = writeln!(out, "note: {}", visible(note));
    }
    for (index, exchange) in scenario.exchanges.iter().enumerate() {
        let before = out.len();
        one(&mut out, exchange);
        if out.len() > CAP {
            out.truncate(before);
            let left = scenario.exchanges.len() - index;
            let _ = writeln!(out, "... {left} more in run.json: this is all that fits here");
            break;
        }
    }
    out
}

fn one(out: &mut String, exchange: &ExchangeRecord) {
    let control = if exchange.control { ", control service" } else { "" };
    let again = if exchange.superseded { ", asked again afterwards" } else { "" };
    let waited = match exchange.waited_ms {
        0 => String::new(),
        ms => format!(", after waiting {}", super::words::took(ms)),
    };
    let _ = writeln!(out, "{} ({} ms{control}{again}{waited})", visible(&exchange.step), exchange.duration_ms);
    let request = &exchange.request;
    let _ = writeln!(out, "> {} {}", visible(&request.method), visible(&request.url));
    fields(out, "> ", &request.headers);
    body(out, "> ", request.body.as_ref());
    if let Some(response) = &exchange.response {
        let _ = writeln!(out, "< {}", response.status);
        fields(out, "< ", &response.headers);
        body(out, "< ", response.body.as_ref());
    }
    if let Some(silence) = &exchange.silence {
        let _ = writeln!(out, "! {}", visible(silence));
    }
    out.push('\n');
}

fn fields(out: &mut String, mark: &str, fields: &[(String, String)]) {
    for (name, value) in fields {
        let _ = writeln!(out, "{mark}{}: {}", visible(name), visible(value));
    }
}

fn body(out: &mut String, mark: &str, body: Option<&BodyRecord>) {
    let Some(body) = body.filter(|b| b.length > 0 || b.more) else { return };
    let _ = writeln!(out, "{}", mark.trim_end());
    if let Some(text) = &body.text {
        for line in visible_lines(text).lines() {
            let _ = writeln!(out, "{mark}{line}");
        }
    }
    if let Some(base64) = &body.base64 {
        let _ = writeln!(out, "{mark}(no text, in base64) {base64}");
    }
    if body.cut {
        let more = if body.more { "more than " } else { "" };
        let _ = writeln!(out, "{mark}... cut; {more}{} bytes in all", body.length);
    }
}
