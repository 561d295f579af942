//! What one answer says, read once; the rules look at this.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::Value;

use crate::model::catalogue::{CodeId, Entry};
use crate::model::exchange::{Answer, Exchange, Phase};
use crate::model::plan::Expect;
use crate::model::secret::Redactor;

use super::body::Body;
use super::contract::Judge;
use super::json::Json;
use super::marks::{self, Mark, Marks};
use super::pointer::leads_to;

/// What kind of answer is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An error answer of the API: all rules hold.
    Error,
    /// A success in which the envelope is due at a pointer: its status and headers are not judged.
    Inside,
    /// A success where an error was due.
    Success,
    /// Written by a proxy: the API was not heard.
    Proxys,
}

/// One answer, read.
pub struct Reading<'a> {
    pub judge: &'a Judge,
    pub exchange: &'a Exchange,
    pub answer: &'a Answer,
    pub body: &'a Body,
    /// What is due, where the answer is the one that is judged for it.
    pub expect: Option<&'a Expect>,
    pub kind: Kind,
    /// Where the envelope is: empty for the answer itself, else the pointer of `at`.
    pub base: &'a str,
    /// Whether nothing is where `at` says that the envelope is.
    pub misplaced: bool,
    /// The envelope; the whole answer where it is not elsewhere.
    pub envelope: Option<&'a Value>,
    /// Whether the schema holds.
    pub holds: bool,
    /// The code, if it is one that readers agree on.
    pub code: Option<Cow<'a, str>>,
    pub entry: Option<(CodeId, &'a Entry)>,
    /// What shows that a proxy wrote it.
    pub marks: Vec<Mark>,
    /// Takes the secrets that were sent out of what is told; made when something is.
    pub redactor: OnceCell<Redactor>,
}

impl<'a> Reading<'a> {
    pub fn new(
        judge: &'a Judge,
        exchange: &'a Exchange,
        answer: &'a Answer,
        body: &'a Body,
        expect: Option<&'a Expect>,
    ) -> Self {
        let at = expect.and_then(|expect| expect.at.as_deref());
        let root = match body {
            Body::Json(json) => Some(&json.value),
            _ => None,
        };
        let inside = at.and_then(|at| root.and_then(|root| root.pointer(at)));
        // An error answer is held to the envelope even if the one that is due would be further in.
        let envelope = inside.or(root.filter(|_| at.is_none() || answer.is_error()));
        let kind = match (answer.is_error(), at) {
            (true, _) => Kind::Error,
            (false, Some(_)) => Kind::Inside,
            (false, None) => Kind::Success,
        };
        let mut reading = Reading {
            judge,
            exchange,
            answer,
            body,
            expect,
            kind,
            base: if inside.is_some() { at.unwrap_or_default() } else { "" },
            misplaced: at.is_some() && inside.is_none(),
            envelope,
            holds: envelope.is_some_and(|envelope| judge.schema.is_valid(envelope)),
            code: None,
            entry: None,
            marks: Vec::new(),
            redactor: OnceCell::new(),
        };
        if !reading.repeats_the_code() {
            reading.code = envelope.and_then(|envelope| judge.code.resolve(envelope)).and_then(code_text);
            let id = reading.code.as_deref().and_then(|code| judge.catalogue.find(code));
            reading.entry = id.map(|id| (id, judge.catalogue.entry(id)));
        }
        reading
    }

    /// Looks whether a proxy wrote it, which is asked only of a few statuses and never of an answer with the envelope.
    pub fn look_for_a_proxy(&mut self, marks: &Marks) {
        if self.kind == Kind::Error && marks::may_be_a_proxys(self.answer.status) && !self.has_a_trace_of_the_envelope()
        {
            self.marks = marks.on(marks::origin(&self.exchange.sent.url), self.answer);
            if !self.marks.is_empty() {
                self.kind = Kind::Proxys;
            }
        }
    }

    /// Whether there is at least the object that the code belongs in.
    pub fn has_a_trace_of_the_envelope(&self) -> bool {
        let holder = |envelope| self.judge.code.resolve_parent(envelope);
        match self.judge.code.tokens() {
            [] | [_] => self.envelope.is_some_and(|envelope| self.judge.code.resolve(envelope).is_some()),
            _ => self.envelope.and_then(holder).is_some_and(|holder| holder.is_object() || holder.is_array()),
        }
    }

    fn repeats_the_code(&self) -> bool {
        let Body::Json(json) = self.body else { return false };
        json.repeated.pointers.iter().any(|repeated| leads_to(repeated, &self.code_pointer()))
            || json.repeated.count > json.repeated.pointers.len()
    }

    pub fn is_head(&self) -> bool {
        &*self.exchange.sent.method == "HEAD"
    }

    /// The body, where it is judged.
    pub fn judged_json(&self) -> Option<&'a Json> {
        match self.body {
            Body::Json(json) if matches!(self.kind, Kind::Error | Kind::Inside) => Some(json),
            _ => None,
        }
    }

    /// The envelope, where it is judged.
    pub fn judged_envelope(&self) -> Option<&'a Value> {
        self.judged_json().and(self.envelope)
    }

    /// The code, where it is judged.
    pub fn judged_code(&self) -> Option<&str> {
        self.judged_json().and(self.code.as_deref())
    }

    /// Whether the status is judged.
    pub fn status_counts(&self) -> bool {
        self.kind == Kind::Error && self.expect.is_none_or(|expect| expect.at.is_none())
    }

    /// The documented code that the answer is about: its own, or for HEAD, where none can be seen, the one that is due.
    pub fn subject(&self) -> Option<(CodeId, &'a Entry)> {
        if self.is_head() { self.due_entry() } else { self.entry }
    }

    pub fn due_entry(&self) -> Option<(CodeId, &'a Entry)> {
        let id = self.expect?.code?;
        Some((id, self.judge.catalogue.entry(id)))
    }

    /// Whether the answer is what is due: positive evidence, not the absence of findings.
    pub fn meets(&self, expect: &Expect) -> bool {
        let pinned = |status| expect.at.is_some() || expect.pinned.is_none_or(|pin| pin.covers(status));
        let status = self.answer.status;
        if self.is_head() {
            let documented = self.due_entry().is_none_or(|(_, due)| due.documented(status).is_some());
            return self.kind == Kind::Error && expect.at.is_none() && documented && pinned(status);
        }
        let Some((id, entry)) = self.entry else { return false };
        matches!(self.kind, Kind::Error | Kind::Inside)
            && !self.misplaced
            && expect.code.is_none_or(|due| due == id)
            && (expect.at.is_some() || entry.documented(status).is_some())
            && pinned(status)
    }

    pub fn code_pointer(&self) -> String {
        format!("{}{}", self.base, self.judge.code.as_str())
    }

    /// Whether what a proxy answered here keeps the scenario from being judged.
    pub fn is_waited_for(&self) -> bool {
        !self.exchange.superseded && self.exchange.phase != Phase::Finally
    }
}

/// A string or an integer as the text that the catalogue has.
fn code_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// What a value is, in JSON's words.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
