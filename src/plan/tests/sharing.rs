//! Fixtures: found, nested, renamed, cleaned up after, and used by somebody.

use super::*;
use crate::model::plan::Auth;
use crate::model::scenario::LeftOut;

const FIXTURES: &str = r#"
fixtures:
  a client:
    steps:
      - request: POST /clients
        as: owner
        capture: { client: /id }
    finally:
      - request: DELETE /clients/{{ client }}
        as: owner
  an open ticket:
    steps:
      - use: a client
      - request: POST /tickets
        json: { client: "{{ client }}" }
        capture: { ticket: /id }
    finally:
      - request: DELETE /tickets/{{ ticket }}
"#;

fn with(scenario: &str) -> Inputs {
    file(&format!("{FIXTURES}scenarios:\n  - name: it is\n    expect: NOT_FOUND\n{scenario}"))
}

fn lines(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| format!("{} {}", step.method, filled(&step.path))).collect()
}

const TWICE: &str = r#"
    as: technician
    given:
      - use: an open ticket
        capture: { first: ticket }
      - use: an open ticket
    when: { request: "GET /{{ first }}/{{ ticket }}/{{ client }}" }
    finally:
      - request: DELETE /own
"#;

#[test]
fn each_use_has_variables_of_its_own_and_the_latest_wins() {
    let work = work(&with(TWICE));
    assert_eq!(work.slots.iter().map(|s| &**s).collect::<Vec<_>>(), ["client", "first", "client_2", "ticket"]);
    assert_eq!(filled(&work.when.path), "/Slot%281%29/Slot%283%29/Slot%282%29");
    let captured: Vec<u16> = work.given.iter().flat_map(|step| &step.capture).map(|c| c.slot).collect();
    assert_eq!(captured, [0, 1, 2, 3]);
}

#[test]
fn clean_up_runs_ones_own_first_then_the_fixtures_in_reverse() {
    let work = work(&with(TWICE));
    let expected = [
        "DELETE /own",
        "DELETE /tickets/Slot%283%29",
        "DELETE /clients/Slot%282%29",
        "DELETE /tickets/Slot%281%29",
        "DELETE /clients/Slot%280%29",
    ];
    assert_eq!(lines(&work.finally), expected);
    let fixtures: Vec<_> = work.finally.iter().map(|step| step.fixture.as_deref()).collect();
    let (ticket, client) = (Some("an open ticket"), Some("a client"));
    assert_eq!(fixtures, [None, ticket, client, ticket, client]);
}

#[test]
fn the_scenarios_as_holds_for_a_fixtures_steps_that_state_none() {
    let outcome = planned(&with(TWICE));
    let work = first(&outcome).work().expect("it is fired");
    let credentials: Vec<&str> = outcome.plan.targets[0].credentials.iter().map(|c| &*c.name).collect();
    let whose = |steps: &[Step]| -> Vec<String> {
        let name = |step: &Step| match &step.auth {
            Auth::Named(at) => credentials[usize::from(*at)].to_owned(),
            other => format!("{other:?}"),
        };
        steps.iter().map(name).collect()
    };
    assert_eq!(whose(&work.given), ["owner", "technician", "owner", "technician"]);
    assert_eq!(whose(&work.finally), ["technician", "technician", "owner", "technician", "owner"]);
}

#[test]
fn an_as_beside_use_holds_for_that_fixture() {
    let inputs = with(
        "    given: [{ use: an open ticket, as: anonymous }]\n    as: technician\n    when: { request: 'GET /{{ ticket }}' }\n",
    );
    let work = work(&inputs);
    assert!(matches!(work.given[1].auth, Auth::Anonymous) && matches!(work.given[0].auth, Auth::Named(_)));
    assert!(matches!(work.finally[0].auth, Auth::Anonymous));
}

#[test]
fn a_captured_as_holds_from_its_capture_on() {
    let sound = scenario(
        "as: { bearer: '{{ session }}' }\ngiven:\n  - { request: POST /login, as: anonymous, capture: { session: /s } }\n  - request: GET /b\nwhen: { request: GET /a }",
    );
    let work = work(&sound);
    assert!(matches!(work.given[1].auth, Auth::Captured(_)) && matches!(work.when.auth, Auth::Captured(_)));
    let early = scenario(
        "as: { bearer: '{{ session }}' }\ngiven:\n  - { request: POST /login, capture: { session: /s } }\nwhen: { request: GET /a }",
    );
    refuses(&early, &["scenarios/0/as/bearer {{ session }}: ", "`as: anonymous`"]);
}

