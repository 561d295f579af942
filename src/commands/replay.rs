//! `trueline replay ID`: one scenario of the last run again, with the whole conversation. Writes no reports.

use std::collections::HashSet;
use std::path::Path;

use super::closing;
use super::console::Console;
use super::firing::{self, Kept, Results, Unkept};
use super::session::{self, Session};
use super::{gates, last, memory, ready};
use crate::cli::{GeneralArgs, ReplayArgs, SelectionArgs, TargetArgs};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::plan::Plan;
use crate::model::project::RunSettings;
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::verdict::Verdict;
use crate::model::visible::visible;
use crate::record::report::SIMULATION;
use crate::render::replay;

/// Scenarios named where an id could mean several.
const NAMED: usize = 10;

pub fn run(console: &Console, general: &GeneralArgs, args: &ReplayArgs) -> Result<Exit, Exit> {
    let mut session = session::open(console, general.config.as_deref())?;
    gates::raise(&mut session.inputs.project, &args.fail_on);
    let refuse = |complaint: Complaint| console.refuse(Some(&session.home), &[complaint]);
    let before = last_run(&session, args).map_err(refuse)?;
    let target = target(&session, &before, &args.target).map_err(refuse)?;
    let mut asked = session.asked(console, &SelectionArgs::default(), &target, settings(&session, args))?;
    let mut plan = session.plan_everything(console, &asked)?;
    let all = known(&before.scenarios, &plan);
    let is_whole = all.iter().any(|scenario| scenario.id == args.id);
    let last = if is_whole { &*all } else { &all[..before.scenarios.len()] };
    let meant = meant(last, &args.id).or_else(|_| meant(&all, &args.id)).map_err(refuse)?;
    asked.selection.only = Some([meant.clone()].into());
    plan = session.plan(console, &asked)?.plan;
    if plan.scenarios.is_empty() {
        let text = format!("`{meant}` is in the last run, but not in the project any more");
        return Err(refuse(Complaint::error("", At::File, text).help("was it renamed, or taken out, since then?")));
    }
    let outcome = outcome(&session, args, &before, &meant);
    let ready = ready::prepare(console, &session, plan, &asked.settings, &target, &args.network)?;
    console.mute();
    let results = firing::fire(console, &ready, &asked.settings, Kept::Nothing, &mut Unkept).map_err(|error| {
        let text = format!("the scenario could not be fired: {error}");
        refuse(Complaint::error("", At::File, text))
    })?;
    for notice in ready.notices.iter().chain(&results.notices) {
        console.say(&ready.redactor.redact(notice));
    }
    if let Some(scenario) = results.scenarios.first() {
        console.print(&replay::text(scenario, &outcome, &session.catalogue.page, console.style()));
    }
    if closing::target(&session, &ready).simulation {
        console.print(&format!("{SIMULATION}\n"));
    }
    Ok(ended(&results))
}

fn ended(results: &Results) -> Exit {
    results.interrupted.unwrap_or(match results.scenarios.first().map(|scenario| scenario.verdict) {
        Some(Verdict::Conforms) => Exit::Conforms,
        Some(Verdict::Violates) => Exit::Broken,
        Some(Verdict::Inconclusive) => Exit::Inconclusive,
        Some(Verdict::Skipped) | None => Exit::NothingJudged,
    })
}

/// The file's settings with the flags laid over them, for one scenario that is shown whole.
fn settings(session: &Session, args: &ReplayArgs) -> RunSettings {
    let base = session.inputs.project.run.clone();
    RunSettings {
        jobs: 1,
        record: true,
        timeout: args.timeout.unwrap_or(base.timeout),
        connect_timeout: args.connect_timeout.unwrap_or(base.connect_timeout),
        max_wait: args.max_wait.unwrap_or(base.max_wait),
        retry: args.retry.unwrap_or(base.retry),
        rate: args.rate_limit.or(base.rate),
        ..base
    }
}

/// What the scenario came to before: in the last run, or in the run that is remembered for `--failed`.
fn outcome(session: &Session, args: &ReplayArgs, before: &RunReport, id: &str) -> String {
    if let Some(scenario) = before.scenarios.iter().find(|scenario| scenario.id == id) {
        return replay::outcome(scenario.verdict, scenario.reason.as_deref());
    }
    let kept = memory::Kept::open(session, args.reports.as_deref());
    match kept.memory.of(&before.target.name).and_then(|failed| failed.get(id)) {
        Some(last) => format!(
            "had no part in it; at {} it was {}",
            visible(&last.at),
            replay::outcome(last.verdict, last.reason.as_deref())
        ),
        None => "had no part in it".to_owned(),
    }
}

