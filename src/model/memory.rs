//! What did not conform when it last ran, over many runs: what `--failed` goes by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::verdict::Verdict;

/// The version of the file.
pub const VERSION: u32 = 1;

/// Said to whoever opens the file.
pub const ABOUT: &str = "what did not conform when it last ran; `trueline run --failed` goes by it";

/// Of each target by itself: what holds against one says nothing of another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    pub version: u32,
    #[serde(default)]
    pub about: String,
    /// The latest run that is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// When that one began: RFC 3339, UTC.
    #[serde(default)]
    pub started_at: String,
    pub targets: BTreeMap<String, BTreeMap<String, Remembered>>,
}

/// A scenario that did not conform when it last ran, under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    pub file: String,
    pub line: u32,
    /// `skipped` where the run ended before its turn.
    pub verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When that run began.
    pub at: String,
}

impl Memory {
    /// What is remembered of a target; nothing where it never ran.
    pub fn of(&self, target: &str) -> Option<&BTreeMap<String, Remembered>> {
        self.targets.get(target)
    }

    pub fn is_empty(&self) -> bool {
        self.targets.values().all(BTreeMap::is_empty)
    }
}
