//! Redaction of JSON that leaves it JSON.

use serde::de::IgnoredAny;

use super::conceal::Conceal;

/// The text with its secrets replaced so that it still parses; `None` if it is no JSON to begin with.
/// Strings are looked at as they read, not as they are written, so that `"\u0070ass"` hides nothing.
pub fn redact(text: &str, conceal: &Conceal) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = if rest.starts_with('"') { end_of_string(rest) } else { end_of_number(rest) };
        push_token(&mut out, &rest[..end], conceal);
        rest = &rest[end..];
    }
    out.push_str(rest);
    // A secret may itself be a piece of JSON; then hiding it goes before parsing.
    let whole = conceal.text(&out).into_owned();
    Some(whole)
}

fn push_token(out: &mut String, token: &str, conceal: &Conceal) {
    let is_string = token.starts_with('"');
    if is_string && token.contains('\\') {
        // A lone surrogate cannot be read; the raw text is then searched.
        if let Ok(read) = serde_json::from_str::<String>(token) {
            let redacted = conceal.text(&read);
            if redacted != read {
                out.push_str(&serde_json::Value::from(redacted.into_owned()).to_string());
                return;
            }
        }
    }
    let redacted = conceal.text(token);
    match is_string || redacted == token {
        true => out.push_str(&redacted),
        false => {
            out.push('"');
            out.push_str(&redacted);
            out.push('"');
        }
    }
}

/// Position after the closing quote; the text is known to be JSON.
fn end_of_string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn end_of_number(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::{NamedSecret, Redactor};
    use crate::model::verdict::Fired;

    fn redacted(text: &str) -> Option<String> {
        let run = Redactor::new(&[NamedSecret::new("KEY", "pä\"ssword"), NamedSecret::new("PIN", "12345678")]);
        redact(text, &Conceal::new(&run, &Fired::default()))
    }

    #[test]
    fn redacted_json_still_parses() {
        let text = r#"{"a":"x pä\"ssword y","b":12345678,"c":["p\u00e4\u0022ssword"], "d":-1.5e3,"e":true}"#;
        let expected = r#"{"a":"x [secret:KEY] y","b":"[secret:PIN]","c":["[secret:KEY]"], "d":-1.5e3,"e":true}"#;
        assert_eq!(redacted(text).as_deref(), Some(expected));
    }

    #[test]
    fn nothing_else_changes() {
        for text in [r#" {"a":"A\n","a":"\ud83d\ude00",  "":[0, -0.0, 1e9]} "#, "17", "\"\\\\\"", "null"] {
            assert_eq!(redacted(text).as_deref(), Some(text));
        }
        assert_eq!(redacted("{"), None);
    }
}
