//! One answer and what is due, to the rules that it breaks.

use serde_json::json;

use crate::judge::Marks;
use crate::judge::testing::*;
use crate::model::exchange::Exchange;
use crate::model::plan::Expect;
use crate::model::rule::Rule::{self, *};
use crate::model::secret::NamedSecret;

fn broken(exchange: Exchange, expect: Option<Expect>) -> (Vec<Rule>, bool) {
    let judgement = judge().exchange(&exchange, expect.as_ref(), &Marks::new());
    (rules(&judgement.findings), judgement.met)
}

/// Judged as the answer that something is due of.
#[track_caller]
fn due(expect: Expect, said: Said, rules: &[Rule]) {
    let (broken, met) = broken(said.exchange(), Some(expect));
    assert_eq!(broken, rules);
    let violated = rules.iter().any(|rule| rule.outcome() != crate::model::rule::Outcome::Warning);
    assert!(met || violated, "nothing tells why it does not conform");
}

/// Judged as an answer that nothing is due of.
#[track_caller]
fn seen(said: Said, rules: &[Rule]) {
    assert_eq!(broken(said.exchange(), None), (rules.to_vec(), false));
}

fn closed() -> Expect {
    expect("ALREADY_CLOSED")
}

#[test]
fn the_pair_that_is_due_breaks_nothing() {
    due(closed(), error(409, "ALREADY_CLOSED"), &[]);
    due(expect("NOT_FOUND"), error(404, "NOT_FOUND"), &[]);
    due(expect("NOT_FOUND"), error(410, "NOT_FOUND"), &[]);
    due(pinned("NOT_FOUND", 410), error(410, "NOT_FOUND"), &[]);
    due(status_alone(410), error(410, "NOT_FOUND"), &[]);
    due(expect("UNSTATED"), error(418, "UNSTATED"), &[]);
    due(expect("ANY_CLIENT_ERROR"), error(451, "ANY_CLIENT_ERROR"), &[]);
    assert_eq!(broken(error(409, "ALREADY_CLOSED").exchange(), Some(closed())), (vec![], true));
}

#[test]
fn a_code_may_be_a_string_or_an_integer() {
    due(expect("104"), error(400, "104"), &[]);
    due(expect("104"), error(400, 104), &[]);
    due(expect("104"), error(400, 104.0), &[Envelope]);
    due(expect("104"), error(400, "0104"), &[UndocumentedCode]);
}

#[test]
fn message_text_member_order_and_white_space_change_nothing() {
    let told = answer(409).header("Content-Type", "application/problem+json; charset=utf-8");
    due(
        closed(),
        told.text("\n{ \"error\": {\"message\":\"\u{202e}x\",\n\"code\":\"ALREADY_\\u0043LOSED\"} }\r\n"),
        &[],
    );
}

#[test]
fn a_success_is_unexpected_where_an_error_was_due() {
    for status in [100, 103, 200, 204, 302, 304] {
        due(closed(), answer(status), &[UnexpectedSuccess]);
    }
    due(closed(), error(200, "ALREADY_CLOSED"), &[UnexpectedSuccess]);
    seen(answer(200), &[]);
}

#[test]
fn a_body_that_is_not_one_json_text_is_a_finding() {
    for body in ["", " ", "<html></html>", "{\"error\":", "{} {}", "404 page not found", "\u{feff}{}", "NaN"] {
        due(closed(), answer(409).text(body), &[NotJson]);
        seen(answer(409).text(body), &[NotJson]);
        seen(answer(200).text(body), &[]);
    }
    due(closed(), answer(409).bytes(b"{\"error\":\"\xff\"}"), &[NotJson]);
}

#[test]
fn a_body_in_a_coding_that_is_not_read_is_not_json() {
    let coded = |name: &str, coding: &str| error(409, "ALREADY_CLOSED").header(name, coding);
    for coding in ["br", "zstd", "gzip, br", "x"] {
        due(closed(), coded("Content-Encoding", coding), &[NotJson]);
        due(closed(), coded("Transfer-Encoding", coding), &[NotJson]);
    }
    due(closed(), coded("Transfer-Encoding", "gzip, Chunked"), &[NotJson]);
    for none in ["", "identity", "Identity"] {
        due(closed(), coded("Content-Encoding", none), &[]);
    }
    due(closed(), coded("Transfer-Encoding", "chunked"), &[]);
    let said = coded("Content-Encoding", "br").exchange();
    let judgement = judge().exchange(&said, Some(&closed()), &Marks::new());
    assert!(judgement.findings[0].text.ends_with("with a body that is in a coding that is not read, `br`"));
}

