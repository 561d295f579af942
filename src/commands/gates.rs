//! The gates that the flags ask for, and the file of what is known and accepted.

use std::path::PathBuf;

use super::console::Console;
use super::now;
use crate::cli::GateArgs;
use crate::emit::files;
use crate::load::{self, BaselineFile};
use crate::model::baseline::Acceptance;
use crate::model::exit::Exit;
use crate::model::project::Project;
use crate::model::report::RunReport;
use crate::model::rule::{Outcome, Rule, Severity};
use crate::record::baseline::Ledger;
use crate::record::gates::Gates;
use crate::render::baseline;

pub fn of<'a>(args: &GateArgs, baseline: Option<&'a Ledger>) -> Gates<'a> {
    Gates { min_coverage: args.min_coverage, allow_skips: args.allow_skips, baseline }
}

/// Makes errors of the warnings under these rules, whatever `[rules]` says. The others are errors as they are, or tell
/// what could not be heard, which no flag makes a broken contract.
pub fn raise(project: &mut Project, rules: &[Rule]) {
    let warnings = rules.iter().filter(|rule| rule.outcome() == Outcome::Warning);
    project.severities.extend(warnings.map(|rule| (*rule, Severity::Error)));
}

/// The file of what is known, as it was before the run.
pub struct Baseline {
    path: PathBuf,
    file: BaselineFile,
    accepting: Option<Acceptance>,
}

/// The baseline that the flags name; mistakes in it have been shown.
pub fn baseline(console: &Console, args: &GateArgs) -> Result<Option<Baseline>, Exit> {
    let Some(path) = &args.baseline else { return Ok(None) };
    let file = load::baseline(path, args.baseline_update)
        .map_err(|complaints| console.refuse(Some(&load::baseline_home()), &complaints))?;
    let accepting = args.baseline_update.then(|| Acceptance {
        reason: args.baseline_reason.clone().unwrap_or_else(|| baseline::without_reason(now::today())),
        owner: args.baseline_owner.clone(),
        until: args.baseline_until,
    });
    Ok(Some(Baseline { path: path.clone(), file, accepting }))
}

impl Baseline {
    pub fn ledger(&self) -> Ledger {
        Ledger::new(self.shown(), self.file.accepted.clone(), self.accepting.clone(), now::today())
    }

    fn shown(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }

    /// Writes what the run has added, after what is there, which stays as it is. Gives whether that was possible.
    pub fn keep(&self, console: &Console, report: &RunReport) -> bool {
        let Some(known) = report.baseline.as_ref().filter(|_| self.accepting.is_some()) else { return true };
        let Some(text) = baseline::added(&self.file.text, known) else { return true };
        if let Err(complaints) = load::read_baseline(&self.shown(), &text) {
            for complaint in complaints.iter().take(3) {
                console.say(&format!("error: what was found cannot be added: {complaint}"));
            }
            return false;
        }
        match files::write(&self.path, |out| out.write_all(text.as_bytes())) {
            Ok(()) => true,
            Err(error) => {
                console.say(&format!("error: {error}"));
                false
            }
        }
    }
}
