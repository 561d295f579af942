//! What scenarios and files state: names, expectations, effects, locks, areas.

use super::*;
use crate::model::plan::{Expect, Lock, Repeat};

fn expecting(expect: &str) -> Inputs {
    file(&format!("scenarios:\n  - name: it is\n    expect: {expect}\n    when: {{ request: GET /a }}\n"))
}

fn expect(text: &str) -> Expect {
    first(&planned(&expecting(text))).expect.clone()
}

#[test]
fn a_code_is_in_the_catalogue() {
    assert!(expect("NOT_FOUND").code.is_some());
    assert_eq!(expect("104").code, catalogue().find("104"));
    refuses(&expecting("NOT_FUOND"), &["scenarios/0/expect: ", "not in catalogue.md", "did you mean `NOT_FOUND`?"]);
    refuses(&expecting("not_found"), &["did you mean `NOT_FOUND`?"]);
}

#[test]
fn a_pinned_status_is_documented_for_the_code() {
    assert_eq!(expect("{ code: VALIDATION_ERROR, status: 422 }").pinned, Some(Status::Exact(422)));
    assert_eq!(expect("{ code: 104, status: 418 }").pinned, Some(Status::Exact(418)));
    let inputs = expecting("{ code: VALIDATION_ERROR, status: 404 }");
    refuses(&inputs, &["scenarios/0/expect/status: ", "documented is 400, 422 (catalogue.md:11)"]);
    refuses(&expecting("{ code: VALIDATON_ERROR }"), &["scenarios/0/expect/code: ", "did you mean"]);
}

#[test]
fn a_status_alone_is_documented_for_some_code() {
    let alone = expect("{ status: 409 }");
    assert_eq!((alone.code, alone.pinned), (None, Some(Status::Exact(409))));
    refuses(&expecting("{ status: 302 }"), &["no code in catalogue.md is documented with the status 302"]);
    refuses(&expecting("{}"), &["neither a code nor a status"]);
}

#[test]
fn the_place_of_the_envelope_is_a_pointer_and_takes_no_status() {
    assert_eq!(expect("{ code: NOT_FOUND, at: /result/0 }").at.as_deref(), Some("/result/0"));
    refuses(&expecting("{ code: NOT_FOUND, at: result }"), &["scenarios/0/expect/at: ", "write `/result`"]);
    refuses(&expecting("{ code: NOT_FOUND, status: 404, at: /a }"), &["the status is not judged"]);
}

