//! Which rule an altered answer breaks, from catalogue, schema and what is due.

use serde_json::Value;

use super::statement::Statement;
use super::truth::{Truth, text};
use crate::model::catalogue::Status;
use crate::model::rule::Rule;

/// Of an answer whose status alone was altered.
pub fn by_status(truth: &Truth<'_>, altered: &Statement) -> Option<Rule> {
    if !truth.status_counts() {
        return None;
    }
    if !altered.is_error() {
        return truth.due.map(|_| Rule::UnexpectedSuccess);
    }
    if truth.entry().is_some_and(|(_, entry)| entry.documented(altered.status).is_none()) {
        return Some(Rule::UndocumentedStatus);
    }
    let pin = truth.due.and_then(|due| due.pinned);
    pin.filter(|pin| !pin.covers(altered.status)).map(|_| Rule::WrongStatus)
}

/// Of an answer whose code was altered.
pub fn by_code(truth: &Truth<'_>, altered: &Statement) -> Option<Rule> {
    let body: Value = serde_json::from_slice(&altered.body).ok()?;
    let code = body.pointer(&truth.code_pointer());
    let Some(written) = code.and_then(text) else { return Some(Rule::Envelope) };
    match of_code(truth, &written) {
        // What is not even of a type that a code may have is not looked up in the catalogue.
        Some(Rule::UndocumentedCode) if code.is_some_and(Value::is_number) && !truth.holds_for(&body) => {
            Some(Rule::Envelope)
        }
        None if !truth.holds_for(&body) => Some(Rule::Envelope),
        rule => rule,
    }
}

/// What the catalogue and the expectation have against this code under the status of the answer.
pub fn of_code(truth: &Truth<'_>, code: &str) -> Option<Rule> {
    let catalogue = &truth.promises.catalogue;
    let Some(id) = catalogue.find(code) else { return Some(Rule::UndocumentedCode) };
    if truth.status_counts() && catalogue.entry(id).documented(truth.said.status).is_none() {
        return Some(Rule::UndocumentedStatus);
    }
    truth.due?.code.filter(|due| *due != id).map(|_| Rule::WrongCode)
}

/// Of an answer whose envelope was altered: none where the schema lets it pass and it still has a code.
pub fn by_envelope(truth: &Truth<'_>, altered: &Statement) -> Option<Rule> {
    let body: Value = serde_json::from_slice(&altered.body).ok()?;
    let has_code = body.pointer(&truth.code_pointer()).and_then(text).is_some();
    (!has_code || !truth.holds_for(&body)).then_some(Rule::Envelope)
}

/// Of an answer from which headers were dropped: none where the project does not require them of the code.
pub fn by_header(truth: &Truth<'_>, altered: &Statement) -> Option<Rule> {
    let (id, _) = truth.entry().filter(|_| altered.is_error())?;
    let required = truth.promises.required(id);
    required.iter().any(|name| altered.header(name).is_none()).then_some(Rule::MissingHeader)
}

/// Whether this status names one the documentation states exactly.
pub fn exact(status: Status) -> Option<u16> {
    match status {
        Status::Exact(exact) => Some(exact),
        Status::Class(_) | Status::Unstated => None,
    }
}
