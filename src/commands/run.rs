//! `trueline run`: load, plan, fire, judge, record, render, emit.

use std::collections::BTreeSet;
use std::time::Instant;

use super::closing::{self, Course, Places};
use super::console::Console;
use super::firing::{self, Kept};
use super::gates::Baseline;
use super::safe::Safe;
use super::session::{self, Session};
use super::sharding::Sharding;
use super::withdraw::withdraw;
use super::{again, asked, dry_run, gates, kept, last, now, ready};
use crate::cli::{GeneralArgs, RunArgs};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::inputs::Asked;
use crate::model::plan::Plan;
use crate::model::report::ScenarioReport;
use crate::model::verdict::Verdict;
use crate::record::coverage::{Intention, intentions};

/// Scenarios named that are not there any more.
const GONE: usize = 20;

pub fn run(console: &Console, general: &GeneralArgs, args: &RunArgs) -> Result<Exit, Exit> {
    once(console, general, args, &[])
}

/// The same of these scenario files alone; without any, of all.
pub(super) fn once(console: &Console, general: &GeneralArgs, args: &RunArgs, only: &[String]) -> Result<Exit, Exit> {
    let ended = ran(console, general, args, only);
    if ended.is_err() && !args.pace.dry_run {
        // What a shard has left would be joined as a part of this run.
        withdraw(console, general, &args.report, args.shard.shard.is_some(), &[]);
    }
    ended
}

fn ran(console: &Console, general: &GeneralArgs, args: &RunArgs, only: &[String]) -> Result<Exit, Exit> {
    let mut session = session::open(console, general.config.as_deref())?;
    gates::raise(&mut session.inputs.project, &args.gates.fail_on);
    let settings = asked::settings(&session.inputs.project.run, &args.pace, args.report.record);
    let sharding = Sharding::of(console, &session, &args.shard)?;
    let mut asked = session.asked(console, &args.selection, &args.target, settings)?;
    let places = Places::of(&session.reports(args.report.reports.as_deref()), &args.report);
    if args.failed {
        asked.selection.only = Some(last_failed(console, &places)?);
    }
    asked.selection.files = only.to_vec();
    let mut outcome = session.plan(console, &asked)?;
    session.tell_notices(console, &outcome.notices);
    if !only.is_empty() && outcome.plan.scenarios.is_empty() {
        console.say("no scenario of the selection is there");
        return Ok(Exit::NothingJudged);
    }
    let baseline = gates::baseline(console, &args.gates)?;
    let (intentions, gone) = intended(console, &session, &asked, &outcome.plan)?;
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
    ready.notices.extend(gone);
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
    if !kept {
        closing::fail(&mut report, "the baseline could not be written");
    }
    kept::add(console, &session, &args.report, &report, Vec::new());
    let written = closing::write(console, &session, &args.report, &mut report);
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

/// Ids of what did not conform in the last run, and of what it did not come to.
fn last_failed(console: &Console, places: &Places) -> Result<BTreeSet<String>, Exit> {
    let report = last::read(&places.json).map_err(|complaint| {
        let help = "`--failed` goes by the run.json that the last run has written; run without it first";
        console.refuse(None, &[complaint.help(help)])
    })?;
    let failed =
        |s: &ScenarioReport| s.never_ran() || matches!(s.counts_as(), Verdict::Violates | Verdict::Inconclusive);
    Ok(report.scenarios.into_iter().filter(failed).map(|scenario| scenario.id).collect())
}

/// What the scenarios of the whole project mean to trigger, so that a part of them does not make the rest missing; and
/// what was asked for by its id but is in the project no more.
fn intended(
    console: &Console,
    session: &Session,
    asked: &Asked,
    plan: &Plan,
) -> Result<(Vec<Intention>, Vec<String>), Exit> {
    if asked.selection.is_everything() {
        return Ok((intentions(plan, &session.catalogue), Vec::new()));
    }
    let everything = session.plan_everything(console, asked)?;
    let mut gone = asked.selection.only.clone().unwrap_or_default();
    if !gone.is_empty() {
        everything.scenarios.iter().for_each(|planned| {
            gone.remove(&everything.id(planned));
        });
    }
    let gone =
        gone.into_iter().map(|id| format!("did not conform in the last run, and is not in the project now: {id}"));
    Ok((intentions(&everything, &session.catalogue), gone.take(GONE).collect()))
}
