//! Keys that are refused for a reason, and words that people bring from other tools.

use serde_json::Value;

use crate::model::complaint::Seg;

const PROSE: [&str; 12] = [
    "message", "text", "body", "detail", "details", "title", "reason", "contains", "matches", "error", "json",
    "response",
];

/// What to say of this key in the mapping at this path, and what to write instead.
pub fn reason(path: &[Seg], key: &str) -> Option<(String, String)> {
    let key_lower = key.to_lowercase();
    let inside = path.last().and_then(|seg| match seg {
        Seg::Key(name) => Some(&**name),
        Seg::Index(_) => None,
    });
    if inside == Some("expect") && PROSE.contains(&key_lower.as_str()) || key_lower == "expect_message" {
        let text = format!("`{key}` cannot be expected: codes exist so that prose may change");
        return Some((text, "expect the code alone, or the code and a status".to_owned()));
    }
    let help = word(inside, &key_lower)?;
    Some((format!("unknown key `{key}`"), help.to_owned()))
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
    if inside == Some("expect") {
        return None;
    }
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
