//! Coverage: per pair one state.

use std::collections::HashMap;

use crate::model::catalogue::{Catalogue, CodeId, Pair};
use crate::model::plan::{Expect, Plan, SkipWhy};
use crate::model::project::{Day, Waiver};
use crate::model::report::{CodeCounts, Coverage, CoverageState, CoveredPair, PairCounts, Reach, ScenarioReport};
use crate::model::scenario::Effects;
use crate::model::verdict::Verdict;

/// A pair that a scenario means to trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intention {
    pub pair: Pair,
    pub effects: Effects,
    /// Whether the file lets it run at all.
    pub can_run: bool,
}

/// What the scenarios of a plan mean to trigger. One that sends HEAD, or takes any code with a status, means none.
pub fn intentions(plan: &Plan, catalogue: &Catalogue) -> Vec<Intention> {
    let scenarios = plan.scenarios.iter().filter(|s| s.work().is_none_or(|w| &*w.when.method != "HEAD"));
    let intention = |s: &crate::model::plan::Planned| {
        let pair = planned_pair(&s.expect, catalogue)?;
        let can_run = s.skip().is_none_or(|skip| skip.why != SkipWhy::Written);
        Some(Intention { pair, effects: s.effects, can_run })
    };
    scenarios.filter_map(intention).collect()
}

fn planned_pair(expect: &Expect, catalogue: &Catalogue) -> Option<Pair> {
    let code = expect.code?;
    let entry = catalogue.entry(code);
    let documented = expect.pinned.map_or_else(|| entry.statuses.first(), |pin| entry.pinned(pin))?;
    Some(Pair { code, status: documented.status })
}

/// Coverage as the files plan it, with how much a run could cover at each level of effects.
pub fn planned(plan: &Plan, catalogue: &Catalogue, waivers: &[Waiver], today: Day) -> Coverage {
    let intentions = intentions(plan, catalogue);
    let mut coverage = of(catalogue, waivers, today, &intentions, &[]);
    let pairs = Pairs::new(catalogue);
    coverage.reach = Effects::ALL.iter().map(|level| reach(*level, &intentions, &pairs)).collect();
    coverage
}

fn reach(effects: Effects, intentions: &[Intention], pairs: &Pairs) -> Reach {
    let mut reached = vec![false; pairs.list.len()];
    for intention in intentions.iter().filter(|i| i.can_run && i.effects <= effects) {
        if let Some(at) = pairs.at(intention.pair) {
            reached[at] = true;
        }
    }
    Reach { effects, codes: pairs.codes(&reached), pairs: reached.iter().filter(|r| **r).count() }
}

/// Coverage as it came out.
pub fn of(
    catalogue: &Catalogue,
    waivers: &[Waiver],
    today: Day,
    intentions: &[Intention],
    scenarios: &[ScenarioReport],
) -> Coverage {
    let pairs = Pairs::new(catalogue);
    let mut states = vec![CoverageState::Missing; pairs.list.len()];
    let mut raise = |pair: Option<Pair>, state: CoverageState| {
        if let Some(at) = pair.and_then(|pair| pairs.at(pair)) {
            states[at] = states[at].min(state);
        }
    };
    for intention in intentions {
        raise(Some(intention.pair), CoverageState::Planned);
    }
    for scenario in scenarios {
        raise(triggered(scenario, catalogue), CoverageState::Triggered);
    }
    let waived: HashMap<Pair, &Waiver> =
        waivers.iter().filter_map(|w| Some((waived_pair(&w.pair, catalogue)?, w))).collect();
    for at in waived.keys().filter_map(|pair| pairs.at(*pair)) {
        if states[at] != CoverageState::Triggered {
            states[at] = CoverageState::Waived;
        }
    }
    list(catalogue, &pairs, &states, &waived, today)
}

/// The pair that a conforming scenario triggered: the one seen, which is the pinned one if one was.
fn triggered(scenario: &ScenarioReport, catalogue: &Catalogue) -> Option<Pair> {
    let seen = scenario.seen.as_ref().filter(|_| scenario.verdict == Verdict::Conforms)?;
    let code = catalogue.find(seen.code.as_deref()?)?;
    let entry = catalogue.entry(code);
    let documented = match scenario.expect.at {
        // Inside a 200 the status is not judged; such a scenario triggers what it plans.
        Some(_) => entry.statuses.first(),
        None => entry.documented(seen.status),
    };
    Some(Pair { code, status: documented?.status })
}

