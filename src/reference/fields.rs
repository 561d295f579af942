//! The members of a JSON body, read one by one; each reader refuses in the words of its area.

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::Refusal;

/// How an area says that a body is not acceptable, for instance `|why| refuse(400, "…", why)`.
pub type Invalid = fn(String) -> Refusal;

/// A JSON object sent by the caller.
#[derive(Debug, Clone)]
pub struct Fields {
    members: Map<String, Value>,
    invalid: Invalid,
}

impl Fields {
    /// Reads an object; anything else is refused.
    pub fn parse(bytes: &[u8], invalid: Invalid) -> Result<Self, Refusal> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Fields { members, invalid }),
            Ok(_) => Err(invalid("the body has to be a JSON object".into())),
            Err(_) => Err(invalid("the body is not JSON".into())),
        }
    }

    /// An object that is already at hand, such as a member of another one.
    pub fn of(members: Map<String, Value>, invalid: Invalid) -> Self {
        Fields { members, invalid }
    }

    /// A refusal in the words of the area.
    pub fn refusal(&self, why: impl Into<String>) -> Refusal {
        (self.invalid)(why.into())
    }

    /// The raw member; a `null` counts as absent.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// A text that has to be there and has to hold more than blanks.
    pub fn text(&self, name: &str) -> Result<String, Refusal> {
        match self.opt_text(name)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(self.refusal(format!("{name} is required"))),
        }
    }

    pub fn opt_text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.refusal(format!("{name} has to be a text"))),
        }
    }

    /// An identifier that has to be there.
    pub fn id(&self, name: &str) -> Result<Uuid, Refusal> {
        self.opt_id(name)?.ok_or_else(|| self.refusal(format!("{name} is required")))
    }

    pub fn opt_id(&self, name: &str) -> Result<Option<Uuid>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(|text| Uuid::parse_str(text).ok())
                .map(Some)
                .ok_or_else(|| self.refusal(format!("{name} has to be an identifier"))),
        }
    }

    /// A whole number within a range that has to be there.
    pub fn int(&self, name: &str, range: RangeInclusive<i64>) -> Result<i64, Refusal> {
        self.opt_int(name, range)?.ok_or_else(|| self.refusal(format!("{name} is required")))
    }

    pub fn opt_int(&self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_i64().filter(|number| range.contains(number)).map(Some).ok_or_else(|| {
                self.refusal(format!("{name} has to be a whole number from {} to {}", range.start(), range.end()))
            }),
        }
    }

    /// True or false; absent is the given default.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| self.refusal(format!("{name} has to be true or false"))),
        }
    }

    /// A list; absent is an empty one.
    pub fn list(&self, name: &str) -> Result<Vec<Value>, Refusal> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.clone()),
            Some(_) => Err(self.refusal(format!("{name} has to be a list"))),
        }
    }

    /// A list of texts; absent is an empty one.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let text = |item: Value| match item {
            Value::String(text) => Ok(text),
            _ => Err(self.refusal(format!("{name} has to be a list of texts"))),
        };
        self.list(name)?.into_iter().map(text).collect()
    }

    /// A list of identifiers; absent is an empty one.
    pub fn ids(&self, name: &str) -> Result<Vec<Uuid>, Refusal> {
        let id = |text: String| {
            Uuid::parse_str(&text).map_err(|_| self.refusal(format!("{name} has to be a list of identifiers")))
        };
        self.texts(name)?.into_iter().map(id).collect()
    }

    /// A day written YYYY-MM-DD.
    pub fn opt_date(&self, name: &str) -> Result<Option<NaiveDate>, Refusal> {
        self.opt_text(name)?
            .map(|text| {
                NaiveDate::parse_from_str(&text, "%Y-%m-%d")
                    .map_err(|_| self.refusal(format!("{name} has to be a day written YYYY-MM-DD")))
            })
            .transpose()
    }

    /// An object inside; absent is an empty one.
    pub fn object(&self, name: &str) -> Result<Fields, Refusal> {
        match self.get(name) {
            None => Ok(Fields::of(Map::new(), self.invalid)),
            Some(Value::Object(members)) => Ok(Fields::of(members.clone(), self.invalid)),
            Some(_) => Err(self.refusal(format!("{name} has to be an object"))),
        }
    }
}
