//! Reads a body as one JSON text, and notices repeated keys on the way.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::{Entry, Map};
use serde_json::{Number, Value};

use super::not_json::NotJson;
use super::pointer::escape;

/// How many repeated keys are kept; more are only counted.
const KEPT: usize = 16;

/// A body that is one JSON text. Of a repeated key the last value is kept, as most readers do.
#[derive(Debug, PartialEq)]
pub struct Json {
    pub value: Value,
    pub repeated: Repeated,
}

/// The keys that an object has more than once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// JSON Pointers of the first few.
    pub pointers: Vec<String>,
    pub count: usize,
}

/// Reads the whole body. Nesting is limited by the reader to 127 levels.
pub fn read(body: &[u8]) -> Result<Json, NotJson> {
    let Ok(text) = std::str::from_utf8(body) else { return Err(NotJson::of_bytes(body)) };
    match parse(text) {
        Ok(json) => Ok(json),
        // A number of any size is JSON, even where no reader can hold it.
        Err(error) if error.to_string().starts_with("number out of range") => {
            parse(&with_finite_numbers(text)).map_err(|error| NotJson::of_text(text, &error))
        }
        Err(error) => Err(NotJson::of_text(text, &error)),
    }
}

fn parse(text: &str) -> serde_json::Result<Json> {
    let repeated = RefCell::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Node { path: &Path::Root, repeated: &repeated }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(Json { value, repeated: repeated.into_inner() })
}

/// Where in the text the reader is; lives on its stack, so that an answer without repeated keys costs nothing.
enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(above, key) => write!(f, "{above}/{}", escape(key)),
            Path::Index(above, index) => write!(f, "{above}/{index}"),
        }
    }
}

struct Node<'a> {
    path: &'a Path<'a>,
    repeated: &'a RefCell<Repeated>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let path = Path::Index(self.path, items.len());
            match seq.next_element_seed(Node { path: &path, repeated: self.repeated })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let path = Path::Key(self.path, &key);
            let value = map.next_value_seed(Node { path: &path, repeated: self.repeated })?;
            match members.entry(key) {
                Entry::Vacant(entry) => _ = entry.insert(value),
                Entry::Occupied(mut entry) => {
                    self.repeated.borrow_mut().add(&Path::Key(self.path, entry.key()));
                    entry.insert(value);
                }
            }
        }
        Ok(Value::Object(members))
    }
}

impl Repeated {
    fn add(&mut self, path: &Path<'_>) {
        self.count += 1;
        if self.pointers.len() < KEPT {
            self.pointers.push(path.to_string());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// The text with each number that is too large for a reader replaced by a large one that is not. What is no number
/// in JSON (`01e999`) is none afterwards.
fn with_finite_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let number = !in_string && (c == '-' || c.is_ascii_digit());
        let length = if number { number_length(rest) } else { c.len_utf8() };
        let (token, after) = rest.split_at(length);
        match token.parse::<f64>() {
            Ok(value) if number && value.is_infinite() => {
                let mantissa = token.split(['e', 'E']).next().unwrap_or_default();
                out.push_str(&mantissa[..mantissa.len().min(100)]);
                out.push_str("e200");
            }
            _ => out.push_str(token),
        }
        in_string ^= c == '"' && !escaped;
        escaped = in_string && c == '\\' && !escaped;
        rest = after;
    }
    out
}

fn number_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_repeated_key_is_noticed_at_any_level() {
        let json = read(br#"{"a":[{"b/c":1,"b/c":2}],"a":3}"#).unwrap();
        assert_eq!(json.repeated.pointers, ["/a/0/b~1c", "/a"]);
        assert_eq!(json.value, json!({ "a": 3 }));
    }

    #[test]
    fn a_key_in_two_objects_is_not_repeated() {
        assert!(read(br#"{"a":{"c":1},"b":{"c":1},"A":1}"#).unwrap().repeated.is_empty());
    }

    #[test]
    fn an_escape_does_not_hide_a_repeated_key() {
        assert_eq!(read(br#"{"code":1,"c\u006fde":2}"#).unwrap().repeated.pointers, ["/code"]);
    }

    #[test]
    fn a_number_that_no_reader_holds_is_json() {
        let json = read(br#"{"a":"\\\"1e999","b":[1e999,-1e999],"c":184467440737095516160}"#).unwrap();
        assert_eq!(json.value["a"], json!("\\\"1e999"));
        assert_eq!(json.value["b"], json!([1e200, -1e200]));
        assert!(json.value["c"].is_f64());
    }

    #[test]
    fn a_number_that_is_none_stays_wrong() {
        for text in ["[1e999,01]", "[1e999,01e999]", "[1e999,1.e999]", "[1e999,1e]", "[1e999", "[1e999 1]"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
