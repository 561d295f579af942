//! The body of a request on a command line.

use std::borrow::Cow;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::align::{Known, align};
use super::line::Line;
use super::multipart;
use super::shell::{Piece, Word, printf_command, printf_format};
use super::{append, concealed, revealing_nothing};
use crate::model::exchange::{Sent, SentBody};
use crate::model::plan::{Body, Filler, Step};
use crate::model::template::Template;
use crate::record::conceal::Conceal;

/// The longest body that is written out on a line, in bytes.
pub const LONGEST: usize = 16 << 10;
/// From here on curl would ask first whether it may send.
const ASKS_FIRST: u64 = 1 << 20;

/// How a body reaches curl.
pub enum CurlBody {
    /// `--data-binary`, or `--data-raw` where a leading `@` would name a file.
    Data {
        word: Word,
        typed: bool,
    },
    File {
        path: String,
        typed: bool,
    },
    /// The output of a command.
    Piped {
        command: String,
        typed: bool,
        large: bool,
    },
    /// Too large or too odd to be written out: a file that the reader has to make, and a word on what is in it.
    Left {
        comment: String,
        typed: bool,
    },
    Parts {
        words: Vec<(&'static str, Word)>,
        piped: Option<String>,
        comment: Option<String>,
    },
}

/// The body of a step as it was sent; `None` if there was none.
pub fn of(step: Option<&Step>, sent: &Sent, known: &Known, conceal: &Conceal) -> Option<CurlBody> {
    let typed = sent.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    match (step.map(|s| &s.body), &sent.body) {
        (Some(Body::File(path)), _) => Some(CurlBody::File { path: path.to_string(), typed }),
        (Some(Body::Filler(filler)), _) => Some(filled(filler, typed)),
        (Some(Body::Multipart(parts)), _) => Some(multipart::of(parts, sent, known, conceal)),
        (_, SentBody::None) => None,
        (_, SentBody::Streamed { length }) => Some(left(*length, typed)),
        (body, SentBody::Bytes(bytes)) => Some(written_out(body, bytes, typed, known, conceal)),
    }
}

fn left(length: u64, typed: bool) -> CurlBody {
    CurlBody::Left { comment: format!("body: a file with the {length} bytes that the scenario sends"), typed }
}

fn written_out(body: Option<&Body>, bytes: &[u8], typed: bool, known: &Known, conceal: &Conceal) -> CurlBody {
    if bytes.len() > LONGEST {
        return left(bytes.len() as u64, typed);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        let redacted = conceal.bytes(bytes);
        let command = format!("printf %s '{}' | base64 -d", STANDARD.encode(redacted));
        return CurlBody::Piped { command, typed, large: false };
    };
    let pieces = match body {
        Some(Body::Json(template) | Body::Text(template)) => align(template, text, known, &|t| Cow::Borrowed(t)),
        Some(Body::Form(fields)) => align(&whole_form(fields), text, known, &form_encoded),
        _ => None,
    };
    let word = word(pieces, text, known, conceal);
    match word.is_plain() {
        true => CurlBody::Data { word, typed },
        false => CurlBody::Piped { command: word.printf(), typed, large: false },
    }
}

pub fn word(pieces: Option<Vec<Piece>>, text: &str, known: &Known, conceal: &Conceal) -> Word {
    let mut word = Word::default();
    match pieces {
        None => word.push(concealed(text, known, conceal)),
        Some(pieces) => pieces.into_iter().for_each(|piece| match piece {
            Piece::Text(text) => word.push(revealing_nothing(&text, conceal)),
            env => word.push(vec![env]),
        }),
    }
    word
}

/// A form as one template; `&` and `=` between fields are marked so that they are not encoded.
fn whole_form(fields: &[(Template, Template)]) -> Template {
    let mut whole = Template::default();
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            whole.push_text("\0&");
        }
        append(&mut whole, name);
        whole.push_text("\0=");
        append(&mut whole, value);
    }
    whole
}

// application/x-www-form-urlencoded as the URL standard writes it.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

fn form_encoded(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    for (index, part) in text.split('\0').enumerate() {
        let (separator, part) = if index > 0 && part.starts_with(['&', '=']) { part.split_at(1) } else { ("", part) };
        out.push_str(separator);
        out.push_str(&utf8_percent_encode(part, FORM).to_string().replace("%20", "+"));
    }
    Cow::Owned(out)
}

fn filled(filler: &Filler, typed: bool) -> CurlBody {
    match filler_command(filler) {
        Some(command) => CurlBody::Piped { command, typed, large: filler.len() >= ASKS_FIRST },
        None => left(filler.len(), typed),
    }
}

/// A command that writes filler; `None` where no short one is known.
pub fn filler_command(filler: &Filler) -> Option<String> {
    let length = (filler.unit.len() as u64).checked_mul(filler.times)?.checked_add(filler.rest as u64)?;
    let middle = match &*filler.unit {
        [0] => format!("head -c {length} /dev/zero"),
        [byte] => format!("head -c {length} /dev/zero | tr '\\000' '\\{byte:03o}'"),
        unit => {
            let (unit, strip) = match unit.strip_suffix(b"\n") {
                Some(unit) => (unit, ""),
                None => (unit, " | tr -d '\\n'"),
            };
            let text = std::str::from_utf8(unit).ok().filter(|t| !t.contains(['\n', '\0']))?;
            if unit.len() > LONGEST {
                return None;
            }
            format!("yes {}{strip} | head -c {length}", Word::text(text).quoted())
        }
    };
    if filler.head.is_empty() && filler.tail.is_empty() {
        return Some(middle);
    }
    if filler.head.len() + filler.tail.len() > LONGEST {
        return None;
    }
    let mut command = String::from("{ ");
    for (bytes, after) in [(&filler.head, Some(&middle)), (&filler.tail, None)] {
        if !bytes.is_empty() {
            command.push_str(&printf_command(printf_format(bytes)));
            command.push_str("; ");
        }
        if let Some(middle) = after {
            let _ = write!(command, "{middle}; ");
        }
    }
    command.push('}');
    Some(command)
}

impl CurlBody {
    pub fn add_to(self, line: &mut Line) {
        match self {
            CurlBody::Data { word, typed } => {
                untyped(line, typed);
                line.flag(if word.may_start_with(&['@']) { "--data-raw" } else { "--data-binary" });
                line.word(word);
            }
            CurlBody::File { path, typed } => {
                untyped(line, typed);
                line.flag("--data-binary");
                line.word(Word::text(&format!("@{path}")));
            }
            CurlBody::Piped { command, typed, large } => {
                untyped(line, typed);
                if large {
                    line.flag("-H Expect:");
                }
                line.flag("--data-binary @-");
                line.piped(&command);
            }
            CurlBody::Left { comment, typed } => {
                untyped(line, typed);
                line.flag("--data-binary @body");
                line.comment(&comment);
            }
            CurlBody::Parts { words, piped, comment } => {
                for (flag, word) in words {
                    line.flag(flag);
                    line.word(word);
                }
                if let Some(command) = piped {
                    line.piped(&command);
                }
                if let Some(comment) = comment {
                    line.comment(&comment);
                }
            }
        }
    }
}

/// curl calls any data a form unless it is told otherwise.
fn untyped(line: &mut Line, typed: bool) {
    if !typed {
        line.flag("-H Content-Type:");
    }
}
