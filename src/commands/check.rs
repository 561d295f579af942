//! `trueline check`: reads everything, sends nothing.

use super::console::Console;
use super::session;
use crate::cli::{GeneralArgs, SelectionArgs, TargetArgs};
use crate::model::exit::Exit;

pub fn run(console: &Console, general: &GeneralArgs, args: &SelectionArgs) -> Exit {
    checked(console, general, args).unwrap_or_else(|exit| exit)
}

fn checked(console: &Console, general: &GeneralArgs, args: &SelectionArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, args, &TargetArgs::default(), settings)?;
    let outcome = session.plan(console, &asked)?;
    session.judge(console, Vec::new())?;
    session.tell_notices(console, &outcome.notices);
    let plan = outcome.plan;
    if plan.scenarios.is_empty() {
        console.say("no scenario is selected");
        return Ok(Exit::NothingJudged);
    }
    let pairs = session.catalogue.pairs().count();
    console.print(&format!(
        "{} scenarios in {} files and {} codes ({} pairs) in {} are in order\n",
        plan.scenarios.len(),
        plan.files.len(),
        session.catalogue.len(),
        pairs,
        session.catalogue.page,
    ));
    Ok(Exit::Conforms)
}
