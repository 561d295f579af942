//! The plain part of YAML, read quickly: what scenario files are nearly always written in.
//!
//! It knows mappings and lists in block style, those in braces on one line, and texts on one line. Of all else it
//! knows only that it does not know it, mistakes included, and gives up; then the whole reader reads the file instead. So
//! it never decides what is wrong with a file, and what it accepts the whole reader reads in the same way.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use crate::model::scenario::LINED;

/// Deeper or larger files are left to the whole reader and its limits.
const DEEPEST: u32 = 50;
const MOST_NODES: u32 = 2_000_000;
/// The longest key, in bytes.
const LONGEST_KEY: usize = 200;

/// Reads a file that is written in nothing but plain YAML.
pub fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Option<T> {
    if !is_printable(text) {
        return None;
    }
    let mut reader =
        Reader { text, bytes: text.as_bytes(), at: 0, line: 1, line_start: 0, col: None, depth: 0, nodes: 0 };
    reader.find_line();
    if reader.col != Some(0) || reader.is_dash() {
        return None;
    }
    let content = T::deserialize(Node { reader: &mut reader, start: Start::Map(0) }).ok()?;
    reader.col.is_none().then_some(content)
}

/// Nothing in the text that is special in itself: no tabs, no other line ends, no controls, no rare characters.
fn is_printable(text: &str) -> bool {
    if text.bytes().fold(true, |all, b| all & (matches!(b, b' '..=b'~') | (b == b'\n'))) {
        return true;
    }
    text.chars().all(
        |c| matches!(c, '\n' | ' '..='~' | '\u{a1}'..='\u{1fff}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{d7ff}'),
    )
}

/// It was not plain.
#[derive(Debug)]
struct NotPlain;

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain")
    }
}

impl std::error::Error for NotPlain {}

impl de::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        NotPlain
    }
}

type Read<T> = Result<T, NotPlain>;

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Number of the line, from 1, and where it starts.
    line: u32,
    line_start: usize,
    /// The column at which the line that is read next has its first character; none at the end.
    col: Option<usize>,
    depth: u32,
    nodes: u32,
}

/// How a value begins.
enum Start<'t> {
    Scalar(Scalar<'t>),
    /// In block style, at this column.
    Map(usize),
    List(usize),
    /// In braces; the flag says whether nothing else is around it.
    FlowMap(bool),
    FlowList(bool),
}

struct Scalar<'t> {
    text: Cow<'t, str>,
    quoted: bool,
    line: u32,
}

/// What a text without quotes is.
enum Word {
    Text,
    Bool(bool),
    Int(u64),
}

impl Scalar<'_> {
    fn word(&self) -> Read<Word> {
        let text = &*self.text;
        let bytes = text.as_bytes();
        if bytes.iter().all(u8::is_ascii_digit) && bytes.len() < 19 && (bytes.len() == 1 || bytes[0] != b'0') {
            return text.parse().map(Word::Int).map_err(|_| NotPlain);
        }
        match text {
            "true" => return Ok(Word::Bool(true)),
            "false" => return Ok(Word::Bool(false)),
            _ => {}
        }
        // Numbers, dates and all that the whole reader might take for a value of another type have no blank.
        let is_text = bytes.contains(&b' ') || (!bytes[0].is_ascii_digit() && !is_reserved(text));
        if is_text { Ok(Word::Text) } else { Err(NotPlain) }
    }

    fn is_text(&self) -> Read<()> {
        match self.quoted || matches!(self.word()?, Word::Text) {
            true => Ok(()),
            false => Err(NotPlain),
        }
    }
}

