//! Flags of gates: what ends a run with a code of its own although no answer is wrong.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::model::percent::Percent;
use crate::model::rule::Rule;

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gates")]
pub struct GateArgs {
    /// Misses the gate with less than this percentage of the documented pairs triggered, such as 95 or 99.5
    #[arg(long, value_name = "PERCENT", env = "TRUELINE_MIN_COVERAGE")]
    pub min_coverage: Option<Percent>,
    /// Rules whose warnings count as errors, such as extra-fields,flaky
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rules(), hide_possible_values = true)]
    pub fail_on: Vec<Rule>,
    /// A skip that the project does not foresee misses no gate
    #[arg(long)]
    pub allow_skips: bool,
}

fn rules() -> impl TypedValueParser<Value = Rule> {
    PossibleValuesParser::new(Rule::ALL.map(Rule::id))
        .try_map(|id| Rule::from_id(&id).ok_or_else(|| format!("there is no rule `{id}`")))
}
