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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::Status;
    use crate::model::plan::{Act, Skip, SkipWhy};
    use crate::record::fixture::World;

    fn world() -> World {
        let mut world = World::new();
        let skip = Skip { why: SkipWhy::Written, reason: "not built yet".into(), foreseen: true };
        world.plan.scenarios[1].act = Act::Skip(skip);
        world.plan.scenarios[1].expect.pinned = Some(Status::Exact(410));
        world
    }

    #[test]
    fn a_list_looks_like_this() {
        let world = world();
        insta::assert_snapshot!(text(&world.plan, &world.catalogue, Style::PLAIN));
    }

    #[test]
    fn a_list_as_data_has_the_same_scenarios() {
        let world = world();
        let list = json(&world.plan, &world.catalogue);
        assert_eq!(list.as_array().map(Vec::len), Some(world.plan.scenarios.len()));
        let due = json!({
            "id": "tickets/an unknown ticket is not found", "file": "scenarios/tickets.yaml", "line": 29,
            "expect": { "code": "NOT_FOUND", "statuses": [410], "pinned": true }, "effects": "none", "tags": [],
            "skip": { "why": "written", "reason": "not built yet", "foreseen": true },
        });
        assert_eq!(list[1], due);
    }
}
