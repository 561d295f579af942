//! What is only a warning about one answer: `content-type`, `extra-fields`.

use crate::judge::reading::Reading;
use crate::model::rule::{Rule, Severity};
use crate::model::verdict::Finding;

/// How many extra members are told.
const MOST: usize = 10;

pub fn content_type(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    if reading.judged_json().is_none() || reading.judge.severity(Rule::ContentType) == Severity::Off {
        return;
    }
    let label = reading.answer.headers.known(&http::header::CONTENT_TYPE);
    if label.is_some_and(says_json) {
        return;
    }
    let shown = label.map(|label| format!("`{}`", reading.quote(&String::from_utf8_lossy(label))));
    let text = match &shown {
        Some(shown) => format!("{} with JSON that is labelled {shown}", reading.got()),
        None => format!("{} with JSON that has no Content-Type", reading.got()),
    };
    let mut finding = reading.finding(Rule::ContentType, text);
    finding.expected = Some("application/json".to_owned());
    finding.seen = Some(shown.unwrap_or_else(|| "absent".to_owned()));
    findings.push(finding);
}

/// `application/json`, or a type with the suffix `+json` (RFC 6839), with any parameters.
fn says_json(label: &[u8]) -> bool {
    let kind = label.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
    let suffix = kind.len().checked_sub(b"+json".len()).map(|start| &kind[start..]);
    let suffixed = suffix.is_some_and(|s| s.eq_ignore_ascii_case(b"+json")) && kind.contains(&b'/');
    kind.eq_ignore_ascii_case(b"application/json") || suffixed
}

pub fn extra_fields(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let Some(envelope) = reading.judged_envelope() else { return };
    if reading.judge.severity(Rule::ExtraFields) == Severity::Off || !reading.judge.named.lacks_any(envelope) {
        return;
    }
    let mut unnamed = Vec::new();
    reading.judge.named.unnamed(envelope, reading.base, MOST, &mut unnamed);
    let list = unnamed.iter().map(|pointer| reading.quote_pointer(pointer)).collect::<Vec<_>>().join(", ");
    let text = format!("{} with members that the schema does not name: {list}", reading.got());
    let mut finding = reading.finding(Rule::ExtraFields, text);
    finding.pointer = unnamed.first().map(|pointer| reading.quote_pointer(pointer));
    finding.expected = Some("the members that the schema names".to_owned());
    finding.seen = Some(list);
    findings.push(finding);
}
