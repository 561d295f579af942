//! Lies about headers, and the secret that comes back.

use crate::lie::{Statement, Truth};

const RETRY_AFTER: &str = "retry-after";

pub fn no_retry_after(truth: &Truth<'_>) -> Option<Statement> {
    let (id, _) = truth.entry()?;
    let required = truth.promises.required(id).iter().any(|name| name.eq_ignore_ascii_case(RETRY_AFTER));
    required.then(|| truth.said.without_header(RETRY_AFTER))
}

pub fn none_required(truth: &Truth<'_>) -> Option<Statement> {
    let (id, _) = truth.entry()?;
    let required = truth.promises.required(id);
    Some(required.iter().fold(truth.said.clone(), |said, name| said.without_header(name)))
}

pub fn garbled_retry_after(truth: &Truth<'_>) -> Option<Statement> {
    truth.entry().filter(|_| truth.said.is_error())?;
    truth.said.header(RETRY_AFTER)?;
    Some(truth.said.with_header(RETRY_AFTER, b"in a while"))
}

/// In the message, where there is one, as a careless handler would quote it; else in a header.
pub fn secret(truth: &Truth<'_>) -> Option<Statement> {
    truth.entry()?;
    let secret = truth.secrets.iter().find(|secret| !secret.is_short())?.value.reveal();
    let in_message = truth.message_pointer().and_then(|pointer| {
        truth.altered(|body| match body.pointer_mut(&pointer)? {
            serde_json::Value::String(message) => {
                message.push_str(&format!(" ({secret})"));
                Some(())
            }
            _ => None,
        })
    });
    let fits_a_header = secret.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let in_header = || fits_a_header.then(|| truth.said.with_header("x-received-key", secret.as_bytes()));
    in_message.or_else(in_header)
}
