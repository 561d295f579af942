//! `trueline run --dry-run`: what would be sent. Nothing is started, nothing read from the environment.

use super::console::Console;
use super::session::Session;
use crate::model::exit::Exit;
use crate::plan::Outcome;
use crate::render::dry_run;

pub fn tell(console: &Console, session: &Session, outcome: &Outcome) -> Exit {
    let plan = &outcome.plan;
    outcome.nothing.iter().for_each(|why| console.say(why));
    console.print(&dry_run::text(plan, &session.catalogue, console.style()));
    match () {
        () if plan.scenarios.iter().any(|planned| planned.work().is_some()) => Exit::Conforms,
        () => Exit::NothingJudged,
    }
}
