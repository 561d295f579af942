//! What a run ends with on a terminal.

use std::fmt::Write;

use super::causes::{Cause, causes};
use super::coverage::open_by_section;
use super::drift;
use super::skips::skips as skip_groups;
use super::style::Style;
use super::words::{argument, counted, known, line, place, table, took};
use crate::model::drift::Drift;
use crate::model::report::{Coverage, CoverageState, CoveredPair, RunReport, ScenarioReport};
use crate::model::verdict::Verdict;
use crate::model::visible::{code, visible};

/// Scenarios named for one cause, and warnings listed.
const NAMED: usize = 8;
const CAUSES: usize = 30;
const WARNINGS: usize = 20;
/// Sections named as gaps, and pairs of each.
const SECTIONS: usize = 3;
const PAIRS: usize = 5;
/// Places on the line that runs failures again; with more of them it is `--failed`.
const PLACES: usize = 12;
/// Answers slower than this are worth a line.
const SLOW_MS: u64 = 1000;

/// What the digest says beside the report itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Closing<'a> {
    /// Paths of the reports that were written.
    pub reports: &'a [String],
    /// Flags that a further run needs to reach the same target, such as `--target staging`.
    pub flags: &'a str,
}

pub fn digest(report: &RunReport, closing: Closing, style: Style) -> String {
    let mut out = String::new();
    failures(&mut out, report, style);
    skips(&mut out, report, style);
    known_ones(&mut out, report, style);
    warnings(&mut out, report, style);
    coverage(&mut out, &report.coverage, style);
    drifts(&mut out, report, style);
    slowest(&mut out, report, style);
    let mut rows = Vec::new();
    if !closing.reports.is_empty() {
        let paths: Vec<_> = closing.reports.iter().map(|p| visible(p)).collect();
        rows.push(("reports", paths.join(", ")));
    }
    if let Some(again) = again(report, closing.flags) {
        rows.push(("again", again));
    }
    for (label, text) in rows {
        let _ = writeln!(out, "{:<11}{text}", label);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", totals(report, style));
    for notice in &report.notices {
        let _ = writeln!(out, "{}", line(notice));
    }
    ending(&mut out, report, style);
    out
}

/// `297 scenarios: 296 conform, 1 violates, 0 inconclusive, 0 skipped · 640 requests in 812 ms`
pub fn totals(report: &RunReport, style: Style) -> String {
    let totals = &report.totals;
    let part = |count: usize, verdict: Verdict, one: &str, many: &str| {
        let text = format!("{count} {}", if count == 1 { one } else { many });
        if count == 0 { text } else { style.verdict(verdict, text) }
    };
    format!(
        "{}: {}, {}, {}, {} · {} in {}",
        style.strong(counted(totals.scenarios, "scenario")),
        part(totals.conforms, Verdict::Conforms, "conforms", "conform"),
        part(totals.violates, Verdict::Violates, "violates", "violate"),
        part(totals.inconclusive, Verdict::Inconclusive, "inconclusive", "inconclusive"),
        part(totals.skipped, Verdict::Skipped, "skipped", "skipped"),
        counted(usize::try_from(totals.requests).unwrap_or(usize::MAX), "request"),
        took(report.duration_ms),
    )
}

fn failures(out: &mut String, report: &RunReport, style: Style) {
    let causes = causes(&report.scenarios);
    let failed: usize = causes.iter().map(|c| c.scenarios.len()).sum();
    if failed == 0 {
        return;
    }
    let by = if causes.len() == 1 { "of one cause".to_owned() } else { format!("of {} causes", causes.len()) };
    let _ = writeln!(out, "{}", style.strong(format_args!("{} did not conform, {by}", counted(failed, "scenario"))));
    for cause in causes.iter().take(CAUSES) {
        one_cause(out, cause, &report.scenarios, style);
    }
    if causes.len() > CAUSES {
        let _ = writeln!(out, "  and {} more causes, in the reports", causes.len() - CAUSES);
    }
    out.push('\n');
}

fn one_cause(out: &mut String, cause: &Cause, scenarios: &[ScenarioReport], style: Style) {
    let count = cause.scenarios.len();
    let times = if count > 1 { format!("  ({count} scenarios)") } else { String::new() };
    let _ = writeln!(out, "  {}  {}{times}", style.verdict(cause.verdict, &cause.rule), cause.text);
    let rows: Vec<Vec<String>> = cause
        .scenarios
        .iter()
        .take(NAMED)
        .map(|index| vec![place(&scenarios[*index]), visible(scenarios[*index].name()).into_owned()])
        .collect();
    table(out, "    ", &rows, |_, x, cell| if x == 0 { style.faint(cell) } else { cell.to_owned() });
    if count > NAMED {
        let _ = writeln!(out, "    and {} more", count - NAMED);
    }
}

fn skips(out: &mut String, report: &RunReport, style: Style) {
    let groups = skip_groups(&report.scenarios);
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", style.strong(format_args!("{} skipped", report.totals.skipped)));
    for group in groups.iter().take(NAMED) {
        let times = if group.scenarios > 1 { format!("  ({} scenarios)", group.scenarios) } else { String::new() };
        let _ = writeln!(out, "  {}  {}{times}", style.faint(&group.why), group.text);
    }
    if groups.len() > NAMED {
        let _ = writeln!(out, "  and for {} more reasons, in the reports", groups.len() - NAMED);
    }
    out.push('\n');
}

/// What the baseline accepts, with the reason.
fn known_ones(out: &mut String, report: &RunReport, style: Style) {
    let all = report.scenarios.iter().flat_map(|s| s.findings.iter().map(move |f| (s, f)));
    let known: Vec<_> = all.filter_map(|(s, f)| Some((s, f, known(f)?))).collect();
    if known.is_empty() {
        return;
    }
    let heading = format!("{} known and accepted", counted(known.len(), "finding"));
    let _ = writeln!(out, "{}", style.strong(heading));
    for (scenario, finding, known) in known.iter().take(WARNINGS) {
        let (rule, place) = (style.yellow(&finding.rule), style.faint(place(scenario)));
        let _ = writeln!(out, "  {rule}  {}  {place}  {}", line(&finding.text), visible(scenario.name()));
        let _ = writeln!(out, "    {}", style.faint(known));
    }
    if known.len() > WARNINGS {
        let _ = writeln!(out, "  and {} more, in the reports", known.len() - WARNINGS);
    }
    out.push('\n');
}

fn warnings(out: &mut String, report: &RunReport, style: Style) {
    let all = report.scenarios.iter().flat_map(|s| s.findings.iter().map(move |f| (s, f)));
    let warnings: Vec<_> = all.filter(|(_, f)| f.severity != "error").collect();
    if warnings.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", style.strong(counted(warnings.len(), "warning")));
    for (scenario, finding) in warnings.iter().take(WARNINGS) {
        let (rule, place) = (style.yellow(&finding.rule), style.faint(place(scenario)));
        let _ = writeln!(out, "  {rule}  {}  {place}  {}", line(&finding.text), visible(scenario.name()));
    }
    if warnings.len() > WARNINGS {
        let _ = writeln!(out, "  and {} more, in the reports", warnings.len() - WARNINGS);
    }
    out.push('\n');
}

fn coverage(out: &mut String, coverage: &Coverage, style: Style) {
    let (codes, pairs) = (&coverage.codes, &coverage.pairs);
    if pairs.documented == 0 {
        return;
    }
    let _ = write!(
        out,
        "{:<11}{} of {} codes, {} of {} pairs triggered",
        "coverage", codes.triggered, codes.documented, pairs.triggered, pairs.documented
    );
    for (count, state) in [
        (pairs.planned, CoverageState::Planned),
        (pairs.waived, CoverageState::Waived),
        (pairs.missing, CoverageState::Missing),
    ] {
        if count > 0 {
            let _ = write!(out, ", {}", style.state(state, format_args!("{count} {}", state.id())));
        }
    }
    out.push('\n');
    for waived in coverage.list.iter().filter(|p| p.state == CoverageState::Waived) {
        let pair = format!("{} {}", code(&waived.code), waived.status);
        let reason = line(waived.reason.as_deref().unwrap_or_default());
        let _ = writeln!(out, "           {}: {pair}: {reason}", waiver(waived));
    }
    gaps(out, coverage, style);
}

/// `waived`, `waived until 2027-06-30`, `waiver expired on 2026-06-30`.
pub(super) fn waiver(pair: &CoveredPair) -> String {
    match pair.until.as_deref().map(line) {
        Some(until) if pair.expired => format!("waiver expired on {until}"),
        Some(until) => format!("waived until {until}"),
        None if pair.expired => "waiver expired".to_owned(),
        None => "waived".to_owned(),
    }
}

/// The sections with the most open pairs, and a few of these.
fn gaps(out: &mut String, coverage: &Coverage, style: Style) {
    let sections = open_by_section(coverage);
    for (section, pairs) in sections.iter().take(SECTIONS) {
        let named: Vec<String> = pairs.iter().take(PAIRS).map(|p| format!("{} {}", code(&p.code), p.status)).collect();
        let more = if pairs.len() > PAIRS { ", ..." } else { "" };
        let heading = format!("{}: {} open", line(section), pairs.len());
        let _ = writeln!(out, "           {}  {}{more}", style.faint(heading), named.join(", "));
    }
    if sections.len() > SECTIONS {
        let more = counted(sections.len() - SECTIONS, "more section");
        let _ = writeln!(out, "           and {more}: trueline coverage");
    }
}

/// What answers gave away of the documentation, in brief.
fn drifts(out: &mut String, report: &RunReport, style: Style) {
    let summary = drift::summary(&report.drift.counts);
    if summary.is_empty() {
        return;
    }
    let _ = writeln!(out, "{:<11}{summary}", "drift");
    let all: Vec<&Drift> = drift::answered(report).collect();
    let rows: Vec<Vec<String>> = all
        .iter()
        .take(NAMED)
        .map(|d| vec![d.kind.id().to_owned(), drift::place(d, &report.page), line(&d.text)])
        .collect();
    table(out, "           ", &rows, |_, x, cell| if x < 2 { style.faint(cell) } else { cell.to_owned() });
    let left_out = all.len().saturating_sub(NAMED) + report.drift.left_out;
    if left_out > 0 {
        let _ = writeln!(out, "           and {left_out} more, in the reports");
    }
}

fn slowest(out: &mut String, report: &RunReport, style: Style) {
    let slow = report.scenarios.iter().max_by_key(|s| in_requests(s)).filter(|s| in_requests(s) >= SLOW_MS);
    if let Some(scenario) = slow {
        let took = style.strong(took(in_requests(scenario)));
        let _ = writeln!(out, "{:<11}{took}  {}  {}", "slowest", place(scenario), visible(scenario.name()));
    }
}

/// How long the requests of a scenario took; waiting for a rate limit is not the service's slowness. Reports of earlier
/// releases have only the whole.
fn in_requests(scenario: &ScenarioReport) -> u64 {
    match scenario.in_requests_ms {
        0 if scenario.requests > 0 => scenario.duration_ms,
        ms => ms,
    }
}

/// The line that runs the failures again.
fn again(report: &RunReport, flags: &str) -> Option<String> {
    let failed = |s: &&ScenarioReport| matches!(s.counts_as(), Verdict::Violates | Verdict::Inconclusive);
    let failed: Vec<&ScenarioReport> = report.scenarios.iter().filter(failed).collect();
    if failed.is_empty() {
        return None;
    }
    let mut arguments: Vec<String> = failed.iter().map(|s| argument(&place(s))).collect();
    arguments.dedup();
    if arguments.len() > PLACES {
        // Files would run what conforms too; and all of it is simply another run.
        let all = failed.len() == report.scenarios.len();
        arguments = if all { Vec::new() } else { vec!["--failed".to_owned()] };
    }
    let flags = if flags.is_empty() { String::new() } else { format!(" {flags}") };
    Some(format!("trueline run{flags} {}", arguments.join(" ")).trim_end().to_owned())
}

/// What did not conform and why the run does not end with 0, and nothing else.
pub fn brief(report: &RunReport, style: Style) -> String {
    let mut out = String::new();
    failures(&mut out, report, style);
    ending(&mut out, report, style);
    out
}

fn ending(out: &mut String, report: &RunReport, style: Style) {
    let reasons: Vec<String> = report.exit.reasons.iter().map(|r| line(r)).collect();
    if report.exit.code == 0 {
        return;
    }
    let _ = writeln!(out, "{}: {}", style.red(format_args!("exit {}", report.exit.code)), reasons.join("; "));
}
