//! How findings tell of an answer: what is due, what came, and pieces of it without the secrets that were sent.

use crate::model::rule::Rule;
use crate::model::secret::Redactor;
use crate::model::verdict::{Finding, Seen};

use super::reading::{Kind, Reading};
use super::visible;

/// The longest code that is kept; a longer one is documented nowhere.
const LONGEST_CODE: usize = 256;

impl Reading<'_> {
    pub fn seen(&self) -> Seen {
        let judged = self.kind != Kind::Proxys && (self.kind != Kind::Success || self.holds);
        let code = self.code.as_deref().filter(|_| judged);
        // A long one is cut after its secrets are taken out: half of one would be found by nobody.
        let kept = |code: &str| if code.len() > LONGEST_CODE { self.quote_code(code) } else { code.to_owned() };
        Seen { code: code.map(|code| kept(code).into()), status: self.answer.status }
    }

    /// A finding in this answer. The step is filled in when the answer has been judged.
    pub fn finding(&self, rule: Rule, text: impl Into<String>) -> Finding {
        self.judge.finding(rule, text)
    }

    /// What is due, in words.
    pub fn due(&self) -> Option<String> {
        self.expect.map(|expect| self.judge.due(expect))
    }

    /// Status and code, as findings show them.
    pub fn got(&self) -> String {
        match self.seen().code {
            Some(code) => format!("{} {}", self.answer.status, visible::code(&self.quote_code(&code))),
            None => self.answer.status.to_string(),
        }
    }

    /// `expected 409 X, got 400 X`, or only what came where nothing is due.
    pub fn expected_and_got(&self) -> String {
        match self.due() {
            Some(due) => format!("expected {due}, got {}", self.got()),
            None => self.got(),
        }
    }

    /// A piece of the answer, without the secrets that were sent, on one line and shortened.
    pub fn quote(&self, text: &str) -> String {
        visible::text(&self.redacted(text))
    }

    /// A pointer into the answer, as [`Self::quote`]; a secret in it is found although its slashes are escaped.
    pub fn quote_pointer(&self, pointer: &str) -> String {
        let plain = pointer.replace("~1", "/").replace("~0", "~");
        let redacted = self.redacted(&plain);
        visible::text(if redacted == plain { pointer } else { &redacted })
    }

    /// A code without the secrets that were sent.
    pub fn quote_code(&self, code: &str) -> String {
        shortened(&self.redacted(code)).to_owned()
    }

    fn redacted(&self, text: &str) -> String {
        let redactor = self.redactor.get_or_init(|| Redactor::new(&self.exchange.sent.secrets));
        self.judge.known.redactor().redact(&redactor.redact(text)).into_owned()
    }
}

fn shortened(code: &str) -> &str {
    let end = (0..=LONGEST_CODE.min(code.len())).rev().find(|end| code.is_char_boundary(*end));
    &code[..end.unwrap_or(0)]
}
