//! The history beside a run: the run is added to it, and the HTML report draws it.

use std::path::PathBuf;

use super::console::Console;
use super::session::Session;
use crate::cli::ReportArgs;
use crate::history::{self, NAME, Wanted};
use crate::model::history::Past;
use crate::model::report::{RunReport, TargetReport};
use crate::record::past::past;
use crate::record::stories::pasts;

/// Runs that the HTML report draws.
const DRAWN: u32 = 60;

/// Adds a run, or the one that is joined of `parts`, unless the history is switched off. What is wrong with the history
/// is told and harms nothing else.
pub fn add(console: &Console, session: &Session, args: &ReportArgs, report: &RunReport, parts: Vec<String>) {
    // A shard is a part of a run: the whole is added when the shards are joined.
    if !is_kept(session, args) || report.shard.is_some() {
        return;
    }
    let Some(mut run) = past(report) else { return };
    run.target = name(session, &report.target);
    run.parts = parts;
    if let Err(trouble) = history::add(&path(session, args), &run) {
        tell(console, &format!("the run is not added to the history: {trouble}"));
    }
}

/// The history of the run's target, for a report that draws it.
pub fn drawn(session: &Session, args: &ReportArgs, report: &RunReport) -> Option<Past> {
    if !is_kept(session, args) {
        return None;
    }
    let target = name(session, &report.target);
    let wanted = Wanted { target: Some(&target), last: Some(DRAWN), code: None };
    // What is wrong with it was told when the run was added.
    let runs = history::read(&path(session, args), wanted).ok()?;
    pasts(runs).into_iter().find(|past| past.simulation == report.target.simulation)
}

/// The name under which runs of a target are kept. One that `--url` moved elsewhere is another deployment, under its URL.
fn name(session: &Session, target: &TargetReport) -> String {
    let declared = session.inputs.project.target(&target.name);
    let is_itself = target.simulation || declared.is_some_and(|declared| *declared.url == *target.url);
    if is_itself { target.name.clone() } else { target.url.clone() }
}

fn is_kept(session: &Session, args: &ReportArgs) -> bool {
    args.keeps_history().unwrap_or(session.inputs.project.run.history)
}

fn path(session: &Session, args: &ReportArgs) -> PathBuf {
    session.reports(args.reports.as_deref()).join(NAME)
}

fn tell(console: &Console, text: &str) {
    if !console.is_quiet() {
        console.say(text);
    }
}
