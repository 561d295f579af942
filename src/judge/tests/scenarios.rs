//! Whole scenarios, to one verdict.

use crate::judge::testing::*;
use crate::judge::{Judged, Marks};
use crate::model::catalogue::{Pair, Status};
use crate::model::exchange::{Exchange, Phase, Silent};
use crate::model::plan::{Act, Expect, Skip, SkipWhy};
use crate::model::rule::Rule::*;
use crate::model::rule::Severity;
use crate::model::verdict::{Fired, Obstacle, ObstacleKind, Verdict};

fn judged(expect: Expect, fired: &Fired) -> Judged {
    judge().scenario(&planned(expect), fired, &Marks::new())
}

fn went(exchanges: Vec<Exchange>) -> Judged {
    judged(expect("ALREADY_CLOSED"), &fired(exchanges))
}

fn obstacle(phase: Phase, kind: ObstacleKind) -> Obstacle {
    Obstacle { phase, index: 0, kind, text: "what went wrong".to_owned(), expected: None, seen: None }
}

fn stopped(phase: Phase, kind: ObstacleKind, exchanges: Vec<Exchange>) -> Judged {
    let obstacles = vec![obstacle(phase, kind)];
    judged(expect("ALREADY_CLOSED"), &Fired { obstacles, ..fired(exchanges) })
}

fn closed() -> Said {
    error(409, "ALREADY_CLOSED")
}

#[test]
fn a_scenario_whose_pair_came_conforms_and_triggers_it() {
    let judged = went(vec![answer(201).phase(Phase::Given, 0).exchange(), closed().exchange()]);
    assert_eq!((judged.verdict, judged.reason), (Verdict::Conforms, None));
    let code = catalogue().find("ALREADY_CLOSED").unwrap();
    assert_eq!(judged.triggered, Some(Pair { code, status: Status::Exact(409) }));
    assert_eq!(judged.observed, [judged.seen.clone().unwrap()]);
}

#[test]
fn the_documented_pair_is_triggered_and_not_the_bare_status() {
    let pair = |expect: Expect, said: Said| judged(expect, &fired(vec![said.exchange()])).triggered.map(|p| p.status);
    assert_eq!(pair(expect("UNSTATED"), error(418, "UNSTATED")), Some(Status::Unstated));
    assert_eq!(pair(expect("NOT_FOUND"), error(410, "NOT_FOUND")), Some(Status::Exact(410)));
    let inside = answer(200).json(&serde_json::json!({ "r": envelope("NOT_FOUND") }));
    assert_eq!(pair(at("NOT_FOUND", "/r"), inside), Some(Status::Exact(404)));
    assert_eq!(pair(expect("NOT_FOUND"), answer(404).method("HEAD")), None);
    assert_eq!(pair(expect("NOT_FOUND"), error(400, "NOT_FOUND")), None);
}

#[test]
fn a_scenario_of_which_nothing_was_judged_never_conforms() {
    for exchanges in [
        vec![],
        vec![closed().phase(Phase::Given, 0).exchange()],
        vec![closed().phase(Phase::Finally, 0).exchange()],
        vec![closed().superseded().exchange()],
        vec![closed().control().exchange()],
    ] {
        let judged = went(exchanges);
        assert_eq!((judged.verdict, judged.reason), (Verdict::Inconclusive, Some(SetupFailed)));
        assert_eq!(judged.triggered, None);
    }
}

#[test]
fn a_skipped_scenario_is_skipped() {
    let skip = Skip { why: SkipWhy::Written, reason: "not yet".to_owned(), foreseen: true };
    let planned = crate::model::plan::Planned { act: Act::Skip(skip), ..planned(expect("ALREADY_CLOSED")) };
    let judged = judge().scenario(&planned, &fired(vec![closed().exchange()]), &Marks::new());
    assert_eq!((judged.verdict, judged.triggered), (Verdict::Skipped, None));
}

#[test]
fn silence_is_inconclusive() {
    for kind in [Silent::Refused, Silent::Reset, Silent::Dns, Silent::Tls, Silent::NotHttp, Silent::BrokenBody] {
        let judged = went(vec![silent(kind, "nothing listens there")]);
        assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Inconclusive, vec![NoAnswer]));
        assert_eq!(judged.findings[0].text, "expected 409 ALREADY_CLOSED, got no whole answer: nothing listens there");
    }
    let judged = went(vec![silent(Silent::Timeout, "no answer within 10 s")]);
    assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Inconclusive, vec![Timeout]));
}

