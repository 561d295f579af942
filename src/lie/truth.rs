//! An answer that kept its promises, with all that a lie has to know of it.

use serde_json::Value;

use super::promises::Promises;
use super::statement::Statement;
use crate::model::catalogue::{CodeId, Entry};
use crate::model::plan::Expect;
use crate::model::secret::NamedSecret;

/// A true answer, and what was due of it.
pub struct Truth<'a> {
    pub promises: &'a Promises,
    pub said: &'a Statement,
    /// Whether it answers HEAD, and so has no body.
    pub is_head: bool,
    /// The secrets that the request carried.
    pub secrets: &'a [NamedSecret],
    /// What is due, where the answer is the one that is judged for it. Of any other answer hold the general promises.
    pub due: Option<&'a Expect>,
    /// Whether a 429 would be taken for an answer, and not for weather.
    pub hears_429: bool,
    /// The body; absent where it is none in JSON.
    pub json: Option<Value>,
}

impl<'a> Truth<'a> {
    /// An answer for which nothing particular is due.
    pub fn new(promises: &'a Promises, said: &'a Statement, is_head: bool) -> Self {
        let json = if is_head { None } else { serde_json::from_slice(&said.body).ok() };
        Truth { promises, said, is_head, secrets: &[], due: None, hears_429: true, json }
    }

    /// Where the envelope is: empty for the answer itself.
    pub fn base(&self) -> &'a str {
        self.due.and_then(|due| due.at.as_deref()).unwrap_or_default()
    }

    /// JSON Pointer to the code, from the root of the answer.
    pub fn code_pointer(&self) -> String {
        format!("{}{}", self.base(), self.promises.code)
    }

    pub fn message_pointer(&self) -> Option<String> {
        Some(format!("{}{}", self.base(), self.promises.message.as_deref()?))
    }

    /// The code as it stands in the answer.
    pub fn code(&self) -> Option<&Value> {
        self.json.as_ref()?.pointer(&self.code_pointer())
    }

    /// The documented code that the answer is about; to HEAD the one that is due, for none can be seen.
    pub fn entry(&self) -> Option<(CodeId, &'a Entry)> {
        let catalogue = &self.promises.catalogue;
        let id = match self.is_head {
            true => self.due?.code?,
            false => catalogue.find(&text(self.code()?)?)?,
        };
        Some((id, catalogue.entry(id)))
    }

    /// Whether the status is a promise too: not where the envelope is due at a place inside the answer.
    pub fn status_counts(&self) -> bool {
        self.due.is_none_or(|due| due.at.is_none())
    }

    /// Whether the schema lets the envelope of this body pass; false where no envelope is.
    pub fn holds_for(&self, body: &Value) -> bool {
        body.pointer(self.base()).is_some_and(|envelope| self.promises.holds(envelope))
    }

    /// The answer with an altered body. `None` where the body is not in JSON, or there is nothing to alter.
    pub fn altered(&self, alter: impl FnOnce(&mut Value) -> Option<()>) -> Option<Statement> {
        // Only what has a documented code is an answer that a lie can be told about.
        self.entry().filter(|_| !self.is_head)?;
        let mut body = self.json.clone()?;
        alter(&mut body)?;
        Some(self.said.with_json(&body))
    }

    /// Whether the schema would let the envelope pass with this code.
    pub fn holds_with_code(&self, code: Value) -> bool {
        let Some(mut body) = self.json.clone() else { return false };
        let Some(place) = body.pointer_mut(&self.code_pointer()) else { return false };
        *place = code;
        self.holds_for(&body)
    }

    pub fn with_code(&self, code: impl Into<Value>) -> Option<Statement> {
        self.altered(|body| body.pointer_mut(&self.code_pointer()).map(|place| *place = code.into()))
    }
}

/// A code as the text that the catalogue has: a string, or an integer.
pub fn text(code: &Value) -> Option<String> {
    match code {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// A pointer's holder and the name of its last member; `None` for the root.
pub fn parted(pointer: &str) -> Option<(&str, String)> {
    let (holder, last) = pointer.rsplit_once('/')?;
    Some((holder, last.replace("~1", "/").replace("~0", "~")))
}