/// Words that are, or once were, values of another type.
fn is_reserved(text: &str) -> bool {
    const WORDS: [&str; 11] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) || text.eq_ignore_ascii_case("infinity")
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && self.is_gap(self.at + 1)
    }

    /// A blank, or the end of the line.
    fn is_gap(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b' ' | b'\n'))
    }

    /// Nothing but blanks or a comment is left in this line.
    fn is_line_over(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b'#') => self.at == self.line_start || self.bytes[self.at - 1] == b' ',
            _ => false,
        }
    }

    fn end_line(&mut self) -> Read<()> {
        self.spaces();
        if !self.is_line_over() {
            return Err(NotPlain);
        }
        self.skip_line();
        self.find_line();
        Ok(())
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at = memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |end| self.at + end + 1);
        self.line += 1;
        self.line_start = self.at;
    }

    /// Goes to the next line that is neither blank nor a comment.
    fn find_line(&mut self) {
        loop {
            self.spaces();
            match self.peek() {
                None => return self.col = None,
                Some(b'\n' | b'#') => self.skip_line(),
                Some(_) => return self.col = Some(self.at - self.line_start),
            }
        }
    }

    /// The value behind `key:` or `-` of something at this column.
    fn value(&mut self, parent: usize, in_map: bool) -> Read<Start<'t>> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(NotPlain);
        }
        self.spaces();
        if self.is_line_over() {
            self.skip_line();
            self.find_line();
            return match self.col {
                Some(col) if col > parent => Ok(if self.is_dash() { Start::List(col) } else { Start::Map(col) }),
                Some(col) if in_map && col == parent && self.is_dash() => Ok(Start::List(col)),
                _ => Err(NotPlain),
            };
        }
        if !in_map && self.key_end().is_some() {
            let col = self.at - self.line_start;
            self.col = Some(col);
            return Ok(Start::Map(col));
        }
        match self.peek() {
            Some(b'{') => Ok(Start::FlowMap(true)),
            Some(b'[') => Ok(Start::FlowList(true)),
            _ => {
                let scalar = self.scalar(false)?;
                self.end_line()?;
                Ok(Start::Scalar(scalar))
            }
        }
    }

    /// A value within braces.
    fn flow_value(&mut self) -> Read<Start<'t>> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(NotPlain);
        }
        self.spaces();
        match self.peek() {
            Some(b'{') => Ok(Start::FlowMap(false)),
            Some(b'[') => Ok(Start::FlowList(false)),
            _ => self.scalar(true).map(Start::Scalar),
        }
    }

    fn scalar(&mut self, flow: bool) -> Read<Scalar<'t>> {
        let line = self.line;
        match self.peek() {
            Some(b'"') => Ok(Scalar { text: self.double_quoted()?, quoted: true, line }),
            Some(b'\'') => Ok(Scalar { text: self.single_quoted()?, quoted: true, line }),
            Some(first) if begins_plain(first) => {
                Ok(Scalar { text: Cow::Borrowed(self.unquoted(flow)?), quoted: false, line })
            }
            _ => Err(NotPlain),
        }
    }

    fn unquoted(&mut self, flow: bool) -> Read<&'t str> {
        let start = self.at;
        loop {
            match self.peek() {
                None | Some(b'\n') if flow => return Err(NotPlain),
                None | Some(b'\n') => break,
                Some(b',' | b']' | b'}') if flow => break,
                Some(b'{' | b'[') if flow => return Err(NotPlain),
                Some(b'#') if self.bytes[self.at - 1] == b' ' => {
                    if flow {
                        return Err(NotPlain);
                    }
                    break;
                }
                Some(b':') => {
                    let ends_key = self.is_gap(self.at + 1);
                    if ends_key || flow && matches!(self.bytes.get(self.at + 1), Some(b',' | b']' | b'}' | b'[' | b'{'))
                    {
                        return Err(NotPlain);
                    }
                    self.at += 1;
                }
                Some(_) => self.at += 1,
            }
        }
        Ok(self.text[start..self.at].trim_end_matches(' '))
    }

    fn double_quoted(&mut self) -> Read<Cow<'t, str>> {
        self.at += 1;
        let start = self.at;
        let mut unescaped: Option<String> = None;
        let mut copied = start;
        loop {
            match self.peek() {
                None | Some(b'\n') => return Err(NotPlain),
                Some(b'"') => break,
                Some(b'\\') => {
                    let out = unescaped.get_or_insert_with(String::new);
                    out.push_str(&self.text[copied..self.at]);
                    out.push(match self.bytes.get(self.at + 1) {
                        Some(b'"') => '"',
                        Some(b'\\') => '\\',
                        Some(b'/') => '/',
                        Some(b'n') => '\n',
                        Some(b't') => '\t',
                        _ => return Err(NotPlain),
                    });
                    self.at += 2;
                    copied = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
        let rest = &self.text[copied..self.at];
        self.at += 1;
        Ok(match unescaped {
            Some(mut out) => {
                out.push_str(rest);
                Cow::Owned(out)
            }
            None => Cow::Borrowed(rest),
        })
    }

    fn single_quoted(&mut self) -> Read<Cow<'t, str>> {
        self.at += 1;
        let start = self.at;
        let mut doubled = false;
        loop {
            match self.peek() {
                None | Some(b'\n') => return Err(NotPlain),
                Some(b'\'') if self.bytes.get(self.at + 1) == Some(&b'\'') => {
                    doubled = true;
                    self.at += 2;
                }
                Some(b'\'') => break,
                Some(_) => self.at += 1,
            }
        }
        let text = &self.text[start..self.at];
        self.at += 1;
        Ok(if doubled { Cow::Owned(text.replace("''", "'")) } else { Cow::Borrowed(text) })
    }

    /// Where the colon is, if a key begins here.
    fn key_end(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        let length = match rest.first()? {
            quote @ (b'"' | b'\'') => {
                let inner = rest[1..].iter().position(|b| b == quote || matches!(b, b'\\' | b'\n'))?;
                (rest[1 + inner] == *quote).then_some(inner + 2)?
            }
            first if first.is_ascii_alphabetic() || matches!(first, b'_' | b'/') => {
                let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/' | b'.' | b' ');
                rest.iter().position(|b| !is_part(b))?
            }
            _ => return None,
        };
        let end = self.at + length;
        (length <= LONGEST_KEY && self.bytes.get(end) == Some(&b':') && self.is_gap(end + 1)).then_some(end)
    }

    /// The key that begins here; its colon is passed.
    fn key(&mut self) -> Read<&'t str> {
        let end = self.key_end().ok_or(NotPlain)?;
        let written = &self.text[self.at..end];
        self.at = end + 1;
        if let [quote @ (b'"' | b'\''), .., _] = written.as_bytes() {
            // `''` in single quotes would end in the middle and was refused; an empty key is left to the whole reader.
            let inner = written.trim_matches(char::from(*quote));
            return if inner.len() == written.len() - 2 && !inner.is_empty() { Ok(inner) } else { Err(NotPlain) };
        }
        if is_reserved(written) || written.ends_with(' ') { Err(NotPlain) } else { Ok(written) }
    }
}