/// A scenario that can be named.
struct Known {
    id: String,
    file: String,
    line: u32,
}

/// Those of the last run, and after them those of the project that had no part in it.
fn known(before: &[ScenarioReport], plan: &Plan) -> Vec<Known> {
    let mut all: Vec<Known> = before
        .iter()
        .map(|scenario| Known { id: scenario.id.clone(), file: scenario.file.to_string(), line: scenario.line })
        .collect();
    let had: HashSet<&str> = before.iter().map(|scenario| scenario.id.as_str()).collect();
    all.extend(plan.scenarios.iter().filter(|planned| !had.contains(&*plan.id(planned))).map(|planned| Known {
        id: plan.id(planned),
        file: plan.files[planned.file as usize].path.to_string(),
        line: planned.line,
    }));
    all
}

fn last_run(session: &Session, args: &ReplayArgs) -> Result<RunReport, Complaint> {
    let default = || session.reports(args.reports.as_deref()).join("run.json");
    let path = args.from.clone().unwrap_or_else(default);
    let help = "`replay` goes by the run.json that a run has written; `--from` names another one";
    last::read(&path).map_err(|complaint| complaint.help(help))
}

/// The flags' target, or else the one of that run. Where its address is another one than the file's, somebody has to
/// say so: a report must not decide where credentials go.
fn target(session: &Session, before: &RunReport, args: &TargetArgs) -> Result<TargetArgs, Complaint> {
    let mut target = args.clone();
    if target.target.is_some() || target.url.is_some() {
        return Ok(target);
    }
    let (name, url) = (&before.target.name, &before.target.url);
    let Some(named) = session.inputs.project.target(name) else {
        // A run with nothing but `--url`, which has no credentials.
        target.url = Some(url.clone()).filter(|url| !url.is_empty());
        return Ok(target);
    };
    let is_elsewhere = if named.embedded { !before.target.simulation } else { *named.url != **url };
    if is_elsewhere {
        let text = format!("the last run went to {url}, and the target {name} is at {}", named.url);
        let help = format!("name one of them: `--url {url} --target {name}`, or `--target {name}` alone");
        return Err(Complaint::error("", At::File, text).help(help));
    }
    target.target = Some(name.clone());
    Ok(target)
}

/// The id of the scenario that is meant: by its id, by its place, or by a part of its id that no other has.
fn meant(scenarios: &[Known], id: &str) -> Result<String, Complaint> {
    if scenarios.iter().any(|scenario| scenario.id == id) {
        return Ok(id.to_owned());
    }
    let part = id.to_lowercase();
    let mut like: Vec<&Known> = at_place(scenarios, id);
    if like.is_empty() {
        like = scenarios.iter().filter(|scenario| scenario.id.to_lowercase().contains(&part)).collect();
    }
    match &*like {
        [only] => Ok(only.id.clone()),
        [] => {
            let text = format!("no scenario of the last run or of the project is called `{id}`");
            let ids = scenarios.iter().map(|scenario| scenario.id.as_str());
            let names = ids.clone().filter_map(|id| id.split_once('/')).map(|(_, name)| name);
            Err(Complaint::error("", At::File, text).did_you_mean(id, ids.chain(names)))
        }
        several => {
            let mut names: Vec<&str> = several.iter().take(NAMED).map(|scenario| scenario.id.as_str()).collect();
            if several.len() > NAMED {
                names.push("...");
            }
            let text = format!("`{id}` could be any of {} scenarios", several.len());
            Err(Complaint::error("", At::File, text).help(format!("did you mean one of these?\n{}", names.join("\n"))))
        }
    }
}

/// Those that begin at this line, or else the one in which it is.
fn at_place<'r>(scenarios: &'r [Known], place: &str) -> Vec<&'r Known> {
    let Some((file, Ok(line))) = place.rsplit_once(':').map(|(file, line)| (file, line.parse::<u32>())) else {
        return Vec::new();
    };
    let file = file.trim_start_matches("./");
    let of_file =
        |scenario: &&Known| Path::new(&*scenario.file).ends_with(file) || Path::new(file).ends_with(&*scenario.file);
    let above = scenarios.iter().filter(of_file).filter(|scenario| scenario.line <= line);
    let Some(first) = above.clone().map(|scenario| scenario.line).max() else { return Vec::new() };
    above.filter(|scenario| scenario.line == first).collect()
}
