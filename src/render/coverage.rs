//! Coverage by section.

use std::fmt::Write;

use super::style::Style;
use super::words::{counted, line, table};
use crate::model::report::{Coverage, CoverageState, CoveredPair};
use crate::model::visible::code;

/// Every pair by section, the open ones in full; with `all`, each on its own line.
pub fn text(coverage: &Coverage, page: &str, all: bool, style: Style) -> String {
    let mut out = String::new();
    for pairs in coverage.list.chunk_by(|a, b| a.section == b.section) {
        section(&mut out, pairs, all, style);
    }
    summary(&mut out, coverage, page, style);
    out
}

fn section(out: &mut String, pairs: &[CoveredPair], all: bool, style: Style) {
    let count = |state| pairs.iter().filter(|p| p.state == state).count();
    let states = [CoverageState::Triggered, CoverageState::Planned, CoverageState::Waived, CoverageState::Missing];
    let parts: Vec<String> = states
        .into_iter()
        .filter(|state| count(*state) > 0)
        .map(|state| style.state(state, format_args!("{} {}", count(state), state.id())))
        .collect();
    let heading = style.strong(line(&pairs[0].section));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{heading}  {}: {}", counted(pairs.len(), "pair"), parts.join(", "));
    let shown: Vec<&CoveredPair> =
        pairs.iter().filter(|p| all || matches!(p.state, CoverageState::Missing | CoverageState::Waived)).collect();
    let rows: Vec<Vec<String>> = shown.iter().map(|p| row(p)).collect();
    table(out, "  ", &rows, |y, x, cell| match x {
        1 => style.state(shown[y].state, cell),
        2 => style.faint(cell),
        _ => cell.to_owned(),
    });
}

fn row(pair: &CoveredPair) -> Vec<String> {
    let reason = pair.reason.as_deref().map(line).unwrap_or_default();
    let expired = if pair.expired { "expired: " } else { "" };
    let at = if pair.line > 0 { format!("line {}", pair.line) } else { String::new() };
    vec![format!("{} {}", code(&pair.code), pair.status), pair.state.id().to_owned(), at, format!("{expired}{reason}")]
}

fn summary(out: &mut String, coverage: &Coverage, page: &str, style: Style) {
    let (codes, pairs) = (&coverage.codes, &coverage.pairs);
    let _ = writeln!(
        out,
        "\n{}: {} and {} documented; {} triggered, {} planned, {} waived, {} missing",
        line(page),
        counted(codes.documented, "code"),
        counted(pairs.documented, "pair"),
        style.state(CoverageState::Triggered, pairs.triggered),
        style.state(CoverageState::Planned, pairs.planned),
        style.state(CoverageState::Waived, pairs.waived),
        style.state(CoverageState::Missing, pairs.missing),
    );
    for reach in &coverage.reach {
        let effects = style.strong(format_args!("{:<10}", reach.effects.id()));
        let (codes_reached, pairs_reached) = (counted(reach.codes, "code"), counted(reach.pairs, "pair"));
        let _ = writeln!(out, "  effects {effects} a run could cover {codes_reached} and {pairs_reached}");
    }
}