#[test]
fn beside_use_stand_only_as_and_capture() {
    let given = |lines: &str| {
        with(&format!(
            "    given: [{{ use: an open ticket, {lines} }}]\n    when: {{ request: 'GET /{{{{ ticket }}}}' }}\n"
        ))
    };
    refuses(&given("json: {}"), &["key scenarios/0/given/0/json", "no meaning beside `use`"]);
    refuses(&given("request: GET /a"), &["key scenarios/0/given/0/use", "either `request` or `use`"]);
}

#[test]
fn a_fixture_is_found_by_its_name() {
    let inputs = with("    given: [{ use: an opn ticket }]\n    when: { request: 'GET /{{ ticket }}' }\n");
    refuses(&inputs, &["scenarios/0/given/0/use: ", "did you mean `an open ticket`?"]);
}

#[test]
fn a_renamed_variable_is_one_of_the_fixture() {
    let given = |capture: &str| {
        with(&format!(
            "    given: [{{ use: an open ticket, capture: {capture} }}]\n    when: {{ request: 'GET /{{{{ mine }}}}/{{{{ ticket }}}}' }}\n"
        ))
    };
    assert_eq!(filled(&work(&given("{ mine: client }")).when.path), "/Slot%280%29/Slot%281%29");
    refuses(&given("{ mine: tickt }"), &["capture/mine: ", "did you mean `ticket`?"]);
    refuses(&given("{ mine: { at: /id } }"), &["`an open ticket` has `client`, `ticket`"]);
}

#[test]
fn a_fixture_that_uses_itself_is_refused() {
    let inputs = file(
        "fixtures:\n  a: { steps: [{ use: b }] }\n  b: { steps: [{ use: a }] }\nscenarios:\n  - { name: a, expect: NOT_FOUND, given: [{ use: a }], when: { request: GET /a } }",
    );
    refuses(&inputs, &["fixtures/b/steps/0/use: ", "cannot use itself"]);
}

fn nested(depth: usize) -> Inputs {
    let one = |at: usize| match at {
        0 => "  f0: { steps: [{ request: GET /a }] }\n".to_owned(),
        at => format!("  f{at}: {{ steps: [{{ use: f{} }}] }}\n", at - 1),
    };
    // The outermost stands first, so that nothing is put together before it is met from there.
    let fixtures: String = (0..depth).rev().map(one).collect();
    let last = depth - 1;
    file(&format!(
        "fixtures:\n{fixtures}scenarios:\n  - {{ name: a, expect: NOT_FOUND, given: [{{ use: f{last} }}], when: {{ request: GET /a }} }}"
    ))
}

#[test]
fn an_as_that_no_request_takes_is_noticed() {
    let dead = |when: &str| scenario(&format!("as: technician\nwhen: {{ request: GET /a, {when} }}"));
    for when in ["as: anonymous", "headers: { authorization: Odd }"] {
        notices(&dead(when), &["key scenarios/0/as: no request takes this `as`"]);
    }
    assert!(planned(&dead("timeout: 1s")).notices.is_empty());
    let by_fixture = "    as: technician\n    given: [{ use: an open ticket }]\n    when: { request: 'GET /{{ ticket }}', as: anonymous }\n";
    assert!(planned(&with(by_fixture)).notices.is_empty());
}

#[test]
fn fixtures_are_nested_eight_deep_at_most() {
    assert_eq!(work(&nested(8)).given.len(), 1);
    refuses(&nested(9), &["fixtures/f1/steps/0/use: ", "more than 8 deep"]);
}

#[test]
fn a_fixture_that_multiplies_is_stopped() {
    let uses = |of: &str| format!("[{}]", vec![format!("{{ use: {of} }}"); 20].join(", "));
    let inputs = file(&format!(
        "fixtures:\n  a: {{ steps: [{{ request: GET /a }}] }}\n  b: {{ steps: {} }}\n  c: {{ steps: {} }}\n  d: {{ steps: {} }}\nscenarios:\n  - {{ name: a, expect: NOT_FOUND, given: [{{ use: d }}], when: {{ request: GET /a }} }}",
        uses("a"),
        uses("b"),
        uses("c")
    ));
    assert!(
        refused(&inputs)
            .iter()
            .all(|said| said.starts_with("fixtures/d/steps/") && said.contains("more than 1000 steps"))
    );
}

#[test]
fn a_fixture_sees_only_its_own() {
    let inputs = file(
        "fixtures:\n  a: { steps: [{ request: 'GET /{{ ticket }}' }] }\nscenarios:\n  - name: a\n    expect: NOT_FOUND\n    given: [{ request: GET /t, capture: { ticket: /id } }, { use: a }]\n    when: { request: 'GET /{{ ticket }}' }",
    );
    refuses(&inputs, &["fixtures/a/steps/0/request {{ ticket }}: ", "what it captures itself"]);
}

