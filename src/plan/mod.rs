//! Inputs and a selection to a plan: every name resolved, vacuous work refused. Pure.
//!
//! All files are put together, whatever is selected (`files`); then the selection filters (`select`), what the target
//! does not reach is skipped (`skip`), and the rest is bound to the target's values and credentials (`bind`).

mod bind;
mod bodies;
mod book;
mod captures;
mod credentials;
mod expects;
mod files;
mod fixtures;
mod flags;
mod headers;
mod library;
mod locks;
mod logins;
mod names;
mod notes;
mod nothing;
mod paths;
mod placing;
mod promises;
mod remap;
mod scenarios;
mod scope;
mod select;
mod shard;
mod skip;
mod steps;
mod targets;
mod templates;
mod texts;

#[cfg(test)]
mod tests;

pub use self::select::codes_like;
pub use self::shard::{Durations, sliced};

pub use self::promises::unknown_codes;

use self::files::Survey;
use self::names::World;
use crate::model::complaint::{Complaint, Weight};
use crate::model::inputs::{Asked, Inputs};
use crate::model::plan::Plan;

/// A plan, and what a reader should know about the files.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub plan: Plan,
    pub notices: Vec<Complaint>,
    /// Why nothing is in the plan, where nothing is.
    pub nothing: Option<String>,
}

/// Makes the plan of what was asked for, or says all that is wrong: in every file, selected or not. A selection that
/// takes nothing gives an empty plan.
pub fn plan(inputs: &Inputs, asked: &Asked) -> Result<Outcome, Vec<Complaint>> {
    let ad_hoc = targets::ad_hoc();
    let world = World::new(inputs, asked);
    let (mut drafts, mut complaints) = examine(&world);
    let run = match targets::choose(&world, &ad_hoc) {
        Ok(run) => Some(run),
        Err(complaint) => {
            complaints.push(complaint);
            None
        }
    };
    let nothing = {
        let selector = select::Selector::new(&world, &mut complaints);
        let nothing = nothing::explained(&selector, &asked.selection, &drafts);
        drafts.retain(|draft| selector.takes(draft));
        nothing
    };
    let notices = sorted_out(complaints)?;
    let plan = run.map_or_else(Plan::default, |run| bind::plan(&world, run, drafts));
    Ok(Outcome { plan, notices, nothing })
}

/// What a check of all files came to.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    pub notices: Vec<Complaint>,
    /// How many scenarios the selection takes.
    pub selected: usize,
}

/// Checks everything and plans nothing: no target has to be named, but one that is named must be there. Gives the
/// notices, or all that is wrong.
pub fn check(inputs: &Inputs, asked: &Asked) -> Result<Checked, Vec<Complaint>> {
    let ad_hoc = targets::ad_hoc();
    let world = World::new(inputs, asked);
    let (drafts, mut complaints) = examine(&world);
    if asked.target.is_some() || asked.url.is_some() || inputs.project.default_target.is_some() {
        complaints.extend(targets::choose(&world, &ad_hoc).err());
    }
    let selector = select::Selector::new(&world, &mut complaints);
    let selected = drafts.iter().filter(|draft| selector.takes(draft)).count();
    Ok(Checked { notices: sorted_out(complaints)?, selected })
}

/// All that is wrong beside what is left out of these inputs.
pub fn mistakes(inputs: &Inputs) -> Vec<Complaint> {
    let asked = Asked::default();
    let mut complaints = examine(&World::new(inputs, &asked)).1;
    complaints.retain(|complaint| complaint.weight == Weight::Error);
    complaints
}

fn examine<'i>(world: &World<'i>) -> (Vec<scenarios::Draft<'i>>, Vec<Complaint>) {
    let Survey { drafts, mut notes } = files::survey(world);
    targets::check(world, &mut notes);
    let mut complaints = notes.list;
    complaints.extend(unknown_codes(&world.inputs.project, &world.inputs.catalogue));
    complaints.extend(flags::check(world.asked));
    (drafts, complaints)
}

/// The notices, if nothing worse was found; otherwise all of it.
fn sorted_out(complaints: Vec<Complaint>) -> Result<Vec<Complaint>, Vec<Complaint>> {
    if complaints.iter().any(|complaint| complaint.weight == Weight::Error) { Err(complaints) } else { Ok(complaints) }
}