#[test]
fn a_429_is_judged_where_it_is_documented() {
    let judges = |expect: &str| work(&expecting(expect)).when.judges_429;
    assert!(judges("RATE_LIMITED") && judges("{ status: 429 }") && judges("104"));
    assert!(!judges("NOT_FOUND") && !judges("UNSAID"));
    let inputs =
        scenario("given: [{ request: GET /a, status: [200, 429] }, { request: GET /a }]\nwhen: { request: GET /a }");
    assert_eq!(work(&inputs).given.iter().map(|s| s.judges_429).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn effects_left_out_follow_from_the_methods() {
    let effects = |lines: &str| first(&planned(&scenario(lines))).effects;
    assert_eq!(effects("when: { request: GET /a }"), Effects::None);
    assert_eq!(effects("when: { request: POST /a }"), Effects::Data);
    assert_eq!(effects("when: { request: GET /a }\nfinally: [{ request: DELETE /a }]"), Effects::Data);
    assert_eq!(effects("effects: none\nwhen: { request: POST /a }"), Effects::None);
    let fixture = "fixtures: { f: { steps: [{ request: POST /a }] } }\nscenarios:\n  - { name: a, expect: NOT_FOUND, given: [{ use: f }], when: { request: GET /a } }";
    assert_eq!(first(&planned(&file(fixture))).effects, Effects::Data);
}

#[test]
fn head_triggers_no_code() {
    notices(&when("request: HEAD /a"), &["scenarios/0/when", "triggers no code"]);
    assert!(planned(&when("request: GET /a")).notices.is_empty());
}

#[test]
fn only_when_is_repeated_and_only_steps_wait() {
    let repeated = work(&when("request: GET /a\nrepeat: { at_most: 50, unpaced: true }"));
    assert_eq!(repeated.repeat, Some(Repeat { at_most: 50, unpaced: true }));
    refuses(&when("request: GET /a\nrepeat: { at_most: 0 }"), &["when/repeat/at_most"]);
    refuses(&when("request: GET /a\nstatus: 404"), &["key scenarios/0/when/status", "pin it in `expect`"]);
    refuses(&when("request: GET /a\nuntil: { /a: [1] }"), &["key scenarios/0/when/until", "`eventually: 5s`"]);
    refuses(&when("use: f"), &["key scenarios/0/when/use", "use the fixture in `given`"]);
    let given = scenario("given: [{ request: GET /a, repeat: { at_most: 2 } }]\nwhen: { request: GET /a }");
    refuses(&given, &["key scenarios/0/given/0/repeat", "only `when` is repeated"]);
    refuses(&scenario("given: [{}]\nwhen: { request: GET /a }"), &["scenarios/0/given/0: ", "`use: a fixture`"]);
}

#[test]
fn statuses_of_steps_are_statuses() {
    let given = |status: &str| {
        scenario(&format!("given: [{{ request: GET /a, status: {status} }}]\nwhen: {{ request: GET /a }}"))
    };
    assert_eq!(&*work(&given("[200, 404]")).given[0].accept, [200, 404]);
    refuses(&given("[]"), &["given/0/status", "no answer would do"]);
    refuses(&given("[99, 200]"), &["99 is not a status"]);
}

#[test]
fn eventually_is_a_time() {
    let inputs = scenario("eventually: 5s\nwhen: { request: GET /a }");
    assert_eq!(work(&inputs).eventually, Some(std::time::Duration::from_secs(5)));
    refuses(&scenario("eventually: 0s\nwhen: { request: GET /a }"), &["scenarios/0/eventually", "no time at all"]);
}

fn named(name: &str) -> Inputs {
    file(&format!("scenarios:\n  - name: {name}\n    expect: NOT_FOUND\n    when: {{ request: GET /a }}\n"))
}

#[test]
fn a_name_can_be_told_by_every_reader_of_reports() {
    assert_eq!(&*first(&planned(&named("'it''s 100% {ok}: größer'"))).name, "it's 100% {ok}: größer");
    for (name, why) in [
        ("'a < b'", "cannot have `<`"),
        ("'a & b'", "cannot have `&`"),
        ("'say \"x\"'", "cannot have"),
        ("\"a\\nb\"", "cannot have `\\n`"),
        ("'  '", "is blank"),
        ("' a'", "begins or ends with a blank"),
        ("'a {{ client_id }}'", "known before anything is sent"),
    ] {
        refuses(&named(name), &["scenarios/0/name: ", why]);
    }
    assert!(plan(&named(&"x".repeat(250)), &Asked::default()).is_ok());
    refuses(&named(&"x".repeat(251)), &["251 characters"]);
}

#[test]
fn names_are_unique_in_their_file() {
    let two = "scenarios:\n  - { name: a, expect: NOT_FOUND, when: { request: GET /a } }\n  - { name: a, expect: NOT_FOUND, when: { request: GET /b } }";
    refuses(&file(two), &["scenarios/1/name: ", "in this file already"]);
    let one = "scenarios:\n  - { name: a, expect: NOT_FOUND, when: { request: GET /a } }";
    let apart =
        inputs(&[("scenarios/a.yaml", &format!("area: a\n{one}")), ("scenarios/b.yaml", &format!("area: b\n{one}"))]);
    assert_eq!(planned(&apart).plan.scenarios.len(), 2);
}

#[test]
fn every_file_has_an_area_of_its_own() {
    let one = "scenarios:\n  - { name: a, expect: NOT_FOUND, when: { request: GET /a } }";
    let with = |area: &str| inputs(&[("scenarios/My Files.yaml", &format!("{area}{one}"))]);
    refuses(&with(""), &["file: ", "names no `area`", "`area: my-files`"]);
    refuses(&with("area: My_Files\n"), &["area: ", "write `area: my-files`"]);
    assert_eq!(&*planned(&with("area: my-2\n")).plan.files[0].area, "my-2");
    let twice =
        inputs(&[("scenarios/a.yaml", &format!("area: a\n{one}")), ("scenarios/b.yaml", &format!("area: a\n{one}"))]);
    refuses(&twice, &["area: ", "also that of scenarios/a.yaml"]);
    refuses(&file(""), &["the file has no scenarios"]);
}

#[test]
fn a_skip_has_a_reason() {
    for why in ["' '", "true", "false"] {
        let inputs = scenario(&format!("skip: {why}\nwhen: {{ request: GET /a }}"));
        refuses(&inputs, &["scenarios/0/skip: ", "always has a reason"]);
    }
    let skip = skipped(&scenario("skip: not yet\nwhen: { request: GET /a }"));
    assert_eq!((skip.why.id(), skip.reason.as_str(), skip.foreseen), ("written", "not yet", true));
}

#[test]
fn a_skipped_scenario_is_checked_all_the_same() {
    refuses(&scenario("skip: later\nwhen: { request: 'GET /{{ x }}' }"), &["when/request"]);
}

#[test]
fn locks_are_by_name() {
    let with = |a: &str, b: &str| {
        file(&format!(
            "scenarios:\n  - {{ name: a, {a}, expect: NOT_FOUND, when: {{ request: GET /a }} }}\n  - {{ name: b, {b}, expect: NOT_FOUND, when: {{ request: GET /a }} }}"
        ))
    };
    let plan = planned(&with("exclusive: clock, shared: mail", "shared: clock, exclusive: mail")).plan;
    let locks: Vec<_> = plan.scenarios.iter().map(|s| s.work().and_then(|w| w.lock)).collect();
    assert_eq!(locks, [Some(Lock::Both(0, 1)), Some(Lock::Both(1, 0))]);
    assert_eq!(plan.locks, ["clock".into(), "mail".into()]);
    notices(&with("exclusive: clock", "exclusive: clokc"), &["keeps nobody out", "did you mean `clock`?"]);
    notices(&with("shared: clock", "shared: clock"), &["no scenario has the lock `clock` exclusively"]);
    assert!(planned(&with("exclusive: clock", "shared: clock")).notices.is_empty());
    refuses(&with("exclusive: clock, shared: clock", "shared: clock"), &["key scenarios/0/shared"]);
    refuses(&with("exclusive: ' '", "tags: [a]"), &["a lock has a name"]);
}

#[test]
fn all_mistakes_are_said_at_once() {
    let inputs = inputs(&[
        ("scenarios/a.yaml", "area: a\nscenarios:\n  - { name: a, expect: NOPE, when: { request: get /a } }"),
        (
            "scenarios/b.yaml",
            "area: b\nscenarios:\n  - { name: b, expect: NOT_FOUND, when: { request: GET /a, as: nobody } }",
        ),
    ]);
    assert_eq!(refused(&inputs).len(), 3);
}
