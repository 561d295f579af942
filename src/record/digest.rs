//! Digests by which the shards of one run know each other.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::scenario::expectation;
use crate::model::catalogue::Catalogue;
use crate::model::plan::Plan;
use crate::model::report::{ExpectReport, ScenarioReport};

/// Of a plan: what its scenarios are called and what they expect, and the catalogue. Their order does not matter.
pub fn of_plan(plan: &Plan, catalogue: &Catalogue) -> String {
    let mut lines = Lines::of(catalogue);
    for planned in &plan.scenarios {
        lines.scenario(&plan.id(planned), &expectation(&planned.expect, catalogue));
    }
    lines.digest()
}

/// Of the plan that these are all scenarios of.
pub fn of_reports<'r>(scenarios: impl IntoIterator<Item = &'r ScenarioReport>, catalogue: &Catalogue) -> String {
    let mut lines = Lines::of(catalogue);
    for scenario in scenarios {
        lines.scenario(&scenario.id, &scenario.expect);
    }
    lines.digest()
}

/// Of what shards are balanced by.
pub fn of_durations(durations: &HashMap<String, u64>) -> String {
    let mut lines = Lines::default();
    for duration in durations {
        lines.add(&duration);
    }
    lines.digest()
}

/// Lines of JSON, one after another in one text.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    /// Where each begins and ends.
    spans: Vec<(usize, usize)>,
}

impl Lines {
    fn of(catalogue: &Catalogue) -> Lines {
        let mut lines = Lines::default();
        for (_, entry) in catalogue.entries() {
            let statuses: Vec<String> = entry.statuses.iter().map(|documented| documented.status.to_string()).collect();
            lines.add(&("code", &entry.code, statuses));
        }
        lines
    }

    fn scenario(&mut self, id: &str, expect: &ExpectReport) {
        let ExpectReport { code, statuses, pinned, at, line: _, meaning: _ } = expect;
        self.add(&("scenario", id, code, statuses, pinned, at));
    }

    fn add(&mut self, line: &impl Serialize) {
        let start = self.text.len();
        // Texts and numbers are written to memory, which cannot fail.
        let _ = serde_json::to_writer(&mut self.text, line);
        self.spans.push((start, self.text.len()));
        self.text.push(b'\n');
    }

    fn digest(mut self) -> String {
        let text = &self.text;
        self.spans.sort_unstable_by(|(a, b), (c, d)| text[*a..*b].cmp(&text[*c..*d]));
        let mut hasher = Sha256::new();
        for (start, end) in &self.spans {
            hasher.update(&text[*start..=*end]);
        }
        let mut hex = String::with_capacity(64);
        for byte in hasher.finalize() {
            // Writing to a text does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
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
