//! The end of a run: the report, its files, and what the terminal says last.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::console::Console;
use super::firing::Results;
use super::github;
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
use crate::render::digest::{self, Closing};
use crate::render::formats::{self, Aside, Format};

/// When a run went, and what it meant to cover.
pub struct Course<'a> {
    pub started_at: String,
    pub duration: Duration,
    pub intentions: &'a [Intention],
    pub gates: Gates<'a>,
    /// Why nothing was selected, where nothing was.
    pub nothing: Option<String>,
    pub cut: Cut,
}

pub fn report(
    session: &Session,
    ready: &Ready,
    asked: &Asked,
    results: Results,
    course: Course<'_>,
) -> (RunReport, Exit) {
    let mut known = Ending::default();
    course.nothing.into_iter().for_each(|why| known.because(Exit::NothingJudged, why));
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
        ending: known,
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
        let asked =
            formats::ALL.iter().filter(|format| format.name.is_none()).filter_map(|format| args.path(format.id));
        let all = [self.junit.as_path(), self.json.as_path()].into_iter().chain(asked);
        let all: Vec<&Path> = all.collect();
        let unwritten: Vec<_> = all.iter().filter_map(|path| files::could_write(path).err()).collect();
        unwritten.iter().for_each(|error| console.say(&format!("error: {error}")));
        let twice = files::named_twice(&all);
        if let Some(path) = twice {
            console.say(&format!("error: two reports go to {}: give one of them another name", shown(path)));
        }
        if unwritten.is_empty() && twice.is_none() { Ok(()) } else { Err(Exit::BadInput) }
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
    let (reports, repository) = (session.reports(args.reports.as_deref()), github::folder(session.root()));
    let past = args.report_html.as_ref().and_then(|_| kept::drawn(session, args, report));
    let aside = Aside { folder: &repository, past: past.as_ref() };
    let mut written = Written { paths: Vec::new(), is_whole: true };
    for format in formats::ALL {
        let Some(path) = place(&format, &reports, args) else { continue };
        match files::write(&path, |out| format.write(report, aside, out)) {
            Ok(()) => written.paths.push(shown(&path)),
            Err(error) => {
                written.is_whole = false;
                console.say(&format!("error: {error}"));
            }
        }
    }
    github::summarise(console, report);
    written
}

/// Where a format goes, if it is written.
fn place(format: &Format, reports: &Path, args: &ReportArgs) -> Option<PathBuf> {
    let always = format.name.map(|name| reports.join(name));
    args.path(format.id).map(Path::to_owned).or(always)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The part that matters, last. `flags` are those that a further run needs.
pub fn tell(console: &Console, session: &Session, flags: &str, report: &RunReport, written: &Written) {
    if console.is_quiet() {
        console.print(&digest::brief(report, console.style()));
        if report.exit.code == Exit::Conforms.code() {
            return;
        }
    } else {
        let closing = Closing { reports: &written.paths, flags };
        console.print(&digest::digest(report, closing, console.style()));
    }
    console.print(&github::commands(report, session.root()));
}
