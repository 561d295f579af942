//! The parts of the page, one after another.

use std::fmt::Write;

use super::sheet::Sheet;
use super::text::{code, text};
use crate::model::drift::Drift;
use crate::model::report::{CoverageState, CoveredPair, FindingReport, RunReport, ScenarioReport};
use crate::model::visible::code as shown_code;
use crate::render::causes::{Cause, causes as all_causes};
use crate::render::coverage::open_by_section;
use crate::render::digest::{totals, waiver};
use crate::render::drift as told;
use crate::render::headline::{facts as all_facts, headline};
use crate::render::skips::{SkipGroup, skips as all_skips};
use crate::render::style::Style;
use crate::render::words::{counted, known as known_words, place};

/// Scenarios named for one cause, and pairs for one section.
const NAMED: usize = 3;
const PAIRS: usize = 8;
/// Reasons, notices: there are few, unless somebody writes them in great number.
const SENTENCES: usize = 50;

fn more(count: usize) -> String {
    if count == 0 { String::new() } else { format!("\nand {count} more, in run.json\n") }
}

/// The verdict, the totals, why it ended so, and what to know.
pub fn head(report: &RunReport) -> String {
    let mut out = format!("## trueline: {}\n\n", headline(report).0);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{} against {}", totals(report, Style::PLAIN), code(&report.target.name));
    if !report.complete {
        out.push_str("\n**Incomplete: not everything ran.**\n");
    }
    if report.exit.code != 0 {
        let _ = writeln!(out, "\nExit code {}:\n", report.exit.code);
        sentences(&mut out, &report.exit.reasons);
    }
    if !report.notices.is_empty() {
        out.push_str("\nTo know:\n\n");
        sentences(&mut out, &report.notices);
    }
    out
}

fn sentences(out: &mut String, list: &[String]) {
    for sentence in list.iter().take(SENTENCES) {
        let _ = writeln!(out, "- {}", text(sentence));
    }
    if list.len() > SENTENCES {
        let _ = writeln!(out, "- and {} more, in run.json", list.len() - SENTENCES);
    }
}

pub fn causes(sheet: &mut Sheet, report: &RunReport) {
    let causes = all_causes(&report.scenarios);
    let failed: usize = causes.iter().map(|cause| cause.scenarios.len()).sum();
    let of = if causes.len() == 1 { "one cause".to_owned() } else { format!("{} causes", causes.len()) };
    let opens = format!(
        "\n### What broke\n\n{} did not conform, of {of}.\n\n| Verdict | Rule | Cause | Scenarios |\n| --- | --- | --- | --- |\n",
        counted(failed, "scenario")
    );
    sheet.part(&opens, &causes, |cause| one_cause(cause, &report.scenarios), more);
}

fn one_cause(cause: &Cause, scenarios: &[ScenarioReport]) -> String {
    let named = cause.scenarios.iter().take(NAMED).map(|n| &scenarios[*n]);
    let named = named.map(|scenario| format!("{} {}", code(&place(scenario)), text(scenario.name())));
    let mut members: Vec<String> = named.collect();
    if cause.scenarios.len() > NAMED {
        members.push(format!("and {} more", cause.scenarios.len() - NAMED));
    }
    let (verdict, rule) = (cause.verdict.id(), code(&cause.rule));
    format!("| {verdict} | {rule} | {} | {} |\n", text(&cause.text), members.join("<br>"))
}

pub fn drift(sheet: &mut Sheet, report: &RunReport) {
    let opens = format!(
        "\n### Drift of the documentation\n\n{}\n\n| Line to change | Drift | What | Shown by |\n| --- | --- | --- | --- |\n",
        told::summary(&report.drift.counts)
    );
    let left_out = report.drift.left_out;
    let row = |drift: &Drift| one_drift(drift, &report.page);
    sheet.part(&opens, told::answered(report), row, |count| more(count + left_out));
}

fn one_drift(drift: &Drift, page: &str) -> String {
    let remark = match drift.place.remark() {
        "" => String::new(),
        remark => format!(" ({remark})"),
    };
    let proof = drift.proof.as_ref().map_or_else(
        || "no exchange that is kept".to_owned(),
        |proof| format!("{} in {}", code(&told::proof(proof)), code(&proof.scenario)),
    );
    let also = match drift.scenarios.len().saturating_sub(1) + drift.more_scenarios {
        0 => String::new(),
        others => format!(", and {}", counted(others, "further scenario")),
    };
    let (place, kind) = (code(&told::place(drift, page)), drift.kind.id());
    format!("| {place}{remark} | {kind} | {} | {proof}{also} |\n", text(&drift.text))
}

