//! The block that a failure gets on a terminal.

use std::fmt::Write;

use super::style::Style;
use super::words::{expected_code, line, place, seen_code, seen_status, statuses, table};
use crate::model::report::{ExchangeRecord, FindingReport, ScenarioReport};
use crate::model::visible::{code, shortened, visible};

/// Wider expectations are not put side by side in full.
const CELL: usize = 60;

/// What a reader needs to understand a scenario that did not conform and to repeat its request. `page` is the path of
/// the documentation.
pub fn block(scenario: &ScenarioReport, page: &str, style: Style) -> String {
    let mut out = String::new();
    let verdict = style.verdict(scenario.verdict, scenario.verdict.id());
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{verdict}  {}", style.strong(visible(&scenario.id)));
    let _ = writeln!(out, "  {}", place(scenario));
    for finding in &scenario.findings {
        let _ = writeln!(out, "  {}", sentence(finding, style));
    }
    let paint = |y: usize, x: usize, cell: &str| match (y, x) {
        (0, _) | (_, 0) => style.faint(cell),
        _ => cell.to_owned(),
    };
    table(&mut out, "    ", &side_by_side(scenario, CELL), paint);
    if let Some(documented) = documented(scenario, page) {
        let _ = writeln!(out, "  {} {documented}", style.faint("documented"));
    }
    for note in &scenario.notes {
        let _ = writeln!(out, "  {}       {}", style.faint("note"), line(note));
    }
    if let Some(exchange) = telling_exchange(scenario) {
        // The line is made so that nothing in it is hidden; this only makes sure.
        let _ = writeln!(out, "  {}     {}", style.faint("repeat"), visible(&exchange.curl));
    }
    out
}

fn sentence(finding: &FindingReport, style: Style) -> String {
    let rule = match finding.severity.as_str() {
        "error" => style.red(&finding.rule),
        _ => style.yellow(format_args!("{} (warning)", finding.rule)),
    };
    let step = if finding.step == "when" { String::new() } else { format!(" (in {})", line(&finding.step)) };
    format!("{rule}  {}{step}", line(&finding.text))
}

/// What was expected and what was seen, in two columns of at most so many characters: code and status first, then
/// what findings add.
pub(super) fn side_by_side(scenario: &ScenarioReport, most: usize) -> Vec<Vec<String>> {
    let row = |label: &str, expected: String, seen: String| vec![label.to_owned(), expected, seen];
    let seen = scenario.seen.as_ref();
    let mut rows = vec![
        row("", "expected".into(), "seen".into()),
        row("code", expected_code(&scenario.expect), seen_code(seen)),
        row("status", statuses(&scenario.expect), seen_status(seen)),
    ];
    let both = |column: usize| format!("{} {}", rows[1][column], rows[2][column]);
    let pairs = (both(1), both(2));
    for finding in &scenario.findings {
        let cell = |text: &Option<String>| {
            text.as_deref().map_or_else(|| "none".to_owned(), |t| visible(&shortened(t, most)).into_owned())
        };
        let (expected, seen) = (cell(&finding.expected), cell(&finding.seen));
        let told = (&expected, &seen) == (&pairs.0, &pairs.1) || rows.iter().any(|r| r[1] == expected && r[2] == seen);
        if !told && (finding.expected.is_some() || finding.seen.is_some()) {
            let label = finding.pointer.as_deref().filter(|p| !p.is_empty()).unwrap_or(&finding.rule);
            rows.push(row(&visible(&shortened(label, most)), expected, seen));
        }
    }
    rows
}

/// `catalogue.md:212  ALREADY_CLOSED: The ticket was closed before.`
pub(super) fn documented(scenario: &ScenarioReport, page: &str) -> Option<String> {
    let place = match (scenario.expect.line, scenario.leading().and_then(|f| f.documentation.as_deref())) {
        (_, Some(place)) => line(place),
        (Some(line), None) => format!("{}:{line}", visible(page)),
        (None, None) => return None,
    };
    let text = match (&scenario.expect.code, &scenario.expect.meaning) {
        (Some(expected), Some(meaning)) => format!("  {}: {}", code(expected), line(meaning)),
        _ => String::new(),
    };
    Some(place + &text)
}

/// The exchange that the leading finding is about, or else the last one.
pub(super) fn telling_exchange(scenario: &ScenarioReport) -> Option<&ExchangeRecord> {
    let step = scenario.leading().map_or("when", |f| f.step.as_str());
    let is_of =
        |e: &&ExchangeRecord| e.step.strip_prefix(step).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    scenario.exchanges.iter().rev().find(is_of).or(scenario.exchanges.last())
}