#[test]
fn silence_that_was_asked_again_is_forgotten() {
    let lost = Exchange { superseded: true, ..silent(Silent::Reset, "reset") };
    let went = Fired { attempts: 2, ..fired(vec![lost, closed().exchange()]) };
    let judged = judged(expect("ALREADY_CLOSED"), &went);
    assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Conforms, vec![Flaky]));
    assert_eq!(judged.findings[0].severity, Severity::Warning);
}

#[test]
fn what_does_not_conform_is_not_called_flaky() {
    let judged = judged(expect("ALREADY_CLOSED"), &Fired { attempts: 2, ..fired(vec![answer(200).exchange()]) });
    assert_eq!(rules(&judged.findings), [UnexpectedSuccess]);
}

#[test]
fn a_raised_warning_violates() {
    let contract = crate::judge::Contract { severities: [(Flaky, Severity::Error)].into(), ..contract() };
    let judge = crate::judge::Judge::new(contract).unwrap();
    let went = Fired { attempts: 2, ..fired(vec![closed().exchange()]) };
    let judged = judge.scenario(&planned(expect("ALREADY_CLOSED")), &went, &Marks::new());
    assert_eq!((judged.verdict, judged.reason, judged.triggered), (Verdict::Violates, Some(Flaky), None));
}

#[test]
fn a_set_up_that_failed_is_inconclusive_and_names_its_step() {
    for kind in [ObstacleKind::Status, ObstacleKind::Silent, ObstacleKind::Until, ObstacleKind::Capture] {
        let judged = stopped(Phase::Given, kind, vec![answer(201).phase(Phase::Given, 0).exchange()]);
        assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Inconclusive, vec![SetupFailed]));
        assert_eq!(judged.findings[0].step, "given 1 (an open ticket)");
        assert_eq!(judged.findings[0].text, "what went wrong");
    }
    assert_eq!(stopped(Phase::Login, ObstacleKind::Login, vec![]).reason, Some(SetupFailed));
    assert_eq!(stopped(Phase::When, ObstacleKind::Request, vec![]).reason, Some(SetupFailed));
    assert_eq!(stopped(Phase::When, ObstacleKind::Silent, vec![]).reason, Some(NoAnswer));
}

#[test]
fn weather_is_inconclusive() {
    let limited = || error(429, "RATE_LIMITED").header("retry-after", "1");
    let judged = went(vec![limited().superseded().exchange(), limited().exchange()]);
    assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Inconclusive, vec![Throttled]));
    let judged = stopped(Phase::When, ObstacleKind::Throttled, vec![limited().exchange()]);
    assert_eq!(rules(&judged.findings), [Throttled]);
    let judged = stopped(Phase::Given, ObstacleKind::Throttled, vec![limited().phase(Phase::Given, 0).exchange()]);
    assert_eq!(rules(&judged.findings), [Throttled]);
}

#[test]
fn a_429_is_judged_where_it_is_due_and_held_to_the_rules_where_it_is_weather() {
    let limited = || error(429, "RATE_LIMITED");
    let due = judged(expect("RATE_LIMITED"), &fired(vec![limited().header("retry-after", "1").exchange()]));
    assert_eq!(due.verdict, Verdict::Conforms);
    let waited_out = went(vec![limited().superseded().exchange(), closed().exchange()]);
    assert_eq!((waited_out.verdict, rules(&waited_out.findings)), (Verdict::Violates, vec![MissingHeader]));
}

#[test]
fn a_task_that_never_ended_is_not_judged_for_what_is_due() {
    let judged = stopped(Phase::When, ObstacleKind::Until, vec![answer(200).exchange()]);
    assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Inconclusive, vec![Timeout]));
}

#[test]
fn a_failed_clean_up_is_a_warning() {
    let cleanup = answer(500).json(&envelope("UNSTATED")).phase(Phase::Finally, 0).exchange();
    let judged = stopped(Phase::Finally, ObstacleKind::Status, vec![closed().exchange(), cleanup]);
    assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Conforms, vec![CleanupFailed]));
    assert_eq!(judged.findings[0].step, "finally 1");
    assert_eq!(stopped(Phase::Finally, ObstacleKind::Throttled, vec![closed().exchange()]).verdict, Verdict::Conforms);
    let uncaptured = stopped(Phase::When, ObstacleKind::Capture, vec![closed().exchange()]);
    assert_eq!((uncaptured.verdict, rules(&uncaptured.findings)), (Verdict::Conforms, vec![CleanupFailed]));
}