pub fn coverage(sheet: &mut Sheet, report: &RunReport) {
    let (codes, pairs) = (&report.coverage.codes, &report.coverage.pairs);
    if pairs.documented == 0 {
        return;
    }
    let mut opens = format!(
        "\n### Coverage\n\n{} of {} codes and {} of {} pairs triggered; {} planned, {} waived, {} missing.\n",
        codes.triggered,
        codes.documented,
        pairs.triggered,
        pairs.documented,
        pairs.planned,
        pairs.waived,
        pairs.missing
    );
    let open = open_by_section(&report.coverage);
    if open.is_empty() {
        sheet.add(&opens);
    }
    opens.push_str("\n| Section | Open | Pairs |\n| --- | --- | --- |\n");
    sheet.part(&opens, &open, |(section, pairs)| one_section(section, pairs), more);
    let waived = report.coverage.list.iter().filter(|pair| pair.state == CoverageState::Waived);
    let opens = "\n| Waived | Waiver | Why |\n| --- | --- | --- |\n";
    sheet.part(opens, waived, one_waiver, more);
}

fn pair(pair: &CoveredPair) -> String {
    code(&format!("{} {}", shown_code(&pair.code), pair.status))
}

fn one_section(section: &str, pairs: &[&CoveredPair]) -> String {
    let named: Vec<String> = pairs.iter().take(PAIRS).map(|p| pair(p)).collect();
    let others = match pairs.len().saturating_sub(PAIRS) {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    let section = if section.is_empty() { "(without a heading)".to_owned() } else { text(section) };
    format!("| {section} | {} | {}{others} |\n", pairs.len(), named.join(", "))
}

fn one_waiver(waived: &CoveredPair) -> String {
    let holds = text(&waiver(waived));
    format!("| {} | {holds} | {} |\n", pair(waived), text(waived.reason.as_deref().unwrap_or_default()))
}

/// What the baseline accepts.
pub fn known(sheet: &mut Sheet, report: &RunReport) {
    let all = report.scenarios.iter().flat_map(|s| s.findings.iter().map(move |f| (s, f)));
    let known = all.filter_map(|(scenario, finding)| Some((scenario, finding, known_words(finding)?)));
    let row = |(scenario, finding, known): (&ScenarioReport, &FindingReport, String)| {
        let (rule, place, name) = (code(&finding.rule), code(&place(scenario)), text(scenario.name()));
        format!("| {rule} | {} | {} | {place} {name} |\n", text(&finding.text), text(&known))
    };
    let opens = "\n### Known\n\nThe baseline accepts these: they make nothing red.\n\n| Rule | What | Why | Scenario |\n| --- | --- | --- | --- |\n";
    sheet.part(opens, known, row, more);
}

pub fn warnings(sheet: &mut Sheet, report: &RunReport) {
    let all = report.scenarios.iter().flat_map(|s| s.findings.iter().map(move |f| (s, f)));
    let warnings = all.filter(|(_, finding)| finding.severity != "error" && finding.known.is_none());
    let row = |(scenario, finding): (&ScenarioReport, &FindingReport)| {
        let place = code(&place(scenario));
        format!("| {} | {} | {place} {} |\n", code(&finding.rule), text(&finding.text), text(scenario.name()))
    };
    let opens = "\n### Warnings\n\nThey make nothing red.\n\n| Rule | What | Scenario |\n| --- | --- | --- |\n";
    sheet.part(opens, warnings, row, more);
}

pub fn skips(sheet: &mut Sheet, report: &RunReport) {
    let groups = all_skips(&report.scenarios);
    let row = |group: &SkipGroup| {
        let gate = if group.unforeseen { " (not foreseen)" } else { "" };
        format!("| {} | {}{gate} | {} |\n", code(&group.why), text(&group.text), group.scenarios)
    };
    let opens = format!(
        "\n### Skipped\n\n{}: nothing was asked in these, so nothing is known.\n\n| Why | Reason | Scenarios |\n| --- | --- | --- |\n",
        counted(report.totals.skipped, "scenario")
    );
    sheet.part(&opens, &groups, row, more);
}

pub fn facts(sheet: &mut Sheet, report: &RunReport) {
    let row = |(label, fact): (&str, String)| format!("| {label} | {} |\n", code(&fact));
    sheet.part("\n### The run\n\n| | |\n| --- | --- |\n", all_facts(report), row, more);
}