/// Reads `CODE 404`, as waivers name pairs.
fn waived_pair(text: &str, catalogue: &Catalogue) -> Option<Pair> {
    let (code, status) = text.trim().rsplit_once(char::is_whitespace)?;
    let code = catalogue.find(code.trim())?;
    let documented = catalogue.entry(code).statuses.iter().find(|d| d.status.to_string() == status)?;
    Some(Pair { code, status: documented.status })
}

/// Whether a waiver holds no longer.
pub fn is_expired(waiver: &Waiver, today: Day) -> bool {
    waiver.until.is_some_and(|until| until < today)
}

fn list(
    catalogue: &Catalogue,
    pairs: &Pairs,
    states: &[CoverageState],
    waived: &HashMap<Pair, &Waiver>,
    today: Day,
) -> Coverage {
    let covered = |((pair, line), state): (&(Pair, u32), &CoverageState)| {
        let entry = catalogue.entry(pair.code);
        let waiver = waived.get(pair).filter(|_| *state == CoverageState::Waived);
        CoveredPair {
            code: entry.code.to_string(),
            status: pair.status.into(),
            state: *state,
            line: *line,
            section: catalogue.section_of(entry).to_owned(),
            reason: waiver.map(|w| w.reason.to_string()),
            until: waiver.and_then(|w| w.until).map(|day| day.to_string()),
            expired: waiver.is_some_and(|w| is_expired(w, today)),
        }
    };
    let count = |state| states.iter().filter(|s| **s == state).count();
    let triggered: Vec<bool> = states.iter().map(|s| *s == CoverageState::Triggered).collect();
    Coverage {
        codes: CodeCounts { documented: catalogue.len(), triggered: pairs.codes(&triggered) },
        pairs: PairCounts {
            documented: states.len(),
            triggered: count(CoverageState::Triggered),
            planned: count(CoverageState::Planned),
            waived: count(CoverageState::Waived),
            missing: count(CoverageState::Missing),
        },
        list: pairs.list.iter().zip(states).map(covered).collect(),
        reach: Vec::new(),
    }
}

/// The pairs of a catalogue in the page's order; those of one code stand together.
struct Pairs {
    list: Vec<(Pair, u32)>,
    /// Where those of each code begin.
    begins: Vec<usize>,
}

impl Pairs {
    fn new(catalogue: &Catalogue) -> Self {
        let mut begins = Vec::with_capacity(catalogue.len());
        let mut next = 0;
        for (_, entry) in catalogue.entries() {
            begins.push(next);
            next += entry.statuses.len();
        }
        Pairs { list: catalogue.pairs().collect(), begins }
    }

    /// The place of a pair in the list.
    fn at(&self, pair: Pair) -> Option<usize> {
        let begin = *self.begins.get(pair.code.0 as usize)?;
        let of_code = self.list[begin..].iter().take_while(|(other, _)| other.code == pair.code);
        of_code.into_iter().position(|(other, _)| other.status == pair.status).map(|place| begin + place)
    }

