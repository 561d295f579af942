//! `trueline run`: load, plan, fire, judge, record, render, emit.

use std::collections::BTreeSet;
use std::time::Instant;

use super::closing::{self, Course, Places};
use super::console::Console;
use super::firing::{self, Kept};
use super::gates::Baseline;
use super::memory::{self, Kept as Remembered};
use super::safe::Safe;
use super::session::{self, Session};
use super::sharding::Sharding;
use super::{again, asked, dry_run, gates, kept, now, ready};
use crate::cli::{GeneralArgs, RunArgs};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::inputs::Asked;
use crate::model::memory::Memory;
use crate::model::plan::Plan;
use crate::record::coverage::{Intention, intentions};

pub fn run(console: &Console, general: &GeneralArgs, args: &RunArgs) -> Result<Exit, Exit> {
    once(console, general, args, &[])
}

/// The same of these scenario files alone; without any, of all.
pub(super) fn once(console: &Console, general: &GeneralArgs, args: &RunArgs, only: &[String]) -> Result<Exit, Exit> {
    let ended = ran(console, general, args, only);
    if ended.is_err() && !args.pace.dry_run {
        withdraw(console, general, args);
    }
    ended
}

/// A run that could not begin has no report. One that an earlier run has left would pass for its own where a CI system
/// publishes whatever lies there.
fn withdraw(console: &Console, general: &GeneralArgs, args: &RunArgs) {
    let folder = session::reports_folder(general.config.as_deref(), args.report.reports.as_deref());
    let places = Places::of(&folder, &args.report);
    // What a shard has left would be joined as a part of this run.
    let json = args.shard.shard.is_some().then_some(&places.json);
    for report in [&places.junit].into_iter().chain(json) {
        if report.is_file() && std::fs::remove_file(report).is_ok() {
            console.say(&format!("{} of an earlier run is removed: this run has no report", report.display()));
        }
    }
}

fn ran(console: &Console, general: &GeneralArgs, args: &RunArgs, only: &[String]) -> Result<Exit, Exit> {
    let mut session = session::open(console, general.config.as_deref())?;
    gates::raise(&mut session.inputs.project, &args.gates.fail_on);
    let settings = asked::settings(&session.inputs.project.run, &args.pace, args.report.record);
    let sharding = Sharding::of(console, &session, &args.shard)?;
    let mut asked = session.asked(console, &args.selection, &args.target, settings)?;
    let places = Places::of(&session.reports(args.report.reports.as_deref()), &args.report);
    let mut remembered = Remembered::open(&session, args.report.reports.as_deref());
    if args.failed {
        remembered = remembered.with_last_run(console, &places.json)?;
        let everything = session.plan_everything(console, &asked)?;
        asked.selection.only = Some(remembered.failed(console, named(&everything))?);
    }
    asked.selection.files = only.to_vec();
    let mut outcome = session.plan(console, &asked)?;
    session.tell_notices(console, &outcome.notices);
    if !only.is_empty() && outcome.plan.scenarios.is_empty() {
        console.say("no scenario of the selection is there");
        return Ok(Exit::NothingJudged);
    }
    let baseline = gates::baseline(console, &args.gates)?;
    let (intentions, gone) = intended(console, &session, &asked, &outcome.plan, &remembered.memory)?;
    // What the files say is in the plan now.
    session.inputs.files = Vec::new();
    let cut = sharding.cut(&session, &mut outcome.plan, &mut asked.settings);
    if args.pace.dry_run {
        session.judge(console)?;
        return Ok(match dry_run::tell(console, &session, &outcome) {
            Exit::NothingJudged if cut.is_part() => Exit::Conforms,
            exit => exit,
        });
    }
    let nothing = outcome.nothing;
    let mut ready = ready::prepare(console, &session, outcome.plan, &asked.settings, &args.target, &args.network)?;
    ready.notices.extend(memory::named(&gone).filter(|_| args.failed));
    ready.ledger = baseline.as_ref().map(Baseline::ledger);
    places.look(console, &args.report)?;
    let (started, started_at) = (Instant::now(), now::rfc3339());
    let mut safe = Safe::open(places.journal(), &session, &ready, &started_at, &cut);
    let results = firing::fire(console, &ready, &asked.settings, Kept::Nothing, &mut safe);
    let results = results.map_err(|error| {
        let text = format!("the run could not be started: {error}");
        console.refuse(Some(&session.home), &[Complaint::error("", At::File, text)])
    })?;
    let course = Course {
        started_at,
        duration: started.elapsed(),
        intentions: &intentions,
        cut,
        gates: gates::of(&args.gates, ready.ledger.as_ref()),
        nothing,
    };
    let (mut report, exit) = closing::report(&session, &ready, &asked, results, course);
    let kept = baseline.is_none_or(|baseline| baseline.keep(console, &report));
    kept::add(console, &session, &args.report, &mut report, Vec::new(), &gone);
    let written = closing::write(console, &session, &args.report, &report);
    if written.is_whole {
        safe.close();
    }
    let flags = again::flags(general, args, &ready.redactor);
    closing::tell(console, &session, &flags, &report, &written);
    if !args.watch {
        // The process ends here. The system takes all of its memory back at once; to give it back piece by piece costs
        // as much as to write a report.
        let plan = ready.plan.clone();
        std::mem::forget((session, plan, report));
    }
    Ok(if written.is_whole && kept { exit } else { Exit::BadInput })
}

/// The target of a plan.
fn named(plan: &Plan) -> &str {
    plan.targets.first().map_or("", |target| &target.name)
}

/// What the scenarios of the whole project mean to trigger, so that a part of them does not make the rest missing; and
/// what is remembered by its id but is in the project no more.
fn intended(
    console: &Console,
    session: &Session,
    asked: &Asked,
    plan: &Plan,
    memory: &Memory,
) -> Result<(Vec<Intention>, BTreeSet<String>), Exit> {
    if asked.selection.is_everything() {
        return Ok((intentions(plan, &session.catalogue), gone(plan, memory)));
    }
    let everything = session.plan_everything(console, asked)?;
    Ok((intentions(&everything, &session.catalogue), gone(&everything, memory)))
}

/// What is remembered of the target, and is not among all scenarios.
fn gone(everything: &Plan, memory: &Memory) -> BTreeSet<String> {
    let mut gone: BTreeSet<String> =
        memory.of(named(everything)).into_iter().flat_map(|ids| ids.keys().cloned()).collect();
    if !gone.is_empty() {
        everything.scenarios.iter().for_each(|planned| {
            gone.remove(&everything.id(planned));
        });
    }
    gone
}
