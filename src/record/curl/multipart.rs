//! A multipart body on a command line.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::align::{Known, align};
use super::body::{CurlBody, LONGEST, filler_command, word};
use super::shell::{Piece, Word};
use crate::model::exchange::{Sent, SentBody};
use crate::model::plan::{MultipartPart, PartContent};
use crate::model::template::Template;
use crate::record::conceal::Conceal;

/// The parts, each as an option of curl.
pub fn of(parts: &[MultipartPart], sent: &Sent, known: &Known, conceal: &Conceal) -> CurlBody {
    let texts = sent_parts(sent);
    let mut form = Form { words: Vec::new(), piped: None, comment: None, known, conceal };
    for (index, part) in parts.iter().enumerate() {
        form.add(part, texts.get(index).and_then(|bytes| std::str::from_utf8(bytes).ok()));
    }
    CurlBody::Parts { words: form.words, piped: form.piped, comment: form.comment }
}

struct Form<'a> {
    words: Vec<(&'static str, Word)>,
    /// The command whose output is one of the parts; curl has only one input.
    piped: Option<String>,
    comment: Option<String>,
    known: &'a Known<'a>,
    conceal: &'a Conceal<'a>,
}

impl Form<'_> {
    fn add(&mut self, part: &MultipartPart, text: Option<&str>) {
        match &part.content {
            PartContent::Text(template) => self.add_text(part, self.fill(template, text)),
            PartContent::File(path) => self.add_file(part, "@", path),
            PartContent::Bytes(bytes) => {
                let command = || format!("printf %s '{}' | base64 -d", STANDARD.encode(self.conceal.bytes(bytes)));
                let command = (bytes.len() <= LONGEST).then(command);
                self.add_piped(part, command);
            }
            PartContent::Filler(filler) => self.add_piped(part, filler_command(filler)),
        }
    }

    /// `--form-string` takes a text as it is, but knows no file name and no type.
    fn add_text(&mut self, part: &MultipartPart, value: Word) {
        let bare = part.filename.is_none() && part.content_type.is_none();
        // `$(...)` would lose a line end at the end.
        if !bare || value.ends_with_newline() {
            return self.add_piped(part, Some(value.printf()));
        }
        let mut word = self.fill(&part.name, None);
        word.push(vec![Piece::Text("=".into())]);
        word.push(value.into_pieces());
        self.words.push(("--form-string", word));
    }

    /// The first part that has to come through a pipe does; a further one is left to the reader.
    fn add_piped(&mut self, part: &MultipartPart, command: Option<String>) {
        let sign = if part.filename.is_some() { "@" } else { "<" };
        if self.piped.is_none() && command.is_some() {
            self.piped = command;
            return self.add_file(part, sign, "-");
        }
        self.comment = Some("body: a file with the bytes that the scenario sends in this part".to_owned());
        self.add_file(part, sign, "body");
    }

    fn add_file(&mut self, part: &MultipartPart, sign: &str, path: &str) {
        let quoted = || format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""));
        let path = if path.contains([',', ';', '"', '\\']) { quoted() } else { path.to_owned() };
        let mut word = self.fill(&part.name, None);
        word.push(vec![Piece::Text(format!("={sign}{path}"))]);
        if let Some(content_type) = &part.content_type {
            word.push(vec![Piece::Text(format!(";type={content_type}"))]);
        }
        if let Some(filename) = &part.filename {
            word.push(vec![Piece::Text(";filename=\"".into())]);
            word.push(self.fill(filename, None).escaped());
            word.push(vec![Piece::Text("\"".into())]);
        }
        self.words.push(("-F", word));
    }

    /// A template with variables for what has a name; what has none is taken from the text as it was sent.
    fn fill(&self, template: &Template, sent: Option<&str>) -> Word {
        let (known, conceal) = (self.known, self.conceal);
        match (sent, template.literal()) {
            (Some(text), _) => word(align(template, text, known, &|t| Cow::Borrowed(t)), text, known, conceal),
            (None, Some(literal)) => word(None, literal, known, conceal),
            (None, None) => Word::of(known.placeholders(template)),
        }
    }
}

/// The contents of the parts of a multipart body (RFC 2046, 5.1), if it was kept.
fn sent_parts(sent: &Sent) -> Vec<&[u8]> {
    let content_type = sent.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let boundary = content_type.and_then(|(_, value)| value.split_once("boundary=")).map(|(_, rest)| rest);
    let (Some(boundary), SentBody::Bytes(body)) = (boundary, &sent.body) else { return Vec::new() };
    let boundary = boundary.split(';').next().unwrap_or_default().trim_matches('"');
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest: &[u8] = body;
    while let Some(start) = find(rest, delimiter.as_bytes()) {
        rest = &rest[start + delimiter.len()..];
        let Some(head) = find(rest, b"\r\n\r\n") else { break };
        let content = &rest[head + 4..];
        let Some(end) = find(content, format!("\r\n{delimiter}").as_bytes()) else { break };
        parts.push(&content[..end]);
        rest = &content[end + 2..];
    }
    parts
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window == needle)
}
