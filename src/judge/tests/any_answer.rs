//! Whatever is answered, the judge neither panics nor says `conforms` for what is not due.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;

use crate::fuzzing;
use crate::judge::testing::*;
use crate::judge::{Judge, Marks};
use crate::model::exchange::{Exchange, Observation};
use crate::model::plan::Expect;
use crate::model::rule::{Rule, Severity};
use crate::model::verdict::Verdict;

static JUDGE: LazyLock<Judge> = LazyLock::new(judge);

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let codes = prop_oneof![
        Just("ALREADY_CLOSED".to_owned()),
        Just("NOT_FOUND".to_owned()),
        Just("104".to_owned()),
        "[A-Z_ \u{200b}]{0,12}",
    ];
    let enveloped = codes.prop_map(|code| envelope(code).to_string().into_bytes());
    let mangled = (enveloped.clone(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut body, at, byte)| {
        let at = at.index(body.len());
        body[at] = byte;
        body
    });
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"error\"",
        "\"code\"",
        "\"message\"",
        "\"ALREADY_CLOSED\"",
        "1e999",
        "-",
        "null",
        " ",
        "\\ud800",
        "<html>",
        "no healthy upstream",
        "\u{feff}",
    ]);
    let soup = prop::collection::vec(pieces, 0..20).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![enveloped, mangled, soup, prop::collection::vec(any::<u8>(), 0..64)]
}

fn exchanges() -> impl Strategy<Value = Exchange> {
    let names = prop::sample::select(vec!["content-type", "retry-after", "via", "server", "x-envoy-x"]);
    let values = prop_oneof![Just("nginx/1".to_owned()), Just("HAProxy".to_owned()), "[ -~]{0,20}"];
    let headers = prop::collection::vec((names, values), 0..4);
    let methods = prop::sample::select(vec!["GET", "HEAD", "POST"]);
    let status = prop_oneof![Just(409), Just(404), Just(503), Just(502), Just(200), 0u16..1000];
    (status, headers, bodies(), methods, any::<bool>()).prop_map(|(status, headers, body, method, cut)| {
        let said = answer(status).bytes(&body).method(method).secret(known_secret());
        let said = headers.into_iter().fold(said, |said, (name, value)| said.header(name, value.trim()));
        if cut && status % 3 == 0 { said.cut().exchange() } else { said.exchange() }
    })
}

fn expectations() -> impl Strategy<Value = Expect> {
    prop::sample::select(vec![
        expect("ALREADY_CLOSED"),
        pinned("NOT_FOUND", 404),
        expect("UNSTATED"),
        expect("104"),
        status_alone(409),
        at("ALREADY_CLOSED", "/error"),
        at("ALREADY_CLOSED", ""),
    ])
}

/// An independent reading of what is due: the status, and the code found with another reader.
fn is_due(expect: &Expect, exchange: &Exchange) -> bool {
    let crate::model::exchange::Observation::Answered(answer) = &exchange.observation else { return false };
    let catalogue = catalogue();
    let documents = |entry: &crate::model::catalogue::Entry| entry.documented(answer.status).is_some();
    let pinned = expect.at.is_some() || expect.pinned.is_none_or(|pin| pin.covers(answer.status));
    if &*exchange.sent.method == "HEAD" {
        return pinned && answer.status >= 400 && expect.code.is_none_or(|code| documents(catalogue.entry(code)));
    }
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else { return false };
    let root = expect.at.as_deref().map_or(Some(&body), |at| body.pointer(at));
    let code = root.and_then(|root| root.pointer("/error/code")).map(|code| match code {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let Some(id) = code.and_then(|code| catalogue.find(&code)) else { return false };
    let code_is_due = expect.code.is_none_or(|due| due == id);
    code_is_due && pinned && (expect.at.is_some() || documents(catalogue.entry(id)) && answer.status >= 400)
}

#[test]
fn nothing_conforms_but_what_is_due() {
    let values = (exchanges(), expectations());
    fuzzing::holds("nothing conforms but what is due", 2000, &values, |(exchange, expect)| {
        let judgement = JUDGE.exchange(&exchange, Some(&expect), &Marks::new());
        if judgement.conforms() {
            prop_assert!(is_due(&expect, &exchange));
        }
        let told = judgement.findings.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert!(judgement.met || told, "nothing tells why it does not conform");
        prop_assert!(judgement.findings.is_sorted_by_key(|finding| finding.rule));
        let judged = JUDGE.scenario(&planned(expect.clone()), &fired(vec![exchange.clone()]), &Marks::new());
        prop_assert!(judged.verdict != Verdict::Conforms || is_due(&expect, &exchange));
        let _ = JUDGE.is_met(&expect, &exchange);
        JUDGE.learn(&mut Marks::new(), &exchange);
        Ok(())
    });
}

/// The exchange as it is after most of it was let go.
fn let_go(exchange: &Exchange) -> Exchange {
    let mut left = Exchange { early: Some(Arc::new(JUDGE.early(exchange))), ..exchange.clone() };
    let Observation::Answered(answer) = &mut left.observation else { return left };
    (answer.body, answer.cut, answer.headers) = (Bytes::new(), true, JUDGE.telling_headers(&answer.headers));
    left
}

#[test]
fn an_answer_that_is_judged_early_comes_to_the_same() {
    let is_error = |exchange: &Exchange| match &exchange.observation {
        Observation::Answered(answer) => answer.is_error(),
        Observation::Silent(_) => false,
    };
    let errors = || {
        (exchanges(), any::<bool>())
            .prop_map(|(exchange, superseded)| Exchange { superseded, ..exchange })
            .prop_filter("an error", is_error)
    };
    let values = (errors(), prop::collection::vec(errors(), 0..3));
    fuzzing::holds("an answer that is judged early comes to the same", 2000, &values, |(exchange, others)| {
        let (mut marks, mut same) = (Marks::new(), Marks::new());
        for other in &others {
            JUDGE.learn(&mut marks, other);
            JUDGE.learn(&mut same, &let_go(other));
        }
        prop_assert_eq!(&marks, &same);
        let judged = |exchange: &Exchange| {
            let mut judgement = JUDGE.exchange(exchange, None, &marks);
            // The evidence is all that there was, whether or not some of it turned out to be ordinary.
            for finding in judgement.findings.iter_mut().filter(|finding| finding.rule == Rule::Gateway) {
                (finding.text, finding.seen) = (String::new(), None);
            }
            judgement
        };
        prop_assert_eq!(judged(&exchange), judged(&let_go(&exchange)));
        Ok(())
    });
}

proptest! {
    #[test]
    fn the_exact_envelope_conforms_whatever_its_message(message in any::<String>()) {
        let mut body = envelope("ALREADY_CLOSED");
        body["error"]["message"] = message.into();
        let exchange = answer(409).json(&body).exchange();
        prop_assert!(JUDGE.exchange(&exchange, Some(&expect("ALREADY_CLOSED")), &Marks::new()).conforms());
    }
}