#[test]
fn an_unused_fixture_is_complained_about() {
    let inputs = with("    when: { request: GET /a }\n");
    let said = refused(&inputs);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("key fixtures/an open ticket: no scenario of this file"), "{said:#?}");
    let nested_only = with("    given: [{ use: an open ticket }]\n    when: { request: 'GET /{{ ticket }}' }\n");
    assert!(plan(&nested_only, &Asked::default()).is_ok());
}

#[test]
fn an_unused_capture_is_complained_about() {
    let given = |path: &str| {
        scenario(&format!("given: [{{ request: POST /a, capture: {{ x: /id }} }}]\nwhen: {{ request: 'GET {path}' }}"))
    };
    assert!(plan(&given("/{{ x }}"), &Asked::default()).is_ok());
    refuses(&given("/a"), &["key scenarios/0/given/0/capture/x: ", "never used"]);
    let inputs = file(
        "fixtures:\n  f: { steps: [{ request: POST /a, capture: { x: /x, y: /y } }] }\nscenarios:\n  - { name: a, expect: NOT_FOUND, given: [{ use: f }], when: { request: 'GET /{{ x }}' } }",
    );
    refuses(&inputs, &["key fixtures/f/steps/0/capture/y: ", "never used"]);
    let renamed =
        with("    given: [{ use: an open ticket, capture: { mine: ticket } }]\n    when: { request: GET /a }\n");
    refuses(&renamed, &["key scenarios/0/given/0/capture/mine: "]);
}

#[test]
fn shared_fixtures_serve_all_files() {
    let shared = |fixtures: &str, rest: &str| {
        inputs(&[
            ("scenarios/fixtures.yaml", &format!("fixtures:\n{fixtures}")),
            (
                "scenarios/t.yaml",
                &format!(
                    "area: t\n{rest}scenarios:\n  - {{ name: a, expect: NOT_FOUND, given: [{{ use: f }}], when: {{ request: 'GET /{{{{ x }}}}' }} }}"
                ),
            ),
        ])
    };
    let f = "  f: { steps: [{ request: POST /a, capture: { x: /x } }] }\n";
    let outcome = planned(&shared(f, ""));
    assert_eq!(outcome.plan.files.len(), 1);
    refuses(
        &shared(&format!("{f}  g: {{ steps: [{{ request: GET /a }}] }}\n"), ""),
        &["key fixtures/g: no scenario of the project"],
    );
    refuses(&shared(&format!("{f}area: all\n"), ""), &["key area: ", "serves all areas"]);
    let hidden = refused(&shared(f, &format!("fixtures:\n{f}")));
    assert!(hidden[0].contains("key fixtures/f: scenarios/fixtures.yaml has a fixture `f` already"), "{hidden:#?}");
    let scenarios = "scenarios: [{ name: a, expect: NOT_FOUND, when: { request: GET /a } }]\n";
    refuses(&shared(&format!("{f}{scenarios}"), ""), &["key scenarios: ", "no scenarios"]);
}

#[test]
fn a_fixture_without_steps_or_used_in_clean_up_is_refused() {
    let empty = file(
        "fixtures:\n  f: { steps: [] }\nscenarios:\n  - { name: a, expect: NOT_FOUND, given: [{ use: f }], when: { request: GET /a } }",
    );
    refuses(&empty, &["fixtures/f: ", "has no steps"]);
    let late = with(
        "    given: [{ use: an open ticket }]\n    when: { request: 'GET /{{ ticket }}' }\n    finally: [{ use: a client }]\n",
    );
    refuses(&late, &["key scenarios/0/finally/0/use: ", "a fixture is used in `given`"]);
}

#[test]
fn what_could_not_be_read_may_define_and_use_what_nothing_else_does() {
    let text = r#"
fixtures:
  a client: { steps: [{ request: POST /clients, capture: { client: /id, colour: /colour } }] }
  a lonely one: { steps: [{ request: POST /lonely }] }
scenarios:
  - name: it is
    expect: NOT_FOUND
    given: [{ use: a broken one }, { use: a missing one }]
    when: { request: "GET /{{ broken }}" }
  - { name: it is not, expect: NOT_FOUN, when: { request: GET / } }
"#;
    let mut inputs = file(text);
    let texts = ["a broken one", "a client", "GET /{{ client }}"].map(Box::from).to_vec();
    inputs.files[0].content.left_out = LeftOut { scenarios: vec![0, 2], texts, head: false };
    let said = shown(&mistakes(&inputs)).join("\n");
    for part in [
        "scenarios/1/given/1/use: there is no fixture `a missing one`",
        "scenarios/3/expect: the code `NOT_FOUN`",
        "no scenario of this file uses the fixture `a lonely one`",
        "the variable `colour` is captured and never used",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");
}
