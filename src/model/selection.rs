//! Which scenarios a command takes.

use std::collections::BTreeSet;

/// What was asked for; empty means all. Everything given must hold; within one list, any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Files or folders, relative to the project root, with forward slashes; `file.yaml:19` takes the scenario on that line.
    pub paths: Vec<String>,
    /// Globs over expected codes.
    pub codes: Vec<String>,
    /// Expected statuses.
    pub statuses: Vec<u16>,
    pub tags: Vec<String>,
    pub exclude_tags: Vec<String>,
    /// Parts of ids (`area/name`), case ignored.
    pub names: Vec<String>,
    /// Ids of scenarios, where only these are taken.
    pub only: Option<BTreeSet<String>>,
    /// Of these files alone, from the project's root; one that is not there is no mistake.
    pub files: Vec<String>,
}

impl Selection {
    pub fn is_everything(&self) -> bool {
        *self == Selection::default()
    }
}
