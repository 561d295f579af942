//! Answers that a proxy wrote.

use crate::judge::Marks;
use crate::judge::testing::*;
use crate::model::exchange::Phase;
use crate::model::rule::Rule::{self, *};

fn broken(marks: &Marks, said: Said) -> Vec<Rule> {
    rules(&judge().exchange(&said.exchange(), Some(&expect("UPSTREAM_DOWN")), marks).findings)
}

#[test]
fn a_502_503_or_504_with_the_mark_of_a_proxy_is_not_the_apis() {
    let none = Marks::new();
    for status in [502, 503, 504] {
        for (name, value) in
            [("Via", "1.1 x"), ("CF-Ray", "1"), ("X-Amz-Cf-Id", "1"), ("Server", "nginx/1.2"), ("X-Envoy-A", "1")]
        {
            assert_eq!(broken(&none, answer(status).header(name, value)), [Gateway], "{status} {name}");
        }
        assert_eq!(broken(&none, answer(status).text("<hr><center>nginx</center>")), [Gateway]);
        assert_eq!(
            broken(&none, answer(status).json(&serde_json::json!({ "message": "x" })).header("via", "k")),
            [Gateway]
        );
        assert_eq!(broken(&none, answer(status).text("upstream request timeout").method("GET")), [Gateway]);
    }
    assert_eq!(broken(&none, answer(503).method("HEAD").header("via", "1.1 x")), [Gateway]);
}

#[test]
fn without_a_mark_or_under_another_status_it_is_the_apis() {
    let none = Marks::new();
    assert_eq!(broken(&none, answer(503).text("<html>")), [NotJson]);
    assert_eq!(broken(&none, answer(503).text("<html>").header("server", "uvicorn")), [NotJson]);
    assert_eq!(broken(&none, answer(500).text("<center>nginx</center>").header("via", "1.1 x")), [NotJson]);
}

#[test]
fn an_answer_with_a_trace_of_the_envelope_is_the_apis() {
    let none = Marks::new();
    assert_eq!(broken(&none, error(503, "UPSTREAM_DOWN").header("via", "1.1 x")), []);
    let broken_one = answer(503).json(&serde_json::json!({ "error": { "code": "UPSTREAM_DOWN" } }));
    assert_eq!(broken(&none, broken_one.header("via", "1.1 x")), [Envelope]);
}

#[test]
fn a_header_that_ordinary_answers_carry_too_is_no_mark() {
    let judge = judge();
    let mut marks = Marks::new();
    judge.learn(&mut marks, &answer(503).header("via", "1.1 x").exchange());
    assert_eq!(broken(&marks, answer(503).header("via", "1.1 x")), [Gateway]);
    judge.learn(&mut marks, &answer(200).header("via", "1.1 x").header("server", "nginx").control().exchange());
    assert_eq!(broken(&marks, answer(503).header("via", "1.1 x")), [Gateway]);
    judge.learn(&mut marks, &answer(404).header("via", "1.1 y").exchange());
    assert_eq!(broken(&marks, answer(503).header("via", "1.1 x")), [NotJson]);
    assert_eq!(broken(&marks, answer(503).header("server", "nginx")), [Gateway]);
    judge.learn(&mut marks, &error(503, "UPSTREAM_DOWN").header("server", "nginx/1").exchange());
    assert_eq!(broken(&marks, answer(503).header("server", "nginx")), [NotJson]);
}

#[test]
fn the_evidence_is_shown() {
    let said = answer(502).text("<center>nginx</center>").header("via", "1.1 squid");
    let judgement = judge().exchange(&said.exchange(), Some(&expect("ALREADY_CLOSED")), &Marks::new());
    let text = &judgement.findings[0].text;
    assert_eq!(
        text,
        "502 from a proxy and not from the API, as shown by a page of nginx and the header via: 1.1 squid"
    );
    assert_eq!(judgement.seen.unwrap().code, None);
}

#[test]
fn a_proxy_does_not_count_where_nothing_waits_for_the_answer() {
    let none = Marks::new();
    assert_eq!(broken(&none, answer(502).header("via", "x").superseded()), []);
    assert_eq!(broken(&none, answer(502).header("via", "x").phase(Phase::Finally, 0)), []);
    assert_eq!(broken(&none, answer(502).header("via", "x").phase(Phase::Given, 0)), [Gateway]);
}