/// A text without quotes begins with a letter, a digit or a slash; what else it may begin with is rare.
fn begins_plain(first: u8) -> bool {
    first.is_ascii_alphanumeric() || matches!(first, b'/' | b'_')
}

struct Node<'r, 't> {
    reader: &'r mut Reader<'t>,
    start: Start<'t>,
}

impl<'t> Node<'_, 't> {
    fn map<V: Visitor<'t>>(self, visitor: V, distinct: bool) -> Read<V::Value> {
        let Node { reader, start } = self;
        let (col, outer) = match start {
            Start::Map(col) => (Some(col), false),
            Start::FlowMap(outer) => (None, outer),
            _ => return Err(NotPlain),
        };
        let seen = distinct.then(Vec::new);
        let mut inside = Inside::new(reader, col, outer)?;
        let value = visitor.visit_map(Members { inside: &mut inside, seen })?;
        inside.close().map(|()| value)
    }

    fn list<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        let Node { reader, start } = self;
        let (col, outer) = match start {
            Start::List(col) => (Some(col), false),
            Start::FlowList(outer) => (None, outer),
            _ => return Err(NotPlain),
        };
        let mut inside = Inside::new(reader, col, outer)?;
        let value = visitor.visit_seq(Items { inside: &mut inside })?;
        inside.close().map(|()| value)
    }

    fn into_scalar(self) -> Read<Scalar<'t>> {
        match self.start {
            Start::Scalar(scalar) => Ok(scalar),
            _ => Err(NotPlain),
        }
    }

    fn number(self) -> Read<u64> {
        let scalar = self.into_scalar()?;
        match (scalar.quoted, scalar.word()?) {
            (false, Word::Int(number)) => Ok(number),
            _ => Err(NotPlain),
        }
    }
}

