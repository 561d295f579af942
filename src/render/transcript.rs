//! The conversation of a scenario, for readers.

use std::fmt::Write;

use crate::model::report::{BodyRecord, ExchangeRecord, ScenarioReport};
use crate::model::visible::{visible, visible_lines};

/// The most of it, in bytes; report readers cut longer ones, or choke.
pub const CAP: usize = 64 << 10;

/// The most of one body, in bytes; `run.json` has more of it.
pub(super) const BODY_CAP: usize = 8 << 10;

/// Requests after `>`, answers after `<`; about [`CAP`] bytes at most.
pub fn transcript(scenario: &ScenarioReport) -> String {
    capped(scenario, CAP, BODY_CAP)
}

/// The same, all of it.
pub fn whole(scenario: &ScenarioReport) -> String {
    capped(scenario, usize::MAX, usize::MAX)
}

fn capped(scenario: &ScenarioReport, most: usize, of_body: usize) -> String {
    let mut out = String::new();
    for note in &scenario.notes {
        let _ = writeln!(out, "note: {}", visible(note));
    }
    for exchange in &scenario.exchanges {
        one(&mut out, exchange, of_body);
        if out.len() > most {
            out.truncate(boundary(&out, most));
            out.push_str("\n... cut here; run.json has the rest\n");
            break;
        }
    }
    out
}

/// The last end of a character that is not after `most`.
pub(super) fn boundary(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn one(out: &mut String, exchange: &ExchangeRecord, most: usize) {
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
    body(out, "> ", request.body.as_ref(), most);
    if let Some(response) = &exchange.response {
        let _ = writeln!(out, "< {}", response.status);
        fields(out, "< ", &response.headers);
        body(out, "< ", response.body.as_ref(), most);
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

fn body(out: &mut String, mark: &str, body: Option<&BodyRecord>, most: usize) {
    let Some(body) = body.filter(|b| b.length > 0 || b.more) else { return };
    let _ = writeln!(out, "{}", mark.trim_end());
    let whole = body.text.as_deref().or(body.base64.as_deref()).unwrap_or_default();
    let shown = &whole[..boundary(whole, most)];
    if body.text.is_none() && body.base64.is_some() {
        let _ = writeln!(out, "{mark}(no text, in base64)");
    }
    for line in visible_lines(shown).lines() {
        let _ = writeln!(out, "{mark}{line}");
    }
    if shown.len() < whole.len() {
        let _ = writeln!(out, "{mark}... run.json has more of it");
    }
    if body.cut {
        let more = if body.more { "more than " } else { "" };
        let _ = writeln!(out, "{mark}... cut; {more}{} bytes in all", body.length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    #[test]
    fn however_long_the_conversation_the_transcript_is_capped() {
        let mut scenario = fixture::report().scenarios.swap_remove(1);
        let response = scenario.exchanges[1].response.as_mut().unwrap();
        response.body =
            Some(BodyRecord { length: 1 << 20, text: Some("\u{202e}".repeat(1 << 18)), ..BodyRecord::default() });
        response.headers = vec![("x-long".into(), "é".repeat(100_000)); 3];
        let text = transcript(&scenario);
        assert!(text.len() < CAP + 100 && text.ends_with("run.json has the rest\n"), "{}", text.len());
        scenario.exchanges[1].response.as_mut().unwrap().headers.clear();
        let text = transcript(&scenario);
        assert!(text.contains("run.json has more of it") && text.len() < CAP, "{}", text.len());
    }
}
