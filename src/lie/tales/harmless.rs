//! Changes that break no promise.

use serde_json::Value;

use crate::lie::{Statement, Truth};

/// The message backwards: of the same length and letters, so that no schema that leaves prose free minds.
pub fn message(truth: &Truth<'_>) -> Option<Statement> {
    let pointer = truth.message_pointer()?;
    let mut holds = false;
    let told = truth.altered(|body| {
        let Value::String(message) = body.pointer_mut(&pointer)? else { return None };
        *message = message.chars().rev().collect();
        holds = truth.holds_for(body);
        Some(())
    });
    told.filter(|_| holds)
}

pub fn order(truth: &Truth<'_>) -> Option<Statement> {
    truth.altered(|body| {
        reverse(body);
        Some(())
    })
}

fn reverse(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, mut value) in std::mem::take(members).into_iter().rev() {
                reverse(&mut value);
                members.insert(name, value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(reverse),
        _ => {}
    }
}

pub fn whitespace(truth: &Truth<'_>) -> Option<Statement> {
    truth.entry()?;
    let pretty = serde_json::to_string_pretty(truth.json.as_ref()?).ok()?;
    Some(truth.said.with_body(format!("\r\n {pretty}\t\n")))
}

/// Names compare without case (RFC 9110, 5.1).
pub fn header_case(truth: &Truth<'_>) -> Option<Statement> {
    truth.entry()?;
    let mut said = truth.said.clone();
    for (name, _) in &mut said.headers {
        let upper = name.to_ascii_uppercase();
        *name = if upper == *name { name.to_ascii_lowercase() } else { upper };
    }
    Some(said)
}

pub fn more_headers(truth: &Truth<'_>) -> Option<Statement> {
    truth.entry()?;
    Some(truth.said.with_header("x-nobody-asked", b"1").with_header("server-timing", b"app;dur=3"))
}
