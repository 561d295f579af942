//! Keys that are refused for a reason, and words that people bring from other tools.

use serde_json::Value;

use crate::model::complaint::Seg;

/// What is about the text of a message, alone or as a part of a key, as in `message_matches`.
const PROSE: [&str; 13] = [
    "message",
    "msg",
    "text",
    "detail",
    "title",
    "reason",
    "description",
    "contains",
    "match",
    "regex",
    "pattern",
    "like",
    "prose",
];

/// What is about an answer as a whole.
const ANSWER: [&str; 8] = ["body", "json", "response", "answer", "error", "envelope", "schema", "details"];

/// What to say of this key in the mapping at this path, and what to write instead.
pub fn reason(path: &[Seg], key: &str) -> Option<(String, String)> {
    let key_lower = key.to_lowercase();
    let inside = path.last().and_then(|seg| match seg {
        Seg::Key(name) => Some(&**name),
        Seg::Index(_) => None,
    });
    if inside == Some("expect") || key_lower == "expect_message" {
        return expected(key, &key_lower);
    }
    let help = word(inside, &key_lower)?;
    Some((format!("unknown key `{key}`"), help.to_owned()))
}

/// What of an answer cannot be expected, and why.
fn expected(key: &str, key_lower: &str) -> Option<(String, String)> {
    let said = |why: &str, help: &str| Some((format!("`{key}` cannot be expected: {why}"), help.to_owned()));
    if matches!(key_lower, "header" | "headers") {
        let why = "which headers an error answer has is said by code, for all scenarios";
        return said(
            why,
            "list it in trueline.toml, such as `[required-headers]` with `RATE_LIMITED = [\"Retry-After\"]`",
        );
    }
    if key_lower != "details" && PROSE.iter().any(|word| key_lower.contains(word)) {
        return said("codes exist so that prose may change", "expect the code alone, or the code and a status");
    }
    if ANSWER.iter().any(|word| key_lower.contains(word)) {
        let why = "every error answer is held against the schema of the envelope";
        return said(why, "expect the code alone, or the code and a status; what else must be there, the schema says");
    }
    None
}

/// Where the keys of these definitions stand.
const HOMES: [(&str, &str); 4] = [
    ("ScenarioSpec", "on the scenario, beside `when`"),
    ("ExpectDetail", "in `expect`"),
    ("RepeatSpec", "in `repeat`"),
    ("StepSpec", "in a step, such as `when`"),
];

/// Where a key stands that is known, but not here.
pub fn home(schema: &Value, key: &str) -> Option<&'static str> {
    let has = |definition: &str| schema.pointer(&format!("/definitions/{definition}/properties"))?.get(key);
    HOMES.iter().find(|(definition, _)| has(definition).is_some()).map(|(_, home)| *home)
}

fn word(inside: Option<&str>, key: &str) -> Option<&'static str> {
    Some(match key {
        "method" | "url" | "path" | "uri" | "endpoint" => {
            "write method and path in one: `request: GET /api/v1/tickets`"
        }
        "auth" | "token" | "bearer" | "authorization" | "credentials" if inside != Some("as") => {
            "a request names its credential with `as`"
        }
        "then" | "assert" | "asserts" => "what is due is written with `expect` on the scenario",
        "before" | "setup" | "steps" => "set-up steps are written with `given`",
        "after" | "teardown" | "cleanup" => "clean-up steps are written with `finally`",
        "data" | "payload" => "a body is written with `json`, `body`, `form`, `multipart`, `base64`, `bytes` or `file`",
        "retry" | "retries" => "`eventually` asks again until the answer conforms; `until` waits for work to end",
        _ => return None,
    })
}
