//! Each scenario that did not conform, folded.

use std::fmt::Write;

use super::sheet::Sheet;
use super::text::{code, fence, html, text};
use crate::model::report::{FindingReport, RunReport, ScenarioReport};
use crate::model::verdict::Verdict;
use crate::render::causes::causes;
use crate::render::failure::{documented, side_by_side, telling_exchange};
use crate::render::words::{known, place};

/// Characters of what was expected and seen.
const CELL: usize = 200;
/// Characters of a command line; what is longer is in run.json.
const CURL: usize = 4000;

/// The first of each cause come first, so that they have room.
pub fn each(sheet: &mut Sheet, report: &RunReport) {
    let causes = causes(&report.scenarios);
    let firsts = causes.iter().filter_map(|cause| cause.scenarios.first().copied());
    let others = causes.iter().flat_map(|cause| cause.scenarios.iter().skip(1).copied());
    let piece = |n: usize| one(&report.scenarios[n], report);
    let closes = |left: usize| match left {
        0 => String::new(),
        left => format!("\n{left} more scenarios did not conform; they are in run.json.\n"),
    };
    sheet.part("\n### Each failure\n\n", firsts.chain(others), piece, closes);
}

fn one(scenario: &ScenarioReport, report: &RunReport) -> String {
    let verdict = if scenario.verdict == Verdict::Inconclusive { "inconclusive" } else { "violates" };
    let mut out = format!("<details>\n<summary>{verdict}: {}</summary>\n\n", html(&scenario.id));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}\n", code(&place(scenario)));
    for finding in &scenario.findings {
        let _ = writeln!(out, "- {}", sentence(finding));
    }
    out.push_str("\n| | Expected | Seen |\n| --- | --- | --- |\n");
    for row in side_by_side(scenario, CELL).iter().skip(1) {
        let _ = writeln!(out, "| {} | {} | {} |", text(&row[0]), text(&row[1]), text(&row[2]));
    }
    if let Some(documented) = documented(scenario, &report.page) {
        let _ = writeln!(out, "\nDocumented: {}", text(&documented));
    }
    for note in &scenario.notes {
        let _ = writeln!(out, "\nNote: {}", text(note));
    }
    let curl = telling_exchange(scenario).map(|exchange| exchange.curl.as_str());
    match curl {
        Some(curl) if curl.chars().count() <= CURL => {
            let _ = write!(out, "\n{}", fence(curl, "sh"));
        }
        Some(_) => out.push_str("\nThe command line that repeats the request is long: run.json has it.\n"),
        None => {}
    }
    out.push_str("\n</details>\n\n");
    out
}

fn sentence(finding: &FindingReport) -> String {
    let mut out = code(&finding.rule);
    if finding.severity != "error" {
        let _ = write!(out, " ({})", text(&finding.severity));
    }
    let _ = write!(out, " {}", text(&finding.text));
    if finding.step != "when" {
        let _ = write!(out, ", in {}", code(&finding.step));
    }
    if let Some(pointer) = finding.pointer.as_deref().filter(|pointer| !pointer.is_empty()) {
        let _ = write!(out, ", at {}", code(pointer));
    }
    if let Some(known) = known(finding) {
        let _ = write!(out, ", {}", text(&known));
    }
    out
}
