//! What a plan is made from: all that was read, and what was asked for on the command line.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::project::{Project, RunSettings};
use super::scenario::SourceFile;
use super::selection::Selection;

/// All that was read from the project.
#[derive(Debug, Clone)]
pub struct Inputs {
    pub project: Project,
    pub catalogue: Arc<Catalogue>,
    /// In order of their paths.
    pub files: Vec<SourceFile>,
    /// Every file that a body names, by its path as written, or why it cannot be read.
    pub body_files: BTreeMap<Box<str>, Result<BodyFile, String>>,
}

/// A file that a body names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFile {
    /// In the project's folder; read when it is sent.
    Folder,
    /// In the binary: its content.
    Embedded(&'static [u8]),
}

/// What was asked for beside the files.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub selection: Selection,
    /// `--target`
    pub target: Option<String>,
    /// `--url`
    pub url: Option<String>,
    /// `--header`: sent with every request to the API.
    pub headers: Vec<(String, String)>,
    /// `--var`
    pub vars: Vec<(String, String)>,
    pub settings: RunSettings,
}
