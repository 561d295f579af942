//! `trueline coverage`: the state of each pair, as the files plan it or as a run came out.

use super::console::Console;
use super::session::{self, Session};
use super::{last, now};
use crate::cli::{CoverageArgs, GeneralArgs, SelectionArgs, TargetArgs};
use crate::model::exit::Exit;
use crate::model::report::Coverage;
use crate::record::coverage::planned;
use crate::render::{coverage, json_text};

pub fn run(console: &Console, general: &GeneralArgs, args: &CoverageArgs) -> Result<Exit, Exit> {
    let (coverage, page) = match &args.run {
        Some(path) => {
            let report = last::read(path).map_err(|complaint| console.refuse(None, &[complaint]))?;
            (report.coverage, report.page)
        }
        None => {
            let session = session::open(console, general.config.as_deref())?;
            (as_planned(console, &session)?, session.catalogue.page.to_string())
        }
    };
    if args.json {
        console.print(&json_text::pretty(&coverage));
    } else {
        console.print(&coverage::text(&coverage, &page, args.all, console.style()));
    }
    Ok(Exit::Conforms)
}

fn as_planned(console: &Console, session: &Session) -> Result<Coverage, Exit> {
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &SelectionArgs::default(), &TargetArgs::default(), settings)?;
    let plan = session.plan_for_reading(console, &asked)?;
    Ok(planned(&plan, &session.catalogue, &session.inputs.project.waivers, now::today()))
}
