//! The report: one list of results, from which every format is made. It is the shape of `run.json`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::drift::DriftReport;
use super::plan::SkipWhy;
use super::rule::{Outcome, Rule};
use super::scenario::Effects;
use super::verdict::Verdict;

/// The version of `run.json`; fields are only added.
pub const VERSION: u32 = 1;

/// A run as told. Secrets are gone from everything in it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    pub version: u32,
    /// Name and version of the tool.
    pub tool: String,
    /// Identity of the run, a UUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the machine that ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Path of the documentation page; lines of codes are lines of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub page: String,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub duration_ms: u64,
    /// False when the run was interrupted or stopped early, or its target went down.
    pub complete: bool,
    pub target: TargetReport,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Which shard of a whole run it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<ShardReport>,
    /// A digest of all that was selected, before it was cut into shards: ids, what is expected, and the catalogue. The
    /// same in every shard of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What a reader should know about the run as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    pub totals: Totals,
    pub coverage: Coverage,
    pub exit: ExitReport,
    /// What became of the entries of the baseline; absent where none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineReport>,
    /// In plan order.
    pub scenarios: Vec<ScenarioReport>,
    /// Every pair that was seen in an error answer, expected or not.
    pub observed: Vec<Observed>,
    /// Where the documentation and the answers part.
    #[serde(default, skip_serializing_if = "DriftReport::is_empty")]
    pub drift: DriftReport,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetReport {
    pub name: String,
    pub url: String,
    /// Whether it was the embedded reference deployment.
    pub simulation: bool,
    /// The most that the run was allowed to leave behind.
    #[serde(default)]
    pub effects: String,
}

/// One run of several that together are a whole one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShardReport {
    /// From 1.
    pub index: u32,
    pub of: u32,
    /// How many scenarios were selected, those of the other shards included.
    pub selected: usize,
    /// A digest of the durations that the shards were balanced by; absent where ids alone decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durations: Option<String>,
}

/// Derived from the scenarios by [`Totals::of`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    pub scenarios: usize,
    pub conforms: usize,
    pub violates: usize,
    pub inconclusive: usize,
    pub skipped: usize,
    pub requests: u64,
}

