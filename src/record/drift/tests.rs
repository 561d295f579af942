use super::*;
use crate::model::exit::Ending;
use crate::model::project::{Day, Waiver};
use crate::model::report::{FindingReport, RunReport, SeenReport, StatusText, TargetReport};
use crate::model::rule::Rule;
use crate::model::verdict::{Finding, Seen};
use crate::record::fixture::{self, World};
use crate::record::gates::Gates;
use crate::record::observed::Sightings;
use crate::record::report::{Run, run};
use crate::record::{Keep, coverage};

/// A finding about the answer to `when`.
fn finding(rule: Rule, code: &str, status: u16) -> Finding {
    Finding { came: fixture::seen(code, status), ..fixture::finding(rule) }
}

/// What a run came to whose scenarios went like this, in the order of the world's plan: verdict, findings, what was seen.
fn ran(went: Vec<(Verdict, Vec<Finding>, Option<Seen>)>, observed: &[Seen], waivers: &[Waiver]) -> RunReport {
    let world = World::new();
    let recorder = world.recorder(Keep::Findings);
    let scenarios = world.plan.scenarios.iter().zip(went);
    let scenarios = scenarios.map(|(planned, (verdict, findings, seen))| {
        recorder.scenario(planned, &world.fired(), verdict, findings, seen)
    });
    let mut sightings = Sightings::default();
    sightings.add(observed);
    run(Run {
        catalogue: &world.catalogue,
        waivers,
        today: Day { year: 2026, month: 11, day: 22 },
        intentions: &coverage::intentions(&world.plan, &world.catalogue),
        redactor: &world.redactor,
        started_at: "2026-11-22T12:00:00Z".into(),
        duration: std::time::Duration::from_millis(812),
        id: None,
        host: None,
        target: TargetReport::default(),
        seed: None,
        scenarios: scenarios.collect(),
        sightings: &sightings,
        shard: None,
        plan: None,
        gates: Gates::default(),
        interrupted: None,
        broke_off: false,
        notices: vec![],
        ending: Ending::default(),
    })
    .0
}

fn seen(code: &str, status: u16) -> Option<Seen> {
    fixture::seen(code, status)
}

fn brief(drift: &Drift) -> (DriftKind, String, Option<u32>, DriftPlace) {
    (drift.kind, format!("{} {}", drift.code, drift.status), drift.line, drift.place)
}

#[test]
fn every_kind_has_its_pair_its_line_and_its_proof() {
    let undocumented =
        Finding { documentation: Some("catalogue.md:12".into()), ..finding(Rule::UndocumentedCode, "BRAND_NEW", 418) };
    let report = ran(
        vec![
            (
                Verdict::Violates,
                vec![finding(Rule::UndocumentedStatus, "ALREADY_CLOSED", 400)],
                seen("ALREADY_CLOSED", 400),
            ),
            (Verdict::Violates, vec![finding(Rule::WrongCode, "LIMITED", 429)], seen("LIMITED", 429)),
            (Verdict::Violates, vec![undocumented], seen("BRAND_NEW", 418)),
            (Verdict::Violates, vec![finding(Rule::NotJson, "104", 400)], None),
        ],
        &[seen("ALREADY_CLOSED", 400).unwrap(), seen("BRAND_NEW", 418).unwrap(), seen("BRAND_NEW", 418).unwrap()],
        &[Waiver { pair: "NEVER 500".into(), reason: "nobody can".into(), until: None }],
    );
    let due = [
        (DriftKind::UndocumentedCode, "BRAND_NEW 418", Some(12), DriftPlace::Near),
        (DriftKind::UndocumentedStatus, "ALREADY_CLOSED 400", Some(10), DriftPlace::Row),
        (DriftKind::WrongCode, "NOT_FOUND 404", Some(11), DriftPlace::Row),
        (DriftKind::NeverSeen, "104 *", Some(13), DriftPlace::Row),
        (DriftKind::Waived, "NEVER 500", Some(14), DriftPlace::Row),
        (DriftKind::Missing, "NOT_FOUND 410", Some(11), DriftPlace::Row),
    ];
    let told: Vec<_> = report.drift.list.iter().map(brief).collect();
    assert_eq!(told, due.map(|(kind, pair, line, place)| (kind, pair.to_owned(), line, place)));
    let texts: Vec<_> = report.drift.list.iter().map(|drift| drift.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "BRAND_NEW 418 was answered twice, and the documentation does not have this code",
            "ALREADY_CLOSED 400 was answered once; documented is 409",
            "NOT_FOUND 404 was due, and LIMITED 429 came",
            "104 * never came, though a scenario aims at it: no error answer came",
            "NEVER 500 is waived: nobody can",
            "no scenario aims at NOT_FOUND 410",
        ]
    );
    for (drift, line) in report.drift.list.iter().zip([39, 19, 29, 49]) {
        let proof = drift.proof.as_ref().unwrap();
        assert_eq!((proof.file.as_str(), proof.line, proof.step.as_str()), ("scenarios/tickets.yaml", line, "when"));
        assert_eq!((proof.exchange, proof.method.as_deref(), proof.status), (Some(1), Some("POST"), Some(409)));
        assert!(proof.url.as_ref().unwrap().contains("/close"), "{proof:?}");
        assert!(report.scenarios.iter().any(|s| s.id == proof.scenario && s.id == drift.scenarios[0]));
    }
}