#[test]
fn error_answers_of_set_up_and_clean_up_are_held_to_the_rules() {
    let judged = went(vec![
        answer(404).text("not here").phase(Phase::Given, 0).exchange(),
        error(404, "ELSE").phase(Phase::Given, 1).exchange(),
        closed().exchange(),
        error(400, "NOT_FOUND").phase(Phase::Finally, 0).exchange(),
    ]);
    assert_eq!((judged.verdict, judged.reason), (Verdict::Violates, Some(NotJson)));
    let steps: Vec<_> = judged.findings.iter().map(|f| (f.rule, f.step.as_str())).collect();
    let due = [(NotJson, "given 1 (an open ticket)"), (UndocumentedCode, "given 2"), (UndocumentedStatus, "finally 1")];
    assert_eq!(steps, due);
    assert_eq!(judged.observed.len(), 3);
    assert_eq!(judged.seen.unwrap().status, 409);
}

#[test]
fn a_violation_outweighs_an_inconclusive_and_names_the_scenario() {
    let given = answer(404).text("<html>").phase(Phase::Given, 0).exchange();
    let judged = stopped(Phase::Given, ObstacleKind::Status, vec![given]);
    assert_eq!(rules(&judged.findings), [SetupFailed, NotJson]);
    assert_eq!((judged.verdict, judged.reason), (Verdict::Violates, Some(NotJson)));
}

#[test]
fn findings_are_in_the_order_of_rules_and_then_of_steps() {
    let judged = went(vec![
        error(404, "NOT_FOUND").without("content-type").phase(Phase::Given, 1).exchange(),
        error(404, "NOT_FOUND").without("content-type").exchange(),
    ]);
    let steps: Vec<_> = judged.findings.iter().map(|f| (f.rule, f.step.as_str())).collect();
    assert_eq!(steps, [(WrongCode, "when"), (ContentType, "given 2"), (ContentType, "when")]);
}

#[test]
fn the_last_answer_of_a_repeat_is_judged_and_the_others_are_told_once() {
    let earlier = || error(404, "NOT_FOUND").without("content-type").superseded().exchange();
    let judged = went(vec![earlier(), earlier(), earlier(), closed().exchange()]);
    assert_eq!((judged.verdict, rules(&judged.findings)), (Verdict::Conforms, vec![ContentType]));
    assert!(judged.findings[0].text.ends_with("(3 answers)"), "{}", judged.findings[0].text);
    assert_eq!(judged.observed.len(), 4);
}

#[test]
fn a_verdict_that_rests_on_a_proxys_mark_is_settled_at_the_end() {
    let page = answer(502).text("<html>").header("via", "1.1 x").exchange();
    let planned = planned(expect("ALREADY_CLOSED"));
    let went = fired(vec![page]);
    let (judge, mut marks) = (judge(), Marks::new());
    let at_first = judge.scenario(&planned, &went, &marks);
    assert_eq!((at_first.verdict, at_first.rests_on_marks()), (Verdict::Inconclusive, true));
    judge.learn(&mut marks, &answer(200).header("via", "1.1 x").exchange());
    let settled = judge.scenario(&planned, &went, &marks);
    assert_eq!((settled.verdict, settled.reason), (Verdict::Violates, Some(NotJson)));
}

#[test]
fn an_interrupted_scenario_says_so() {
    let went = |exchanges| judged(expect("ALREADY_CLOSED"), &Fired { interrupted: true, ..fired(exchanges) });
    // What came last would have been waited for, or asked for again.
    let clean = went(vec![error(404, "NOT_FOUND").exchange()]);
    assert_eq!((clean.verdict, clean.findings.len(), clean.observed.len()), (Verdict::Skipped, 0, 1));
    let broken = went(vec![error(404, "NOBODY_KNOWS").exchange()]);
    assert_eq!((broken.verdict, broken.reason), (Verdict::Violates, Some(UndocumentedCode)));
    assert!(broken.findings.iter().any(|finding| finding.text.contains("interrupted")), "{:?}", broken.findings);
}