impl Totals {
    pub fn of(scenarios: &[ScenarioReport]) -> Totals {
        let mut totals = Totals { scenarios: scenarios.len(), ..Totals::default() };
        for scenario in scenarios {
            match scenario.verdict {
                Verdict::Conforms => totals.conforms += 1,
                Verdict::Violates => totals.violates += 1,
                Verdict::Inconclusive => totals.inconclusive += 1,
                Verdict::Skipped => totals.skipped += 1,
            }
            totals.requests += u64::from(scenario.requests);
        }
        totals
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    pub codes: CodeCounts,
    pub pairs: PairCounts,
    /// Every documented pair, in the page's order.
    pub list: Vec<CoveredPair>,
    /// How much a run could cover at each level of effects; only where it is planned from the files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reach: Vec<Reach>,
}

/// How much a run could cover that leaves behind at most this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    pub effects: Effects,
    pub codes: usize,
    pub pairs: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeCounts {
    pub documented: usize,
    pub triggered: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairCounts {
    pub documented: usize,
    pub triggered: usize,
    pub planned: usize,
    pub waived: usize,
    pub missing: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoveredPair {
    pub code: String,
    pub status: StatusText,
    pub state: CoverageState,
    /// Line in the documentation page.
    pub line: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// Why it is waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The last day on which the waiver holds, such as `2027-06-30`; absent where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether the waiver has run out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

/// A status as `run.json` has it: a number, or the text of a class (`"4xx"`) or of an unstated one (`"*"`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StatusText {
    Number(u16),
    Text(String),
}

impl From<super::catalogue::Status> for StatusText {
    fn from(status: super::catalogue::Status) -> Self {
        match status {
            super::catalogue::Status::Exact(exact) => StatusText::Number(exact),
            other => StatusText::Text(other.to_string()),
        }
    }
}

impl std::fmt::Display for StatusText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StatusText::Number(number) => write!(f, "{number}"),
            StatusText::Text(text) => f.write_str(text),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CoverageState {
    Triggered,
    Planned,
    Waived,
    Missing,
}

impl CoverageState {
    pub fn id(self) -> &'static str {
        match self {
            CoverageState::Triggered => "triggered",
            CoverageState::Planned => "planned",
            CoverageState::Waived => "waived",
            CoverageState::Missing => "missing",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExitReport {
    pub code: u8,
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioReport {
    /// `area/name`
    pub id: String,
    // One text for all scenarios of a file, as a code is for all that expect it.
    pub file: Arc<str>,
    pub line: u32,
    pub expect: ExpectReport,
    /// What the judged answer had; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<SeenReport>,
    pub verdict: Verdict,
    /// The id of the rule that names it, or of the skip; absent when it conforms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// One sentence: why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// Whether the skip misses the gate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unforeseen: bool,
    pub duration_ms: u64,
    /// The part of it that went to requests and their answers, without waiting for a rate limit or a `Retry-After`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_requests_ms: u64,
    /// Microseconds from the request that is judged to its answer; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_us: Option<u64>,
    pub attempts: u32,
    pub requests: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    pub findings: Vec<FindingReport>,
    pub exchanges: Vec<ExchangeRecord>,
}

impl ScenarioReport {
    pub fn area(&self) -> &str {
        self.id.split_once('/').map_or("", |(area, _)| area)
    }

    pub fn name(&self) -> &str {
        self.id.split_once('/').map_or(&self.id, |(_, name)| name)
    }

    /// The finding that names the verdict: the first error that is not known, the first error, or else the first.
    pub fn leading(&self) -> Option<&FindingReport> {
        let errors = || self.findings.iter().filter(|f| f.severity == "error");
        errors().find(|f| f.known.is_none()).or_else(|| errors().next()).or(self.findings.first())
    }

    /// The verdict without what the baseline knows: what the scenario counts as when it is decided how a run ends.
    pub fn counts_as(&self) -> Verdict {
        if self.verdict != Verdict::Violates || self.findings.iter().all(|f| f.known.is_none()) {
            return self.verdict;
        }
        let unknown = self.findings.iter().filter(|f| f.severity == "error" && f.known.is_none());
        let heard = unknown.map(|f| match Rule::from_id(&f.rule).map(Rule::outcome) {
            Some(Outcome::Inconclusive) => Verdict::Inconclusive,
            _ => Verdict::Violates,
        });
        heard.min().unwrap_or(Verdict::Conforms)
    }

    /// Whether the run ended before its turn.
    pub fn never_ran(&self) -> bool {
        let reason = self.skip.as_ref().and(self.reason.as_deref());
        [SkipWhy::Interrupted, SkipWhy::FailFast].iter().any(|why| reason == Some(why.id()))
    }

    /// Whether it violates the contract, and only in ways that the baseline knows.
    pub fn is_known(&self) -> bool {
        self.verdict == Verdict::Violates && self.counts_as() == Verdict::Conforms
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectReport {
    /// Absent where any documented code with the status is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Arc<str>>,
    /// The statuses that conform: the pinned one, or all documented ones.
    pub statuses: Vec<StatusText>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Line of the code in the documentation page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What the documentation says of the code; only where there are findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// JSON Pointer to the envelope in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeenReport {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Arc<str>>,
    pub status: u16,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingReport {
    pub rule: String,
    /// `error` or `warning`.
    pub severity: String,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    pub step: String,
    /// The statuses that its step was due to be answered with, where it is not `when`: `2xx`, `204 or 404`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// The code and status of the answer that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<SeenReport>,
    /// The exchange that it is about: index into the scenario's `exchanges`, where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<usize>,
    /// That the baseline accepts it, so that it does not make the run red.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownReport>,
}

/// Why a finding is accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KnownReport {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which it is accepted, such as `2027-06-30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether this run added it to the baseline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub added: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineReport {
    pub file: String,
    /// In the file's order; what this run added comes last.
    pub entries: Vec<BaselineEntry>,
}

/// An entry of the baseline, and what became of it in this run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineEntry {
    /// The id of the scenario.
    pub scenario: String,
    pub rule: String,
    pub step: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pointer: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seen: String,
    #[serde(flatten)]
    pub known: KnownReport,
    /// Whether it was seen in this run. One that was not is not thereby mended.
    pub observed: bool,
    /// Whether it has run out, and counts no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// What its scenario came to in this run; absent where it had no part in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

/// An exchange, redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExchangeRecord {
    /// `when`, `given 2 (an open ticket)`, `finally 1`, `login 1`.
    pub step: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub control: bool,
    /// Asked again afterwards; not the answer that counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
    pub request: RequestRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseRecord>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<String>,
    pub duration_ms: u64,
    /// How long a `Retry-After` was waited for before the request.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waited_ms: u64,
    /// A command line that repeats the request, with secrets and captured values as environment placeholders.
    pub curl: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestRecord {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyRecord>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseRecord {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyRecord>,
}

/// A body as far as it is kept: text where it is UTF-8, else base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BodyRecord {
    /// Whole length in bytes, as far as it was sent or read.
    pub length: u64,
    /// Whether an answer had more than `max_body`, so that the rest was not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Whether less than the whole is kept here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Observed {
    pub code: String,
    pub status: u16,
    pub documented: bool,
    pub count: u64,
}
