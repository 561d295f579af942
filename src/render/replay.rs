//! A scenario that was fired again: its whole conversation, and what it came to.

use super::failure::block;
use super::style::Style;
use super::transcript::whole;
use super::words::{line, place};
use crate::model::report::ScenarioReport;
use crate::model::verdict::Verdict;
use crate::model::visible::visible;

/// `before` is what it came to in the last run.
pub fn text(scenario: &ScenarioReport, before: &ScenarioReport, page: &str, style: Style) -> String {
    let mut out = whole(scenario);
    match &scenario.skip {
        Some(why) => {
            let verdict = style.verdict(scenario.verdict, scenario.verdict.id());
            let id = style.strong(visible(&scenario.id));
            out += &format!("{verdict}  {id}\n  {}\n  {}\n", place(scenario), line(why));
        }
        None => out += &block(scenario, page, style),
    }
    out + &format!("  {} {}\n", style.faint("last run  "), outcome(before))
}

/// `violates (wrong-code)`
fn outcome(scenario: &ScenarioReport) -> String {
    match scenario.reason.as_deref().filter(|_| scenario.verdict != Verdict::Conforms) {
        Some(reason) => format!("{} ({})", scenario.verdict.id(), line(reason)),
        None => scenario.verdict.id().to_owned(),
    }
}
