//! Reports for tests: one scenario for every rule and verdict, made by `record` from a small world.

use std::time::Duration;

use crate::model::exit::Ending;
use crate::model::plan::{Skip, SkipWhy};
use crate::model::project::Day;
use crate::model::report::{RunReport, ScenarioReport, TargetReport};
use crate::model::rule::Rule;
use crate::model::verdict::{Finding, Fired, Verdict};
use crate::record::fixture::{self, World};
use crate::record::gates::Gates;
use crate::record::observed::Sightings;
use crate::record::report::{Run, run};
use crate::record::{Keep, coverage};

/// Every rule once, a plain pass, and two skips.
pub fn report() -> RunReport {
    report_with(|_, _| {})
}

pub fn report_with(change: impl Fn(&mut Finding, &mut Fired)) -> RunReport {
    let mut world = World::new();
    let model = world.plan.scenarios[0].clone();
    world.plan.scenarios = Rule::ALL.iter().map(|_| model.clone()).collect();
    for (index, (rule, planned)) in Rule::ALL.iter().zip(&mut world.plan.scenarios).enumerate() {
        planned.name = format!("a scenario in which {rule} is broken").into();
        planned.line = 20 + 10 * index as u32;
    }
    let recorder = world.recorder(Keep::Findings);
    let mut scenarios = vec![recorder.scenario(
        &model,
        &world.fired(),
        Verdict::Conforms,
        vec![],
        fixture::seen("ALREADY_CLOSED", 409),
    )];
    for (rule, planned) in Rule::ALL.iter().zip(&world.plan.scenarios) {
        let mut fired = world.fired();
        fired.attempts = if *rule == Rule::Flaky { 3 } else { 1 };
        let mut finding = fixture::finding(*rule);
        change(&mut finding, &mut fired);
        let verdict = Verdict::of([&finding]);
        scenarios.push(recorder.scenario(
            planned,
            &fired,
            verdict,
            vec![finding],
            fixture::seen("ALREADY_CLOSED", 400),
        ));
    }
    for (name, why) in [("one that is not written yet", SkipWhy::Written), ("one without a key", SkipWhy::Credential)] {
        let mut planned = model.clone();
        planned.name = name.into();
        let skip = Skip { why, reason: format!("skipped, being {}", why.id()), foreseen: false };
        scenarios.push(recorder.skipped(&planned, &skip));
    }
    let mut sightings = Sightings::default();
    sightings.add(&[fixture::seen("ALREADY_CLOSED", 400).unwrap()]);
    let intentions = coverage::intentions(&world.plan, &world.catalogue);
    run(Run {
        catalogue: &world.catalogue,
        waivers: &[],
        today: Day { year: 2026, month: 11, day: 22 },
        intentions: &intentions,
        redactor: &world.redactor,
        started_at: "2026-11-22T12:00:00Z".into(),
        duration: Duration::from_millis(812),
        id: Some("7c9e6679-7425-40de-944b-e07fc1f90ae7".into()),
        host: Some("runner-1".into()),
        target: TargetReport {
            name: "reference".into(),
            url: "http://127.0.0.1:8080".into(),
            simulation: true,
            effects: "disruptive".into(),
        },
        seed: None,
        shard: None,
        plan: None,
        scenarios,
        sightings: &sightings,
        gates: Gates::default(),
        interrupted: None,
        broke_off: false,
        notices: vec![],
        ending: Ending::default(),
    })
    .0
}

/// A scenario that could not be heard for this reason.
pub fn inconclusive(rule: Rule, text: &str) -> ScenarioReport {
    let world = World::new();
    let finding = Finding { text: text.into(), ..fixture::finding(rule) };
    let recorder = world.recorder(Keep::Findings);
    recorder.scenario(&world.plan.scenarios[0], &world.fired(), Verdict::Inconclusive, vec![finding], None)
}
