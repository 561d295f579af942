//! One exchange as it is told.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::conceal::Conceal;
use super::{Keep, json};
use crate::model::exchange::{Answer, Exchange, Observation, Phase, Sent, SentBody};
use crate::model::plan::{Planned, Step};
use crate::model::report::{BodyRecord, ExchangeRecord, RequestRecord, ResponseRecord};
use crate::model::visible::shortened;

/// Bytes kept of a body when only scenarios with findings are.
const CAP: usize = 16 << 10;
/// Characters kept of one header value, unless all is kept.
const FIELD_CAP: usize = 4 << 10;

pub fn record(exchange: &Exchange, planned: &Planned, curl: String, conceal: &Conceal, keep: Keep) -> ExchangeRecord {
    let (response, silence) = match &exchange.observation {
        Observation::Answered(answer) => (Some(response(answer, conceal, keep)), None),
        Observation::Silent(silence) => (None, Some(conceal.text(&silence.text).into_owned())),
    };
    ExchangeRecord {
        step: label(exchange, step(planned, exchange)),
        control: exchange.control,
        superseded: exchange.superseded,
        request: request(&exchange.sent, conceal, keep),
        response,
        silence,
        duration_ms: millis(exchange.elapsed),
        waited_ms: millis(exchange.waited),
        curl,
    }
}

/// The planned step that an exchange belongs to; a login's is not known here.
pub fn step<'p>(planned: &'p Planned, exchange: &Exchange) -> Option<&'p Step> {
    let work = planned.work()?;
    match exchange.phase {
        Phase::Login => None,
        Phase::Given => work.given.get(usize::from(exchange.index)),
        Phase::When => Some(&work.when),
        Phase::Finally => work.finally.get(usize::from(exchange.index)),
    }
}

/// `when`, `given 2 (an open ticket)`.
fn label(exchange: &Exchange, step: Option<&Step>) -> String {
    let number = usize::from(exchange.index) + 1;
    match (exchange.phase, step.and_then(|s| s.fixture.as_deref())) {
        (Phase::When, _) => "when".to_owned(),
        (phase, Some(fixture)) => format!("{} {number} ({fixture})", phase.id()),
        (phase, None) => format!("{} {number}", phase.id()),
    }
}

fn request(sent: &Sent, conceal: &Conceal, keep: Keep) -> RequestRecord {
    let body = match &sent.body {
        SentBody::None => None,
        SentBody::Bytes(bytes) => Some(body(bytes, false, conceal, keep)),
        SentBody::Streamed { length } => Some(BodyRecord { length: *length, cut: true, ..BodyRecord::default() }),
    };
    RequestRecord {
        method: sent.method.to_string(),
        url: conceal.text(&sent.url).into_owned(),
        headers: sent.headers.iter().map(|(n, v)| field(n, v, conceal, keep)).collect(),
        body,
    }
}

fn response(answer: &Answer, conceal: &Conceal, keep: Keep) -> ResponseRecord {
    let field = |(name, value): (&str, &[u8])| field(name, &String::from_utf8_lossy(value), conceal, keep);
    ResponseRecord {
        status: answer.status,
        headers: answer.headers.iter().map(field).collect(),
        body: Some(body(&answer.body, answer.cut, conceal, keep)),
    }
}

fn field(name: &str, value: &str, conceal: &Conceal, keep: Keep) -> (String, String) {
    let value = conceal.field(name, value);
    match keep {
        Keep::All => (name.to_owned(), value),
        Keep::Findings => (name.to_owned(), shortened(&value, FIELD_CAP).into_owned()),
    }
}

/// A body, redacted first and cut afterwards, so that no secret is cut in two and half of it kept.
fn body(bytes: &[u8], more: bool, conceal: &Conceal, keep: Keep) -> BodyRecord {
    let mut record = BodyRecord { length: bytes.len() as u64, more, cut: more, ..BodyRecord::default() };
    // What was not read may be the second half of a secret.
    let known = if more { bytes.len().saturating_sub(conceal.longest().saturating_sub(1)) } else { bytes.len() };
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let whole = known == text.len();
            let redacted = match json::redact(text, conceal) {
                Some(redacted) if whole => Cow::Owned(redacted),
                _ => conceal.text(&text[..boundary(text, known)]),
            };
            let kept = if keep == Keep::All { &redacted } else { &redacted[..boundary(&redacted, CAP)] };
            record.cut |= !whole || kept.len() < redacted.len();
            record.text = Some(kept.to_owned());
        }
        Err(_) => {
            let redacted = conceal.bytes(&bytes[..known]);
            let kept = if keep == Keep::All { &redacted[..] } else { &redacted[..redacted.len().min(CAP)] };
            record.cut |= kept.len() < redacted.len() || known < bytes.len();
            record.base64 = Some(STANDARD.encode(kept));
        }
    }
    record
}

/// The last end of a character that is not after `most`.
fn boundary(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::{NamedSecret, Redactor};
    use crate::model::verdict::Fired;

    fn kept(bytes: &[u8], more: bool, keep: Keep) -> BodyRecord {
        let run = Redactor::new(&[NamedSecret::new("KEY", "0123456789abcdef")]);
        body(bytes, more, &Conceal::new(&run, &Fired::default()), keep)
    }

    #[test]
    fn a_long_body_is_capped_and_says_so() {
        let record = kept("é".repeat(20_000).as_bytes(), false, Keep::Findings);
        assert_eq!((record.length, record.cut, record.text.map(|t| t.len())), (40_000, true, Some(CAP)));
        let record = kept("é".repeat(20_000).as_bytes(), false, Keep::All);
        assert_eq!((record.cut, record.text.map(|t| t.len())), (false, Some(40_000)));
    }

    #[test]
    fn a_secret_at_the_cap_or_at_the_end_of_what_was_read_does_not_leave_a_half() {
        for start in CAP - 20..CAP + 2 {
            let text = format!("{}0123456789abcdef{}", "x".repeat(start), "y".repeat(100));
            for bytes in [text.as_bytes().to_vec(), [text.as_bytes(), b"\xff"].concat()] {
                let record = kept(&bytes, false, Keep::Findings);
                let text = record.text.unwrap_or_else(|| {
                    String::from_utf8_lossy(&STANDARD.decode(record.base64.unwrap()).unwrap()).into_owned()
                });
                assert!(!text.contains("0123"), "{start}");
            }
        }
        let record = kept(b"{\"a\":\"0123456789abc", true, Keep::All);
        assert!(record.more && !record.text.unwrap().contains("0123456"));
    }

    #[test]
    fn bytes_that_are_no_text_are_base64() {
        let record = kept(b"\xff0123456789abcdef", false, Keep::All);
        assert_eq!(STANDARD.decode(record.base64.unwrap()).unwrap(), b"\xff[secret:KEY]");
    }
}