fn give_text<'t, V: Visitor<'t>>(text: Cow<'t, str>, visitor: V) -> Read<V::Value> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

impl<'t> Deserializer<'t> for Node<'_, 't> {
    type Error = NotPlain;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        match &self.start {
            Start::Map(_) | Start::FlowMap(_) => self.map(visitor, true),
            Start::List(_) | Start::FlowList(_) => self.list(visitor),
            Start::Scalar(scalar) if scalar.quoted => give_text(self.into_scalar()?.text, visitor),
            Start::Scalar(scalar) => match scalar.word()? {
                Word::Text => give_text(self.into_scalar()?.text, visitor),
                Word::Bool(value) => visitor.visit_bool(value),
                Word::Int(value) => visitor.visit_u64(value),
            },
        }
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        let scalar = self.into_scalar()?;
        scalar.is_text()?;
        give_text(scalar.text, visitor)
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        let scalar = self.into_scalar()?;
        match (scalar.quoted, scalar.word()?) {
            (false, Word::Bool(value)) => visitor.visit_bool(value),
            _ => Err(NotPlain),
        }
    }

    fn deserialize_u16<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_u32<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_u64<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_u64(self.number()?)
    }

    /// Nothing is left to the whole reader, so that what is here is something.
    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        // A struct refuses a field that comes twice by itself.
        self.map(visitor, false)
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        self.map(visitor, true)
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Read<V::Value> {
        self.list(visitor)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let scalar = self.into_scalar()?;
        if scalar.quoted || !matches!(scalar.word()?, Word::Text) {
            return Err(NotPlain);
        }
        let variant: StrDeserializer<'_, NotPlain> = (*scalar.text).into_deserializer();
        visitor.visit_enum(variant)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, name: &'static str, visitor: V) -> Read<V::Value> {
        if name != LINED {
            return visitor.visit_newtype_struct(self);
        }
        let scalar = self.into_scalar()?;
        scalar.is_text()?;
        visitor.visit_seq(TextAndLine { text: Some(scalar.text), line: Some(scalar.line) })
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'t>>
        i8 i16 i32 i64 i128 u8 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

/// A mapping or list that is being read.
struct Inside<'r, 't> {
    reader: &'r mut Reader<'t>,
    /// The column in block style.
    col: Option<usize>,
    outer: bool,
    first: bool,
    over: bool,
}

impl<'r, 't> Inside<'r, 't> {
    fn new(reader: &'r mut Reader<'t>, col: Option<usize>, outer: bool) -> Read<Self> {
        reader.depth += 1;
        if reader.depth > DEEPEST {
            return Err(NotPlain);
        }
        if col.is_none() {
            reader.at += 1;
        }
        Ok(Inside { reader, col, outer, first: true, over: false })
    }

    /// Goes to the next member in block style; `false` at the end.
    fn next_line(&mut self, col: usize) -> Read<bool> {
        match self.reader.col {
            Some(here) if here > col => Err(NotPlain),
            Some(here) if here == col => Ok(true),
            _ => Ok(false),
        }
    }

    /// Goes to the next member within braces; `false` at the end.
    fn next_in_braces(&mut self, close: u8) -> Read<bool> {
        self.reader.spaces();
        let first = std::mem::replace(&mut self.first, false);
        match self.reader.peek() {
            Some(b) if b == close => {
                self.reader.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.reader.at += 1;
                self.reader.spaces();
                // A comma before the end is left to the whole reader.
                if self.reader.peek() == Some(close) { Err(NotPlain) } else { Ok(true) }
            }
            Some(_) if first => Ok(true),
            _ => Err(NotPlain),
        }
    }

    fn close(self) -> Read<()> {
        if !self.over {
            return Err(NotPlain);
        }
        self.reader.depth -= 1;
        if self.outer { self.reader.end_line() } else { Ok(()) }
    }
}

struct Members<'a, 'r, 't> {
    inside: &'a mut Inside<'r, 't>,
    /// The keys so far, where nobody else looks that none comes twice.
    seen: Option<Vec<&'t str>>,
}

