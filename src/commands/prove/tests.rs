//! Whether the proof can fail: every rule turned off, and every part of the contract weakened, lets lies through.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::court::{Court, Judging};
use super::ending::{Behind, conclude};
use super::tally::{Place, Tally};
use crate::judge::{Contract, ExchangeJudgement, Judge, Judged, Marks};
use crate::lie::fixture::{World, error};
use crate::lie::{self, Owes, Statement};
use crate::model::exchange::{Exchange, Observation, Phase, Sent};
use crate::model::exit::Exit;
use crate::model::plan::{Act, Expect, Planned, Step, Work};
use crate::model::proof::{Proof, RunBehind};
use crate::model::report::TargetReport;
use crate::model::rule::Rule;
use crate::model::scenario::Effects;
use crate::model::secret::NamedSecret;
use crate::model::verdict::{Finding, Fired, Verdict};

fn judge(world: &World) -> Judge {
    let contract = Contract {
        catalogue: Arc::new(world.catalogue.clone()),
        envelope: world.place.clone(),
        schema: world.schema.clone(),
        severities: Default::default(),
        required_headers: world.required.clone(),
        project_file: "trueline.toml".into(),
        secrets: Vec::new(),
    };
    Judge::new(contract).expect("the contract is sound")
}

/// Hears everything but one rule.
struct Deaf(Judge, Rule);

impl Deaf {
    fn unheard(&self, findings: &mut Vec<Finding>) -> bool {
        let before = findings.len();
        findings.retain(|finding| finding.rule != self.1);
        findings.len() < before
    }
}

impl Judging for Deaf {
    fn scenario(&self, planned: &Planned, fired: &Fired, marks: &Marks) -> Judged {
        let mut judged = self.0.scenario(planned, fired, marks);
        if self.unheard(&mut judged.findings) {
            judged.verdict = Verdict::of(&judged.findings);
        }
        judged
    }

    fn answer(&self, exchange: &Exchange, marks: &Marks) -> ExchangeJudgement {
        let mut judged = Judging::answer(&self.0, exchange, marks);
        self.unheard(&mut judged.findings);
        judged
    }
}

fn exchange(phase: Phase, said: &Statement) -> Exchange {
    let secrets = vec![NamedSecret::new("KEY", "key-of-a-technician")];
    Exchange {
        phase,
        index: 0,
        control: false,
        sent: Sent { method: "POST".into(), url: "http://api.test/tickets".into(), secrets, ..Sent::default() },
        observation: Observation::Answered(said.answer()),
        elapsed: Duration::ZERO,
        waited: Duration::ZERO,
        superseded: false,
        early: None,
    }
}

fn planned(expect: Expect) -> Planned {
    let when = Step { judges_429: true, ..Step::default() };
    Planned {
        file: 0,
        line: 19,
        name: "a ticket".into(),
        expect,
        effects: Effects::Data,
        tags: Box::default(),
        act: Act::Fire(Box::new(Work { when, ..Work::default() })),
    }
}

/// Two scenarios that conform, one with an error answer in its clean-up.
fn scenarios(world: &World) -> Vec<(Planned, Fired)> {
    let limited = error(429, "RATE_LIMITED").with_header("retry-after", b"3").with_header("x-quota", b"0");
    let not_found = error(404, "NOT_FOUND");
    let fired = |exchanges| Fired { exchanges, attempts: 1, ..Fired::default() };
    vec![
        (
            planned(world.due("NOT_FOUND", Some(404))),
            fired(vec![exchange(Phase::When, &not_found), exchange(Phase::Finally, &error(409, "ALREADY_CLOSED"))]),
        ),
        (planned(world.due("RATE_LIMITED", None)), fired(vec![exchange(Phase::When, &limited)])),
    ]
}

fn prove(world: &World, judge: &dyn Judging, run_ended: Exit) -> (Proof, Exit) {
    let (promises, marks) = (world.promises(), Marks::default());
    let court = Court { judge, promises: &promises, marks: &marks };
    let mut tally = Tally::default();
    for (planned, mut fired) in scenarios(world) {
        let place = Place { scenario: "tickets/a ticket".into(), file: "scenarios/tickets.yaml".into(), line: 19 };
        assert!(court.try_scenario(&planned, &mut fired, &place, &mut tally));
    }
    let reasons = if run_ended == Exit::Conforms { vec![] } else { vec!["1 scenario violates".to_owned()] };
    let run = RunBehind { scenarios: 2, conforms: 2, answers: tally.answers, exit: run_ended.code(), reasons };
    conclude(tally, Behind { target: TargetReport::default(), recording: None, run, exit: run_ended, notices: vec![] })
}

