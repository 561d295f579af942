//! `trueline prove`: runs, then tells every lie about what conforms and judges again.

mod court;
mod ending;
mod recorded;
mod tally;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Instant;

use super::closing::{self, Course};
use super::console::Console;
use super::firing::{Kept, Unkept};
use super::session::{self, Session};
use super::sharding::Cut;
use super::{asked, dry_run, firing, now, ready};
use crate::cli::{GeneralArgs, ProveArgs};
use crate::emit::files;
use crate::lie::Promises;
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::project::RunSettings;
use crate::model::proof::{Proof, RunBehind};
use crate::record::gates::Gates;
use crate::render::prove;

use court::Court;
use ending::Behind;
use tally::Tally;

pub fn run(console: &Console, general: &GeneralArgs, args: &ProveArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let promises = promises(console, &session)?;
    let (tally, behind) = match recording(args) {
        Some(path) => recorded::prove(console, &session, &promises, args, path)?,
        None => match fired(console, &session, &promises, args)? {
            Fired::Proved(proved) => *proved,
            Fired::Dry(exit) => return Ok(exit),
        },
    };
    let (proof, exit) = ending::conclude(tally, behind);
    tell(console, args, &proof, exit)
}

/// The contract as the lies see it.
pub fn promises(console: &Console, session: &Session) -> Result<Promises, Exit> {
    // The judge's own look at the contract has the better words for what is wrong with it.
    session.judge(console)?;
    let project = &session.inputs.project;
    Promises::new(session.catalogue.clone(), &project.envelope, &session.envelope, &project.required_headers).map_err(
        |text| {
            let text = format!("the schema of the envelope cannot be used: {text}");
            console.refuse(Some(&session.home), &[Complaint::error(&project.envelope.schema, At::File, text)])
        },
    )
}

/// The recording that was named: by its flag, or as the only path.
fn recording(args: &ProveArgs) -> Option<&Path> {
    let path = match &*args.selection.paths {
        [path] if path.ends_with(".json") => Some(Path::new(path)),
        _ => None,
    };
    args.recorded.as_deref().or(path)
}

enum Fired {
    Proved(Box<(Tally, Behind)>),
    Dry(Exit),
}

fn fired(console: &Console, session: &Session, promises: &Promises, args: &ProveArgs) -> Result<Fired, Exit> {
    let settings = asked::settings(&session.inputs.project.run, &args.pace, false);
    let asked = session.asked(console, &args.selection, &args.target, settings)?;
    let outcome = session.plan(console, &asked)?;
    session.tell_notices(console, &outcome.notices);
    if args.pace.dry_run {
        return Ok(Fired::Dry(dry_run::tell(console, session, &outcome)));
    }
    let nothing = outcome.nothing;
    let cut = Cut::whole(session, &outcome.plan);
    // Every error answer is tried, so that of none anything is let go.
    let whole = RunSettings { record: true, ..asked.settings.clone() };
    let ready = ready::prepare(console, session, outcome.plan, &whole, &args.target, &args.network)?;
    let (started, started_at) = (Instant::now(), now::rfc3339());
    let mut results =
        firing::fire(console, &ready, &asked.settings, Kept::Conforming, &mut Unkept).map_err(|error| {
            let text = format!("the run could not be started: {error}");
            console.refuse(Some(&session.home), &[Complaint::error("", At::File, text)])
        })?;
    let (kept, marks) = (std::mem::take(&mut results.kept), std::mem::take(&mut results.marks));
    let gates = Gates { allow_skips: args.allow_skips, ..Gates::default() };
    let course = Course { started_at, duration: started.elapsed(), intentions: &[], gates, nothing, cut };
    let (report, exit) = closing::report(session, &ready, &asked, results, course);
    let court = Court { judge: &ready.judge, promises, marks: &marks };
    let (mut tally, mut unsettled) = (Tally::default(), 0);
    for (index, mut fired) in kept {
        let planned = &ready.plan.scenarios[index];
        let place = tally::Place {
            scenario: ready.plan.id(planned),
            file: ready.plan.files[planned.file as usize].path.to_string(),
            line: planned.line,
        };
        unsettled += usize::from(!court.try_scenario(planned, &mut fired, &place, &mut tally));
    }
    let run = RunBehind {
        scenarios: report.totals.scenarios,
        conforms: report.totals.conforms,
        answers: tally.answers,
        exit: report.exit.code,
        reasons: report.exit.reasons,
    };
    let mut notices = report.notices;
    if unsettled > 0 {
        notices
            .push(format!("{unsettled} conform no more now that all answers of the run are known, and were not tried"));
    }
    let behind = Behind { target: report.target, recording: None, run, exit, notices };
    Ok(Fired::Proved(Box::new((tally, behind))))
}

fn tell(console: &Console, args: &ProveArgs, proof: &Proof, exit: Exit) -> Result<Exit, Exit> {
    let mut written = None;
    if let Some(path) = &args.report_json {
        let result = files::write(path, |out| prove::json(proof, out));
        result.map_err(|error| {
            console.say(&format!("error: {error}"));
            Exit::BadInput
        })?;
        written = Some(path.to_string_lossy().replace('\\', "/"));
    }
    if !console.is_quiet() || exit != Exit::Conforms {
        console.print(&prove::text(proof, written.as_deref(), console.style()));
    }
    Ok(exit)
}
