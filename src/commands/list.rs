//! `trueline list`: the scenarios that a selection takes.

use super::console::Console;
use super::session;
use crate::cli::{GeneralArgs, ListArgs};
use crate::model::exit::Exit;
use crate::plan::Outcome;
use crate::render::{json_text, list};

pub fn run(console: &Console, general: &GeneralArgs, args: &ListArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &args.selection, &args.target, settings)?;
    let Outcome { plan, nothing, .. } = session.plan(console, &asked)?;
    if args.json {
        console.print(&json_text::pretty(&list::json(&plan, &session.catalogue)));
    } else {
        console.print(&list::text(&plan, &session.catalogue, console.style()));
    }
    if plan.scenarios.is_empty() {
        nothing.iter().for_each(|why| console.say(why));
        return Ok(Exit::NothingJudged);
    }
    Ok(Exit::Conforms)
}