fn survivors(proof: &Proof) -> Vec<&str> {
    let mut ids: Vec<&str> = proof.survivors.iter().map(|survivor| &*survivor.lie).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[test]
fn every_lie_applies_and_is_caught_and_nothing_harmless_alarms() {
    let world = World::new();
    let (proof, exit) = prove(&world, &judge(&world), Exit::Conforms);
    assert_eq!((proof.survivors.as_slice(), proof.false_alarms.as_slice()), (&[][..], &[][..]));
    assert_eq!(proof.never_applied().map(|lie| &*lie.id).collect::<Vec<_>>(), [""; 0]);
    assert_eq!((exit, proof.totals.caught, proof.run.answers), (Exit::Conforms, proof.totals.lies, 3));
    assert!(proof.totals.lies > 40, "{:?}", proof.totals);
}

#[test]
fn a_judge_that_is_deaf_to_a_rule_lets_through_the_lies_that_it_must_name() {
    let world = World::new();
    let (whole, _) = prove(&world, &judge(&world), Exit::Conforms);
    let mut rules: Vec<Rule> = Rule::ALL.into_iter().collect();
    rules.retain(|rule| whole.lies.iter().any(|lie| lie.promised.iter().any(|(id, _)| id == rule.id())));
    assert_eq!(rules.len(), 11, "{rules:?}");
    for rule in rules {
        let (proof, exit) = prove(&world, &Deaf(judge(&world), rule), Exit::Conforms);
        let mut due: Vec<&str> = whole
            .lies
            .iter()
            .filter(|lie| lie.promised.iter().any(|(id, _)| id == rule.id()))
            .map(|lie| &*lie.id)
            .collect();
        due.sort_unstable();
        assert_eq!((exit, survivors(&proof)), (Exit::Broken, due), "{rule}");
        assert!(proof.totals.caught < proof.totals.lies);
    }
}

#[test]
fn a_weakened_schema_lets_an_envelope_without_a_message_through() {
    let world = World::new();
    let mut weak = world.clone();
    weak.schema["properties"]["error"]["required"] = json!([]);
    let (proof, exit) = prove(&world, &judge(&weak), Exit::Conforms);
    assert_eq!((exit, survivors(&proof)), (Exit::Broken, vec!["message-missing"]));
    let survivor = &proof.survivors[0];
    assert_eq!(
        (&*survivor.scenario, &*survivor.verdict, survivor.promised.as_deref()),
        ("tickets/a ticket", "conforms", Some("envelope"))
    );
}

#[test]
fn a_project_without_required_headers_lets_dropped_ones_through() {
    let world = World::new();
    let weak = World { required: Default::default(), ..world.clone() };
    let (proof, _) = prove(&world, &judge(&weak), Exit::Conforms);
    assert_eq!(survivors(&proof), ["header-dropped", "retry-after-dropped"]);
}

#[test]
fn a_schema_that_minds_prose_is_a_false_alarm() {
    let world = World::new();
    let mut strict = world.clone();
    strict.schema["properties"]["error"]["properties"]["message"] = json!({ "const": "some prose" });
    let (proof, exit) = prove(&world, &judge(&strict), Exit::Conforms);
    let alarms: Vec<_> = proof.false_alarms.iter().map(|alarm| &*alarm.lie).collect();
    assert_eq!((exit, alarms), (Exit::Broken, vec!["message-scrambled"; 3]));
    assert_eq!(proof.totals.false_alarms, 3);
}

#[test]
fn a_run_that_did_not_conform_keeps_its_code_and_nothing_tried_is_5() {
    let world = World::new();
    assert_eq!(prove(&world, &judge(&world), Exit::Inconclusive).1, Exit::Inconclusive);
    let run = |reasons| RunBehind { reasons, ..RunBehind::default() };
    let behind = |exit, reasons| Behind {
        target: TargetReport::default(),
        recording: None,
        run: run(reasons),
        exit,
        notices: vec![],
    };
    assert_eq!(conclude(Tally::default(), behind(Exit::Conforms, vec![])).1, Exit::NothingJudged);
    assert_eq!(conclude(Tally::default(), behind(Exit::Broken, vec!["all violate".into()])).1, Exit::Broken);
}

#[test]
fn rules_of_lies_make_a_scenario_violate() {
    use crate::model::rule::Outcome;
    for lie in lie::ALL {
        if let Owes::Always(rule) = lie.owes {
            assert_eq!(rule.outcome(), Outcome::Violates, "{}", lie.id);
        }
    }
}
