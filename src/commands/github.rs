//! What a run says to GitHub Actions by itself: a summary of the job, and annotations.

use std::path::{Path, PathBuf};

use super::console::Console;
use crate::emit::files;
use crate::model::report::RunReport;
use crate::render::annotations::annotations;
use crate::render::markdown;

/// Whether this is a step of GitHub Actions.
fn is_here() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Where a project lies in its repository: empty at its root, or where nobody says which it is, else with a slash at the
/// end.
pub fn folder(root: Option<&Path>) -> String {
    let named = std::env::var_os("GITHUB_WORKSPACE").filter(|name| is_here() && !name.is_empty());
    let below = || {
        let (root, workspace) = (root?.canonicalize().ok()?, PathBuf::from(named?).canonicalize().ok()?);
        let below = root.strip_prefix(workspace).ok()?.to_string_lossy().replace('\\', "/");
        (!below.is_empty()).then(|| below + "/")
    };
    below().unwrap_or_default()
}

/// The commands that make annotations; nothing elsewhere.
pub fn commands(report: &RunReport, root: Option<&Path>) -> String {
    if is_here() { annotations(report, &folder(root)) } else { String::new() }
}

/// Adds the report to the summary of the job. One that cannot be written is told of and changes nothing: nobody has asked
/// for it.
pub fn summarise(console: &Console, report: &RunReport) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| is_here() && !path.is_empty()) else {
        return;
    };
    let path = PathBuf::from(path);
    let taken = std::fs::metadata(&path).map_or(0, |found| found.len());
    // An empty line comes between what is there and what is added.
    let room = (markdown::MOST as u64).saturating_sub(taken + 1);
    let page = markdown::page(report, usize::try_from(room).unwrap_or(0));
    if page.is_empty() {
        console.say("the summary of this job is full: nothing is added to it");
    } else if let Err(error) = files::append(&path, &page) {
        console.say(&format!("the summary of this job is left out: {error}"));
    }
}
