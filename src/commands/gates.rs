//! The gates that the flags ask for.

use crate::cli::GateArgs;
use crate::model::project::Project;
use crate::model::rule::{Outcome, Rule, Severity};
use crate::record::gates::Gates;

pub fn of(args: &GateArgs) -> Gates {
    Gates { min_coverage: args.min_coverage, allow_skips: args.allow_skips }
}

/// Makes errors of the warnings under these rules, whatever `[rules]` says. The others are errors as they are, or tell
/// what could not be heard, which no flag makes a broken contract.
pub fn raise(project: &mut Project, rules: &[Rule]) {
    let warnings = rules.iter().filter(|rule| rule.outcome() == Outcome::Warning);
    project.severities.extend(warnings.map(|rule| (*rule, Severity::Error)));
}
