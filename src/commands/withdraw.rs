//! Reports of an earlier run, taken away where a command ends without one.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::session;
use crate::cli::{GeneralArgs, ReportArgs};
use crate::render::formats;

/// What could not begin has no report. One that an earlier run has left would pass for its own where a CI system
/// publishes whatever lies there: so junit.xml goes, and every report that was asked for by a flag or a variable.
///
/// The run.json in the folder for reports stays unless `and_json`: no CI system shows it by itself, it says when its run
/// began, and a slip in a file must not take away what `replay`, `explain` and `--failed` go by. What is in `spared` stays
/// too.
pub fn withdraw(console: &Console, general: &GeneralArgs, args: &ReportArgs, and_json: bool, spared: &[PathBuf]) {
    let folder = session::reports_folder(general.config.as_deref(), args.reports.as_deref());
    for format in formats::ALL {
        let by_itself = format.name.filter(|_| format.id != "json" || and_json).map(|name| folder.join(name));
        let Some(path) = args.path(format.id).map(Path::to_owned).or(by_itself) else { continue };
        let is_spared = spared.iter().any(|spared| is_same(spared, &path));
        if !is_spared && path.is_file() && std::fs::remove_file(&path).is_ok() {
            console.say(&format!("{} of an earlier run is removed: this run has no report", path.display()));
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