#[test]
fn what_could_not_be_heard_is_no_drift_and_what_was_seen_by_accident_neither() {
    let inconclusive = || (Verdict::Inconclusive, vec![fixture::finding(Rule::Timeout)], None);
    let report = ran((0..4).map(|_| inconclusive()).collect(), &[], &[]);
    assert_eq!(report.drift.counts.never_seen, 0);
    let violates = || (Verdict::Violates, vec![finding(Rule::MissingHeader, "104", 404)], None);
    let report = ran((0..4).map(|_| violates()).collect(), &[seen("104", 404).unwrap()], &[]);
    let never: Vec<_> = report.drift.list.iter().filter(|d| d.kind == DriftKind::NeverSeen).map(|d| &d.code).collect();
    assert_eq!(never, ["ALREADY_CLOSED", "NOT_FOUND", "LIMITED"]);
}

#[test]
fn a_contradicted_pair_is_told_once() {
    let finding = finding(Rule::WrongCode, "LIMITED", 429);
    let report = ran(vec![(Verdict::Violates, vec![finding], seen("LIMITED", 429))], &[], &[]);
    let of: Vec<_> = report.drift.list.iter().filter(|d| d.code == "ALREADY_CLOSED").map(|d| d.kind).collect();
    assert_eq!(of, [DriftKind::WrongCode]);
}

#[test]
fn a_code_that_nothing_places_belongs_at_the_end_and_says_so() {
    let mut report = ran(vec![], &[seen("FROM_NOWHERE", 500).unwrap()], &[]);
    let drift = &report.drift.list[0];
    assert_eq!((drift.line, drift.place, drift.proof.is_none()), (Some(14), DriftPlace::End, true));
    report.coverage.list.clear();
    let drift = &super::drift(&report.coverage, &[], &report.observed).list[0];
    assert_eq!((drift.line, drift.place), (None, DriftPlace::End));
}

#[test]
fn codes_without_end_are_counted_and_not_listed() {
    let observed: Vec<Seen> = (0..3000).map(|n| seen(&format!("MADE_UP_{n}"), 400).unwrap()).collect();
    let report = ran(vec![], &observed, &[]);
    let listed = report.drift.list.iter().filter(|d| d.kind == DriftKind::UndocumentedCode).count();
    assert_eq!((listed, report.drift.left_out, report.drift.counts.undocumented_code), (1000, 2000, 3000));
}

#[test]
fn a_report_of_an_earlier_release_drifts_by_what_its_scenario_saw() {
    let finding = finding(Rule::UndocumentedStatus, "ALREADY_CLOSED", 400);
    let report = ran(vec![(Verdict::Violates, vec![finding], seen("ALREADY_CLOSED", 400))], &[], &[]);
    let mut old = report.scenarios.clone();
    old[0].findings[0] = FindingReport { came: None, exchange: None, ..old[0].findings[0].clone() };
    old[0].exchanges[1].response.as_mut().unwrap().status = 400;
    let drift = &super::drift(&report.coverage, &old, &[]).list[0];
    assert_eq!(brief(drift), brief(&report.drift.list[0]));
    assert_eq!(drift.proof.as_ref().unwrap().exchange, Some(1));
}

#[test]
fn the_status_that_came_counts_where_a_class_is_pinned() {
    let came = [SeenReport { code: None, status: 409 }];
    let text = words::sentence(
        &Drift { came: came.to_vec(), count: 2, ..of_pair(DriftKind::NeverSeen, &pair()) },
        &Page::of(&[]),
    );
    assert_eq!(text, "LIMITED 4xx never came, though 2 scenarios aim at it: 409 without a code came");
    assert!(page::covers(&pair().status, 429) && !page::covers(&pair().status, 500));
}

fn pair() -> CoveredPair {
    CoveredPair {
        code: "LIMITED".into(),
        status: StatusText::Text("4xx".into()),
        state: CoverageState::Planned,
        line: 12,
        section: String::new(),
        reason: None,
        until: None,
        expired: false,
    }
}
