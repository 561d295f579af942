//! The proof: what was made of every lie, as `prove --report-json` writes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::{ExitReport, TargetReport};

/// The version of the file; fields are only added.
pub const VERSION: u32 = 1;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    pub version: u32,
    /// Name and version of the tool.
    pub tool: String,
    pub target: TargetReport,
    /// The `run.json` that was proved; absent where scenarios were run for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<String>,
    pub run: RunBehind,
    /// How long all lies took, without the run.
    pub duration_ms: u64,
    pub totals: ProofTotals,
    /// In the order in which they are listed.
    pub lies: Vec<LieReport>,
    /// The same of the changes that must show nothing.
    pub harmless: Vec<LieReport>,
    /// Lies that were not found, or not under the promised rule.
    pub survivors: Vec<Survivor>,
    /// Harmless changes that changed what was judged.
    pub false_alarms: Vec<Survivor>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    pub exit: ExitReport,
}

/// What the run came to whose exchanges were altered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunBehind {
    pub scenarios: usize,
    pub conforms: usize,
    /// Answers that were altered.
    pub answers: usize,
    pub exit: u8,
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProofTotals {
    pub lies: usize,
    /// Found under the promised rule.
    pub caught: usize,
    pub harmless: usize,
    pub false_alarms: usize,
}

/// One kind of lie, or of harmless change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LieReport {
    pub id: String,
    pub says: String,
    pub tried: usize,
    /// Lies that made the scenario violate; of a harmless change, how often it showed nothing.
    pub caught: usize,
    /// Of these, the ones whose promised rule was among the findings.
    pub under_promised_rule: usize,
    /// How often each rule was promised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promised: Vec<(String, usize)>,
    pub not_applicable: usize,
    pub seconds: f64,
}

/// A lie that came through, or a false alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Survivor {
    /// `area/name`
    pub scenario: String,
    pub file: String,
    pub line: u32,
    pub lie: String,
    /// `when`, `given 2`
    pub step: String,
    /// The rule that had to name it; absent for what is harmless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<String>,
    pub verdict: String,
    /// The rules that were found broken.
    pub found: Vec<String>,
}

impl Proof {
    /// Whether nothing was tried at all.
    pub fn is_empty(&self) -> bool {
        self.totals.lies + self.totals.harmless == 0
    }

    /// Kinds of which no example was tried.
    pub fn never_applied(&self) -> impl Iterator<Item = &LieReport> {
        self.lies.iter().chain(&self.harmless).filter(|lie| lie.tried == 0)
    }
}
