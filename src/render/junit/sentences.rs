//! The texts within a case.

use crate::model::report::{FindingReport, RunReport, ScenarioReport};
use crate::model::visible::{visible, visible_lines};
use crate::render::failure::{documented, telling_exchange};
use crate::render::words::{expected_code, known, place, seen_code, seen_status, statuses};

pub fn headline(scenario: &ScenarioReport) -> String {
    scenario.leading().map_or_else(|| scenario.verdict.id().to_owned(), |finding| finding.text.clone())
}

/// The message again, for readers that drop the attribute; then every finding and how to repeat it.
pub fn description(report: &RunReport, scenario: &ScenarioReport, message: &str) -> String {
    let mut lines = vec![message.to_owned(), String::new()];
    lines.extend(scenario.findings.iter().map(sentence));
    lines.push(format!("expected {} {}", expected_code(&scenario.expect), statuses(&scenario.expect)));
    let seen = scenario.seen.as_ref();
    lines.push(format!("seen {} {}", seen_code(seen), seen_status(seen)));
    lines.extend(documented(scenario, &report.page).map(|d| format!("documented {d}")));
    lines.push(format!("at {}", place(scenario)));
    lines.extend(telling_exchange(scenario).map(|e| visible(&e.curl).into_owned()));
    visible_lines(&lines.join("\n"))
}

/// `wrong-code: text (in given 1) at /error/code, expected x, seen y`
pub fn sentence(finding: &FindingReport) -> String {
    let mut out = format!("{}: {}", visible(&finding.rule), visible(&finding.text));
    if finding.step != "when" {
        out += &format!(" (in {})", visible(&finding.step));
    }
    for (label, value) in [("at", &finding.pointer), ("expected", &finding.expected), ("seen", &finding.seen)] {
        if let Some(value) = value.as_deref().filter(|v| !v.is_empty()) {
            out += &format!(", {label} {}", visible(value));
        }
    }
    if let Some(known) = known(finding) {
        out += &format!(" [{known}]");
    }
    out
}
