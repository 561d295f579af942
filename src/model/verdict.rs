//! Verdicts and findings.

use serde::{Deserialize, Serialize};

use super::exchange::Exchange;
use super::rule::{Outcome, Rule, Severity};

/// What a scenario came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Conforms,
    Violates,
    Inconclusive,
    Skipped,
}

impl Verdict {
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Conforms => "conforms",
            Verdict::Violates => "violates",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Skipped => "skipped",
        }
    }

    /// The verdict that findings come to: a violation outweighs an inconclusive, warnings change nothing.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Verdict {
        let mut verdict = Verdict::Conforms;
        for finding in findings.into_iter().filter(|f| f.severity == Severity::Error) {
            match finding.rule.outcome() {
                Outcome::Inconclusive if verdict == Verdict::Conforms => verdict = Verdict::Inconclusive,
                Outcome::Inconclusive => {}
                Outcome::Violates | Outcome::Warning => return Verdict::Violates,
            }
        }
        verdict
    }
}

/// One broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: Rule,
    pub severity: Severity,
    /// One line: the most important difference first.
    pub text: String,
    /// JSON Pointer into the answer.
    pub pointer: Option<String>,
    pub expected: Option<String>,
    pub seen: Option<String>,
    /// `when`, `given 2`, `finally 1`, `login technician`.
    pub step: String,
    /// `catalogue.md:212`
    pub documentation: Option<String>,
    /// What the answer that it is about had.
    pub came: Option<Seen>,
    /// Index of the exchange that it is about, among those that were fired.
    pub exchange: Option<usize>,
}

impl Finding {
    /// Whether it is the same finding of another answer of the same step.
    pub fn repeats(&self, other: &Finding) -> bool {
        self.rule == other.rule
            && self.step == other.step
            && self.text == other.text
            && self.pointer == other.pointer
            && self.expected == other.expected
            && self.seen == other.seen
            && self.severity == other.severity
            && self.documentation == other.documentation
            && self.came == other.came
    }
}

/// The code and status of an answer, as far as it has them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seen {
    pub code: Option<Box<str>>,
    pub status: u16,
}

/// What one exchange came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExchangeJudgement {
    /// In the order of the rules.
    pub findings: Vec<Finding>,
    /// What the answer had; `None` where there is no answer or it is not judged.
    pub seen: Option<Seen>,
    /// Whether what is due came: its code, under a status that conforms. False where nothing is due.
    pub met: bool,
}

impl ExchangeJudgement {
    /// Whether what is due came, and every promise was kept with it.
    pub fn conforms(&self) -> bool {
        self.met && self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }
}

/// What was made of an error answer when it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Early {
    pub judgement: ExchangeJudgement,
    /// What it comes to if the headers that show a proxy turn out to be ordinary; only where nothing else shows one.
    pub as_the_apis: Option<ExchangeJudgement>,
    /// Whether the headers of this answer are ordinary ones of its origin.
    pub ordinary: bool,
}

/// What firing one scenario gave: facts, not judgements.
#[derive(Debug, Clone, Default)]
pub struct Fired {
    /// All exchanges in order of sending.
    pub exchanges: Vec<Exchange>,
    /// Why the request that matters was never asked, or a clean-up not done: step and cause.
    pub obstacles: Vec<Obstacle>,
    /// How often `when` was asked because its connection failed, and 1.
    pub attempts: u32,
    pub elapsed: std::time::Duration,
    /// What a reader should know, such as a wait for `Retry-After`.
    pub notes: Vec<String>,
    /// Secrets captured on the way.
    pub secrets: Vec<super::secret::NamedSecret>,
    /// The values captured, by slot, for the placeholders of the curl line.
    pub captured: Vec<Option<serde_json::Value>>,
    /// Whether the run was interrupted before `when` was answered.
    pub interrupted: bool,
}

/// A step that did not do what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    pub phase: super::exchange::Phase,
    pub index: u16,
    pub kind: ObstacleKind,
    /// One sentence.
    pub text: String,
    pub expected: Option<String>,
    pub seen: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObstacleKind {
    /// The answer has another status.
    Status,
    /// No answer; the exchange says why.
    Silent,
    /// Still 429 after waiting as told.
    Throttled,
    /// `until` did not come true within its time.
    Until,
    /// A value to capture is not in the answer.
    Capture,
    /// A credential's login failed.
    Login,
    /// The request could not be made: a variable without a value, an unreadable file.
    Request,
}
