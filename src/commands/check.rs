//! `trueline check`: reads everything, sends nothing.

use super::console::Console;
use super::session::{self, Session};
use crate::cli::{CheckArgs, GeneralArgs, TargetArgs};
use crate::model::exit::Exit;
use crate::plan::{self, Checked};
use crate::render::words::counted;

pub fn run(console: &Console, general: &GeneralArgs, args: &CheckArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &args.selection, &TargetArgs::default(), settings)?;
    let refused = |complaints: Vec<_>| session.refuse(console, complaints);
    let Checked { notices, selected } = plan::check(&session.inputs, &asked).map_err(refused)?;
    session.judge(console)?;
    session.tell_notices(console, &notices);
    let everything = asked.selection.is_everything();
    if !console.is_quiet() {
        console.print(&told(&session, selected, everything));
    }
    Ok(if selected == 0 { Exit::NothingJudged } else { Exit::Conforms })
}

fn told(session: &Session, scenarios: usize, everything: bool) -> String {
    let what = if everything { "scenario" } else { "selected scenario" };
    format!(
        "{} in {}, {} and {} in {}: all in order\n",
        counted(scenarios, what),
        counted(session.inputs.files.len(), "file"),
        counted(session.catalogue.len(), "code"),
        counted(session.catalogue.pairs().count(), "pair"),
        session.catalogue.page,
    )
}
