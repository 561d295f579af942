//! Scenario files as they are written. Names are not looked up here; `plan` does that.

pub mod distinct;
mod json;

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A file of scenarios, one area of the API. `scenarios/fixtures.yaml` holds only fixtures and names no area.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// The area of the API: unique in the project; lower case letters, digits and `-`.
    #[serde(default, deserialize_with = "stated")]
    pub area: Option<String>,
    /// Steps with a name, for the scenarios of this file.
    #[serde(default)]
    pub fixtures: Ordered<Fixture>,
    #[serde(default)]
    pub scenarios: Vec<ScenarioSpec>,
    /// Nothing in a file without mistakes.
    #[serde(skip)]
    pub left_out: LeftOut,
}

impl ScenarioFile {
    /// The place in the file of the scenario with this index.
    pub fn place_of(&self, index: usize) -> usize {
        self.left_out.scenarios.iter().fold(index, |place, left_out| place + usize::from(*left_out <= place))
    }
}

/// The parts of a file that cannot be read for their mistakes.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    /// Places of scenarios, in order.
    pub scenarios: Vec<usize>,
    /// Whether that holds for a key of the file itself, or for all of it.
    pub head: bool,
    /// All that is written in these parts: a name that stands there may be used or defined by them.
    pub texts: Vec<Box<str>>,
}

impl LeftOut {
    pub fn is_nothing(&self) -> bool {
        !self.head && self.texts.is_empty()
    }

    pub fn mentions(&self, name: &str) -> bool {
        self.texts.iter().any(|text| text.contains(name))
    }
}

/// Steps with a name, run by `use`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    pub steps: Vec<StepSpec>,
    /// Clean-up, run after the scenario in reverse order of the fixtures.
    #[serde(default)]
    pub finally: Vec<StepSpec>,
}

/// Given, when, expect, finally.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioSpec {
    /// A sentence about the API, unique in its file, at most 250 characters, without `< > & "`.
    pub name: Lined,
    /// The documented code that is due.
    pub expect: ExpectSpec,
    /// The credential that all steps use; left out, `anonymous`.
    #[serde(default, deserialize_with = "stated", rename = "as")]
    pub credential: Option<AsSpec>,
    /// The most that the scenario may leave behind.
    #[serde(default, deserialize_with = "stated")]
    pub effects: Option<Effects>,
    /// Never overlaps with a scenario that names the same lock.
    #[serde(default, deserialize_with = "stated")]
    pub exclusive: Option<Box<str>>,
    /// Overlaps with those that share the lock, never with one that has it exclusively.
    #[serde(default, deserialize_with = "stated")]
    pub shared: Option<Box<str>>,
    /// Capabilities that the target must declare.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Sends the scenario to another target, which this one names under `deployments`.
    #[serde(default, deserialize_with = "stated")]
    pub deployment: Option<Box<str>>,
    #[serde(default)]
    pub tags: Vec<String>,
    /// Why the scenario does not run.
    #[serde(default, deserialize_with = "stated")]
    pub skip: Option<Box<str>>,
    /// One scenario per row; the name must contain a variable of the row.
    #[serde(default, deserialize_with = "json::rows")]
    #[schemars(length(min = 1))]
    pub each: Vec<Ordered<Value>>,
    /// Asks `when` again until it conforms or this time is up, such as `5s`.
    #[serde(default, deserialize_with = "stated")]
    pub eventually: Option<Box<str>>,
    #[serde(default)]
    pub given: Vec<StepSpec>,
    /// The one request whose answer is judged.
    pub when: Box<StepSpec>,
    #[serde(default)]
    pub finally: Vec<StepSpec>,
}

/// What a scenario may leave behind, from nothing to something that others notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effects {
    /// Nothing.
    None,
    /// Ordinary data.
    Data,
    /// Something others notice: locks, exhausted quotas, injected faults.
    Disruptive,
}

impl Effects {
    pub const ALL: [Effects; 3] = [Effects::None, Effects::Data, Effects::Disruptive];

    pub fn id(self) -> &'static str {
        match self {
            Effects::None => "none",
            Effects::Data => "data",
            Effects::Disruptive => "disruptive",
        }
    }
}