    /// How many codes have a pair for which this holds.
    fn codes(&self, holds: &[bool]) -> usize {
        let mut codes: Vec<CodeId> =
            self.list.iter().zip(holds).filter(|(_, holds)| **holds).map(|((pair, _), _)| pair.code).collect();
        codes.dedup();
        codes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::Status;
    use crate::record::fixture::{self, World};

    const TODAY: Day = Day { year: 2026, month: 11, day: 22 };

    fn states(world: &World, reports: &[ScenarioReport], waivers: &[Waiver]) -> Vec<String> {
        let intentions = intentions(&world.plan, &world.catalogue);
        let coverage = of(&world.catalogue, waivers, TODAY, &intentions, reports);
        coverage.list.iter().map(|p| format!("{} {} {}", p.code, p.status, p.state.id())).collect()
    }

    fn state(world: &World, reports: &[ScenarioReport], pair: &str) -> String {
        let all = states(world, reports, &[]);
        let found = all.into_iter().find(|s| s.starts_with(&format!("{pair} "))).unwrap();
        found[pair.len() + 1..].to_owned()
    }

    #[test]
    fn an_unpinned_scenario_plans_the_first_status_and_triggers_the_one_seen() {
        let world = World::new();
        assert_eq!(state(&world, &[], "NOT_FOUND 404"), "planned");
        let report = world.report(1, Verdict::Conforms, fixture::seen("NOT_FOUND", 410));
        let reports = [report];
        assert_eq!(state(&world, &reports, "NOT_FOUND 404"), "planned");
        assert_eq!(state(&world, &reports, "NOT_FOUND 410"), "triggered");
    }

    #[test]
    fn only_conforming_scenarios_trigger() {
        let world = World::new();
        for verdict in [Verdict::Violates, Verdict::Inconclusive, Verdict::Skipped] {
            let report = world.report(1, verdict, fixture::seen("NOT_FOUND", 404));
            assert_eq!(state(&world, &[report], "NOT_FOUND 404"), "planned");
        }
    }

    #[test]
    fn a_class_and_an_unstated_status_are_triggered_by_what_they_cover() {
        let world = World::new();
        let class = world.report(2, Verdict::Conforms, fixture::seen("LIMITED", 451));
        assert_eq!(state(&world, &[class], "LIMITED 4xx"), "triggered");
        let unstated = world.report(3, Verdict::Conforms, fixture::seen("104", 500));
        assert_eq!(state(&world, &[unstated], "104 *"), "triggered");
    }

    #[test]
    fn a_pin_counts_for_the_class_or_the_unstated_status_that_documents_it() {
        let mut world = World::new();
        world.plan.scenarios[2].expect.pinned = Some(Status::Exact(451));
        world.plan.scenarios[3].expect.pinned = Some(Status::Exact(500));
        assert_eq!(state(&world, &[], "LIMITED 4xx"), "planned");
        assert_eq!(state(&world, &[], "104 *"), "planned");
        let class = world.report(2, Verdict::Conforms, fixture::seen("LIMITED", 451));
        let unstated = world.report(3, Verdict::Conforms, fixture::seen("104", 500));
        let reports = [class, unstated];
        assert_eq!(state(&world, &reports, "LIMITED 4xx"), "triggered");
        assert_eq!(state(&world, &reports, "104 *"), "triggered");
    }

    #[test]
    fn an_answer_without_a_code_triggers_nothing() {
        let world = World::new();
        let head = world.report(1, Verdict::Conforms, Some(crate::model::verdict::Seen { code: None, status: 404 }));
        assert_eq!(state(&world, &[head], "NOT_FOUND 404"), "planned");
    }

    #[test]
    fn a_scenario_about_a_status_alone_triggers_the_pair_seen_and_plans_none() {
        let mut world = World::new();
        world.plan.scenarios[1].expect = Expect { code: None, pinned: Some(Status::Exact(409)), at: None };
        assert_eq!(state(&world, &[], "NOT_FOUND 404"), "missing");
        let report = world.report(1, Verdict::Conforms, fixture::seen("ALREADY_CLOSED", 409));
        assert_eq!(state(&world, &[report], "ALREADY_CLOSED 409"), "triggered");
    }

    #[test]
    fn an_envelope_inside_a_success_triggers_what_its_scenario_plans() {
        let mut world = World::new();
        world.plan.scenarios[1].expect.at = Some("/task".into());
        let report = world.report(1, Verdict::Conforms, fixture::seen("NOT_FOUND", 200));
        assert_eq!(state(&world, &[report], "NOT_FOUND 404"), "triggered");
    }

    #[test]
    fn a_waiver_counts_until_it_is_triggered_and_says_when_it_has_run_out() {
        let world = World::new();
        let until = Some(Day { year: 2026, month: 11, day: 21 });
        let waivers = [Waiver { pair: "NOT_FOUND 404".into(), reason: "no way in".into(), until }];
        assert!(states(&world, &[], &waivers).contains(&"NOT_FOUND 404 waived".to_owned()));
        let coverage = of(&world.catalogue, &waivers, TODAY, &[], &[]);
        let pair = coverage.list.iter().find(|p| p.state == CoverageState::Waived).unwrap();
        assert!(pair.expired && pair.reason.as_deref() == Some("no way in"));
        assert_eq!(coverage.pairs.documented, 6);
        let report = world.report(1, Verdict::Conforms, fixture::seen("NOT_FOUND", 404));
        assert!(states(&world, &[report], &waivers).contains(&"NOT_FOUND 404 triggered".to_owned()));
    }

    #[test]
    fn the_reach_grows_with_the_effects_allowed() {
        let world = World::new();
        let coverage = planned(&world.plan, &world.catalogue, &[], TODAY);
        let pairs: Vec<_> = coverage.reach.iter().map(|r| (r.effects.id(), r.codes, r.pairs)).collect();
        assert_eq!(pairs, [("none", 3, 3), ("data", 4, 4), ("disruptive", 4, 4)]);
        assert_eq!(coverage.pairs.triggered, 0);
    }
}
