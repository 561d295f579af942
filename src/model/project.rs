//! `trueline.toml`: what is tested against what.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::rule::{Rule, Severity};
use super::scenario::{Effects, Ordered, StepSpec};
use super::units::Rate;

/// The file as it is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectSpec {
    #[serde(default)]
    pub catalogue: Option<String>,
    #[serde(default)]
    pub scenarios: Option<String>,
    #[serde(default)]
    pub reports: Option<String>,
    #[serde(default)]
    pub envelope: EnvelopeSpec,
    #[serde(default)]
    pub run: RunSpec,
    #[serde(default)]
    pub rules: Ordered<String>,
    #[serde(default, rename = "required-headers")]
    pub required_headers: Ordered<Vec<String>>,
    #[serde(default)]
    pub waivers: Ordered<WaiverSpec>,
    #[serde(default)]
    pub targets: Ordered<TargetSpec>,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSpec {
    #[serde(default)]
    pub schema: Option<String>,
    /// JSON Pointer to the code.
    #[serde(default)]
    pub code: Option<String>,
    /// JSON Pointer to the message.
    #[serde(default)]
    pub message: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    #[serde(default)]
    pub target: Option<String>,
    #[serde(default)]
    pub jobs: Option<u32>,
    #[serde(default)]
    pub timeout: Option<String>,
    #[serde(default)]
    pub connect_timeout: Option<String>,
    #[serde(default)]
    pub max_body: Option<String>,
    #[serde(default)]
    pub max_wait: Option<String>,
    /// Whether runs are added to the history.
    #[serde(default)]
    pub history: Option<bool>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverSpec {
    pub reason: String,
    /// The last day on which it holds.
    #[serde(default)]
    pub until: Option<Day>,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// The reference deployment: started for the run, or with a `url` the one that `trueline serve` runs there already,
    /// with its other deployments and its control on the three ports after it.
    #[serde(default)]
    pub embedded: bool,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub effects: Option<Effects>,
    #[serde(default)]
    pub rate_limit: Option<String>,
    #[serde(default)]
    pub deployments: Ordered<String>,
    #[serde(default)]
    pub capabilities: Vec<String>,
    #[serde(default)]
    pub control: Option<ControlSpec>,
    #[serde(default)]
    pub without: Vec<String>,
    #[serde(default)]
    pub vars: Ordered<Setting>,
    #[serde(default)]
    pub credentials: Ordered<CredentialSpec>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlSpec {
    pub url: String,
    #[serde(default)]
    pub bearer: Option<Setting>,
    #[serde(default)]
    pub basic: Option<BasicSpec>,
    #[serde(default)]
    pub header: Option<HeaderSpec>,
}

/// One credential of a target: exactly one of bearer, basic and header; `login` steps fetch what it is made of.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialSpec {
    #[serde(default)]
    pub bearer: Option<Setting>,
    #[serde(default)]
    pub basic: Option<BasicSpec>,
    #[serde(default)]
    pub header: Option<HeaderSpec>,
    #[serde(default)]
    pub login: Vec<StepSpec>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicSpec {
    pub username: Setting,
    pub password: Setting,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderSpec {
    pub name: String,
    pub value: Setting,
}

/// A value written out, or taken from the environment and then a secret.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    Literal(Value),
    Env(String),
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(map) => match (map.len(), map.get("env")) {
                (1, Some(Value::String(name))) => Ok(Setting::Env(name.clone())),
                _ => Err(de::Error::custom("expected a value, or `{ env = \"NAME\" }`")),
            },
            literal => Ok(Setting::Literal(literal)),
        }
    }
}

impl JsonSchema for Setting {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Setting".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "description": "a value, or `{ env = \"NAME\" }`", "anyOf": [
            { "type": ["string", "number", "boolean"] },
            { "type": "object", "properties": { "env": { "type": "string" } }, "required": ["env"],
              "additionalProperties": false },
        ] })
    }
}

/// A calendar day, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl std::str::FromStr for Day {
    type Err = super::units::UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || super::units::UnitError(format!("`{text}` is not a day; write it like `2027-06-30`"));
        let mut parts = text.split('-');
        let mut next = |length: usize| {
            let part = parts.next().filter(|p| p.len() == length && p.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|p| p.parse::<u16>().ok()).ok_or_else(wrong)
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && parts.next().is_none();
        if fits { Ok(Day { year, month: month as u8, day: day as u8 }) } else { Err(wrong()) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Date;
        impl<'de> Visitor<'de> for Date {
            type Value = Day;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a day such as 2027-06-30")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse().map_err(E::custom)
            }
            // A date of TOML arrives as a map with one key of the reader's own.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Day, A::Error> {
                match map.next_entry::<String, String>()? {
                    Some((_, text)) => text.parse().map_err(de::Error::custom),
                    None => Err(de::Error::custom("expected a day such as 2027-06-30")),
                }
            }
        }
        deserializer.deserialize_any(Date)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "a day such as 2027-06-30" })
    }
}