/// One request, or the use of a fixture.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// Runs the fixture of this name.
    #[serde(default, deserialize_with = "stated", rename = "use")]
    pub fixture: Option<Box<str>>,
    /// `METHOD path`, or `METHOD control:/path` for the target's control service.
    #[serde(default, deserialize_with = "stated")]
    pub request: Option<Box<str>>,
    #[serde(default, deserialize_with = "stated", rename = "as")]
    pub credential: Option<AsSpec>,
    #[serde(default, deserialize_with = "json::fields")]
    pub headers: Ordered<Value>,
    /// Encoded for the author; a list repeats the name.
    #[serde(default, deserialize_with = "json::fields")]
    pub query: Ordered<Value>,
    /// A JSON body.
    #[serde(default, deserialize_with = "json::present")]
    pub json: Option<Box<Value>>,
    /// A text body, sent as it is.
    #[serde(default, deserialize_with = "stated")]
    pub body: Option<Box<str>>,
    /// A body of bytes, in base64.
    #[serde(default, deserialize_with = "stated")]
    pub base64: Option<Box<str>>,
    /// A body read from this file of the project.
    #[serde(default, deserialize_with = "stated")]
    pub file: Option<Box<str>>,
    /// A body of form fields; a list repeats the name.
    #[serde(default, deserialize_with = "json::form")]
    pub form: Option<Ordered<Value>>,
    #[serde(default, deserialize_with = "stated")]
    pub multipart: Option<Vec<PartSpec>>,
    /// A body of filler, such as `6MiB`.
    #[serde(default, deserialize_with = "stated")]
    pub bytes: Option<BytesSpec>,
    /// Variables taken from the answer; beside `use`, new names for the fixture's variables.
    #[serde(default)]
    pub capture: Ordered<CaptureSpec>,
    /// The statuses that a step must have; left out, any 2xx.
    #[serde(default, deserialize_with = "stated")]
    pub status: Option<StatusList>,
    /// Overrides the run's timeout, such as `60s`.
    #[serde(default, deserialize_with = "stated")]
    pub timeout: Option<Box<str>>,
    /// Asks again until the value at each pointer is one of these.
    #[serde(default, deserialize_with = "json::lists")]
    pub until: Option<Ordered<Vec<Value>>>,
    /// The most time that `until` takes, such as `10s`.
    #[serde(default, deserialize_with = "stated")]
    pub within: Option<Box<str>>,
    /// On `when` only: fires until the expected code comes.
    #[serde(default, deserialize_with = "stated")]
    pub repeat: Option<RepeatSpec>,
}

/// Fires `when` until the expected code comes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatSpec {
    /// The most requests.
    pub at_most: u32,
    /// Ignores the target's rate limit.
    #[serde(default)]
    pub unpaced: bool,
}

/// One part of a multipart body.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartSpec {
    pub name: String,
    #[serde(default, deserialize_with = "stated")]
    pub filename: Option<String>,
    /// The part's content type.
    #[serde(default, deserialize_with = "stated", rename = "type")]
    pub content_type: Option<String>,
    #[serde(default, deserialize_with = "stated")]
    pub text: Option<String>,
    #[serde(default, deserialize_with = "stated")]
    pub base64: Option<String>,
    #[serde(default, deserialize_with = "stated")]
    pub bytes: Option<BytesSpec>,
    #[serde(default, deserialize_with = "stated")]
    pub file: Option<String>,
}

/// What is due: a documented code, a pinned status, or only a status.
#[derive(Debug, Clone)]
pub enum ExpectSpec {
    Code(String),
    Detail(ExpectDetail),
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectDetail {
    #[serde(default, deserialize_with = "stated")]
    pub code: Option<CodeText>,
    #[serde(default, deserialize_with = "stated")]
    pub status: Option<u16>,
    /// JSON Pointer to the envelope, for APIs that report a failure inside a 200.
    #[serde(default, deserialize_with = "stated")]
    pub at: Option<String>,
}

/// A code, written as a string or an integer.
#[derive(Debug, Clone)]
pub struct CodeText(pub String);

/// Whose credential a request carries.
#[derive(Debug, Clone)]
pub enum AsSpec {
    /// A credential of the target, or `anonymous`.
    Named(String),
    /// One captured on the way.
    Captured(Box<AsDetail>),
}

/// A credential made of variables; exactly one kind.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AsDetail {
    #[serde(default, deserialize_with = "stated")]
    pub bearer: Option<String>,
    #[serde(default, deserialize_with = "stated")]
    pub basic: Option<BasicDetail>,
    #[serde(default, deserialize_with = "stated")]
    pub header: Option<HeaderDetail>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicDetail {
    pub username: String,
    pub password: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderDetail {
    pub name: String,
    pub value: String,
}

/// Where a variable comes from.
#[derive(Debug, Clone)]
pub enum CaptureSpec {
    /// A JSON Pointer into the answer (beside `use`: a variable of the fixture).
    From(String),
    Detail(Box<CaptureDetail>),
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureDetail {
    /// JSON Pointer into the answer.
    #[serde(default, deserialize_with = "stated")]
    pub at: Option<String>,
    /// A header of the answer.
    #[serde(default, deserialize_with = "stated")]
    pub header: Option<String>,
    /// A regular expression; its first group, or else the whole match, is taken.
    #[serde(default, deserialize_with = "stated", rename = "match")]
    pub pattern: Option<String>,
    #[serde(default, deserialize_with = "stated")]
    pub decode: Option<Decode>,
    /// Keeps the value out of everything written.
    #[serde(default)]
    pub secret: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decode {
    /// Percent-decoding.
    Url,
}

/// Filler, generated while sending.
#[derive(Debug, Clone)]
pub enum BytesSpec {
    /// A size, such as `6MiB`.
    Size(String),
    Pattern(Box<BytesDetail>),
}

/// `head`, then `unit` so many times, then `tail`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BytesDetail {
    #[serde(default)]
    pub head: String,
    pub unit: String,
    pub times: u64,
    #[serde(default)]
    pub tail: String,
}

/// One status or a list of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusList(pub Vec<u16>);

/// A text with the line it stands on, from 1 (0 if unknown).
/// The only place outside `load` that meets serde-saphyr: the line has to be taken while reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lined {
    pub text: String,
    pub line: u32,
}

impl<'de> Deserialize<'de> for Lined {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = serde_saphyr::Spanned::<String>::deserialize(deserializer)?;
        let line = u32::try_from(spanned.referenced.line()).unwrap_or(0);
        Ok(Lined { text: spanned.value, line })
    }
}

impl JsonSchema for Lined {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Name".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 250 })
    }
}

