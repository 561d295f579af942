//! The scenarios that a selection takes.

use std::fmt::Write;

use serde_json::{Value, json};

use super::style::Style;
use super::words::{counted, line, table};
use crate::model::catalogue::Catalogue;
use crate::model::plan::{Expect, Plan, Planned};
use crate::model::report::StatusText;
use crate::model::visible::{code, visible};

/// File by file, a line for each scenario.
pub fn text(plan: &Plan, catalogue: &Catalogue, style: Style) -> String {
    let mut out = String::new();
    for scenarios in plan.scenarios.chunk_by(|a, b| a.file == b.file) {
        let file = &plan.files[scenarios[0].file as usize];
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", style.strong(visible(&file.path)));
        let rows: Vec<Vec<String>> = scenarios.iter().map(|s| row(s, catalogue)).collect();
        table(&mut out, "  ", &rows, |_, x, cell| match x {
            0 | 3 => style.faint(cell),
            1 => style.blue(cell),
            _ => cell.to_owned(),
        });
    }
    let _ = writeln!(out, "{}", counted(plan.scenarios.len(), "scenario"));
    out
}

fn row(scenario: &Planned, catalogue: &Catalogue) -> Vec<String> {
    let skip = scenario.skip().map(|s| format!("skipped ({}): {}", s.why.id(), line(&s.reason)));
    vec![
        scenario.line.to_string(),
        expected(&scenario.expect, catalogue),
        visible(&scenario.name).into_owned(),
        skip.unwrap_or_default(),
    ]
}

/// `CODE 404`, `CODE`, `any code 405`.
pub(super) fn expected(expect: &Expect, catalogue: &Catalogue) -> String {
    let code = expect.code.map_or_else(|| "any code".into(), |id| code(&catalogue.entry(id).code));
    match expect.pinned {
        Some(status) => format!("{code} {status}"),
        None => code.into_owned(),
    }
}

/// The same as data.
pub fn json(plan: &Plan, catalogue: &Catalogue) -> Value {
    plan.scenarios.iter().map(|s| scenario(plan, s, catalogue)).collect()
}

fn scenario(plan: &Plan, scenario: &Planned, catalogue: &Catalogue) -> Value {
    let entry = scenario.expect.code.map(|id| catalogue.entry(id));
    let statuses: Vec<StatusText> = match (scenario.expect.pinned, entry) {
        (Some(pin), _) => vec![pin.into()],
        (None, entry) => entry.map(|e| e.statuses.iter().map(|d| d.status.into()).collect()).unwrap_or_default(),
    };
    let mut value = json!({
        "id": plan.id(scenario),
        "file": plan.files[scenario.file as usize].path,
        "line": scenario.line,
        "expect": { "code": entry.map(|e| &e.code), "statuses": statuses, "pinned": scenario.expect.pinned.is_some() },
        "effects": scenario.effects,
        "tags": scenario.tags,
    });
    if let Some(skip) = scenario.skip() {
        value["skip"] = json!({ "why": skip.why.id(), "reason": skip.reason, "foreseen": skip.foreseen });
    }
    value
}
