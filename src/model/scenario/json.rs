//! Values of JSON within scenarios. Unlike `Value` itself they refuse a mapping in which a key repeats.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{I128Deserializer, U128Deserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Ordered;
use super::distinct::{numbers, repeated};

/// Tells a key that is there with nothing (`json:`) from one that is absent.
pub(super) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<Value>>, D::Error> {
    Json::deserialize(deserializer).map(|Json(value)| Some(Box::new(value)))
}

pub(super) fn fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ordered<Value>, D::Error> {
    Ordered::deserialize(deserializer).map(plain)
}

pub(super) fn form<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Ordered<Value>>, D::Error> {
    Ordered::deserialize(deserializer).map(|fields| Some(plain(fields)))
}

pub(super) fn rows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Ordered<Value>>, D::Error> {
    let rows: Vec<Ordered<Json>> = Vec::deserialize(deserializer)?;
    // There would be no scenario at all, which is hardly what its author means.
    if rows.is_empty() {
        return Err(de::Error::custom("`each` is empty"));
    }
    Ok(rows.into_iter().map(plain).collect())
}

type Lists = Ordered<Vec<Value>>;

pub(super) fn lists<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Lists>, D::Error> {
    let values = |list: Vec<Json>| list.into_iter().map(|Json(value)| value).collect();
    let all = |lists: Ordered<Vec<Json>>| lists.0.into_iter().map(|(name, list)| (name, values(list))).collect();
    Ordered::deserialize(deserializer).map(|lists| Some(Ordered(all(lists))))
}

fn plain(fields: Ordered<Json>) -> Ordered<Value> {
    Ordered(fields.0.into_iter().map(|(name, Json(value))| (name, value)).collect())
}

/// A value, read with an eye on its keys.
struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Json::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json(Value::Bool(value)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Json, E> {
        Number::deserialize(I128Deserializer::new(number)).map(|number| Json(Value::Number(number)))
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Json, E> {
        Number::deserialize(U128Deserializer::new(number)).map(|number| Json(Value::Number(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(Json(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json(Value::Array(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Map::new();
        while let Some((key, Json(value))) = map.next_entry::<String, Json>()? {
            if members.insert(key, value).is_some() {
                return Err(repeated());
            }
        }
        if numbers(members.keys().map(String::as_str)) {
            return Err(repeated());
        }
        Ok(Json(Value::Object(members)))
    }
}
