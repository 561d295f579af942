//! Digests by which the shards of one run know each other.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::scenario::expectation;
use crate::model::catalogue::Catalogue;
use crate::model::plan::Plan;
use crate::model::report::{ExpectReport, ScenarioReport};

/// Of a plan: what its scenarios are called and what they expect, and the catalogue. Their order does not matter.
pub fn of_plan(plan: &Plan, catalogue: &Catalogue) -> String {
    let scenarios =
        plan.scenarios.iter().map(|planned| line(&plan.id(planned), &expectation(&planned.expect, catalogue)));
    whole(scenarios.collect(), catalogue)
}

/// Of the plan that these are all scenarios of.
pub fn of_reports<'r>(scenarios: impl IntoIterator<Item = &'r ScenarioReport>, catalogue: &Catalogue) -> String {
    whole(scenarios.into_iter().map(|scenario| line(&scenario.id, &scenario.expect)).collect(), catalogue)
}

/// Of what shards are balanced by.
pub fn of_durations(durations: &HashMap<String, u64>) -> String {
    digest(durations.iter().map(|(id, millis)| json!([id, millis]).to_string()).collect())
}

fn line(id: &str, expect: &ExpectReport) -> String {
    let ExpectReport { code, statuses, pinned, at, line: _, meaning: _ } = expect;
    json!(["scenario", id, code, statuses, pinned, at]).to_string()
}

fn whole(mut lines: Vec<String>, catalogue: &Catalogue) -> String {
    lines.extend(catalogue.entries().map(|(_, entry)| {
        let statuses: Vec<String> = entry.statuses.iter().map(|documented| documented.status.to_string()).collect();
        json!(["code", entry.code, statuses]).to_string()
    }));
    digest(lines)
}

fn digest(mut lines: Vec<String>) -> String {
    lines.sort_unstable();
    let mut hasher = Sha256::new();
    for line in &lines {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::Status;
    use crate::model::verdict::Verdict;
    use crate::record::fixture::{self, World};

    #[test]
    fn the_reports_of_all_scenarios_have_the_digest_of_the_plan() {
        let world = World::new();
        let all: Vec<usize> = (0..world.plan.scenarios.len()).collect();
        let reports = |places: &[usize]| -> Vec<ScenarioReport> {
            places.iter().map(|at| world.report(*at, Verdict::Conforms, None)).collect()
        };
        let due = of_plan(&world.plan, &world.catalogue);
        assert_eq!(due.len(), 64);
        assert_eq!(of_reports(&reports(&all), &world.catalogue), due);
        let reversed: Vec<usize> = all.iter().rev().copied().collect();
        assert_eq!(of_reports(&reports(&reversed), &world.catalogue), due);
        assert_ne!(of_reports(&reports(&all[1..]), &world.catalogue), due);
    }

    #[test]
    fn another_name_another_expectation_and_another_catalogue_are_another_plan() {
        let world = World::new();
        let due = of_plan(&world.plan, &world.catalogue);
        let mut named = world.plan.clone();
        named.scenarios[0].name = "another".into();
        assert_ne!(of_plan(&named, &world.catalogue), due);
        let mut expecting = world.plan.clone();
        expecting.scenarios[0].expect.pinned = Some(Status::Exact(418));
        assert_ne!(of_plan(&expecting, &world.catalogue), due);
        let mut catalogue = fixture::catalogue();
        let mut entry = catalogue.entry(catalogue.find("NEVER").unwrap()).clone();
        entry.code = "EVER".into();
        catalogue.add(entry).unwrap();
        assert_ne!(of_plan(&world.plan, &catalogue), due);
    }

    #[test]
    fn durations_have_one_digest_in_any_order() {
        let durations = |list: &[(&str, u64)]| list.iter().map(|(id, ms)| (id.to_string(), *ms)).collect();
        let due = of_durations(&durations(&[("a", 1), ("b", 2)]));
        assert_eq!(of_durations(&durations(&[("b", 2), ("a", 1)])), due);
        assert_ne!(of_durations(&durations(&[("a", 2), ("b", 1)])), due);
    }
}
