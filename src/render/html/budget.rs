//! Which scenarios are told in full. A page with tens of thousands of conversations would not open.

use crate::model::report::ScenarioReport;
use crate::model::verdict::Verdict;
use crate::render::causes::Cause;

/// Failures told in full.
const FULL: usize = 400;
/// The first of each cause come before the others.
const OF_EACH: usize = 3;
/// Bytes of conversations in all; `run.json` has the rest.
pub const CONVERSATIONS: usize = 16 << 20;

/// What a scenario gets: `true` for an article of its own, by index into the report's scenarios.
pub fn in_full(scenarios: &[ScenarioReport], causes: &[Cause]) -> Vec<bool> {
    let mut full = vec![false; scenarios.len()];
    let mut left = FULL;
    let firsts = causes.iter().flat_map(|cause| cause.scenarios.iter().take(OF_EACH).copied());
    let failures = scenarios.iter().enumerate().filter(|(_, s)| has_failed(s)).map(|(index, _)| index);
    let warned = scenarios.iter().enumerate().filter(|(_, s)| is_warned(s)).map(|(index, _)| index);
    for index in firsts.chain(failures).chain(warned) {
        if left == 0 {
            break;
        }
        left -= usize::from(!std::mem::replace(&mut full[index], true));
    }
    full
}

pub fn has_failed(scenario: &ScenarioReport) -> bool {
    matches!(scenario.verdict, Verdict::Violates | Verdict::Inconclusive)
}

/// Whether it conforms, and there is something to say nevertheless.
pub fn is_warned(scenario: &ScenarioReport) -> bool {
    scenario.verdict == Verdict::Conforms && !scenario.findings.is_empty()
}
