//! JSON that can be looked at: what hides text or moves a cursor is written as an escape.

mod compact;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use compact::{Compact, Sink, Unwritten};

use super::gathered::Gathered;
use crate::model::visible::{is_plain, is_printable_ascii};

/// Writes a value on one line.
pub fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut gathered = Gathered::new(out);
    value.serialize(Compact(&mut gathered)).map_err(|Unwritten(error)| error)?;
    gathered.flush()
}

/// Adds a value on one line to what is there.
pub fn append(value: &impl Serialize, bytes: &mut Vec<u8>) -> io::Result<()> {
    value.serialize(Compact(bytes)).map_err(|Unwritten(error)| error)
}

impl Sink for Gathered<'_> {
    fn bytes(&mut self) -> &mut Vec<u8> {
        self.bytes_mut()
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.flush_if_enough()
    }
}

/// Writes a value for eyes.
pub fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, Escaping(PrettyFormatter::new())))?)
}

/// A value for eyes, with a line end.
pub fn pretty(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail, and what we show is made of texts and numbers.
    let _ = write_pretty(value, &mut bytes);
    bytes.push(b'\n');
    // Both stand within strings only, and must not be orders to a CI system.
    let text = String::from_utf8(bytes).unwrap_or_default();
    text.replace("##", "#\\u0023").replace("[[ATTACHMENT", "[\\u005bATTACHMENT")
}

/// A formatter whose strings have no hidden character.
struct Escaping<F>(F);

/// Passes a call on.
macro_rules! pass {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, out: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(out $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for Escaping<F> {
    pass! {
        begin_array(); end_array(); begin_array_value(first: bool); end_array_value();
        begin_object(); end_object(); begin_object_key(first: bool); end_object_key();
        begin_object_value(); end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        if is_printable_ascii(fragment) {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, c)| !is_plain(*c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + hidden.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use serde_json::ser::CompactFormatter;
    use serde_json::{Value, json};

    use crate::render::fixture;
    use crate::render::html::samples::everything;

    fn by_library(value: &impl Serialize) -> String {
        let mut bytes = Vec::new();
        value.serialize(&mut Serializer::with_formatter(&mut bytes, Escaping(CompactFormatter))).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn by_us(value: &impl Serialize) -> String {
        let mut bytes = Vec::new();
        append(value, &mut bytes).unwrap();
        let mut written = Vec::new();
        write(value, &mut written).unwrap();
        assert!(bytes == written);
        String::from_utf8(bytes).unwrap()
    }

    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(Vec<(u8, i64)>),
    }

    #[derive(Serialize)]
    struct Pair(Option<char>, ());

    #[test]
    fn a_line_is_what_the_library_writes() {
        for report in [fixture::report(), everything()] {
            assert!(by_us(&report) == by_library(&report));
        }
        let value =
            json!({"a\u{202e}\"\\\n": [-1, 2.5, 1e300, true, false, null, "", "\u{7f}é\u{1b}"], "b": {}, "c": []});
        assert_eq!(by_us(&value), by_library(&value));
        let numbered = BTreeMap::from([(7, Shape::Unit), (8, Shape::Newtype(vec![(1, -2), (3, i64::MIN)]))]);
        assert_eq!(by_us(&numbered), by_library(&numbered));
        let others = (Pair(Some('"'), ()), u64::MAX, f32::NAN, None::<u8>, "x".repeat(200) + "\\");
        assert_eq!(by_us(&others), by_library(&others));
    }

    #[test]
    fn what_cannot_be_written_is_an_error_of_its_kind() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let long = vec!["x".repeat(1000); 1000];
        assert_eq!(write(&long, &mut Full).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_written_as_the_library_does(text in "[ -~]{0,90}|.{0,90}|[\"\\\\\u{0}-\u{1f}\u{7f}-\u{9f}a]{0,70}") {
            proptest::prop_assert_eq!(by_us(&text), by_library(&text));
        }
    }

    #[test]
    fn hidden_characters_are_escaped_and_read_back() {
        let value = json!({"a\u{202e}": ["\u{1b}[31m \u{7f}\u{9b} é 日本 \u{e0041}\u{feff}", 1, {}], "b": {"c": null}});
        let mut compact = Vec::new();
        write(&value, &mut compact).unwrap();
        for text in [pretty(&value), String::from_utf8(compact).unwrap()] {
            assert!(text.chars().all(|c| c == '\n' || is_plain(c)), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        assert_eq!(pretty(&json!({"a": [1]})), serde_json::to_string_pretty(&json!({"a": [1]})).unwrap() + "\n");
    }
}
