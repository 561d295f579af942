//! The end of a run: the report, its files, and what the terminal says last.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::console::Console;
use super::firing::Results;
use super::ready::Ready;
use super::session::Session;
use super::sharding::Cut;
use super::{kept, now};
use crate::cli::ReportArgs;
use crate::emit::files;
use crate::model::exit::{Ending, Exit};
use crate::model::inputs::Asked;
use crate::model::report::{RunReport, TargetReport};
use crate::record::coverage::Intention;
use crate::record::gates::Gates;
use crate::record::report::{Run, run};
use crate::render::digest::{Closing, digest};
use crate::render::{html, junit, run_json};

/// When a run went, and what it meant to cover.
pub struct Course<'a> {
    pub started_at: String,
    pub duration: Duration,
    pub intentions: &'a [Intention],
    pub gates: Gates<'a>,
    pub cut: Cut,
}

pub fn report(
    session: &Session,
    ready: &Ready,
    asked: &Asked,
    results: Results,
    course: Course<'_>,
) -> (RunReport, Exit) {
    let (report, ending) = run(Run {
        catalogue: &session.catalogue,
        waivers: &session.inputs.project.waivers,
        today: now::today(),
        intentions: course.intentions,
        redactor: &ready.known.redactor(),
        started_at: course.started_at,
        duration: course.duration,
        id: Some(uuid::Uuid::new_v4().to_string()),
        host: now::host(),
        target: target(session, ready),
        seed: asked.settings.seed,
        shard: course.cut.shard,
        plan: Some(course.cut.plan),
        scenarios: results.scenarios,
        sightings: &results.sightings,
        gates: course.gates,
        interrupted: results.interrupted,
        notices: ready.notices.iter().cloned().chain(results.notices).collect(),
        ending: Ending::default(),
    });
    let exit = ending.exit();
    (report, exit)
}

pub(super) fn target(session: &Session, ready: &Ready) -> TargetReport {
    let Some(target) = ready.plan.targets.first() else { return TargetReport::default() };
    let declared = session.inputs.project.target(&target.name).and_then(|target| target.effects);
    TargetReport {
        name: target.name.to_string(),
        url: target.url.to_string(),
        simulation: target.embedded,
        effects: declared.map_or("none", |effects| effects.id()).to_owned(),
    }
}

/// The reports that were written, as paths, and whether all were.
pub struct Written {
    pub paths: Vec<String>,
    pub is_whole: bool,
}

/// Where the two reports that are always written go.
pub struct Places {
    pub junit: PathBuf,
    pub json: PathBuf,
}

impl Places {
    pub fn of(folder: &Path, args: &ReportArgs) -> Places {
        Places {
            junit: args.report_junit.clone().unwrap_or_else(|| folder.join("junit.xml")),
            json: args.report_json.clone().unwrap_or_else(|| folder.join("run.json")),
        }
    }

    /// Whether all reports could be written, seen before the run: one of an hour should not end with nothing to show.
    pub fn look(&self, console: &Console, args: &ReportArgs) -> Result<(), Exit> {
        let all = [Some(&self.junit), Some(&self.json), args.report_html.as_ref()];
        let unwritten: Vec<_> = all.into_iter().flatten().filter_map(|path| files::could_write(path).err()).collect();
        unwritten.iter().for_each(|error| console.say(&format!("error: {error}")));
        if unwritten.is_empty() { Ok(()) } else { Err(Exit::BadInput) }
    }

    /// The folder of the journal: that of `run.json`, or of `junit.xml` where that is no file but a device.
    pub fn journal(&self) -> &Path {
        let is_device = self.json.metadata().is_ok_and(|found| !found.is_file());
        let beside = if is_device { &self.junit } else { &self.json };
        beside.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }
}

/// Writes every report; one that cannot be written does not keep the others from it.
pub fn write(console: &Console, session: &Session, args: &ReportArgs, report: &RunReport) -> Written {
    let places = Places::of(&session.reports(args.reports.as_deref()), args);
    let mut written = Written { paths: Vec::new(), is_whole: true };
    let mut keep = |path: PathBuf, result: Result<(), files::Unwritten>| match result {
        Ok(()) => written.paths.push(shown(&path)),
        Err(error) => {
            written.is_whole = false;
            console.say(&format!("error: {error}"));
        }
    };
    let junit = files::write(&places.junit, |out| junit::write(report, out));
    keep(places.junit, junit);
    let json = files::write(&places.json, |out| run_json::write(report, out));
    keep(places.json, json);
    if let Some(path) = &args.report_html {
        let past = kept::drawn(session, args, report);
        keep(path.clone(), files::write(path, |out| html::write_with(report, past.as_ref(), out)));
    }
    written
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The part that matters, last. `flags` are those that a further run needs.
pub fn tell(console: &Console, flags: &str, report: &RunReport, written: &Written) {
    if console.is_quiet() && report.exit.code == Exit::Conforms.code() {
        return;
    }
    let closing = Closing { reports: &written.paths, flags };
    console.print(&digest(report, closing, console.style()));
}
