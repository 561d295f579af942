//! How a run ended, in one sentence, and what it was.

use super::words::{counted, line, took};
use crate::model::exit::Exit;
use crate::model::report::{RunReport, ScenarioReport};

/// The sentence, and its mood: `good`, `bad` or `unsure`.
pub fn headline(report: &RunReport) -> (&'static str, &'static str) {
    match Exit::ALL.into_iter().find(|known| known.code() == report.exit.code) {
        Some(Exit::Conforms) if report.scenarios.iter().any(ScenarioReport::is_known) => {
            ("Nothing broke but what is known", "unsure")
        }
        Some(Exit::Conforms) => ("The answers conform to the documentation", "good"),
        Some(Exit::Broken) => ("The contract is broken", "bad"),
        Some(Exit::Inconclusive) => ("Not everything could be judged", "unsure"),
        Some(Exit::GateMissed) => ("A gate was missed", "bad"),
        Some(Exit::NothingJudged) => ("Nothing was judged", "unsure"),
        Some(Exit::Interrupted | Exit::Terminated) => ("The run was interrupted", "unsure"),
        Some(Exit::BadInput) | None => ("The run could not do what was asked for", "unsure"),
    }
}

/// What to know of the run itself, with labels.
pub fn facts(report: &RunReport) -> Vec<(&'static str, String)> {
    let optional = |label, text: Option<String>| text.map(|text| (label, line(&text)));
    let requests = usize::try_from(report.totals.requests).unwrap_or(usize::MAX);
    let rows = [
        optional("Target", Some(format!("{} at {}", report.target.name, report.target.url))),
        optional("Effects allowed", Some(report.target.effects.clone()).filter(|effects| !effects.is_empty())),
        optional("Started", Some(report.started_at.replace('T', " ").replace('Z', " UTC"))),
        optional("Took", Some(format!("{} for {}", took(report.duration_ms), counted(requests, "request")))),
        optional("Documentation", Some(report.page.clone()).filter(|page| !page.is_empty())),
        optional("Seed", report.seed.map(|seed| seed.to_string())),
        optional("Machine", report.host.clone()),
        optional("Run", report.id.clone()),
    ];
    rows.into_iter().flatten().collect()
}
