//! What every command begins with: finding and reading the project, and planning.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::console::Console;
use super::embedded;
use crate::cli::{SelectionArgs, TargetArgs};
use crate::judge::{Contract, Judge};
use crate::load::{self, Home};
use crate::model::catalogue::Catalogue;
use crate::model::complaint::Complaint;
use crate::model::exit::Exit;
use crate::model::inputs::{Asked, Inputs};
use crate::model::plan::Plan;
use crate::model::project::RunSettings;
use crate::model::selection::Selection;
use crate::plan::{self, Outcome};

/// A project, read.
pub struct Session {
    pub home: Home,
    pub inputs: Inputs,
    pub catalogue: Arc<Catalogue>,
    pub envelope: Value,
    pub notices: Vec<Complaint>,
}

/// Reads the project that holds the working directory, or the one that `--config` names.
pub fn open(console: &Console, config: Option<&Path>) -> Result<Session, Exit> {
    let start = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let home = load::find(&start, config).map_err(|complaint| console.refuse(None, &[complaint]))?;
    let loaded = load::project(&home).map_err(|refused| console.refuse(Some(&home), &every_mistake(refused)))?;
    let mut inputs = loaded.inputs;
    embedded::furnish(&mut inputs.project);
    let catalogue = inputs.catalogue.clone();
    Ok(Session { home, inputs, catalogue, envelope: loaded.envelope, notices: loaded.notices })
}

/// What is wrong with how the files are written, and with what the sound parts of them say.
fn every_mistake(refused: load::Refused) -> Vec<Complaint> {
    let load::Refused { mut complaints, rest, envelope, part } = refused;
    if let Some(mut inputs) = rest {
        embedded::furnish(&mut inputs.project);
        complaints.extend(plan::mistakes(&inputs));
        let catalogue = inputs.catalogue;
        let contract = envelope.map(|envelope| Contract::of(&inputs.project, catalogue, envelope));
        add_new(&mut complaints, contract.and_then(|contract| Judge::new(contract).err()).unwrap_or_default());
    } else if let Some((project, catalogue)) = part.as_deref() {
        add_new(&mut complaints, plan::unknown_codes(project, catalogue));
    }
    complaints
}

/// The contract is looked at by more than one; what both see is said once.
fn add_new(complaints: &mut Vec<Complaint>, more: Vec<Complaint>) {
    for complaint in more {
        if !complaints.contains(&complaint) {
            complaints.push(complaint);
        }
    }
}

/// The folder for reports of a project that may be too broken to say which it is.
pub fn reports_folder(config: Option<&Path>, flag: Option<&Path>) -> PathBuf {
    let start = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let named = || match load::find(&start, config).ok()? {
        Home::Folder { root, .. } => Some(root.join("reports")),
        Home::Embedded => None,
    };
    flag.map(Path::to_owned).or_else(named).unwrap_or_else(|| PathBuf::from("reports"))
}

impl Session {
    /// The folder of the project; none for the embedded one.
    pub fn root(&self) -> Option<&Path> {
        match &self.home {
            Home::Folder { root, .. } => Some(root),
            Home::Embedded => None,
        }
    }

    pub fn asked(
        &self,
        console: &Console,
        selection: &SelectionArgs,
        target: &TargetArgs,
        settings: RunSettings,
    ) -> Result<Asked, Exit> {
        super::asked::asked(self.root(), selection, target, settings)
            .map_err(|complaints| console.refuse(Some(&self.home), &complaints))
    }

    /// The plan of what was asked for; mistakes in any file, selected or not, are shown and end the command.
    pub fn plan(&self, console: &Console, asked: &Asked) -> Result<Outcome, Exit> {
        plan::plan(&self.inputs, asked).map_err(|complaints| self.refuse(console, complaints))
    }

    /// Shows these mistakes, with those of the contract.
    pub fn refuse(&self, console: &Console, mut complaints: Vec<Complaint>) -> Exit {
        add_new(&mut complaints, Judge::new(self.contract()).err().unwrap_or_default());
        complaints.extend(self.notices.iter().cloned());
        console.refuse(Some(&self.home), &complaints)
    }

    /// The plan of all scenarios, for what is asked of the project as a whole.
    pub fn plan_everything(&self, console: &Console, asked: &Asked) -> Result<Plan, Exit> {
        let everything = Asked { selection: Selection::default(), ..asked.clone() };
        Ok(self.plan(console, &everything)?.plan)
    }

    /// The plan of all scenarios for a command that sends nothing: where no target is the obvious one, the first.
    pub fn plan_for_reading(&self, console: &Console, asked: &Asked) -> Result<Plan, Exit> {
        self.plan_selected_for_reading(console, &Asked { selection: Selection::default(), ..asked.clone() })
    }

    /// The same of what was selected.
    pub fn plan_selected_for_reading(&self, console: &Console, asked: &Asked) -> Result<Plan, Exit> {
        let project = &self.inputs.project;
        let first = || project.targets.first().map(|target| target.name.to_string());
        let named = asked.target.clone().or_else(|| project.default_target.as_deref().map(str::to_owned));
        let asked = Asked { target: named.or_else(first), ..asked.clone() };
        Ok(self.plan(console, &asked)?.plan)
    }

    /// The judge of the contract; the secrets of a run are told to it when they are known.
    pub fn judge(&self, console: &Console) -> Result<Judge, Exit> {
        Judge::new(self.contract()).map_err(|complaints| console.refuse(Some(&self.home), &complaints))
    }

    fn contract(&self) -> Contract {
        Contract::of(&self.inputs.project, self.catalogue.clone(), self.envelope.clone())
    }

    /// Shows what does not stop a command.
    pub fn tell_notices(&self, console: &Console, more: &[Complaint]) {
        let all: Vec<Complaint> = self.notices.iter().chain(more).cloned().collect();
        console.notices(&self.home, &all);
    }

    /// The folder for reports: the flag's, or the project's; for the embedded project `reports` where one stands.
    pub fn reports(&self, flag: Option<&Path>) -> PathBuf {
        match (flag, self.root()) {
            (Some(folder), _) => folder.to_owned(),
            (None, Some(root)) => {
                let folder = root.join(&*self.inputs.project.reports);
                let here = std::env::current_dir().ok();
                here.and_then(|here| Some(folder.strip_prefix(here).ok()?.to_owned())).unwrap_or(folder)
            }
            (None, None) => PathBuf::from("reports"),
        }
    }
}
