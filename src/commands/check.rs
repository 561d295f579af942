//! `trueline check`: reads everything, sends nothing.

use super::console::Console;
use super::session;
use crate::cli::{CheckArgs, GeneralArgs, TargetArgs};
use crate::model::exit::Exit;
use crate::plan::{self, Checked};

pub fn run(console: &Console, general: &GeneralArgs, args: &CheckArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &args.selection, &TargetArgs::default(), settings)?;
    let refused = |complaints: Vec<_>| console.refuse(Some(&session.home), &complaints);
    let Checked { notices, selected } = plan::check(&session.inputs, &asked).map_err(refused)?;
    session.judge(console)?;
    session.tell_notices(console, &notices);
    let everything = asked.selection.is_everything();
    let of_all = if everything { "" } else { " selected" };
    console.print(&format!(
        "{selected}{of_all} scenarios in {} files, {} codes and {} pairs in {}: all in order\n",
        session.inputs.files.len(),
        session.catalogue.len(),
        session.catalogue.pairs().count(),
        session.catalogue.page,
    ));
    Ok(if selected == 0 { Exit::NothingJudged } else { Exit::Conforms })
}