/// The project, read and checked; paths are relative to its root, with forward slashes.
#[derive(Debug, Clone)]
pub struct Project {
    /// Name of the file as complaints show it, normally `trueline.toml`.
    pub file: Box<str>,
    pub catalogue: Box<str>,
    pub scenarios: Box<str>,
    pub reports: Box<str>,
    pub envelope: EnvelopePlace,
    pub run: RunSettings,
    /// The target used when none is named.
    pub default_target: Option<Box<str>>,
    /// Severities of rules whose outcome is a warning; those left out are warnings.
    pub severities: HashMap<Rule, Severity>,
    /// Headers that an answer with this code must have, in the file's order.
    pub required_headers: Ordered<Vec<String>>,
    pub waivers: Vec<Waiver>,
    /// In the file's order.
    pub targets: Vec<Target>,
}

impl Project {
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.iter().find(|t| &*t.name == name)
    }

    pub fn severity(&self, rule: Rule) -> Severity {
        self.severities.get(&rule).copied().unwrap_or(Severity::Warning)
    }
}

/// Where the envelope's schema is, and where in an answer the code and the message are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopePlace {
    /// Path of the JSON Schema.
    pub schema: Box<str>,
    /// JSON Pointer.
    pub code: Box<str>,
    /// JSON Pointer.
    pub message: Option<Box<str>>,
}

/// The most scenarios at a time, as a flag or in the file: each may hold a connection and a body.
pub const MOST_JOBS: u32 = 1024;

/// How a run is done, after flags, environment and file.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSettings {
    /// Scenarios at a time; 1 to [`MOST_JOBS`].
    pub jobs: u32,
    /// One exchange, all of it.
    pub timeout: Duration,
    pub connect_timeout: Duration,
    /// Bytes of a body after decoding.
    pub max_body: u64,
    /// The longest wait that a `Retry-After` can ask for.
    pub max_wait: Duration,
    /// How often an exchange whose connection failed is tried again.
    pub retry: u32,
    /// Stops after so many scenarios that did not conform.
    pub max_failures: Option<u32>,
    /// Overrides the rate limit of every target.
    pub rate: Option<Rate>,
    /// Shuffles the order in which scenarios are started.
    pub seed: Option<u64>,
    /// Keeps all exchanges, whole.
    pub record: bool,
    /// Adds the run to the history.
    pub history: bool,
}

impl Default for RunSettings {
    fn default() -> Self {
        RunSettings {
            jobs: 16,
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            max_body: 1 << 20,
            max_wait: Duration::from_secs(60),
            retry: 0,
            max_failures: None,
            rate: None,
            seed: None,
            record: false,
            history: true,
        }
    }
}

/// A pair that stays in the denominator though nothing triggers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// `CODE STATUS` as written.
    pub pair: Box<str>,
    pub reason: Box<str>,
    pub until: Option<Day>,
}

/// The deployment under test.
#[derive(Debug, Clone, Default)]
pub struct Target {
    pub name: Box<str>,
    /// The reference deployment: started for the run, or running already at its `url`.
    pub embedded: bool,
    /// Not in the file: a further deployment that an embedded target brings along.
    pub brought: bool,
    /// Without a trailing slash; empty for an embedded target that is still to be started.
    pub url: Box<str>,
    /// The most that a run may leave behind; `None` where the target does not say, which counts as none.
    pub effects: Option<Effects>,
    pub rate: Option<Rate>,
    /// Name of a deployment -> name of the target that it is.
    pub deployments: Vec<(Box<str>, Box<str>)>,
    pub capabilities: Vec<Box<str>>,
    pub control: Option<Control>,
    /// Credentials, variables, capabilities and deployments that it is known to lack.
    pub without: Vec<Box<str>>,
    pub vars: Vec<(Box<str>, Setting)>,
    pub credentials: Vec<(Box<str>, CredentialSpec)>,
}

/// The control service beside a target.
#[derive(Debug, Clone)]
pub struct Control {
    /// Without a trailing slash.
    pub url: Box<str>,
    pub credential: CredentialSpec,
}

/// How connections are made.
#[derive(Debug, Clone, Default)]
pub struct Network {
    pub insecure: bool,
    /// PEM of extra root certificates.
    pub roots: Option<Vec<u8>>,
    /// PEM of a client certificate and its key.
    pub identity: Option<Vec<u8>>,
    pub proxy: Option<String>,
    /// `host:port` -> address, as `--resolve host:port:address` says.
    pub resolve: Vec<(String, std::net::SocketAddr)>,
}

/// Values of environment variables that the selection uses.
pub type Environment = BTreeMap<String, super::secret::Secret>;
