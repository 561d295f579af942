//! `trueline history`: what past runs tell of each code.

use super::console::Console;
use super::session::{self, Session};
use crate::cli::{GeneralArgs, HistoryArgs};
use crate::history::{self, NAME, Wanted};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::history::{Past, PastRun};
use crate::record::stories::pasts;
use crate::render::{history as told, json_text};

pub fn run(console: &Console, general: &GeneralArgs, args: &HistoryArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let refuse = |complaint| console.refuse(Some(&session.home), &[complaint]);
    let path = session.reports(args.reports.as_deref()).join(NAME);
    let code = args.code.as_deref().map(|code| spelling(&session, code.trim()));
    let wanted = Wanted { target: None, last: args.last, code: code.as_deref() };
    let runs = history::read(&path, wanted)
        .map_err(|trouble| refuse(Complaint::error("", At::File, format!("the history cannot be read: {trouble}"))))?;
    let known = names(&runs);
    let target = target(&session, args, &known);
    if let Some(unknown) = target.as_deref().and_then(|target| strange(&session, args, &known, target)) {
        return Err(refuse(unknown));
    }
    let nothing = runs.iter().all(|run| run.pairs.is_empty());
    if let Some(code) = code.as_deref().filter(|_| nothing && !runs.is_empty())
        && session.catalogue.find(code).is_none()
    {
        let codes = session.catalogue.entries().map(|(_, entry)| &*entry.code);
        let text = format!("`{code}` is no code of {}, and no run asked for it", session.catalogue.page);
        return Err(refuse(Complaint::error("", At::File, text).did_you_mean(code, codes)));
    }
    let taken = |run: &PastRun| target.as_deref().is_none_or(|target| run.target == target);
    let pasts = pasts(runs.into_iter().filter(taken).collect());
    tell(console, &session, args, &pasts, &known, code.as_deref());
    Ok(Exit::Conforms)
}

fn tell(
    console: &Console,
    session: &Session,
    args: &HistoryArgs,
    pasts: &[Past],
    known: &[String],
    code: Option<&str>,
) {
    if args.json {
        console.print(&json_text::pretty(&told::json(pasts)));
    } else if let Some(code) = code {
        pasts.iter().for_each(|past| console.print(&told::code(past, code, console.style())));
    } else {
        pasts.iter().for_each(|past| console.print(&told::text(past, args.all, console.style())));
    }
    if pasts.is_empty() {
        console.say(&nothing(session, known));
    }
}

/// As the catalogue spells it.
fn spelling(session: &Session, code: &str) -> String {
    session.catalogue.find(code).map_or_else(|| code.to_owned(), |id| session.catalogue.entry(id).code.to_string())
}

/// Each target that has runs, once.
fn names(runs: &[PastRun]) -> Vec<String> {
    let mut names: Vec<String> = runs.iter().map(|run| run.target.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// The target whose runs are told; nothing for all of them.
fn target(session: &Session, args: &HistoryArgs, known: &[String]) -> Option<String> {
    if args.all_targets {
        return None;
    }
    let project = &session.inputs.project;
    let default = project.default_target.as_deref().filter(|name| known.iter().any(|known| known == name));
    args.target.clone().or_else(|| default.map(str::to_owned))
}

/// What is wrong with the name of a target that neither the project nor the history knows.
fn strange(session: &Session, args: &HistoryArgs, known: &[String], target: &str) -> Option<Complaint> {
    args.target.as_ref()?;
    let project = &session.inputs.project;
    if project.target(target).is_some() || known.iter().any(|known| known == target) {
        return None;
    }
    let declared = project.targets.iter().filter(|target| !target.brought).map(|target| &*target.name);
    let complaint = Complaint::error("", At::File, format!("there is no target `{target}`, and no run of one"));
    Some(complaint.did_you_mean(target, declared.chain(known.iter().map(String::as_str))))
}

fn nothing(session: &Session, known: &[String]) -> String {
    if !known.is_empty() {
        return format!("there are no runs of this target yet; there are of {}", known.join(", "));
    }
    match session.inputs.project.run.history {
        true => "there is no history yet: each `trueline run` adds to it".to_owned(),
        false => format!("there is no history: `[run] history` is off in {}", session.inputs.project.file),
    }
}
