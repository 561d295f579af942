//! The history beside a run: the run is added to it, and the HTML report draws it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::console::Console;
use super::memory;
use super::session::Session;
use crate::cli::ReportArgs;
use crate::history::{self, NAME, Wanted};
use crate::model::history::Past;
use crate::model::report::{RunReport, TargetReport};
use crate::record::past::past;
use crate::record::stories::pasts;

/// Runs that the HTML report draws.
const DRAWN: u32 = 60;

/// How notices begin that are about one run and its place in what is remembered.
const NOT_ADDED: &str = "the run is not added to the history: ";
const NOT_REMEMBERED: &str = "what did not conform is not remembered for `--failed`: ";

/// Whether a notice of a report is about how that run was kept.
pub fn is_about_keeping(notice: &str) -> bool {
    notice.starts_with(NOT_ADDED) || notice.starts_with(NOT_REMEMBERED)
}

/// Adds a run, or the one that is joined of `parts`, to what is remembered of runs: to the history, unless that is
/// switched off, and to what `--failed` goes by, without what is `gone`. What is wrong with these is told, in the
/// report too, and harms nothing else.
pub fn add(
    console: &Console,
    session: &Session,
    args: &ReportArgs,
    report: &mut RunReport,
    parts: Vec<String>,
    gone: &BTreeSet<String>,
) {
    let troubles = [
        in_history(session, args, report, parts),
        memory::add(session, args.reports.as_deref(), report, gone).map(|trouble| format!("{NOT_REMEMBERED}{trouble}")),
    ];
    for trouble in troubles.into_iter().flatten() {
        report.notices.push(console.secrets().redactor().redact(&trouble).into_owned());
    }
    let more = memory::more(session, args.reports.as_deref(), report);
    more.filter(|_| !console.is_quiet()).into_iter().for_each(|more| console.say(&more));
}

fn in_history(session: &Session, args: &ReportArgs, report: &RunReport, parts: Vec<String>) -> Option<String> {
    // A shard is a part of a run: the whole is added when the shards are joined.
    if !is_kept(session, args) || report.shard.is_some() {
        return None;
    }
    let mut run = past(report)?;
    run.target = name(session, &report.target);
    run.parts = parts;
    let added = history::add(&path(session, args), &run);
    added.err().map(|trouble| format!("{NOT_ADDED}{trouble}"))
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
