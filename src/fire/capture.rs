//! Values taken from an answer.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Firing;
use crate::model::exchange::Answer;
use crate::model::plan::{Capture, CaptureFrom};
use crate::model::scenario::Decode;
use crate::model::template::plain;

/// What 127 bits hold, about; integers from here on are not taken.
const LARGEST: f64 = 1.7e38;

/// The body of an answer as JSON, parsed when first asked for.
pub(super) struct Document<'a> {
    answer: &'a Answer,
    json: Option<Result<Value, ()>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(answer: &'a Answer) -> Self {
        Document { answer, json: None }
    }

    /// The value at a JSON Pointer.
    pub(super) fn at(&mut self, pointer: &str) -> Result<&Value, String> {
        let body = &self.answer.body;
        let json = self.json.get_or_insert_with(|| serde_json::from_slice(body).map_err(|_| ()));
        let json = json.as_ref().map_err(|()| "the answer is not JSON".to_owned())?;
        json.pointer(pointer).ok_or_else(|| format!("the answer has nothing at `{pointer}`"))
    }

    /// A number that 64 bits do not hold, digit by digit: as a text, where it is an integer.
    fn exact(&mut self, pointer: &str) -> Result<Taken, String> {
        let value = self.at(pointer)?.clone();
        let path: Vec<String> =
            pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let mut reader = serde_json::Deserializer::from_slice(&self.answer.body);
        match Integer(&path).deserialize(&mut reader) {
            Ok(Some(digits)) => Ok(Taken { value: Value::String(digits), is_digits: true }),
            _ if value.as_f64().is_some_and(|number| number.abs() >= LARGEST) => {
                Err(format!("the number at `{pointer}` is too large to be taken digit by digit"))
            }
            _ => Ok(value.into()),
        }
    }

    /// What a capture takes.
    pub(super) fn take(&mut self, capture: &Capture, firing: &Firing) -> Result<Taken, String> {
        let taken = match &capture.from {
            CaptureFrom::Body(pointer) => match self.at(pointer)? {
                Value::Number(number) if number.is_f64() => self.exact(pointer)?,
                value if loses_digits(value) => {
                    return Err(format!("the value at `{pointer}` holds a number that 64 bits do not"));
                }
                value => value.clone().into(),
            },
            CaptureFrom::Header(name) => {
                let value = self.answer.headers.get(name);
                let value = value.ok_or_else(|| format!("the answer has no header `{name}`"))?;
                Value::String(String::from_utf8_lossy(value).into_owned()).into()
            }
        };
        if capture.pattern.is_none() && capture.decode.is_none() {
            return Ok(taken);
        }
        let mut text = plain(&taken.value).into_owned();
        if let Some(pattern) = &capture.pattern {
            let groups = firing.pattern(pattern)?;
            let groups = groups.captures(&text).ok_or_else(|| format!("the value does not match `{pattern}`"))?;
            let part = groups.get(1).or_else(|| groups.get(0)).map_or("", |part| part.as_str());
            text = part.to_owned();
        }
        if capture.decode == Some(Decode::Url) {
            text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
        }
        Ok(Value::String(text).into())
    }
}

/// A value that was taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Taken {
    pub(super) value: Value,
    /// Whether the text is an integer that 64 bits do not hold, to be written as a number where it is one.
    pub(super) is_digits: bool,
}

impl From<Value> for Taken {
    fn from(value: Value) -> Self {
        Taken { value, is_digits: false }
    }
}

/// Whether a list or an object holds an integer, or what may be one, that was rounded when it was read.
fn loses_digits(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(loses_digits),
        Value::Object(members) => members.values().any(loses_digits),
        Value::Number(number) => number.is_f64() && number.as_f64().is_some_and(|number| number.abs() >= TWO_TO_63),
        _ => false,
    }
}

/// Integers that 64 bits hold are read as they are; the others are at least as large as this.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// Finds an integer at a path, with all of its digits. Of keys that are repeated the last one counts.
struct Integer<'p>(&'p [String]);

impl<'de> DeserializeSeed<'de> for Integer<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<String>, D::Error> {
        match self.0 {
            [] => i128::deserialize(from).map(|number| Some(number.to_string())),
            _ => from.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Integer<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            match self.0.split_first() {
                Some((first, rest)) if *first == key => found = map.next_value_seed(Integer(rest))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<String>, A::Error> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(None) };
        for _ in 0..first.parse().unwrap_or(0usize) {
            if items.next_element::<IgnoredAny>()?.is_none() {
                return Ok(None);
            }
        }
        let found = items.next_element_seed(Integer(rest))?.flatten();
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::headers::Headers;

    fn taken(body: &str, pointer: &str) -> Result<Value, String> {
        let answer = Answer { body: body.to_owned().into(), ..answer() };
        let mut document = Document::new(&answer);
        match document.at(pointer)? {
            Value::Number(number) if number.is_f64() => document.exact(pointer).map(|taken| taken.value),
            value => Ok(value.clone()),
        }
    }

    fn answer() -> Answer {
        Answer { status: 200, headers: Headers::default(), body: Default::default(), cut: false }
    }

    #[test]
    fn an_integer_keeps_all_of_its_digits() {
        let body =
            r#"{"a~/b":[0,{"id":1,"id":18446744073709551616}],"n":-170141183460469231731687303715884105728,"x":{}}"#;
        assert_eq!(taken(body, "/a~0~1b/1/id"), Ok("18446744073709551616".into()));
        assert_eq!(taken(body, "/n"), Ok("-170141183460469231731687303715884105728".into()));
        assert_eq!(taken("123456789012345678901", ""), Ok("123456789012345678901".into()));
        assert!(taken(&"9".repeat(40), "").unwrap_err().contains("digit by digit"));
    }

    #[test]
    fn other_numbers_keep_their_type() {
        assert_eq!(taken(r#"{"a":18446744073709551615}"#, "/a"), Ok(u64::MAX.into()));
        assert_eq!(taken(r#"{"a":1.5}"#, "/a"), Ok(1.5.into()));
        assert_eq!(taken(r#"{"a":-7}"#, "/a"), Ok((-7).into()));
    }

    #[test]
    fn a_list_or_an_object_is_taken_only_if_all_of_its_digits_are() {
        assert!(loses_digits(&serde_json::from_str(r#"{"a":[1,{"b":18446744073709551616}]}"#).unwrap()));
        assert!(loses_digits(&serde_json::from_str("[-9223372036854775809]").unwrap()));
        assert!(!loses_digits(&serde_json::from_str("[-9223372036854775808,18446744073709551615,1.5]").unwrap()));
    }
}
