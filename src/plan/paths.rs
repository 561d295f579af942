//! `METHOD path`: the request line as documentation writes it.

use super::templates::{Piece, pieces};
use super::texts::{Composer, Draft};
use crate::model::complaint::nearest;
use crate::model::plan::Destination;
use crate::model::template::{Encoding, Part, Template, raw_path};

/// A request line, read.
pub(super) struct Line {
    pub method: Box<str>,
    pub to: Destination,
    pub path: Template,
}

const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];

/// Why a path cannot be sent as it is written, and what to do.
type Refusal = (String, &'static str);

impl<'i> Composer<'_, 'i> {
    /// Reads the text of `request`, at which the notes stand.
    pub fn line(&mut self, text: &'i str) -> Option<Line> {
        let text = self.row_text(text.trim()).unwrap_or(text).trim();
        let (method, path) = split(text);
        let method = self.row_text(method).unwrap_or(method);
        let path = self.row_text(path).unwrap_or(path);
        if path.is_empty() {
            let help = if method.starts_with('/') { format!("write `GET {method}`") } else { example() };
            self.notes.add(self.notes.here(), "a request is a method and a path", help);
            return None;
        }
        if !self.method(method) {
            return None;
        }
        let (to, path) = match path.strip_prefix("control:") {
            Some(rest) => (Destination::Control, rest),
            None => (Destination::Api, path),
        };
        if path.starts_with('/') && path.bytes().all(|byte| PLAIN[usize::from(byte)]) {
            return Some(Line { method: method.into(), to, path: Template::text(path) });
        }
        let refused = |(text, help): Refusal, me: &mut Self| me.notes.add(me.notes.here(), text, help);
        if let Err(refusal) = written(path) {
            refused(refusal, self);
            return None;
        }
        let path = self.path(path);
        match dots(&path) {
            Err(refusal) => {
                refused(refusal, self);
                None
            }
            Ok(()) => Some(Line { method: method.into(), to, path }),
        }
    }

    fn method(&mut self, method: &str) -> bool {
        let upper = method.to_ascii_uppercase();
        if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase()) {
            let help = match nearest(&upper, METHODS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => example(),
            };
            self.notes.add(
                self.notes.here(),
                format!("`{method}` is not a method: it has upper-case letters only"),
                help,
            );
            return false;
        }
        if method == "CONNECT" {
            let text = "`CONNECT` asks a proxy for a tunnel and has no path";
            self.notes.add(self.notes.here(), text, "use another method");
            return false;
        }
        if !METHODS.contains(&method)
            && let Some(near) = nearest(method, METHODS)
        {
            let text = format!("`{method}` is not a method that APIs know; it is sent as it is");
            self.notes.notice(self.notes.within(method), text, format!("did you mean `{near}`?"));
        }
        true
    }

    /// The path before `?` is raw with values as segments; behind it they are parts of a query.
    fn path(&mut self, text: &'i str) -> Template {
        let mut draft = Draft::default();
        let mut query = false;
        for piece in pieces(text) {
            match piece {
                Piece::Variable(variable) => {
                    let encoding = if query { Encoding::Query } else { Encoding::Segment };
                    self.pour_variable(&mut draft, variable, encoding, true);
                }
                Piece::Text(text) => {
                    let cut = if query { 0 } else { text.find('?').unwrap_or(text.len()) };
                    draft.raw(&raw_path(&text[..cut]));
                    // A client writes a quote in a query as %27; so that what is shown is what is sent, so do we.
                    if cut < text.len() {
                        draft.raw(&raw_path(&text[cut..]).replace('\'', "%27"));
                    }
                    query |= cut < text.len();
                }
            }
        }
        draft.done()
    }
}

/// Letters of which a path can be made without a further look: it has no variable and is sent as it is written.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] =
            (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'/' | b'-' | b'_' | b'?' | b'=' | b'&');
        byte += 1;
    }
    plain
};

fn example() -> String {
    "write it like `POST /api/v1/tickets`".to_owned()
}

/// The method and the path, at the first blank outside of braces.
fn split(text: &str) -> (&str, &str) {
    // Nearly always a method of plain letters comes first.
    let word = text.bytes().take_while(|byte| byte.is_ascii_graphic() && *byte != b'{').count();
    if text.as_bytes().get(word) == Some(&b' ') {
        return (&text[..word], text[word..].trim_start());
    }
    let mut from = 0;
    for piece in pieces(text) {
        match piece {
            Piece::Variable(variable) => {
                from += text[from..].find(variable.written).unwrap_or(0) + variable.written.len()
            }
            Piece::Text(part) => {
                if let Some(blank) = part.find(char::is_whitespace) {
                    let at = from + text[from..].find(part).unwrap_or(0) + blank;
                    return (&text[..at], text[at..].trim_start());
                }
                from += part.len();
            }
        }
    }
    (text, "")
}

/// What is wrong with a path as written, before its variables are known.
fn written(path: &str) -> Result<(), Refusal> {
    let refuse = |text: String, help| Err((text, help));
    if !path.starts_with('/') && path.contains("://") && path.split("://").next().is_some_and(is_scheme) {
        let help = "write the path alone: the host is the target's `url` (or `control:/path` for its control service)";
        return refuse(format!("`{path}` is an absolute URL, and requests go to the target only"), help);
    }
    if !path.starts_with('/') {
        let help = if path.starts_with("{{") {
            "a value is put into a path as one segment; write the path around it, such as `/api/v1/tickets/{{ ticket }}`"
        } else {
            "begin the path with `/`"
        };
        return refuse(format!("the path `{path}` does not begin with `/`"), help);
    }
    for (letter, text, help) in UNSENDABLE {
        if path.contains(letter) {
            return refuse(text.to_owned(), help);
        }
    }
    if path.chars().any(|c| c.is_ascii_control()) {
        return refuse(
            "a control character in a path is never sent as it is".to_owned(),
            "percent-encode it, such as `%09`",
        );
    }
    if let Some((_, version)) = path.rsplit_once(' ')
        && version.starts_with("HTTP/")
    {
        return refuse(format!("`{version}` is not part of the path"), "leave the version out");
    }
    Ok(())
}

const UNSENDABLE: [(char, &str, &str); 2] = [
    ('#', "what follows `#` in a URL is never sent", "write `%23` to send the character"),
    ('\\', "clients send a backslash in a path as `/`", "write `%5C` to send the character"),
];

fn is_scheme(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Clients resolve `.` and `..`, escaped or not, before they send (RFC 3986, 5.2.4).
fn dots(path: &Template) -> Result<(), Refusal> {
    let texts = path.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text),
        Part::Value { .. } => None,
    });
    if !texts.clone().any(|text| text.bytes().any(|byte| matches!(byte, b'.' | b'%'))) {
        return Ok(());
    }
    let mut seen = String::new();
    for part in &path.parts {
        match part {
            Part::Text(text) => seen.push_str(text),
            Part::Value { .. } => seen.push('v'),
        }
    }
    let path = seen.split('?').next().unwrap_or_default();
    for segment in path.split('/') {
        if matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..") {
            let text = format!("clients take the segment `{segment}` out of a path before they send it");
            return Err((text, "it cannot be sent; in a query it can, such as `?file=../x`"));
        }
    }
    Ok(())
}
