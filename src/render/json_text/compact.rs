//! JSON on one line, byte for byte as `serde_json` writes it with [`Escaping`], for reports with very many values:
//! texts are looked at many bytes at a time, and names of members, which are ours, not at all.

use std::fmt;
use std::io;

use serde::ser::{self, Impossible, Serialize, Serializer};
use serde_json::ser::CompactFormatter;

use super::Escaping;

/// What is written to.
pub trait Sink {
    fn bytes(&mut self) -> &mut Vec<u8>;
    /// Called now and then: what was written may be passed on.
    fn pass_on(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Vec<u8> {
    fn bytes(&mut self) -> &mut Vec<u8> {
        self
    }
}

/// Why a value was not written.
#[derive(Debug)]
pub struct Unwritten(pub io::Error);

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Unwritten {}

impl ser::Error for Unwritten {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Unwritten(io::Error::other(text.to_string()))
    }
}

impl From<serde_json::Error> for Unwritten {
    fn from(error: serde_json::Error) -> Self {
        Unwritten(error.into())
    }
}

type Done = Result<(), Unwritten>;

/// Writes one value.
pub struct Compact<'s, S>(pub &'s mut S);

impl<S: Sink> Compact<'_, S> {
    fn text(self, text: &str) -> Done {
        if !needs_no_escape(text) {
            return self.by_library(text);
        }
        let bytes = self.0.bytes();
        bytes.reserve(text.len() + 2);
        bytes.push(b'"');
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(b'"');
        Ok(())
    }

    /// What comes seldom, or what the library writes as quickly.
    fn by_library<T: Serialize + ?Sized>(self, value: &T) -> Done {
        let mut library = serde_json::Serializer::with_formatter(self.0.bytes(), Escaping(CompactFormatter));
        Ok(value.serialize(&mut library)?)
    }

    fn plain(self, text: &str) -> Done {
        self.0.bytes().extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Whether a text stands in JSON as it is.
fn needs_no_escape(text: &str) -> bool {
    let stands = |byte: &u8| (byte.wrapping_sub(b' ') < 0x5F) & (*byte != b'"') & (*byte != b'\\');
    text.as_bytes().chunks(64).all(|part| part.iter().fold(true, |all, byte| all & stands(byte)))
}

/// Passes numbers to the library.
macro_rules! numbers {
    ($($name:ident: $kind:ty),*) => {
        $(fn $name(self, value: $kind) -> Done {
            self.by_library(&value)
        })*
    };
}

impl<'s, S: Sink> Serializer for Compact<'s, S> {
    type Ok = ();
    type Error = Unwritten;
    type SerializeSeq = Values<'s, S>;
    type SerializeTuple = Values<'s, S>;
    type SerializeTupleStruct = Values<'s, S>;
    type SerializeTupleVariant = Impossible<(), Unwritten>;
    type SerializeMap = Values<'s, S>;
    type SerializeStruct = Values<'s, S>;
    type SerializeStructVariant = Impossible<(), Unwritten>;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32, serialize_f64: f64,
        serialize_char: char
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.plain(if value { "true" } else { "false" })
    }

    fn serialize_str(self, text: &str) -> Done {
        self.text(text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.by_library(bytes)
    }

    fn serialize_none(self) -> Done {
        self.plain("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.plain("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.plain("null")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        let mut members = self.serialize_struct(name, 1)?;
        ser::SerializeStruct::serialize_field(&mut members, variant, value)?;
        ser::SerializeStruct::end(members)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Values<'s, S>, Unwritten> {
        Ok(Values::begin(self.0, b'[', b']'))
    }

    fn serialize_tuple(self, _: usize) -> Result<Values<'s, S>, Unwritten> {
        Ok(Values::begin(self.0, b'[', b']'))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Values<'s, S>, Unwritten> {
        Ok(Values::begin(self.0, b'[', b']'))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Unwritten>, Unwritten> {
        Err(ser::Error::custom(format_args!("reports have no variant such as {variant}")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Values<'s, S>, Unwritten> {
        Ok(Values::begin(self.0, b'{', b'}'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Values<'s, S>, Unwritten> {
        Ok(Values::begin(self.0, b'{', b'}'))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Unwritten>, Unwritten> {
        Err(ser::Error::custom(format_args!("reports have no variant such as {variant}")))
    }
}

/// An array or an object that has begun.
pub struct Values<'s, S> {
    sink: &'s mut S,
    is_first: bool,
    end: u8,
}

impl<'s, S: Sink> Values<'s, S> {
    fn begin(sink: &'s mut S, start: u8, end: u8) -> Self {
        sink.bytes().push(start);
        Values { sink, is_first: true, end }
    }

    fn next(&mut self) -> &mut Vec<u8> {
        let bytes = self.sink.bytes();
        if !std::mem::take(&mut self.is_first) {
            bytes.push(b',');
        }
        bytes
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.next();
        value.serialize(Compact(self.sink))?;
        self.sink.pass_on().map_err(Unwritten)
    }

    fn close(self) -> Done {
        self.sink.bytes().push(self.end);
        Ok(())
    }
}

macro_rules! arrays {
    ($($kind:ident: $add:ident),*) => {
        $(impl<S: Sink> ser::$kind for Values<'_, S> {
            type Ok = ();
            type Error = Unwritten;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                self.element(value)
            }

            fn end(self) -> Done {
                self.close()
            }
        })*
    };
}

arrays! { SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field }

impl<S: Sink> ser::SerializeStruct for Values<'_, S> {
    type Ok = ();
    type Error = Unwritten;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        debug_assert!(needs_no_escape(name));
        let bytes = self.next();
        bytes.reserve(name.len() + 3);
        bytes.push(b'"');
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b"\":");
        value.serialize(Compact(self.sink))
    }

    fn end(self) -> Done {
        self.close()
    }
}

impl<S: Sink> ser::SerializeMap for Values<'_, S> {
    type Ok = ();
    type Error = Unwritten;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        let start = self.next().len();
        key.serialize(Compact(self.sink))?;
        let bytes = self.sink.bytes();
        // A number as a name is a text.
        if bytes.get(start) != Some(&b'"') {
            bytes.insert(start, b'"');
            bytes.push(b'"');
        }
        bytes.push(b':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(Compact(self.sink))
    }

    fn end(self) -> Done {
        self.close()
    }
}
