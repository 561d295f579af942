//! What changed from one documentation page to another.

use schemars::JsonSchema;
use serde::Serialize;

use super::report::StatusText;

/// The version of the JSON; it only grows.
pub const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CatalogueDiff {
    pub version: u32,
    pub old: PageSize,
    pub new: PageSize,
    /// How many of the changes break clients.
    pub breaking: usize,
    /// By kind, each in the order of its page.
    pub changes: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PageSize {
    pub page: String,
    pub codes: usize,
    pub pairs: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// The code is gone.
    Removed,
    /// It has other statuses.
    Restatused,
    /// It has the same statuses in another order.
    Reordered,
    /// The code is new.
    Added,
    /// Its meaning is told in other words.
    Reworded,
}

impl ChangeKind {
    pub const ALL: [ChangeKind; 5] =
        [ChangeKind::Removed, ChangeKind::Restatused, ChangeKind::Reordered, ChangeKind::Added, ChangeKind::Reworded];

    pub fn id(self) -> &'static str {
        match self {
            ChangeKind::Removed => "removed",
            ChangeKind::Restatused => "restatused",
            ChangeKind::Reordered => "reordered",
            ChangeKind::Added => "added",
            ChangeKind::Reworded => "reworded",
        }
    }
}

/// One change of one code. A code whose statuses and meaning both changed has two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    pub kind: ChangeKind,
    pub code: String,
    pub breaks: bool,
    /// Why it breaks clients, or why it does not.
    pub why: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Side>,
}

/// A code as one of the pages has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Side {
    pub statuses: Vec<StatusText>,
    pub meaning: String,
    pub line: u32,
}