impl<'t> MapAccess<'t> for Members<'_, '_, 't> {
    type Error = NotPlain;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        let more = match self.inside.col {
            Some(col) => self.inside.next_line(col)?,
            None => self.inside.next_in_braces(b'}')?,
        };
        if !more {
            self.inside.over = true;
            return Ok(None);
        }
        let key = self.inside.reader.key()?;
        if let Some(seen) = &mut self.seen {
            // Larger ones are rare, and looking through them would take long.
            if seen.len() > 64 || seen.contains(&key) {
                return Err(NotPlain);
            }
            seen.push(key);
        }
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Read<V::Value> {
        let reader = &mut *self.inside.reader;
        let start = match self.inside.col {
            Some(col) => reader.value(col, true)?,
            None => reader.flow_value()?,
        };
        seed.deserialize(Node { reader, start })
    }
}

struct Items<'a, 'r, 't> {
    inside: &'a mut Inside<'r, 't>,
}

impl<'t> SeqAccess<'t> for Items<'_, '_, 't> {
    type Error = NotPlain;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let more = match self.inside.col {
            Some(col) => self.inside.next_line(col)? && self.inside.reader.is_dash(),
            None => self.inside.next_in_braces(b']')?,
        };
        if !more {
            self.inside.over = true;
            return Ok(None);
        }
        let reader = &mut *self.inside.reader;
        let start = match self.inside.col {
            Some(col) => {
                reader.at += 1;
                reader.value(col, false)?
            }
            None => reader.flow_value()?,
        };
        seed.deserialize(Node { reader, start }).map(Some)
    }
}

/// A text with its line, as [`crate::model::scenario::Lined`] takes it.
struct TextAndLine<'t> {
    text: Option<Cow<'t, str>>,
    line: Option<u32>,
}

