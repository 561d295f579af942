//! What a finding says.

use serde_json::json;

use crate::judge::Marks;
use crate::judge::testing::*;
use crate::model::plan::Expect;
use crate::model::verdict::Finding;

fn first(expect: Expect, said: Said) -> Finding {
    let judgement = judge().exchange(&said.exchange(), Some(&expect), &Marks::new());
    judgement.findings.into_iter().next().expect("a finding")
}

fn text(expect: Expect, said: Said) -> String {
    first(expect, said).text
}

#[test]
fn the_most_important_difference_comes_first() {
    let closed = || expect("ALREADY_CLOSED");
    let table = [
        (
            closed(),
            error(400, "ALREADY_CLOSED"),
            "expected 409 ALREADY_CLOSED, got 400 ALREADY_CLOSED (documented: 409)",
        ),
        (closed(), error(404, "NOT_FOUND"), "expected 409 ALREADY_CLOSED, got 404 NOT_FOUND"),
        (closed(), error(500, "NOT_FOUND"), "expected 409 ALREADY_CLOSED, got 500 NOT_FOUND (documented: 404 or 410)"),
        (
            closed(),
            error(409, "ALREADY_CLOSD"),
            "expected 409 ALREADY_CLOSED, got 409 ALREADY_CLOSD, which is not in catalogue.md (did you mean ALREADY_CLOSED?)",
        ),
        (
            expect("INVALID_ID"),
            error(400, "INVALID_\u{200b}ID"),
            "expected 400 INVALID_ID, got 400 \"INVALID_\\u{200b}ID\", which is not in catalogue.md (it differs from INVALID_ID only by a zero-width character U+200B)",
        ),
        (
            pinned("VALIDATION_ERROR", 400),
            error(422, "VALIDATION_ERROR"),
            "expected 400 VALIDATION_ERROR, got 422 VALIDATION_ERROR, which is documented too, but 400 is what is due",
        ),
        (status_alone(404), error(410, "NOT_FOUND"), "expected 404 with any documented code, got 410 NOT_FOUND"),
        (closed(), answer(200), "expected 409 ALREADY_CLOSED, got 200"),
        (
            closed(),
            error(200, "ALREADY_CLOSED"),
            "expected 409 ALREADY_CLOSED, got 200 ALREADY_CLOSED, an error envelope under a status that is no error's",
        ),
        (
            closed(),
            answer(500).text("<html><title>Oh\u{1b}[31m no</title></html>"),
            "expected 409 ALREADY_CLOSED, got 500 with a body that is an HTML page titled `Oh\\u{1b}[31m no`",
        ),
        (
            closed(),
            answer(404).text("404 page not found\n"),
            "expected 409 ALREADY_CLOSED, got 404 with a body that is plain text, `404 page not found`",
        ),
        (
            closed(),
            answer(409).json(&json!({ "error": { "code": "ALREADY_CLOSED" } })),
            "the envelope of 409 ALREADY_CLOSED breaks its schema: /error lacks the member `message` (required)",
        ),
        (
            closed(),
            answer(409).json(&json!({ "error": { "code": null, "message": "m" } })),
            "the envelope of 409 breaks its schema: /error/code is null, not integer or string (type)",
        ),
        (
            at("ALREADY_CLOSED", "/result"),
            answer(200).json(&json!({})),
            "expected ALREADY_CLOSED inside the answer, got 200, and there is no envelope at /result",
        ),
        (
            expect("RATE_LIMITED"),
            error(429, "RATE_LIMITED"),
            "429 RATE_LIMITED without the header Retry-After, which RATE_LIMITED must have",
        ),
    ];
    for (expect, said, due) in table {
        assert_eq!(text(expect, said), due);
    }
}

#[test]
fn a_finding_shows_both_sides_and_the_line_of_the_documentation() {
    let finding = first(expect("ALREADY_CLOSED"), error(404, "NOT_FOUND"));
    assert_eq!(finding.pointer.as_deref(), Some("/error/code"));
    assert_eq!(finding.expected.as_deref(), Some("409 ALREADY_CLOSED: what ALREADY_CLOSED means"));
    assert_eq!(finding.seen.as_deref(), Some("404 NOT_FOUND: what NOT_FOUND means (catalogue.md:11)"));
    assert_eq!(finding.documentation.as_deref(), Some("catalogue.md:10"));
    assert_eq!(finding.step, "when");

    let finding = first(expect("ALREADY_CLOSED"), error(400, "ALREADY_CLOSED"));
    assert_eq!((finding.expected.as_deref(), finding.seen.as_deref()), (Some("409"), Some("400")));
}

#[test]
fn a_breach_inside_a_success_has_its_whole_pointer() {
    let body = json!({ "result": { "error": { "code": "ALREADY_CLOSED", "message": 1 } } });
    let finding = first(at("ALREADY_CLOSED", "/result"), answer(200).json(&body));
    assert_eq!(finding.pointer.as_deref(), Some("/result/error/message"));
}

#[test]
fn no_finding_quotes_a_secret_that_was_sent() {
    let secret = known_secret();
    let plain = secret.value.reveal().to_owned();
    let body = |code: &str, member: &str| json!({ "error": { "code": code, member: plain } });
    for said in [
        answer(409).json(&body(&plain, "message")),
        answer(409).json(&body("ALREADY_CLOSED", &plain)),
        answer(500).text(&format!("no such key {plain}")),
        answer(500).text(&format!("<title>{plain}</title>")),
        error(409, "ALREADY_CLOSED").header("retry-after", &plain).header("content-type", &plain),
        answer(502).header("via", &plain),
        answer(409).json(&json!({ "error": { "code": format!("{}{plain}", "x".repeat(250)), "message": "m" } })),
    ] {
        let exchange = said.secret(secret.clone()).exchange();
        let judgement = judge().exchange(&exchange, Some(&expect("ALREADY_CLOSED")), &Marks::new());
        assert!(judgement.findings.iter().any(|f| f.text.contains("[secret:TECHNICIAN_KEY]")));
        for finding in judgement.findings {
            assert!(!format!("{finding:?}").contains("hunter2"), "{finding:?}");
        }
    }
}