#[test]
fn a_repeated_key_is_ambiguous() {
    let typed = || answer(409).header("content-type", "application/json");
    due(closed(), typed().text(r#"{"error":{"code":"X","message":"m","code":"ALREADY_CLOSED"}}"#), &[AmbiguousJson]);
    due(closed(), typed().text(r#"{"error":{"code":"ALREADY_CLOSED","message":"m","message":"m"}}"#), &[AmbiguousJson]);
    let other = r#"{"error":{"code":"NOT_FOUND","message":"m","message":"m"}}"#;
    due(closed(), typed().text(other), &[AmbiguousJson, UndocumentedStatus]);
    due(closed(), typed().text(r#"{"error":{"code":"ALREADY_CLOSED","message":"{\"a\":1,\"a\":2}"}}"#), &[]);
}

#[test]
fn an_envelope_that_breaks_its_schema_is_a_finding() {
    let inner = |error: serde_json::Value| answer(409).json(&json!({ "error": error }));
    due(closed(), inner(json!({ "code": "ALREADY_CLOSED" })), &[Envelope]);
    due(closed(), inner(json!({ "code": "ALREADY_CLOSED", "message": null })), &[Envelope]);
    due(closed(), inner(json!({ "message": "m" })), &[Envelope]);
    for wrong in [json!(null), json!(true), json!([]), json!({})] {
        due(closed(), inner(json!({ "code": wrong, "message": "m" })), &[Envelope]);
    }
    for wrong in [json!(null), json!("x"), json!([]), json!([{ "code": "ALREADY_CLOSED", "message": "m" }])] {
        due(closed(), inner(wrong), &[Envelope]);
    }
    for wrong in [json!(null), json!("x"), json!([envelope("ALREADY_CLOSED")]), envelope("X")["error"].clone()] {
        due(closed(), answer(409).json(&wrong), if wrong.is_object() { &[Envelope, ExtraFields] } else { &[Envelope] });
    }
    due(closed(), inner(json!({ "message": null })), &[Envelope, Envelope]);
}

#[test]
fn a_schema_that_lets_a_missing_code_pass_does_not_let_it_conform() {
    let lax = crate::judge::Contract { schema: json!({}), ..contract() };
    let judge = crate::judge::Judge::new(lax).unwrap();
    for body in [json!({}), json!({ "error": { "code": null } }), json!({ "error": { "code": 1.5 } }), json!([])] {
        let judgement = judge.exchange(&answer(409).json(&body).exchange(), Some(&closed()), &Marks::new());
        assert_eq!((rules(&judgement.findings), judgement.met), (vec![Envelope], false), "{body}");
    }
}

#[test]
fn a_code_that_the_catalogue_does_not_list_is_a_finding() {
    for code in ["already_closed", " ALREADY_CLOSED", "ALREADY_\u{200b}CLOSED", "\u{410}LREADY_CLOSED", "", "ELSE"] {
        due(closed(), error(409, code), &[UndocumentedCode]);
        due(status_alone(409), error(409, code), &[UndocumentedCode]);
        seen(error(409, code), &[UndocumentedCode]);
    }
    due(closed(), error(409, 7), &[UndocumentedCode]);
}

#[test]
fn a_status_that_the_catalogue_does_not_list_for_the_code_is_a_finding() {
    due(closed(), error(400, "ALREADY_CLOSED"), &[UndocumentedStatus]);
    due(closed(), error(599, "ALREADY_CLOSED"), &[UndocumentedStatus]);
    due(closed(), error(400, "NOT_FOUND"), &[UndocumentedStatus]);
    due(pinned("NOT_FOUND", 404), error(400, "NOT_FOUND"), &[UndocumentedStatus]);
    due(status_alone(405), error(405, "NOT_FOUND"), &[UndocumentedStatus]);
    due(expect("UNSTATED"), error(600, "UNSTATED"), &[UndocumentedStatus]);
    due(expect("ANY_CLIENT_ERROR"), error(500, "ANY_CLIENT_ERROR"), &[UndocumentedStatus]);
    seen(error(400, "ALREADY_CLOSED"), &[UndocumentedStatus]);
}

#[test]
fn a_documented_pair_that_is_not_due_is_the_wrong_code() {
    due(closed(), error(404, "NOT_FOUND"), &[WrongCode]);
    due(pinned("VALIDATION_ERROR", 422), error(400, "INVALID_ID"), &[WrongCode]);
    seen(error(404, "NOT_FOUND"), &[]);
}

#[test]
fn the_code_that_is_due_under_another_documented_status_than_the_pinned_is_the_wrong_status() {
    due(pinned("VALIDATION_ERROR", 400), error(422, "VALIDATION_ERROR"), &[WrongStatus]);
    due(pinned("VALIDATION_ERROR", 422), error(422, "VALIDATION_ERROR"), &[]);
    due(status_alone(404), error(410, "NOT_FOUND"), &[WrongStatus]);
}

#[test]
fn a_required_header_is_missed_wherever_its_code_is_seen() {
    let limited = || error(429, "RATE_LIMITED");
    due(expect("RATE_LIMITED"), limited(), &[MissingHeader]);
    due(expect("RATE_LIMITED"), limited().header("RETRY-AFTER", "1"), &[]);
    seen(limited(), &[MissingHeader]);
    seen(error(409, "ALREADY_CLOSED"), &[]);
}

#[test]
fn a_wait_is_in_seconds_or_until_an_http_date() {
    let told = |value: &str| error(409, "ALREADY_CLOSED").header("retry-after", value);
    for good in [
        "0",
        "120",
        "99999999999999999999",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        seen(told(good), &[]);
    }
    for bad in ["", "-1", "1.5", "+1", "1 s", "soon", "2026-11-22T12:00:00Z", "Sun, 06 Nov 1994 08:49:37 CET"] {
        seen(told(bad), &[MalformedHeader]);
        due(closed(), told(bad), &[MalformedHeader]);
    }
    seen(answer(200).header("retry-after", "soon"), &[]);
}

#[test]
fn a_cut_body_is_too_large_and_not_called_anything_else() {
    due(closed(), answer(409).text("{\"error\":").cut(), &[BodyTooLarge]);
    seen(answer(500).text("<html>").cut(), &[BodyTooLarge]);
    seen(answer(200).text("[").cut(), &[]);
}

#[test]
fn a_secret_that_comes_back_is_a_finding() {
    let captured = || NamedSecret::new("session", "a-captured-\"session\"");
    let short = NamedSecret::new("PIN", "1234567");
    let said = |text: &str| {
        error(409, "ALREADY_CLOSED").json(&json!({ "error": { "code": "ALREADY_CLOSED", "message": text } }))
    };
    due(closed(), said("for hunter2/hunter2").secret(known_secret()), &[SecretEchoed]);
    due(closed(), said("for aHVudGVyMi9odW50ZXIy").secret(known_secret()), &[SecretEchoed]);
    due(closed(), said("a-captured-\"session\"").secret(captured()), &[SecretEchoed]);
    due(closed(), said("a-captured-%22session%22").secret(captured()), &[SecretEchoed]);
    due(closed(), said("x").header("www-authenticate", "hunter2/hunter2").secret(known_secret()), &[SecretEchoed]);
    due(closed(), said("hunter2/hunter").secret(known_secret()), &[]);
    due(closed(), said("hunter2/hunter2"), &[]);
    due(closed(), said("1234567").secret(short), &[]);
    seen(answer(500).bytes(b"\xff hunter2/hunter2").secret(known_secret()), &[NotJson, SecretEchoed]);
    seen(answer(500).bytes(b"\xff a-captured-\"session\"").secret(captured()), &[NotJson, SecretEchoed]);
}

#[test]
fn json_that_is_not_labelled_so_is_a_warning() {
    let labelled = |label: &str| error(409, "ALREADY_CLOSED").header("content-type", label);
    for good in ["application/json", "Application/JSON;charset=utf-8", "application/problem+json", "a/b+JSON ; c=d"] {
        due(closed(), labelled(good), &[]);
    }
    for bad in ["text/html", "text/json", "application/json+xml", "+json", "application/jsonp", ""] {
        due(closed(), labelled(bad), &[ContentType]);
    }
    due(closed(), error(409, "ALREADY_CLOSED").without("content-type"), &[ContentType]);
    seen(answer(500).text("<html>").header("content-type", "text/html"), &[NotJson]);
}

#[test]
fn a_member_that_the_schema_does_not_name_is_a_warning() {
    let mut body = envelope("ALREADY_CLOSED");
    body["error"]["details"] = json!({ "a": 1 });
    body["request_id"] = json!("r1");
    due(closed(), answer(409).json(&body), &[ExtraFields]);
}

#[test]
fn several_promises_can_be_broken_at_once() {
    let body = json!({ "error": { "code": "NOT_FOUND", "details": 1 } });
    let said = answer(404).text(&body.to_string()).header("retry-after", "soon");
    due(closed(), said, &[Envelope, WrongCode, MalformedHeader, ContentType, ExtraFields]);
}

#[test]
fn of_an_answer_to_head_only_status_and_headers_are_judged() {
    let head = |status: u16| answer(status).method("HEAD");
    due(closed(), head(409), &[]);
    due(closed(), head(404), &[UndocumentedStatus]);
    due(closed(), head(200), &[UnexpectedSuccess]);
    due(pinned("NOT_FOUND", 404), head(410), &[WrongStatus]);
    due(pinned("NOT_FOUND", 404), head(404).header("retry-after", "soon"), &[MalformedHeader]);
    due(status_alone(405), head(404), &[WrongStatus]);
    due(expect("RATE_LIMITED"), head(429), &[MissingHeader]);
    due(expect("RATE_LIMITED"), head(404), &[UndocumentedStatus]);
    let judgement = judge().exchange(&head(409).exchange(), Some(&closed()), &Marks::new());
    assert_eq!(judgement.seen.unwrap().code, None);
}

#[test]
fn an_envelope_inside_a_success_is_judged_where_it_is() {
    let task = |inner| answer(200).json(&json!({ "status": "failed", "result": inner }));
    let due_inside = || at("ALREADY_CLOSED", "/result");
    due(due_inside(), task(envelope("ALREADY_CLOSED")), &[]);
    due(due_inside(), task(envelope("NOT_FOUND")), &[WrongCode]);
    due(due_inside(), task(envelope("ELSE")), &[UndocumentedCode]);
    due(due_inside(), task(json!({ "error": { "code": "ALREADY_CLOSED" } })), &[Envelope]);
    due(due_inside(), task(json!(null)), &[Envelope]);
    due(due_inside(), answer(200).json(&json!({ "status": "succeeded" })), &[Envelope]);
    due(due_inside(), answer(200).text(""), &[NotJson]);
    due(due_inside(), answer(200).text("{").cut(), &[BodyTooLarge]);
}

#[test]
fn an_error_answer_does_not_stand_in_for_the_envelope_inside_a_success() {
    due(at("ALREADY_CLOSED", "/result"), error(409, "ALREADY_CLOSED"), &[Envelope]);
    due(at("ALREADY_CLOSED", "/result"), error(404, "NOT_FOUND"), &[Envelope]);
}

#[test]
fn the_control_service_is_not_judged() {
    let (rules, met) = broken(error(409, "ALREADY_CLOSED").control().exchange(), Some(closed()));
    assert_eq!((rules, met), (vec![], false));
}

#[test]
fn a_rule_that_is_off_finds_nothing_and_one_that_is_raised_violates() {
    use crate::model::rule::Severity;
    let judged = |severity| {
        let contract = crate::judge::Contract { severities: [(ContentType, severity)].into(), ..contract() };
        let judge = crate::judge::Judge::new(contract).unwrap();
        let exchange = error(409, "ALREADY_CLOSED").without("content-type").exchange();
        let judgement = judge.exchange(&exchange, Some(&closed()), &Marks::new());
        (judgement.findings.len(), judgement.conforms())
    };
    assert_eq!(judged(Severity::Off), (0, true));
    assert_eq!(judged(Severity::Warning), (1, true));
    assert_eq!(judged(Severity::Error), (1, false));
}

#[test]
fn a_repeat_ends_when_the_code_comes() {
    let judge = judge();
    let met = |expect: Expect, said: Said| judge.is_met(&expect, &said.exchange());
    assert!(met(closed(), error(409, "ALREADY_CLOSED")));
    assert!(met(closed(), error(400, "ALREADY_CLOSED")), "so that its status is judged");
    assert!(!met(closed(), error(404, "NOT_FOUND")));
    assert!(!met(closed(), error(200, "ALREADY_CLOSED")));
    assert!(!met(closed(), answer(409)));
    assert!(met(pinned("NOT_FOUND", 410), error(410, "NOT_FOUND")));
    assert!(!met(pinned("NOT_FOUND", 410), error(404, "NOT_FOUND")));
    assert!(met(status_alone(404), error(404, "NOT_FOUND")));
    assert!(!met(status_alone(404), error(404, "ELSE")));
    assert!(met(at("NOT_FOUND", "/r"), answer(200).json(&json!({ "r": envelope("NOT_FOUND") }))));
    assert!(!met(at("NOT_FOUND", "/r"), error(404, "NOT_FOUND")));
    assert!(met(closed(), answer(409).method("HEAD")));
    assert!(!met(closed(), answer(404).method("HEAD")));
}

#[test]
fn a_code_of_a_type_that_the_schema_forbids_is_told_once() {
    let mut strict = contract();
    strict.schema["properties"]["error"]["properties"]["code"]["type"] = json!("string");
    let judge = crate::judge::Judge::new(strict).unwrap();
    for (code, due) in [(7, closed()), (104, expect("104"))] {
        let judgement = judge.exchange(&error(400, code).exchange(), Some(&due), &Marks::new());
        assert_eq!(rules(&judgement.findings), [Envelope]);
        assert!(!judgement.conforms());
    }
}
