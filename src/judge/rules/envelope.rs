//! `envelope`: the JSON Schema of the error envelope, and the code that it must have.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::judge::body::Body;
use crate::judge::pointer::{escape, leads_to};
use crate::judge::reading::{Reading, type_name};
use crate::model::rule::Rule;
use crate::model::verdict::Finding;

/// How many breaches of the schema one answer is told.
const MOST: usize = 8;

pub fn envelope(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let judged = reading.is_head() || matches!(reading.body, Body::Json(_));
    if reading.misplaced && judged {
        findings.push(misplaced(reading));
    }
    let Some(envelope) = reading.judged_envelope() else { return };
    let mut explained = false;
    if !reading.holds {
        for error in reading.judge.schema.iter_errors(envelope).take(MOST) {
            explained |= explains_the_code(reading, &error);
            findings.push(breach(reading, &error));
        }
    }
    if reading.code.is_none() && !explained && !repeats(reading) {
        findings.push(no_code(reading, envelope));
    }
}

/// A code that readers disagree on is `ambiguous-json`, not missing.
fn repeats(reading: &Reading<'_>) -> bool {
    reading.judged_json().is_some_and(|json| !json.repeated.is_empty())
}

/// Nothing is where `at` says that the envelope is.
fn misplaced(reading: &Reading<'_>) -> Finding {
    let at = reading.expect.and_then(|expect| expect.at.as_deref()).unwrap_or_default();
    let mut finding =
        reading.finding(Rule::Envelope, format!("{}, and there is no envelope at {at}", reading.expected_and_got()));
    finding.pointer = Some(at.to_owned());
    finding.expected = Some("the envelope".to_owned());
    finding.seen = Some("nothing".to_owned());
    finding.documentation = reading.expect.and_then(|expect| reading.judge.documentation_of(expect));
    finding
}

/// What the schema says of one place. Values of the answer are not quoted, for they may be secret.
fn breach(reading: &Reading<'_>, error: &ValidationError<'_>) -> Finding {
    let pointer = reading.quote_pointer(&format!("{}{}", reading.base, error.instance_path().as_str()));
    let place = if pointer.is_empty() { "the answer" } else { &pointer };
    let keyword = error.kind().keyword();
    let is = type_name(error.instance());
    let (what, expected, seen) = match error.kind() {
        Kind::Required { property } => {
            let member = property.as_str().unwrap_or_default();
            (format!("{place} lacks the member `{member}`"), format!("the member `{member}`"), "absent".to_owned())
        }
        Kind::Type { kind } => {
            let due = types(kind);
            (format!("{place} is {is}, not {due}"), due, is.to_owned())
        }
        Kind::FalseSchema => (format!("{place} may not be there"), "nothing".to_owned(), is.to_owned()),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            let what = format!("{place}, {is}, fits none of the alternatives");
            (what, "one of the alternatives".to_owned(), is.to_owned())
        }
        _ => {
            let said = reading.quote(&error.masked_with("the value").to_string());
            (format!("{place}: {said}"), format!("what `{keyword}` asks for"), is.to_owned())
        }
    };
    let text = format!("the envelope of {} breaks its schema: {what} ({keyword})", reading.got());
    let mut finding = reading.finding(Rule::Envelope, text);
    finding.pointer = Some(pointer);
    finding.expected = Some(expected);
    finding.seen = Some(seen);
    finding
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => several.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

/// Whether this breach says already why there is no code.
fn explains_the_code(reading: &Reading<'_>, error: &ValidationError<'_>) -> bool {
    let code = reading.judge.code.as_str();
    let path = error.instance_path().as_str();
    match error.kind() {
        Kind::Required { property } => {
            leads_to(&format!("{path}/{}", escape(property.as_str().unwrap_or_default())), code)
        }
        Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::PropertyNames { .. }
        | Kind::MaxProperties { .. } => false,
        _ => leads_to(path, code),
    }
}

/// The schema lets it pass, but there is no code.
fn no_code(reading: &Reading<'_>, envelope: &Value) -> Finding {
    let pointer = reading.code_pointer();
    let (what, seen) = match reading.judge.code.resolve(envelope) {
        None => (format!("there is no code at {pointer}"), "absent"),
        Some(value) => {
            let is = type_name(value);
            (format!("the code at {pointer} is {is}, neither a string nor an integer"), is)
        }
    };
    let mut finding = reading.finding(Rule::Envelope, format!("{}, and {what}", reading.expected_and_got()));
    finding.pointer = Some(pointer);
    finding.expected = Some("a string or an integer".to_owned());
    finding.seen = Some(seen.to_owned());
    finding
}
