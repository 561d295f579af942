use serde_json::{Value, json};

use super::fixture::{World, error, said};
use super::*;
use crate::model::catalogue::Status;
use crate::model::plan::Expect;
use crate::model::secret::NamedSecret;

/// The lie told of what is exactly as it was due.
fn told(world: &World, said: &Statement, due: Option<&Expect>, id: &str) -> Option<Told> {
    told_of(world, said, due, "GET", id)
}

fn told_of(world: &World, said: &Statement, due: Option<&Expect>, method: &str, id: &str) -> Option<Told> {
    let promises = world.promises();
    let secrets = [NamedSecret::new("SHORT", "1234"), NamedSecret::new("KEY", "key-of-a-technician")];
    let mut truth = Truth::new(&promises, said, method == "HEAD");
    truth.secrets = &secrets;
    truth.due = due;
    find(id).expect("is listed").tell(&truth)
}

fn rule(world: &World, said: &Statement, due: Option<&Expect>, id: &str) -> Option<Rule> {
    told(world, said, due, id).map(|told| told.rule.expect("a lie"))
}

fn body(told: &Told) -> Value {
    serde_json::from_slice(&told.statement.body).expect("JSON")
}

#[test]
fn ids_are_unique_and_lies_come_before_what_is_harmless() {
    let mut ids: Vec<_> = ALL.iter().map(|lie| lie.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), ALL.len());
    assert!(ALL.is_sorted_by_key(Lie::is_harmless));
}

#[test]
fn each_lie_owes_its_rule() {
    let world = World::new();
    let due = world.due("NOT_FOUND", Some(404));
    let truth = error(404, "NOT_FOUND");
    for (id, owed) in [
        ("status-documented", Rule::WrongStatus),
        ("status-undocumented", Rule::UndocumentedStatus),
        ("status-success", Rule::UnexpectedSuccess),
        ("code-renamed", Rule::UndocumentedCode),
        ("code-neighbour", Rule::WrongCode),
        ("code-case", Rule::UndocumentedCode),
        ("code-zero-width", Rule::UndocumentedCode),
        ("code-null", Rule::Envelope),
        ("code-type", Rule::Envelope),
        ("code-missing", Rule::Envelope),
        ("message-missing", Rule::Envelope),
        ("envelope-unwrapped", Rule::Envelope),
        ("envelope-in-list", Rule::Envelope),
        ("key-repeated", Rule::AmbiguousJson),
        ("body-cut", Rule::NotJson),
        ("body-empty", Rule::NotJson),
        ("body-html", Rule::NotJson),
        ("secret-echoed", Rule::SecretEchoed),
    ] {
        assert_eq!(rule(&world, &truth, Some(&due), id), Some(owed), "{id}");
    }
    let due = world.due("RATE_LIMITED", None);
    let limited = error(429, "RATE_LIMITED").with_header("Retry-After", b"3").with_header("x-quota", b"0");
    assert_eq!(rule(&world, &limited, Some(&due), "retry-after-dropped"), Some(Rule::MissingHeader));
    assert_eq!(rule(&world, &limited, Some(&due), "retry-after-garbled"), Some(Rule::MalformedHeader));
    let dropped = told(&world, &limited, Some(&due), "header-dropped").unwrap().statement;
    assert_eq!((dropped.header("retry-after"), dropped.header("x-quota")), (None, None));
}

#[test]
fn what_would_be_the_truth_is_no_lie() {
    let world = World::new();
    let unpinned = world.due("NOT_FOUND", None);
    assert_eq!(told(&world, &error(404, "NOT_FOUND"), Some(&unpinned), "status-documented"), None);
    let any = world.due("UNSTATED", None);
    assert_eq!(told(&world, &error(404, "UNSTATED"), Some(&any), "status-undocumented"), None);
    let class = world.due("ANY_CLIENT_ERROR", None);
    let other = told(&world, &error(404, "ANY_CLIENT_ERROR"), Some(&class), "status-undocumented").unwrap();
    assert_eq!((other.statement.status, other.rule), (500, Some(Rule::UndocumentedStatus)));
    let mut lenient = World::new();
    lenient.schema["properties"]["error"]["required"] = json!(["code"]);
    let due = lenient.due("NOT_FOUND", None);
    assert_eq!(told(&lenient, &error(404, "NOT_FOUND"), Some(&due), "message-missing"), None);
    assert_eq!(told(&lenient, &error(404, "NOT_FOUND"), Some(&due), "retry-after-dropped"), None);
    assert_eq!(told(&lenient, &error(404, "NOT_FOUND"), Some(&due), "retry-after-garbled"), None);
}

#[test]
fn a_neighbour_under_a_status_of_its_own_is_a_wrong_code_and_else_an_undocumented_status() {
    let world = World::new();
    let due = world.due("GONE", None);
    let told = told(&world, &error(404, "GONE"), Some(&due), "code-neighbour").unwrap();
    assert_eq!(
        (body(&told)["error"]["code"].clone(), told.rule),
        ("ALREADY_CLOSED".into(), Some(Rule::UndocumentedStatus))
    );
}

#[test]
fn where_only_a_status_is_due_a_code_of_that_status_is_true() {
    let world = World::new();
    let due = Expect { code: None, pinned: Some(Status::Exact(404)), at: None };
    let told = told(&world, &error(404, "NOT_FOUND"), Some(&due), "code-neighbour").unwrap();
    assert_eq!(
        (body(&told)["error"]["code"].clone(), told.rule),
        ("ALREADY_CLOSED".into(), Some(Rule::UndocumentedStatus))
    );
    assert_eq!(rule(&world, &error(404, "NOT_FOUND"), Some(&due), "status-documented"), Some(Rule::WrongStatus));
}

