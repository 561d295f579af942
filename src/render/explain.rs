//! What is known of one code or one rule.

use std::fmt::Write;

use super::list::expected;
use super::style::Style;
use super::words::{counted, line, pair, place, table};
use crate::model::catalogue::{Catalogue, CodeId};
use crate::model::plan::{Plan, Planned};
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::rule::{Outcome, Rule};
use crate::model::visible::{code as shown, visible};

/// Scenarios named before the rest is counted.
const NAMED: usize = 20;

/// What the catalogue says of a code, which scenarios trigger it, and how it was last answered.
pub fn code(id: CodeId, catalogue: &Catalogue, plan: &Plan, last: Option<&RunReport>, style: Style) -> String {
    let entry = catalogue.entry(id);
    let mut out = String::new();
    let statuses: Vec<String> = entry.statuses.iter().map(|d| d.status.to_string()).collect();
    let heading = format!("{} {}", shown(&entry.code), statuses.join(", "));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", style.strong(heading));
    let _ = writeln!(out, "  {}", line(&entry.meaning));
    let section = line(catalogue.section_of(entry));
    let _ = writeln!(out, "  documented in {}:{}, under {section}\n", visible(&catalogue.page), entry.line);
    let aiming: Vec<&Planned> = plan.scenarios.iter().filter(|s| s.expect.code == Some(id)).collect();
    scenarios(&mut out, &aiming, catalogue, plan, style);
    if let Some(last) = last {
        answered(&mut out, &entry.code, last, style);
    }
    out
}

fn scenarios(out: &mut String, aiming: &[&Planned], catalogue: &Catalogue, plan: &Plan, style: Style) {
    if aiming.is_empty() {
        out.push_str("no scenario expects it\n");
        return;
    }
    let _ = writeln!(
        out,
        "{} it",
        match aiming.len() {
            1 => "1 scenario expects".to_owned(),
            n => format!("{n} scenarios expect"),
        }
    );
    let row = |s: &&Planned| {
        let place = format!("{}:{}", visible(&plan.files[s.file as usize].path), s.line);
        vec![place, expected(&s.expect, catalogue), visible(&s.name).into_owned()]
    };
    let rows: Vec<Vec<String>> = aiming.iter().take(NAMED).map(row).collect();
    table(out, "  ", &rows, |_, x, cell| if x == 0 { style.faint(cell) } else { cell.to_owned() });
    if aiming.len() > NAMED {
        let _ = writeln!(out, "  and {} more", aiming.len() - NAMED);
    }
}

fn answered(out: &mut String, code: &str, last: &RunReport, style: Style) {
    let _ = writeln!(out, "\nin the run of {} against {}", line(&last.started_at), line(&last.target.name));
    let observed: Vec<_> = last.observed.iter().filter(|o| o.code == code).collect();
    for seen in &observed {
        let word = if seen.documented { style.green("documented") } else { style.red("not documented") };
        let times = counted(usize::try_from(seen.count).unwrap_or(usize::MAX), "time");
        let _ = writeln!(out, "  {} {} came {times}, {word}", shown(&seen.code), seen.status);
    }
    if observed.is_empty() {
        out.push_str("  it never came\n");
    }
    let expecting = last.scenarios.iter().filter(|s| s.expect.code.as_deref() == Some(code));
    let rows: Vec<(&ScenarioReport, Vec<String>)> = expecting.take(NAMED).map(|s| (s, outcome(s))).collect();
    let cells: Vec<Vec<String>> = rows.iter().map(|(_, row)| row.clone()).collect();
    table(
        out,
        "  ",
        &cells,
        |y, x, cell| if x == 0 { style.verdict(rows[y].0.verdict, cell) } else { cell.to_owned() },
    );
}

fn outcome(scenario: &ScenarioReport) -> Vec<String> {
    let text = match (scenario.leading(), &scenario.skip, &scenario.seen) {
        (Some(finding), _, _) => line(&finding.text),
        (_, Some(skip), _) => line(skip),
        (_, _, Some(seen)) => pair(seen),
        _ => String::new(),
    };
    vec![scenario.verdict.id().to_owned(), place(scenario), text]
}

/// When a rule is broken, what that makes of a scenario, and where it last was.
pub fn rule(rule: Rule, last: Option<&RunReport>, style: Style) -> String {
    let mut out = format!("{}\n  {}\n", style.strong(rule.id()), rule.broken_when());
    out.push_str(match rule.outcome() {
        Outcome::Inconclusive => "  It makes a scenario inconclusive: the contract may hold, it could not be heard.\n",
        Outcome::Violates => "  It makes a scenario violate the contract.\n",
        Outcome::Warning => "  It is a warning, unless `[rules]` in trueline.toml makes it an error or turns it off.\n",
    });
    let Some(last) = last else { return out };
    let _ = writeln!(out, "\nin the run of {} against {}", line(&last.started_at), line(&last.target.name));
    let all = last.scenarios.iter().flat_map(|s| s.findings.iter().map(move |f| (s, f)));
    let broken: Vec<_> = all.filter(|(_, f)| f.rule == rule.id()).collect();
    if broken.is_empty() {
        out.push_str("  it was not broken\n");
    }
    let rows: Vec<Vec<String>> = broken.iter().take(NAMED).map(|(s, f)| vec![place(s), line(&f.text)]).collect();
    table(&mut out, "  ", &rows, |_, x, cell| if x == 0 { style.faint(cell) } else { cell.to_owned() });
    if broken.len() > NAMED {
        let _ = writeln!(out, "  and {} more", broken.len() - NAMED);
    }
    out
}
