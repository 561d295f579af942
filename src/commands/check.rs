//! `trueline check`: reads everything, sends nothing.

use super::console::Console;
use super::session::{self, Session};
use crate::cli::{CheckArgs, GeneralArgs};
use crate::model::exit::Exit;
use crate::model::plan::Plan;
use crate::model::visible::visible;
use crate::plan::{self, Checked};
use crate::render::words::counted;

pub fn run(console: &Console, general: &GeneralArgs, args: &CheckArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &args.selection, &args.target, settings)?;
    let refused = |complaints: Vec<_>| session.refuse(console, complaints);
    let Checked { notices, selected } = plan::check(&session.inputs, &asked).map_err(refused)?;
    session.tell_notices(console, &notices);
    session.judge(console)?;
    let reached = match asked.target.is_some() || asked.url.is_some() {
        true => Some(reached(&session.plan(console, &asked)?.plan)),
        false => None,
    };
    let everything = asked.selection.is_everything();
    if !console.is_quiet() {
        console.print(&told(&session, selected, everything, reached.as_deref()));
    }
    Ok(if selected == 0 { Exit::NothingJudged } else { Exit::Conforms })
}

/// `against staging, 287 would be fired and 12 skipped`
fn reached(plan: &Plan) -> String {
    let skipped = plan.scenarios.iter().filter(|planned| planned.skip().is_some()).count();
    let name = plan.targets.first().map_or("", |target| &target.name);
    format!("against {}, {} would be fired and {skipped} skipped", visible(name), plan.scenarios.len() - skipped)
}

fn told(session: &Session, scenarios: usize, everything: bool, reached: Option<&str>) -> String {
    let what = if everything { "scenario" } else { "selected scenario" };
    let reached = reached.map(|reached| format!("{reached}\n")).unwrap_or_default();
    format!(
        "{} in {}, {} and {} in {}: all in order\n{reached}",
        counted(scenarios, what),
        counted(session.inputs.files.len(), "file"),
        counted(session.catalogue.len(), "code"),
        counted(session.catalogue.pairs().count(), "pair"),
        session.catalogue.page,
    )
}
