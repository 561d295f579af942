//! Why a body is not one JSON text.

/// The reason, in the terms of whoever has to repair it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotJson {
    Empty,
    /// Only white space.
    Blank,
    /// A byte order mark, which RFC 8259 (8.1) forbids to senders.
    ByteOrderMark,
    Utf16,
    /// In a coding that is not read, as its header names it.
    Coded(String),
    /// Compressed without saying so.
    Gzip,
    NotUtf8 {
        /// Byte, from 0.
        at: usize,
    },
    Html,
    Markup,
    /// Text that does not begin as an object or a list.
    PlainText,
    CutOff,
    TrailingBytes(Place),
    TooDeep,
    LoneSurrogate(Place),
    Syntax(String),
}

/// What the reader says of half a surrogate pair.
const SURROGATE: [&str; 3] = ["lone leading surrogate", "unexpected end of hex escape", "invalid unicode code point"];

/// A place in a body, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl NotJson {
    /// Why bytes that are not UTF-8 are no JSON.
    pub fn of_bytes(body: &[u8]) -> Self {
        match body {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => NotJson::Utf16,
            [0x1f, 0x8b, ..] => NotJson::Gzip,
            _ => NotJson::NotUtf8 { at: std::str::from_utf8(body).map_or_else(|e| e.valid_up_to(), |_| 0) },
        }
    }

    /// Why text that a reader refused is no JSON.
    pub fn of_text(text: &str, error: &serde_json::Error) -> Self {
        let start = text.trim_start();
        let bytes = text.as_bytes();
        if text.is_empty() {
            NotJson::Empty
        } else if text.starts_with('\u{feff}') {
            NotJson::ByteOrderMark
        } else if start.is_empty() {
            NotJson::Blank
        } else if bytes.len() > 1 && (bytes[0] == 0 || bytes[1] == 0) {
            NotJson::Utf16
        } else if start.starts_with('<') {
            if looks_like_html(start) { NotJson::Html } else { NotJson::Markup }
        } else if !start.starts_with(['{', '[', '"']) {
            NotJson::PlainText
        } else {
            NotJson::of_error(error)
        }
    }

    fn of_error(error: &serde_json::Error) -> Self {
        let place = Place { line: error.line(), column: error.column() };
        let text = error.to_string();
        if error.is_eof() {
            NotJson::CutOff
        } else if text.starts_with("trailing characters") {
            NotJson::TrailingBytes(place)
        } else if text.starts_with("recursion limit") {
            NotJson::TooDeep
        } else if SURROGATE.iter().any(|said| text.starts_with(said)) {
            NotJson::LoneSurrogate(place)
        } else {
            NotJson::Syntax(text)
        }
    }

    /// In words, to go on after "the body is".
    pub fn words(&self) -> String {
        let at = |place: &Place| format!("line {} column {}", place.line, place.column);
        match self {
            NotJson::Empty => "empty".to_owned(),
            NotJson::Blank => "only white space".to_owned(),
            NotJson::ByteOrderMark => {
                "text that begins with a byte order mark, which JSON must not (RFC 8259, 8.1)".to_owned()
            }
            NotJson::Utf16 => "UTF-16, where JSON is UTF-8".to_owned(),
            NotJson::Coded(_) => "in a coding that is not read".to_owned(),
            NotJson::Gzip => "compressed bytes without a Content-Encoding that says so".to_owned(),
            NotJson::NotUtf8 { at } => format!("not UTF-8 at byte {at}"),
            NotJson::Html => "an HTML page".to_owned(),
            NotJson::Markup => "markup such as XML".to_owned(),
            NotJson::PlainText => "plain text".to_owned(),
            NotJson::CutOff => "JSON that is cut off".to_owned(),
            NotJson::TrailingBytes(place) => format!("JSON with trailing bytes at {}", at(place)),
            NotJson::TooDeep => "nested more than 127 levels deep".to_owned(),
            NotJson::LoneSurrogate(place) => format!("JSON with half a surrogate pair at {}", at(place)),
            NotJson::Syntax(error) => format!("broken JSON: {error}"),
        }
    }
}

fn looks_like_html(start: &str) -> bool {
    let head: String = start.chars().take(512).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<title", "<h1", "<center"].iter().any(|tag| head.contains(tag))
}

/// The title of an HTML page.
pub fn html_title(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let open = start + lower[start..].find('>')? + 1;
    let end = open + lower[open..].find("</title")?;
    Some(page[open..end].trim()).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::json::read;

    #[test]
    fn each_kind_of_body_has_its_reason() {
        let deep = "[".repeat(100_000);
        let table: [(&[u8], &str); 20] = [
            (b"", "empty"),
            (b" \r\n", "only white space"),
            (b"\xef\xbb\xbf{}", "byte order mark"),
            (b"\xff\xfe{\0}\0", "UTF-16"),
            (b"{\0}\0", "UTF-16"),
            (b"\x1f\x8b\x08", "compressed bytes"),
            (b"{\"a\":\"\xff\"}", "not UTF-8 at byte 6"),
            (b"<!DOCTYPE html><p>", "HTML"),
            (b"\n<html>", "HTML"),
            (b"<?xml version='1.0'?><error/>", "markup"),
            (b"404 page not found", "plain text"),
            (b"NaN", "plain text"),
            (b"{\"a\":", "cut off"),
            (b"{\"a\":\"b", "cut off"),
            (b"{} {}", "trailing bytes at line 1 column 4"),
            (b"{}\0", "trailing bytes"),
            (deep.as_bytes(), "nested more than"),
            (br#"{"a":"\ud800"}"#, "surrogate"),
            (b"{\"a\":NaN}", "broken JSON"),
            (b"{a:1}", "broken JSON"),
        ];
        for (body, words) in table {
            let reason = read(body).expect_err("not JSON").words();
            assert!(reason.contains(words), "{:?} -> {reason}", String::from_utf8_lossy(&body[..body.len().min(30)]));
        }
    }

    #[test]
    fn any_json_text_is_json() {
        for body in ["{}", " [1] \n", "null", "\"x\"", "1", "{\"a\":1e5,\"b\":\"\\ud83d\\ude00\"}"] {
            assert!(read(body.as_bytes()).is_ok(), "{body}");
        }
        let deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
        assert!(read(deep.as_bytes()).is_ok());
    }

    #[test]
    fn an_html_page_has_a_title() {
        assert_eq!(html_title("<HTML><Title> 502 Bad\nGateway </title>"), Some("502 Bad\nGateway"));
        assert_eq!(html_title("<title></title>"), None);
        assert_eq!(html_title("<title>"), None);
    }
}
