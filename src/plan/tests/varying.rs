//! Variables, and the rows of `each`.

use super::*;
use crate::model::plan::Body;

fn each(name: &str, rows: &str, rest: &str) -> Inputs {
    file(&format!("scenarios:\n  - name: {name}\n    each: {rows}\n    expect: NOT_FOUND\n{rest}"))
}

const WHEN: &str = "    when: { request: 'GET /{{ id }}' }\n";

#[test]
fn every_row_is_a_scenario_with_its_values_filled_in() {
    let outcome = planned(&each("'{{ id }} is gone'", "[{ id: a b }, { id: 2 }]", WHEN));
    let names: Vec<_> = outcome.plan.scenarios.iter().map(|s| &*s.name).collect();
    assert_eq!(names, ["a b is gone", "2 is gone"]);
    let paths: Vec<_> = outcome.plan.scenarios.iter().filter_map(|s| s.work()?.when.path.literal()).collect();
    assert_eq!(paths, ["/a%20b", "/2"]);
}

#[test]
fn a_value_of_a_row_keeps_its_type_in_json_and_may_have_variables_itself() {
    let rows = "[{ id: a, v: [1, { x: '{{ client_id }}' }] }, { id: b, v: 'c-{{ unique }}' }, { id: c, v: }]";
    let outcome = planned(&each("'{{ id }}'", rows, "    when: { request: POST /a, json: { v: '{{ v }}' } }\n"));
    let bodies: Vec<_> = outcome
        .plan
        .scenarios
        .iter()
        .filter_map(|s| match &s.work()?.when.body {
            Body::Json(template) => Some(filled(template)),
            _ => None,
        })
        .collect();
    assert_eq!(bodies, [r#"{"v":[1,{"x":"Target(0)"}]}"#, r#"{"v":"c-Unique"}"#, r#"{"v":null}"#]);
}

#[test]
fn a_row_can_give_method_path_credential_and_code() {
    let rows = "[{ m: PUT, p: /a/b, who: technician, code: NOT_FOUND }]";
    let inputs = file(&format!(
        "scenarios:\n  - name: '{{{{ m }}}} {{{{ p }}}}'\n    each: {rows}\n    expect: '{{{{ code }}}}'\n    as: '{{{{ who }}}}'\n    when: {{ request: '{{{{ m }}}} {{{{ p }}}}' }}\n"
    ));
    let outcome = planned(&inputs);
    assert_eq!(&*first(&outcome).name, "PUT /a/b");
    let work = first(&outcome).work().expect("it is fired");
    assert_eq!((&*work.when.method, work.when.path.literal()), ("PUT", Some("/a/b")));
    assert!(matches!(work.when.auth, crate::model::plan::Auth::Named(0)));
}

#[test]
fn the_name_contains_a_variable_of_the_row_that_differs() {
    refuses(&each("it is", "[{ id: a }, { id: b }]", WHEN), &["scenarios/0/name: ", "such as `it is ({{ id }})`"]);
    let same = "    when: { request: 'GET /{{ id }}/{{ n }}' }\n";
    refuses(
        &each("'{{ n }}'", "[{ id: a, n: 1 }, { id: b, n: 1 }]", same),
        &["scenarios/0/name: ", "differs in every row"],
    );
    refuses(&each("'{{ id }} <'", "[{ id: a }]", WHEN), &["cannot have `<`"]);
}

#[test]
fn a_variable_of_a_row_is_used_and_hides_nothing() {
    let rows = "[{ id: a, other: 1 }, { id: b, other: 2 }]";
    refuses(&each("'{{ id }}'", rows, WHEN), &["key scenarios/0/each/0/other: ", "nothing uses the variable `other`"]);
    let unique = "    when: { request: 'GET /{{ unique }}' }\n";
    refuses(&each("'{{ unique }}'", "[{ unique: a }]", unique), &["key scenarios/0/each/0/unique: ", "is built in"]);
    let captured = "    given: [{ request: GET /a, capture: { id: /id } }]\n    when: { request: 'GET /{{ id }}' }\n";
    let said = refused(&each("'{{ id }}'", "[{ id: a }]", captured));
    assert!(said[0].contains("a variable of `each`, which would hide this one"), "{said:#?}");
}

#[test]
fn a_variable_that_one_row_lacks_is_said_once() {
    let rows = "[{ id: a, x: 1 }, { id: b }, { id: c }]";
    let inputs = each("'{{ id }}'", rows, "    when: { request: 'GET /{{ x }}' }\n");
    refuses(&inputs, &["when/request {{ x }}: "]);
}

#[test]
fn what_is_wrong_with_a_value_of_a_row_is_said_at_the_row() {
    let rows = "[{ n: 1, id: a }, { n: 2, id: '{{ nothing }}' }]";
    refuses(&each("'{{ n }}'", rows, WHEN), &["scenarios/0/each/1/id {{ nothing }}: "]);
    let deep = "[{ id: a, v: [1, { x: '{{ nothing }}' }] }]";
    let when = "    when: { request: POST /a, json: { v: '{{ v }}' } }\n";
    refuses(&each("'{{ id }}'", deep, when), &["scenarios/0/each/0/v/1/x {{ nothing }}: "]);
    let codes = "[{ id: NOT_FOUND, who: technician }, { id: NOT_FUND, who: tecnician }]";
    let inputs = file(&format!(
        "scenarios:\n  - name: '{{{{ id }}}}'\n    each: {codes}\n    expect: '{{{{ id }}}}'\n    as: '{{{{ who }}}}'\n{WHEN}"
    ));
    let said = refused(&inputs);
    assert!(said[0].starts_with("scenarios/0/each/1/id: the code `NOT_FUND`"), "{said:#?}");
    assert!(said[1].starts_with("scenarios/0/each/1/who: no target has a credential `tecnician`"), "{said:#?}");
    assert_eq!(said.len(), 2);
}

#[test]
fn a_value_of_a_row_cannot_leave_the_path() {
    refuses(&each("'{{ id }}'", "[{ id: '..' }]", WHEN), &["take the segment `..`"]);
    let outcome = planned(&each("'{{ id }}'", "[{ id: '../x?y#z' }]", WHEN));
    assert_eq!(first(&outcome).work().and_then(|w| w.when.path.literal()), Some("/..%2Fx%3Fy%23z"));
}

#[test]
fn a_capture_wins_over_the_target_and_both_over_nothing() {
    let inputs = scenario(
        "given: [{ request: POST /a, capture: { client_id: /id } }]\nwhen: { request: 'GET /{{ client_id }}' }",
    );
    assert_eq!(filled(&work(&inputs).when.path), "/Slot%280%29");
    let inputs = scenario("when: { request: 'GET /{{ client_id }}' }");
    assert_eq!(filled(&work(&inputs).when.path), "/Target%280%29");
}

#[test]
fn built_in_variables_are_there() {
    let path =
        filled(&step("request: GET /{{ unique }}/{{ uuid }}/{{ now }}/{{ today }}/{{ totp(mailbox_password) }}").path);
    assert_eq!(path, "/Unique/Uuid/Now/Today/Totp%28Target%280%29%29");
    let row = each("'{{ id }}'", "[{ id: a }]", "    when: { request: 'GET /{{ totp(id) }}' }\n");
    refuses(&row, &["`totp` takes a secret of the target"]);
}

#[test]
fn a_capture_cannot_take_a_built_in_name_or_one_that_is_no_name() {
    let given = |name: &str| {
        scenario(&format!(
            "given: [{{ request: POST /a, capture: {{ '{name}': /id }} }}]\nwhen: {{ request: 'GET /{{{{ {name} }}}}' }}"
        ))
    };
    assert!(plan(&given("my-id_2"), &Asked::default()).is_ok());
    refuses(&given("uuid"), &["key scenarios/0/given/0/capture/uuid: ", "is built in"]);
    let said = refused(&given("2nd"));
    assert!(said.iter().any(|said| said.contains("`2nd` cannot be the name of a variable")), "{said:#?}");
}

#[test]
fn a_variable_is_there_only_after_its_capture() {
    let inputs = scenario(
        "given: [{ request: 'GET /{{ x }}' }, { request: POST /a, capture: { x: /id } }]\nwhen: { request: 'GET /{{ x }}' }",
    );
    refuses(&inputs, &["scenarios/0/given/0/request {{ x }}: "]);
    let late = scenario("when: { request: POST /a, capture: { x: /id } }\nfinally: [{ request: 'DELETE /{{ x }}' }]");
    assert_eq!(filled(&work(&late).finally[0].path), "/Slot%280%29");
}