impl<'t> SeqAccess<'t> for TextAndLine<'t> {
    type Error = NotPlain;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if let Some(text) = self.text.take() {
            return seed.deserialize(text.into_deserializer()).map(Some);
        }
        self.line.take().map(|line| seed.deserialize(line.into_deserializer())).transpose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::load::yaml;
    use crate::model::scenario::ScenarioFile;

    fn plainly(text: &str) -> Option<String> {
        read::<ScenarioFile>(text).map(|file| format!("{file:?}"))
    }

    fn wholly(text: &str) -> Result<String, String> {
        yaml::read::<ScenarioFile>(text).map(|file| format!("{file:?}")).map_err(|error| error.to_string())
    }

    /// What the plain reader accepts the whole reader reads in the same way.
    fn agree(text: &str) -> bool {
        let read = plainly(text);
        if let Some(read) = &read {
            assert_eq!(Ok(read), wholly(text).as_ref(), "{text}");
        }
        read.is_some()
    }

    #[test]
    fn the_files_of_this_project_are_read_alike_and_most_of_them_plainly() {
        let texts: Vec<_> = crate::load::embedded::paths()
            .filter(|path| path.ends_with(".yaml"))
            .filter_map(|path| String::from_utf8(crate::load::embedded_file(path)?.to_vec()).ok())
            .collect();
        let plain = texts.iter().filter(|text| agree(text)).count();
        assert!(plain * 10 >= texts.len() * 6, "{plain} of {}", texts.len());
    }

    #[test]
    fn what_scenario_files_are_written_in_is_plain() {
        let text = "# a comment\narea: tickets\n\nfixtures:\n  an open ticket:\n    steps:\n      - request: POST /api/v1/tickets   # made here\n        as: technician\n        json: { client_id: \"{{ client_id }}\", \"a b\": [1, true, \"x\", { z: it's }], m: 3 }\n        capture: { ticket: /id }\n    finally:\n    - request: DELETE /api/v1/tickets/{{ ticket }}\n\nscenarios:\n  - name: closing a ticket's end, twice: no\n    expect: { code: A_B, status: 404 }\n    tags: [a, b-c]\n    effects: data\n    given:\n      - use: an open ticket\n\n      # between\n      - request: POST control:/clock\n        query:\n          a: 'it''s'\n          b: \"\\\"\\n\"\n    when:\n      request: POST /x#y\n      status: 204\n      repeat: { at_most: 5, unpaced: true }\n";
        let plain = text.replace("twice: no", "twice");
        assert!(agree(&plain));
        assert!(!agree(text), "a colon and a blank are a mapping");
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_whole_reader() {
        for name in [
            "null",
            "~",
            "true",
            "Yes",
            "12",
            "1.5",
            "0x1f",
            "2026-01-01",
            "|",
            ">-",
            "*a",
            "&a b",
            "!t x",
            "a: b",
            "@a",
            "a\n      b",
            "\"a\\x41\"",
            "\"a\n      b\"",
            "[a]",
            "{a: b}",
            "- a",
            "? a",
            "a\tb",
            "%a",
            "",
            "# b",
            "'a' b",
            "\"a\":",
        ] {
            let text =
                format!("area: a\nscenarios:\n  - name: {name}\n    expect: A\n    when: {{ request: GET / }}\n");
            assert_eq!(plainly(&text), None, "{name}");
        }
        for text in [
            "",
            "---\narea: a\n",
            "area: a\narea: b\n",
            " area: a\n",
            "area: a\n  fixtures: {}\n",
            "- area\n",
            "area: a\n...\n",
            "area: a\r\n",
            "\u{feff}area: a\n",
            "area: a\nunknown: b\n",
            "area: a\nfixtures: {a: {steps: []}, a: {steps: []}}\n",
            "area: a\nfixtures: { a: { steps: [], } }\n",
            "area: a\nfixtures: { a: { steps: [] }\n",
            "area: a\nfixtures: { <<: {} }\n",
        ] {
            assert_eq!(plainly(text), None, "{text}");
        }
    }

    /// Lines of scenario files, right ones and wrong ones, at any indentation.
    fn lines() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            Just("area: a"),
            Just("scenarios:"),
            Just("fixtures:"),
            Just("- name: b c"),
            Just("- name: 'it''s'"),
            Just("name: 7 up"),
            Just("expect: A_B"),
            Just("expect: { code: A, status: 404 }"),
            Just("expect:"),
            Just("code: 104"),
            Just("when:"),
            Just("when: { request: GET /, json: { a: [1, {b: c}] } }"),
            Just("request: GET /a#b"),
            Just("request: \"GET /\" # x"),
            Just("json: { \"a\": \"b\" }"),
            Just("json:"),
            Just("a: 1"),
            Just("b: true"),
            Just("- 1"),
            Just("- a: b"),
            Just("-"),
            Just("- - a"),
            Just("steps:"),
            Just("given:"),
            Just("- use: x"),
            Just("an open ticket:"),
            Just("tags: [a, b]"),
            Just("tags: [a, b"),
            Just("# c"),
            Just(""),
            Just("headers: { X-A: b }"),
            Just("effects: none"),
            Just("repeat: {at_most: 3}"),
            Just("x"),
            Just("key: a: b"),
            Just("when: {}"),
            Just("\"q\": 1"),
            Just("body: \"a\\\"b\\\\\""),
            Just("status: [200, 204]"),
            Just("status: 200"),
            Just("capture: { a: /b }"),
            Just("body: a,b]"),
            Just("json: [a,b, c:d]"),
            Just("json: {a:b}"),
            Just("json: { a: b#c, d: e #f }"),
            Just("skip: no"),
            Just("skip: no way"),
        ];
        proptest::collection::vec((0usize..5, line), 0..9).prop_map(|lines| {
            lines.into_iter().map(|(indent, line)| format!("{}{line}\n", "  ".repeat(indent))).collect()
        })
    }

    /// A sound file with something put in its place.
    fn spoilt() -> impl Strategy<Value = String> {
        let sound = "area: a\nscenarios:\n  - name: b c\n    expect: A\n    tags: [x, 'y']\n    given:\n      - request: GET /a\n        capture: { d: /e }\n    when:\n      request: POST /\n      json: { a: \"b\", c: [1, d e] }\n";
        (0..sound.len(), 0usize..3, "[a-z0-9 :#'\"{},\\[\\]\n-]{0,3}|[\\\\&*!|>%@`~?<.+_/A-Z]{0,2}|  |: | #|null")
            .prop_map(move |(at, cut, put)| {
                let end = (at + cut).min(sound.len());
                format!("{}{put}{}", &sound[..at], &sound[end..])
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn whatever_stands_in_a_sound_file_is_read_alike(text in spoilt()) {
            agree(&text);
        }

        #[test]
        fn any_lines_are_read_alike(text in lines()) {
            agree(&text);
        }
    }
}
