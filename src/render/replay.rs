//! A scenario that was fired again: its whole conversation, and what it came to.

use super::failure::block;
use super::style::Style;
use super::transcript::whole;
use super::words::{line, place};
use crate::model::report::ScenarioReport;
use crate::model::verdict::Verdict;
use crate::model::visible::visible;

/// `before` is what it came to in the last run.
pub fn text(scenario: &ScenarioReport, before: &str, page: &str, style: Style) -> String {
    let mut out = whole(scenario);
    match &scenario.skip {
        Some(why) => {
            let verdict = style.verdict(scenario.verdict, scenario.verdict.id());
            let id = style.strong(visible(&scenario.id));
            out += &format!("{verdict}  {id}\n  {}\n  {}\n", place(scenario), line(why));
        }
        None => out += &block(scenario, page, style),
    }
    out + &format!("  {} {before}\n", style.faint("last run  "))
}

/// `violates (wrong-code)`
pub fn outcome(verdict: Verdict, reason: Option<&str>) -> String {
    match reason.filter(|_| verdict != Verdict::Conforms) {
        Some(reason) => format!("{} ({})", verdict.id(), line(reason)),
        None => verdict.id().to_owned(),
    }
}
