//! The baseline: deviations that are known and accepted.

use schemars::JsonSchema;
use serde::Deserialize;

use super::project::Day;
use super::rule::Rule;

/// A baseline file as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineSpec {
    #[serde(default)]
    pub accepted: Vec<AcceptedSpec>,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedSpec {
    /// The id of the scenario, `area/name`.
    pub scenario: String,
    /// The id of the rule.
    pub rule: String,
    /// The step, where it is not `when`.
    #[serde(default)]
    pub step: Option<String>,
    /// Where in the answer, as a JSON Pointer.
    #[serde(default)]
    pub pointer: Option<String>,
    /// What came in place of what was promised.
    #[serde(default)]
    pub seen: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who will see to it.
    #[serde(default)]
    pub owner: Option<String>,
    /// The last day on which it is accepted.
    #[serde(default)]
    pub until: Option<Day>,
}

/// What tells one deviation from another. Another answer under the same rule is another deviation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Deviation {
    /// `area/name`
    pub scenario: String,
    pub rule: Rule,
    /// `when`, `given 1 (an open ticket)`.
    pub step: String,
    /// JSON Pointer; empty where there is none.
    pub pointer: String,
    /// In a few words; empty where the rule says all.
    pub seen: String,
}

/// Why a deviation is accepted, by whom, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    pub reason: String,
    pub owner: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Day>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub deviation: Deviation,
    pub acceptance: Acceptance,
}
