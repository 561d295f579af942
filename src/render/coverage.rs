//! Coverage by section.

use std::collections::HashMap;
use std::fmt::Write;

use super::style::Style;
use super::words::{counted, line, table};
use crate::model::report::{Coverage, CoverageState, CoveredPair};
use crate::model::visible::code;

/// Every pair by section, the open ones in full; with `all`, each on its own line. Where it is planned from the files
/// (it then has a reach), a planned pair is not open.
pub fn text(coverage: &Coverage, page: &str, all: bool, style: Style) -> String {
    let mut out = String::new();
    let ran = coverage.reach.is_empty();
    let shown = |state: CoverageState| match state {
        CoverageState::Triggered => all,
        CoverageState::Planned => all || ran,
        CoverageState::Waived | CoverageState::Missing => true,
    };
    for pairs in coverage.list.chunk_by(|a, b| a.section == b.section) {
        section(&mut out, pairs, &shown, style);
    }
    summary(&mut out, coverage, page, style);
    out
}

/// The open pairs by section, the sections with the most of them first.
pub(super) fn open_by_section(coverage: &Coverage) -> Vec<(&str, Vec<&CoveredPair>)> {
    let open = |p: &&CoveredPair| matches!(p.state, CoverageState::Planned | CoverageState::Missing);
    let mut sections: Vec<(&str, Vec<&CoveredPair>)> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for pair in coverage.list.iter().filter(open) {
        let index = *at.entry(&pair.section).or_insert_with(|| {
            sections.push((&pair.section, Vec::new()));
            sections.len() - 1
        });
        sections[index].1.push(pair);
    }
    sections.sort_by_key(|(_, pairs)| std::cmp::Reverse(pairs.len()));
    sections
}

fn section(out: &mut String, pairs: &[CoveredPair], is_shown: &dyn Fn(CoverageState) -> bool, style: Style) {
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
    let shown: Vec<&CoveredPair> = pairs.iter().filter(|p| is_shown(p.state)).collect();
    let rows: Vec<Vec<String>> = shown.iter().map(|p| row(p)).collect();
    table(out, "  ", &rows, |y, x, cell| match x {
        1 => style.state(shown[y].state, cell),
        2 => style.faint(cell),
        _ => cell.to_owned(),
    });
}

fn row(pair: &CoveredPair) -> Vec<String> {
    let reason = pair.reason.as_deref().map(line).unwrap_or_default();
    let expired = match pair.until.as_deref().map(line) {
        Some(until) if pair.expired => format!("expired on {until}: "),
        Some(until) => format!("until {until}: "),
        None if pair.expired => "expired: ".to_owned(),
        None => String::new(),
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::project::{Day, Waiver};
    use crate::record::coverage::planned;
    use crate::record::fixture::World;

    #[test]
    fn coverage_looks_like_this() {
        let world = World::new();
        let today = Day { year: 2026, month: 11, day: 22 };
        let until = Some(Day { year: 2026, month: 1, day: 1 });
        let waivers = [Waiver { pair: "NEVER 500".into(), reason: "nobody knows how".into(), until }];
        let coverage = planned(&world.plan, &world.catalogue, &waivers, today);
        insta::assert_snapshot!(text(&coverage, "catalogue.md", false, Style::PLAIN));
        let all = text(&coverage, "catalogue.md", true, Style::PLAIN);
        assert!(coverage.list.iter().all(|p| all.contains(&format!("{} {} ", p.code, p.status))));
    }
}
