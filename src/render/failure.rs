//! The block that a failure gets on a terminal.

use std::fmt::Write;

use super::style::Style;
use super::words::{expected_code, known, line, place, seen_code, seen_status, statuses, table};
use crate::model::report::{ExchangeRecord, FindingReport, ScenarioReport};
use crate::model::rule::Rule;
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
    let known = known(finding).map_or_else(String::new, |known| format!(" [{known}]"));
    format!("{rule}  {}{step}{known}", line(&finding.text))
}

/// What was expected and what was seen, in two columns of at most so many characters: code and status first, then
/// what findings add.
pub(super) fn side_by_side(scenario: &ScenarioReport, most: usize) -> Vec<Vec<String>> {
    let row = |label: &str, expected: String, seen: String| vec![label.to_owned(), expected, seen];
    let seen = scenario.seen.as_ref();
    let due = [
        row("code", expected_code(&scenario.expect), seen_code(seen)),
        row("status", statuses(&scenario.expect), seen_status(seen)),
    ];
    let both = |column: usize| format!("{} {}", due[0][column], due[1][column]);
    let pairs = (both(1), both(2));
    let mut rows = vec![row("", "expected".into(), "seen".into())];
    let of_steps = of_other_steps(scenario);
    if of_steps.is_empty() || scenario.findings.iter().any(|finding| finding.step == "when") {
        rows.extend(due);
    }
    rows.extend(of_steps);
    for finding in &scenario.findings {
        let cell = |text: &Option<String>| {
            text.as_deref().map_or_else(|| "none".to_owned(), |t| visible(&shortened(t, most)).into_owned())
        };
        let (expected, seen) = (cell(&finding.expected), cell(&finding.seen));
        let told = (&expected, &seen) == (&pairs.0, &pairs.1) || rows.iter().any(|r| r[1] == expected && r[2] == seen);
        if !told && (finding.expected.is_some() || finding.seen.is_some()) {
            rows.push(row(&visible(&shortened(label(finding), most)), expected, seen));
        }
    }
    rows
}

/// Code and status of the answers to other steps than `when` that findings are about: what was due there is for the step
/// to say.
fn of_other_steps(scenario: &ScenarioReport) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for finding in &scenario.findings {
        let (Some(due), came) = (&finding.due, finding.came.as_ref()) else { continue };
        let step = visible(&shortened(&finding.step, CELL)).into_owned();
        let any_code = if due == "2xx" { "none" } else { "a documented code" };
        let rows_of_step = [
            vec![format!("code in {step}"), any_code.to_owned(), seen_code(came)],
            vec![format!("status in {step}"), visible(due).into_owned(), seen_status(came)],
        ];
        for row in rows_of_step {
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    rows
}

/// Where in the answer the two differ, or else the rule; a status is at no place of the body.
fn label(finding: &FindingReport) -> &str {
    let of_status = matches!(Rule::from_id(&finding.rule), Some(Rule::UndocumentedStatus | Rule::WrongStatus));
    finding.pointer.as_deref().filter(|pointer| !of_status && !pointer.is_empty()).unwrap_or(&finding.rule)
}

/// `catalogue.md:212  ALREADY_CLOSED: The ticket was closed before.`, and the line that the leading finding points to
/// where that is another one, as that of the code that came.
pub(super) fn documented(scenario: &ScenarioReport, page: &str) -> Option<String> {
    let told = scenario.leading().and_then(|f| f.documentation.as_deref());
    let Some(due) = scenario.expect.line.map(|line| format!("{page}:{line}")) else { return told.map(line) };
    let meaning = match (&scenario.expect.code, &scenario.expect.meaning) {
        (Some(expected), Some(meaning)) => format!("  {}: {}", code(expected), line(meaning)),
        _ => String::new(),
    };
    let other =
        told.filter(|told| *told != due).map_or_else(String::new, |told| format!("  (see also {})", line(told)));
    Some(format!("{}{meaning}{other}", visible(&due)))
}

/// The exchange that the leading finding is about, or else the last one.
pub(super) fn telling_exchange(scenario: &ScenarioReport) -> Option<&ExchangeRecord> {
    let leading = scenario.leading();
    if let Some(exchange) = leading.and_then(|f| scenario.exchanges.get(f.exchange?)) {
        return Some(exchange);
    }
    let step = leading.map_or("when", |f| f.step.as_str());
    let is_of =
        |e: &&ExchangeRecord| e.step.strip_prefix(step).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    scenario.exchanges.iter().rev().find(is_of).or(scenario.exchanges.last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::SeenReport;
    use crate::render::fixture;

    #[test]
    fn the_meaning_of_the_due_code_stands_at_its_own_line() {
        let mut scenario = fixture::report().scenarios.into_iter().find(|s| !s.findings.is_empty()).unwrap();
        scenario.expect.code = Some("TAG_UNKNOWN".into());
        scenario.expect.meaning = Some("There is no such tag.".into());
        scenario.expect.line = Some(10);
        for finding in &mut scenario.findings {
            finding.documentation = Some("codes.md:11".into());
        }
        let told = documented(&scenario, "codes.md").unwrap();
        assert_eq!(told, "codes.md:10  TAG_UNKNOWN: There is no such tag.  (see also codes.md:11)");
        scenario.expect.line = None;
        assert_eq!(documented(&scenario, "codes.md").unwrap(), "codes.md:11");
    }

    #[test]
    fn a_finding_in_another_step_stands_beside_what_was_due_there() {
        let mut scenario = fixture::report().scenarios.into_iter().find(|s| !s.findings.is_empty()).unwrap();
        scenario.findings.truncate(1);
        let when = side_by_side(&scenario, CELL);
        assert_eq!((&*when[1][0], &*when[2][0]), ("code", "status"));
        let finding = &mut scenario.findings[0];
        finding.step = "finally 1 (a tag)".into();
        finding.due = Some("204 or 404".into());
        finding.came = Some(SeenReport { code: Some("ODD".into()), status: 409 });
        let rows = side_by_side(&scenario, CELL);
        assert_eq!(rows[1], ["code in finally 1 (a tag)", "a documented code", "ODD"]);
        assert_eq!(rows[2], ["status in finally 1 (a tag)", "204 or 404", "409"]);
        assert!(!rows.iter().any(|row| row[0] == "status"), "{rows:?}");
        scenario.findings[0].due = Some("2xx".into());
        assert_eq!(side_by_side(&scenario, CELL)[1][1], "none");
        // Where `when` has a finding too, both are shown.
        let mut both = scenario.findings[0].clone();
        (both.step, both.due) = ("when".into(), None);
        scenario.findings.push(both);
        let labels: Vec<String> = side_by_side(&scenario, CELL).into_iter().map(|mut row| row.swap_remove(0)).collect();
        assert_eq!(labels[..3], ["", "code", "status"]);
        assert!(labels.contains(&"status in finally 1 (a tag)".to_owned()), "{labels:?}");
    }
}
