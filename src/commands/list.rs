//! `trueline list`: the scenarios that a selection takes.

use super::console::Console;
use super::session;
use super::sharding::Sharding;
use crate::cli::{GeneralArgs, ListArgs};
use crate::model::exit::Exit;
use crate::plan::Outcome;
use crate::render::{json_text, list};

pub fn run(console: &Console, general: &GeneralArgs, args: &ListArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let sharding = Sharding::of(console, &session, &args.shard)?;
    let mut settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &args.selection, &args.target, settings.clone())?;
    let Outcome { mut plan, nothing, .. } = session.plan(console, &asked)?;
    let cut = sharding.cut(&session, &mut plan, &mut settings);
    if args.json {
        console.print(&json_text::pretty(&list::json(&plan, &session.catalogue)));
    } else {
        console.print(&list::text(&plan, &session.catalogue, console.style()));
    }
    if plan.scenarios.is_empty() {
        console.say(nothing.as_deref().unwrap_or("no scenario is in this shard"));
        return Ok(if cut.is_part() { Exit::Conforms } else { Exit::NothingJudged });
    }
    Ok(Exit::Conforms)
}