#[test]
fn of_an_answer_of_which_nothing_is_due_only_the_general_promises_hold() {
    let world = World::new();
    let truth = error(404, "NOT_FOUND");
    for id in ["status-success", "status-documented"] {
        assert_eq!(told(&world, &truth, None, id), None, "{id}");
    }
    assert_eq!(rule(&world, &truth, None, "code-neighbour"), Some(Rule::UndocumentedStatus));
    assert_eq!(rule(&world, &truth, None, "message-missing"), Some(Rule::Envelope));
}

#[test]
fn integer_codes_in_a_list_are_lied_about_too() {
    let world = World::of_integers();
    let due = world.due("104", None);
    let truth = said(400, &json!({ "errors": [{ "code": 104, "text": "a" }, { "code": 105, "text": "b" }] }));
    let lie = |id| told(&world, &truth, Some(&due), id);
    let code = |id| lie(id).map(|told| (body(&told)["errors"][0]["code"].clone(), told.rule.unwrap()));
    assert_eq!(code("code-renamed"), Some((json!(106), Rule::UndocumentedCode)));
    assert_eq!(code("code-neighbour"), Some((json!(105), Rule::WrongCode)));
    assert_eq!(code("code-type"), Some((json!("104"), Rule::Envelope)));
    assert_eq!(code("code-null"), Some((Value::Null, Rule::Envelope)));
    assert_eq!(lie("code-case"), None);
    assert_eq!(lie("code-zero-width"), None);
    assert_eq!(lie("message-missing"), None);
    assert_eq!(
        body(&lie("envelope-unwrapped").unwrap()),
        json!([{ "code": 104, "text": "a" }, { "code": 105, "text": "b" }])
    );
    let repeated = lie("key-repeated").unwrap().statement.body;
    assert!(repeated.starts_with(br#"{"errors":[{"code":"SOMETHING_ELSE","code":104,"#), "{repeated:?}");
}

#[test]
fn a_code_of_either_type_is_of_another_type_as_a_boolean() {
    let mut world = World::of_integers();
    world.schema["properties"]["errors"]["items"]["properties"]["code"] = json!({ "type": ["integer", "string"] });
    let due = world.due("104", None);
    let told = told(&world, &said(400, &json!({ "errors": [{ "code": 104 }] })), Some(&due), "code-type").unwrap();
    assert_eq!((body(&told)["errors"][0]["code"].clone(), told.rule), (json!(true), Some(Rule::Envelope)));
}

#[test]
fn an_envelope_inside_an_answer_is_altered_in_its_place_and_the_status_is_none_of_its_promises() {
    let world = World::new();
    let due = Expect { at: Some("/task/failure".into()), ..world.due("NOT_FOUND", None) };
    let truth = said(200, &json!({ "task": { "failure": { "error": { "code": "NOT_FOUND", "message": "m" } } } }));
    for id in ["status-success", "status-documented", "status-undocumented"] {
        assert_eq!(told(&world, &truth, Some(&due), id), None, "{id}");
    }
    assert_eq!(rule(&world, &truth, Some(&due), "code-neighbour"), Some(Rule::WrongCode));
    let unwrapped = told(&world, &truth, Some(&due), "envelope-unwrapped").unwrap();
    assert_eq!(body(&unwrapped), json!({ "task": { "failure": { "code": "NOT_FOUND", "message": "m" } } }));
    let in_list = told(&world, &truth, Some(&due), "envelope-in-list").unwrap();
    assert!(body(&in_list)["task"]["failure"].is_array());
}

#[test]
fn to_head_lies_are_about_status_and_headers() {
    let world = World::new();
    let due = world.due("NOT_FOUND", Some(404));
    let truth = Statement { body: Default::default(), ..error(404, "NOT_FOUND") };
    let applies: Vec<_> = ALL
        .iter()
        .filter(|lie| told_of(&world, &truth, Some(&due), "HEAD", lie.id).is_some())
        .map(|lie| lie.id)
        .collect();
    let about_the_head =
        ["status-documented", "status-undocumented", "status-success", "secret-echoed", "header-case", "headers-added"];
    assert_eq!(applies, about_the_head);
}

#[test]
fn a_secret_is_echoed_in_the_message_and_only_if_it_is_long_enough_to_be_searched_for() {
    let world = World::new();
    let due = world.due("NOT_FOUND", None);
    let told = told(&world, &error(404, "NOT_FOUND"), Some(&due), "secret-echoed").unwrap();
    assert_eq!(body(&told)["error"]["message"], "some prose (key-of-a-technician)");
    let promises = world.promises();
    let truth = error(404, "NOT_FOUND");
    assert_eq!(find("secret-echoed").unwrap().tell(&Truth::new(&promises, &truth, false)), None);
}

#[test]
fn harmless_changes_keep_code_and_status_and_change_the_answer() {
    let world = World::new();
    let due = world.due("NOT_FOUND", None);
    let truth = error(404, "NOT_FOUND");
    for lie in ALL.iter().filter(|lie| lie.is_harmless()) {
        let told = told(&world, &truth, Some(&due), lie.id).unwrap_or_else(|| panic!("{} applies", lie.id));
        assert_ne!(told.statement, truth, "{}", lie.id);
        assert_eq!((told.statement.status, body(&told)["error"]["code"].as_str()), (404, Some("NOT_FOUND")));
    }
    let reordered = told(&world, &truth, Some(&due), "members-reordered").unwrap().statement.body;
    assert_eq!(reordered, r#"{"error":{"message":"some prose","code":"NOT_FOUND"}}"#);
}

#[test]
fn a_length_follows_the_body() {
    let said = error(404, "NOT_FOUND").with_header("Content-Length", b"53");
    assert_eq!(said.with_body("12345").header("content-length"), Some(&b"5"[..]));
}
