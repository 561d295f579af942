//! Flags of gates: what ends a run with a code of its own although no answer is wrong.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args};

use super::args::switch;
use crate::model::percent::Percent;
use crate::model::project::Day;
use crate::model::rule::Rule;

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gates")]
pub struct GateArgs {
    /// Misses the gate with less than this percentage of the documented pairs triggered, such as 95 or 99.5
    #[arg(long, value_name = "PERCENT", env = "TRUELINE_MIN_COVERAGE")]
    pub min_coverage: Option<Percent>,
    /// Rules whose warnings count as errors, such as extra-fields,flaky
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rules(), hide_possible_values = true)]
    #[arg(env = "TRUELINE_FAIL_ON")]
    pub fail_on: Vec<Rule>,
    /// Findings that this file accepts do not make the run red
    #[arg(long, value_name = "FILE", env = "TRUELINE_BASELINE")]
    pub baseline: Option<PathBuf>,
    /// Adds what this run finds to the file of --baseline, and accepts it
    #[arg(long, requires = "baseline")]
    pub baseline_update: bool,
    /// Why what is added is accepted
    #[arg(long, value_name = "TEXT", requires = "baseline_update", value_parser = NonEmptyStringValueParser::new())]
    pub baseline_reason: Option<String>,
    /// Who sees to what is added
    #[arg(long, value_name = "NAME", requires = "baseline_update", value_parser = NonEmptyStringValueParser::new())]
    pub baseline_owner: Option<String>,
    /// The last day on which what is added is accepted, such as 2027-06-30
    #[arg(long, value_name = "DAY", requires = "baseline_update")]
    pub baseline_until: Option<Day>,
    /// A skip that the project does not foresee misses no gate
    #[arg(long, env = "TRUELINE_ALLOW_SKIPS", action = ArgAction::SetTrue, value_parser = switch())]
    pub allow_skips: bool,
}

pub(super) fn rules() -> impl TypedValueParser<Value = Rule> {
    PossibleValuesParser::new(Rule::ALL.map(Rule::id))
        .try_map(|id| Rule::from_id(&id).ok_or_else(|| format!("there is no rule `{id}`")))
}
