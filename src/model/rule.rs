//! Rules: the promises that are checked, each with a stable id.

use std::fmt;

/// What a broken rule makes of its scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Inconclusive,
    Violates,
    Warning,
}

/// A rule. The order is the order in which findings are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    NoAnswer,
    Timeout,
    SetupFailed,
    Throttled,
    Gateway,
    UnexpectedSuccess,
    NotJson,
    AmbiguousJson,
    Envelope,
    UndocumentedCode,
    UndocumentedStatus,
    WrongCode,
    WrongStatus,
    MissingHeader,
    MalformedHeader,
    BodyTooLarge,
    SecretEchoed,
    ContentType,
    ExtraFields,
    Flaky,
    CleanupFailed,
}

impl Rule {
    pub const ALL: [Rule; 21] = [
        Rule::NoAnswer,
        Rule::Timeout,
        Rule::SetupFailed,
        Rule::Throttled,
        Rule::Gateway,
        Rule::UnexpectedSuccess,
        Rule::NotJson,
        Rule::AmbiguousJson,
        Rule::Envelope,
        Rule::UndocumentedCode,
        Rule::UndocumentedStatus,
        Rule::WrongCode,
        Rule::WrongStatus,
        Rule::MissingHeader,
        Rule::MalformedHeader,
        Rule::BodyTooLarge,
        Rule::SecretEchoed,
        Rule::ContentType,
        Rule::ExtraFields,
        Rule::Flaky,
        Rule::CleanupFailed,
    ];

    /// The stable id.
    pub fn id(self) -> &'static str {
        match self {
            Rule::NoAnswer => "no-answer",
            Rule::Timeout => "timeout",
            Rule::SetupFailed => "setup-failed",
            Rule::Throttled => "throttled",
            Rule::Gateway => "gateway",
            Rule::UnexpectedSuccess => "unexpected-success",
            Rule::NotJson => "not-json",
            Rule::AmbiguousJson => "ambiguous-json",
            Rule::Envelope => "envelope",
            Rule::UndocumentedCode => "undocumented-code",
            Rule::UndocumentedStatus => "undocumented-status",
            Rule::WrongCode => "wrong-code",
            Rule::WrongStatus => "wrong-status",
            Rule::MissingHeader => "missing-header",
            Rule::MalformedHeader => "malformed-header",
            Rule::BodyTooLarge => "body-too-large",
            Rule::SecretEchoed => "secret-echoed",
            Rule::ContentType => "content-type",
            Rule::ExtraFields => "extra-fields",
            Rule::Flaky => "flaky",
            Rule::CleanupFailed => "cleanup-failed",
        }
    }

    pub fn from_id(id: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.id() == id)
    }

    pub fn outcome(self) -> Outcome {
        match self {
            Rule::NoAnswer | Rule::Timeout | Rule::SetupFailed | Rule::Throttled | Rule::Gateway => {
                Outcome::Inconclusive
            }
            Rule::ContentType | Rule::ExtraFields | Rule::Flaky | Rule::CleanupFailed => Outcome::Warning,
            _ => Outcome::Violates,
        }
    }

    /// When the rule is broken, in one sentence.
    pub fn broken_when(self) -> &'static str {
        match self {
            Rule::NoAnswer => {
                "The connection was refused or reset, TLS or the name lookup failed, the answer was not HTTP, or its body broke off."
            }
            Rule::Timeout => "No whole answer came in time.",
            Rule::SetupFailed => {
                "A `given` step did not do what it is for, so the request that matters was never asked."
            }
            Rule::Throttled => {
                "The API was still answering 429 after waiting as told, in a scenario about something else."
            }
            Rule::Gateway => {
                "A 502, 503 or 504 without the envelope carries the mark of a proxy that wrote it; the API itself was not heard."
            }
            Rule::UnexpectedSuccess => "The answer has a 1xx, 2xx or 3xx status where an error was due.",
            Rule::NotJson => {
                "The body of an error answer is not one JSON text: empty, HTML, cut off, with trailing bytes, or not UTF-8."
            }
            Rule::AmbiguousJson => "An object in the body repeats a key, so two readers may disagree on the code.",
            Rule::Envelope => "The body does not hold to the JSON Schema of the error envelope.",
            Rule::UndocumentedCode => "The answer has a code that the catalogue does not list.",
            Rule::UndocumentedStatus => "The catalogue lists the code, but not with this status.",
            Rule::WrongCode => "The answer is a documented pair, but not the code that was due.",
            Rule::WrongStatus => "The code that was due came under a documented status other than the pinned one.",
            Rule::MissingHeader => "A header that `[required-headers]` names for this code is absent.",
            Rule::MalformedHeader => {
                "`Retry-After` is neither a number of seconds nor an HTTP date (RFC 9110, 10.2.3)."
            }
            Rule::BodyTooLarge => "The body is larger than `max_body`.",
            Rule::SecretEchoed => "The answer contains a credential that was sent with the request.",
            Rule::ContentType => "JSON that is not labelled `application/json` or `+json`.",
            Rule::ExtraFields => "The envelope has members that the schema does not name.",
            Rule::Flaky => "The scenario conformed only on a later attempt.",
            Rule::CleanupFailed => "A `finally` step failed, so something may have been left behind.",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What `[rules]` makes of a rule whose outcome is a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    Error,
    Warning,
    Off,
}

impl Severity {
    pub fn id(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Off => "off",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn rule_ids_are_unique_and_listed_in_order() {
        let ids: HashSet<_> = Rule::ALL.iter().map(|r| r.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        assert!(Rule::ALL.is_sorted());
    }
}
