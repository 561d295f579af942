//! Drift: where the documentation and the answers part, by code and pair.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::{SeenReport, StatusText};

/// How the two part. The order is the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DriftKind {
    /// Answered, and the page does not have the code.
    UndocumentedCode,
    /// Answered, and the page has the code under other statuses.
    UndocumentedStatus,
    /// Due, and another documented pair came.
    WrongCode,
    /// Documented, and it never came although a scenario aims at it and was judged.
    NeverSeen,
    /// Left out with a reason.
    Waived,
    /// No scenario aims at it.
    Missing,
}

impl DriftKind {
    pub const ALL: [DriftKind; 6] = [
        DriftKind::UndocumentedCode,
        DriftKind::UndocumentedStatus,
        DriftKind::WrongCode,
        DriftKind::NeverSeen,
        DriftKind::Waived,
        DriftKind::Missing,
    ];

    /// The stable id.
    pub fn id(self) -> &'static str {
        match self {
            DriftKind::UndocumentedCode => "undocumented-code",
            DriftKind::UndocumentedStatus => "undocumented-status",
            DriftKind::WrongCode => "wrong-code",
            DriftKind::NeverSeen => "never-seen",
            DriftKind::Waived => "waived",
            DriftKind::Missing => "missing",
        }
    }

    /// What it is, and what to do about it.
    pub fn meaning(self) -> &'static str {
        match self {
            DriftKind::UndocumentedCode => {
                "An answer had a code that the documentation does not have. Document it, or have the service send a documented one."
            }
            DriftKind::UndocumentedStatus => {
                "A documented code came with a status that is not documented for it. Add the status to its row, or have the service send a documented one."
            }
            DriftKind::WrongCode => {
                "Another documented pair came where this one was due. The documentation, the service or the scenario is wrong about the cause."
            }
            DriftKind::NeverSeen => {
                "The pair is documented and a scenario aims at it, but it never came. The documentation may promise what the service does not do."
            }
            DriftKind::Waived => "The pair is left out of the run with a reason.",
            DriftKind::Missing => "The pair is documented, and no scenario aims at it: nobody knows whether it holds.",
        }
    }

    /// Whether an answer contradicted the documentation.
    pub fn is_contradiction(self) -> bool {
        self <= DriftKind::WrongCode
    }

    /// Whether answers gave it away, and not the files of the project alone.
    pub fn was_answered(self) -> bool {
        self <= DriftKind::NeverSeen
    }
}

/// The drift of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DriftReport {
    /// How many there are of each kind, those that are left out included.
    #[serde(default)]
    pub counts: DriftCounts,
    /// Kind by kind, in the order of the page.
    #[serde(default)]
    pub list: Vec<Drift>,
    /// How many are not listed; a service may invent a new code with each answer.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

impl DriftReport {
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.left_out == 0
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DriftCounts {
    pub undocumented_code: usize,
    pub undocumented_status: usize,
    pub wrong_code: usize,
    pub never_seen: usize,
    pub waived: usize,
    pub missing: usize,
}

impl DriftCounts {
    pub fn of(&self, kind: DriftKind) -> usize {
        match kind {
            DriftKind::UndocumentedCode => self.undocumented_code,
            DriftKind::UndocumentedStatus => self.undocumented_status,
            DriftKind::WrongCode => self.wrong_code,
            DriftKind::NeverSeen => self.never_seen,
            DriftKind::Waived => self.waived,
            DriftKind::Missing => self.missing,
        }
    }

    pub fn add(&mut self, kind: DriftKind, count: usize) {
        *match kind {
            DriftKind::UndocumentedCode => &mut self.undocumented_code,
            DriftKind::UndocumentedStatus => &mut self.undocumented_status,
            DriftKind::WrongCode => &mut self.wrong_code,
            DriftKind::NeverSeen => &mut self.never_seen,
            DriftKind::Waived => &mut self.waived,
            DriftKind::Missing => &mut self.missing,
        } += count;
    }
}

/// One pair about which documentation and answers part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    pub kind: DriftKind,
    /// The pair that is not documented as it came, or the documented one that did not come.
    pub code: String,
    pub status: StatusText,
    /// Line of the documentation page to change; absent where the page documents nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    pub place: DriftPlace,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// One sentence.
    pub text: String,
    /// How many answers or scenarios show it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub count: u64,
    /// The documented pairs that were contradicted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documented: Vec<DocumentedPair>,
    /// What came in their place; a few of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub came: Vec<SeenReport>,
    /// The exchange that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// Ids of scenarios that show it; a few of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenarios: Vec<String>,
    /// How many further scenarios do.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_scenarios: usize,
    /// Whether the baseline accepts every finding that shows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
    /// Why it is waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether the waiver has run out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

/// What stands on the line that a drift points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DriftPlace {
    /// The row itself.
    Row,
    /// Not its row, for it has none: that of the code that was due or that it resembles. It may belong in this table.
    Near,
    /// Not its row, for it has none: the last row of the page, since nothing tells where it belongs.
    End,
}

impl DriftPlace {
    /// What to say of the line.
    pub fn remark(self) -> &'static str {
        match self {
            DriftPlace::Row => "",
            DriftPlace::Near => "it has no row yet; this is the one of what was due",
            DriftPlace::End => "it has no row yet; this is the last one of the page",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct DocumentedPair {
    pub code: String,
    pub status: StatusText,
}

/// The exchange that shows a drift.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// Id of the scenario.
    pub scenario: String,
    pub file: String,
    pub line: u32,
    /// `when`, `given 2 (an open ticket)`
    pub step: String,
    /// Index into the scenario's `exchanges`, where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn is_none(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_id_and_its_count() {
        let mut counts = DriftCounts::default();
        for (n, kind) in DriftKind::ALL.into_iter().enumerate() {
            counts.add(kind, n + 1);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.id());
        }
        assert!(DriftKind::ALL.is_sorted());
        for (n, kind) in DriftKind::ALL.into_iter().enumerate() {
            assert_eq!(counts.of(kind), n + 1);
            assert_eq!(serde_json::to_value(&counts).unwrap()[kind.id()], n + 1);
        }
    }
}