/// A mapping that keeps the order in which it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered<T>(pub Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<T> Ordered<T> {
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Ordered<T>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                distinct::check(&entries)?;
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Ordered<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() })
    }
    fn inline_schema() -> bool {
        true
    }
}

/// A key that may be absent, but not without a value: `skip:` left unfinished is not the same as no `skip`.
fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Types that are written as a scalar in the simple case and as a mapping in the full one.
/// A visitor, since untagged enums buffer their input and lose positions and messages.
macro_rules! scalar_or_mapping {
    ($name:ident, $expecting:literal, $detail:ty, $from_text:expr, $from_detail:expr, $scalar:tt) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Either;
                impl<'de> Visitor<'de> for Either {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        Ok($from_text(text.to_owned()))
                    }
                    fn visit_string<E: de::Error>(self, text: String) -> Result<$name, E> {
                        Ok($from_text(text))
                    }
                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<$name, E> {
                        Ok($from_text(number.to_string()))
                    }
                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$name, E> {
                        Ok($from_text(number.to_string()))
                    }
                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        <$detail>::deserialize(MapAccessDeserializer::new(map)).map($from_detail)
                    }
                }
                deserializer.deserialize_any(Either)
            }
        }
        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": $expecting,
                    "anyOf": [{ "type": $scalar }, generator.subschema_for::<$detail>()],
                })
            }
        }
    };
}

scalar_or_mapping!(
    ExpectSpec,
    "a code, or `{ code, status }`",
    ExpectDetail,
    ExpectSpec::Code,
    ExpectSpec::Detail,
    ["string", "integer"]
);
scalar_or_mapping!(
    AsSpec,
    "the name of a credential, or `{ bearer }`",
    AsDetail,
    AsSpec::Named,
    |detail| AsSpec::Captured(Box::new(detail)),
    ["string"]
);
scalar_or_mapping!(
    CaptureSpec,
    "a JSON Pointer, or `{ at }` or `{ header }`",
    CaptureDetail,
    CaptureSpec::From,
    |detail| CaptureSpec::Detail(Box::new(detail)),
    ["string"]
);
scalar_or_mapping!(
    BytesSpec,
    "a size such as `6MiB`, or `{ unit, times }`",
    BytesDetail,
    BytesSpec::Size,
    |detail| BytesSpec::Pattern(Box::new(detail)),
    ["string", "integer"]
);

impl<'de> Deserialize<'de> for CodeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl Visitor<'_> for Scalar {
            type Value = CodeText;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a code")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<CodeText, E> {
                Ok(CodeText(text.to_owned()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<CodeText, E> {
                Ok(CodeText(number.to_string()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<CodeText, E> {
                Ok(CodeText(number.to_string()))
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

impl JsonSchema for CodeText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"] })
    }
}

impl<'de> Deserialize<'de> for StatusList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = StatusList;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a status, or a list of statuses")
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<StatusList, E> {
                let wrong = || E::custom("a status is a number from 100 to 599");
                u16::try_from(number).map(|status| StatusList(vec![status])).map_err(|_| wrong())
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<StatusList, E> {
                self.visit_u64(u64::try_from(number).unwrap_or(u64::MAX))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<StatusList, A::Error> {
                let mut statuses = Vec::new();
                while let Some(status) = seq.next_element()? {
                    statuses.push(status);
                }
                Ok(StatusList(statuses))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

impl JsonSchema for StatusList {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StatusList".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let status = serde_json::json!({ "type": "integer", "minimum": 100, "maximum": 599 });
        json_schema!({
            "description": "a status from 100 to 599, or a list of statuses",
            "anyOf": [status, { "type": "array", "items": status }],
        })
    }
}

/// A scenario file with its place.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Relative to the project root, with forward slashes.
    pub path: Box<str>,
    pub content: ScenarioFile,
}
