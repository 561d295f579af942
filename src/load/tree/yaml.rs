//! YAML (and JSON, which is nearly a part of it) as a tree.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::Spanned;
use serde_saphyr::options::DuplicateKeyPolicy;

use super::{Key, Kind, Node, ODD_KEY};
use crate::load::yaml;

/// Reads a text; keys that repeat are kept.
pub fn read(text: &str) -> Result<Node, serde_saphyr::Error> {
    let mut options = yaml::options();
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    serde_saphyr::from_str_with_options(text, options)
}

fn span<T>(spanned: &Spanned<T>) -> std::ops::Range<usize> {
    let place = |number: Option<u64>| usize::try_from(number.unwrap_or(0)).unwrap_or(0);
    let span = spanned.referenced.span();
    let start = place(span.byte_offset());
    start..start.saturating_add(place(span.byte_len()))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        Ok(Node { span: span(&spanned), kind: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        let (text, odd) = match &spanned.value {
            Kind::Text(text) => (text.clone(), false),
            Kind::Null => ("null".to_owned(), false),
            Kind::Bool(value) => (value.to_string(), false),
            Kind::Number(number) => (number.to_string(), false),
            Kind::List(_) | Kind::Map(_) => (ODD_KEY.to_owned(), true),
        };
        Ok(Key { span: span(&spanned), text, odd })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        Kind::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Kind, E> {
        Ok(Kind::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Kind, E> {
        Ok(Kind::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Kind, E> {
        Number::from_f64(number).map(Kind::Number).ok_or_else(|| E::custom("the number is not finite"))
    }

    fn visit_i128<E: serde::de::Error>(self, number: i128) -> Result<Kind, E> {
        self.visit_f64(number as f64)
    }

    fn visit_u128<E: serde::de::Error>(self, number: u128) -> Result<Kind, E> {
        self.visit_f64(number as f64)
    }

    fn visit_str<E>(self, text: &str) -> Result<Kind, E> {
        Ok(Kind::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Kind, E> {
        Ok(Kind::Text(text))
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<Kind, E> {
        Err(E::custom("binary values are not supported; a body of bytes is written with the key `base64`"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
            if entries.len() > MOST_KEYS {
                return Err(A::Error::custom("a mapping has more than a million keys"));
            }
        }
        Ok(Kind::Map(entries))
    }
}

const MOST_KEYS: usize = 1_000_000;
