//! How findings name what is due and where it is documented.

use crate::model::catalogue::{Entry, Status};
use crate::model::plan::Expect;
use crate::model::rule::Rule;
use crate::model::verdict::Finding;

use super::contract::Judge;

impl Judge {
    pub(super) fn finding(&self, rule: Rule, text: impl Into<String>) -> Finding {
        Finding {
            rule,
            severity: self.severity(rule),
            text: text.into(),
            pointer: None,
            expected: None,
            seen: None,
            step: String::new(),
            documentation: None,
            came: None,
            exchange: None,
        }
    }

    /// `409 ALREADY_CLOSED`
    pub(super) fn due(&self, expect: &Expect) -> String {
        match (expect.code.map(|id| self.catalogue.entry(id)), expect.pinned) {
            (Some(entry), _) if expect.at.is_some() => format!("{} inside the answer", entry.code),
            (Some(entry), Some(pin)) => format!("{} {}", status(pin), entry.code),
            (Some(entry), None) => format!("{} {}", statuses(entry), entry.code),
            (None, Some(pin)) => format!("{} with any documented code", status(pin)),
            (None, None) => "any documented code".to_owned(),
        }
    }

    /// `catalogue.md:212`
    pub(super) fn documentation(&self, entry: &Entry) -> String {
        format!("{}:{}", self.catalogue.page, entry.line)
    }

    /// The documentation of what is due: the line of the pinned status, or of the code.
    pub(super) fn documentation_of(&self, expect: &Expect) -> Option<String> {
        let entry = self.catalogue.entry(expect.code?);
        let pinned = expect.pinned.and_then(|pin| entry.pinned(pin));
        Some(format!("{}:{}", self.catalogue.page, pinned.map_or(entry.line, |d| d.line)))
    }
}

/// The documented statuses of a code: `400 or 401`.
pub fn statuses(entry: &Entry) -> String {
    entry.statuses.iter().map(|d| status(d.status)).collect::<Vec<_>>().join(" or ")
}

fn status(documented: Status) -> String {
    match documented {
        Status::Unstated => "4xx or 5xx".to_owned(),
        stated => stated.to_string(),
    }
}

/// `CODE: what it means`
pub fn with_meaning(shown: &str, entry: &Entry) -> String {
    if entry.meaning.is_empty() {
        shown.to_owned()
    } else {
        format!("{shown}: {}", super::visible::text(&entry.meaning))
    }
}
