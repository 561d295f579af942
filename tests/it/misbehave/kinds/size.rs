//! Slowness and size.

use std::time::Duration;

use super::super::server::Act::*;
use super::super::words::*;

const SECOND: Duration = Duration::from_secs(1);

pub fn kinds() -> Vec<Kind> {
    [slowness(), sizes()].concat()
}

fn slowness() -> Vec<Kind> {
    let body = good_body();
    let begun = || head(404, &format!("Content-Length: {}\r\n", body.len()));
    vec![
        kind("a byte a second in the head", Drips(vec![], good(""), SECOND), Inconclusive("timeout")),
        kind("a byte a second in the body", Drips(begun(), body.clone().into(), SECOND), Inconclusive("timeout")),
        kind(
            "a byte a second in chunks",
            Drips(chunked(404, "", ""), b"1\r\na\r\n".repeat(9), SECOND),
            Inconclusive("timeout"),
        ),
        kind("silence half way in the head", Hangs(good("")[..40].to_vec()), Inconclusive("timeout"))
            .saying("no answer within"),
        kind("silence after the head", Hangs(begun()), Inconclusive("timeout")).saying("did not end"),
        kind("silence half way in the body", Hangs([begun(), body[..20].into()].concat()), Inconclusive("timeout")),
        kind(
            "a short answer in small pieces",
            Drips(vec![], good("Connection: close\r\n"), Duration::from_millis(1)),
            Conforms,
        ),
    ]
}

fn sizes() -> Vec<Kind> {
    let long = |length: usize| format!("X-Long: {}\r\n", "x".repeat(length));
    let many = |count: usize| (0..count).map(|n| format!("X-Noise-{n}: {n}\r\n")).collect::<String>();
    let padded = |length: usize| good_body() + &" ".repeat(length - good_body().len());
    let gzipped = |bytes: Vec<u8>| Says(answer(404, "Content-Encoding: gzip\r\n", bytes));
    vec![
        kind("a header of 1 MB", Says(good(&long(1_000_000))), Inconclusive("no-answer")).saying("too large"),
        kind("5,000 headers", Says(good(&many(5000))), Inconclusive("no-answer")).saying("too large"),
        kind(
            "headers without end",
            Floods(b"HTTP/1.1 404 Not Found\r\n".to_vec(), b"a: b\r\n".to_vec()),
            Inconclusive("no-answer"),
        ),
        kind("a status line without end", Floods(b"HTTP/1.1 404 ".to_vec(), b"x".to_vec()), Inconclusive("no-answer")),
        kind("90 headers and a long one", Says(good(&(many(90) + &long(60_000)))), Conforms),
        kind(
            "a body of 200 MB",
            Floods(head(404, "Content-Length: 200000000\r\n"), b"[1,2],".to_vec()),
            Violates("body-too-large"),
        ),
        kind("an endless body", Floods(head(404, ""), b" ".to_vec()), Violates("body-too-large")),
        kind("a gzip bomb", gzipped(bomb()), Violates("body-too-large")),
        kind("a gzip bomb in a gzip bomb", gzipped(gzip(&bomb())), Violates("not-json")),
        kind("a body of just max_body", Says(answer(404, "", padded(1 << 20))), Conforms),
        kind("a body of max_body and one", Says(answer(404, "", padded((1 << 20) + 1))), Violates("body-too-large")),
        kind("a large body under a 200", Floods(head(200, ""), b" ".to_vec()), Violates("unexpected-success")),
    ]
}
