//! Texts with `{{ name }}` in them, compiled once.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Where a value comes from when a template is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A variable captured within the scenario: index into [`super::plan::Work::slots`].
    Slot(u16),
    /// A variable or secret of the target: index into [`super::plan::PlannedTarget::values`].
    Target(u16),
    /// Eight lower-case hex digits, different in every scenario of every run.
    Unique,
    Uuid,
    /// RFC 3339, UTC.
    Now,
    /// `YYYY-MM-DD`, UTC.
    Today,
    /// The one-time password of this secret (RFC 6238), at the moment of the step.
    Totp(Box<Source>),
}

/// How a value is written at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As text.
    Plain,
    /// As one segment of a path.
    Segment,
    /// As a part of a query.
    Query,
    /// Inside a JSON string.
    JsonString,
    /// As a JSON value of its own type.
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(Box<str>),
    Value { source: Source, encoding: Encoding },
}

/// A text whose variables are looked up: ready to be filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    pub parts: Vec<Part>,
}

/// Gives the value of a source; `None` for a variable that was never captured.
pub trait Values {
    fn value(&self, source: &Source) -> Option<Cow<'_, Value>>;
    /// Whether the value is a text of digits that JSON has as a number, one that 64 bits do not hold.
    fn is_digits(&self, _: &Source) -> bool {
        false
    }
}

/// A variable that has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unset(pub Source);

// RFC 3986: what may stand in a path segment or a query value as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const QUERY: &AsciiSet = SEGMENT;
/// What cannot stand in a URL raw at all; all else is sent as written.
const RAW: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'|').add(b'\\').add(b'^');

impl Template {
    /// The first segment of dots, escaped or not, of what is a path: clients take it out before they send (RFC 3986,
    /// 5.2.4). `known` gives the values that are known by now; any other is taken for a letter.
    pub fn dot_segment<'v>(&self, known: impl Fn(&Source) -> Option<&'v str>) -> Option<String> {
        let mut path = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => path.push_str(text),
                Part::Value { source, .. } => path.push_str(known(source).unwrap_or("v")),
            }
        }
        let path = path.split('?').next().unwrap_or_default();
        let is_dots = |segment: &&str| matches!(&*segment.to_ascii_lowercase().replace("%2e", "."), "." | "..");
        path.split('/').find(is_dots).map(str::to_owned)
    }

    /// Bytes of its own text.
    pub fn text_size(&self) -> usize {
        let text = |part: &Part| if let Part::Text(text) = part { text.len() } else { size_of::<Part>() };
        self.parts.iter().map(text).sum()
    }

    pub fn text(text: impl Into<Box<str>>) -> Self {
        Template { parts: vec![Part::Text(text.into())] }
    }

    /// The text, if nothing has to be filled in.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Adds text, joined to text that is already at the end.
    pub fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Part::Text(last)) = self.parts.last_mut() {
            let mut joined = std::mem::take(last).into_string();
            joined.push_str(text);
            *last = joined.into();
        } else {
            self.parts.push(Part::Text(text.into()));
        }
    }

    pub fn push_value(&mut self, source: Source, encoding: Encoding) {
        self.parts.push(Part::Value { source, encoding });
    }

    /// The sources that a filling needs.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value { source, .. } => Some(source),
            Part::Text(_) => None,
        })
    }

    /// The text with all values filled in.
    pub fn fill(&self, values: &dyn Values) -> Result<String, Unset> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value { source, encoding } => {
                    let value = values.value(source).ok_or_else(|| Unset(source.clone()))?;
                    let as_digits = *encoding == Encoding::Json && values.is_digits(source);
                    write(&mut out, &value, if as_digits { Encoding::Plain } else { *encoding });
                }
            }
        }
        Ok(out)
    }
}

/// Writes a value at its place.
pub fn write(out: &mut String, value: &Value, encoding: Encoding) {
    match (encoding, value) {
        (Encoding::Json, Value::String(_)) => write_text(out, &plain(value), encoding),
        (Encoding::Json, _) => out.push_str(&value.to_string()),
        _ => write_text(out, &plain(value), encoding),
    }
}

/// Writes a text at its place.
pub fn write_text(out: &mut String, text: &str, encoding: Encoding) {
    match encoding {
        Encoding::Plain => out.push_str(text),
        Encoding::Segment => out.extend(utf8_percent_encode(text, SEGMENT)),
        Encoding::Query => out.extend(utf8_percent_encode(text, QUERY)),
        Encoding::JsonString => write_json(out, text),
        Encoding::Json => {
            out.push('"');
            write_json(out, text);
            out.push('"');
        }
    }
}

/// The inside of a JSON string.
fn write_json(out: &mut String, text: &str) {
    if text.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\') {
        return out.push_str(text);
    }
    let quoted = Value::from(text).to_string();
    out.push_str(&quoted[1..quoted.len() - 1]);
}

/// A value as text: a string itself, anything else as JSON.
pub fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// A name or value of a query, encoded for the author.
pub fn query_text(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// A path as the author wrote it, with only that escaped which cannot be sent raw.
pub fn raw_path(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RAW).into()
}
