//! Connecting, and hanging up.

use super::super::server::Act::*;
use super::super::words::*;

pub fn kinds() -> Vec<Kind> {
    let half_a_head = || b"HTTP/1.1 404 Not Found\r\nContent-Type: appl".to_vec();
    let half_a_body = || [head(404, "Content-Length: 66\r\n"), good_body()[..30].into()].concat();
    vec![
        kind("refused", Says(vec![]), Inconclusive("no-answer")).at("refused").saying("refused"),
        kind("accepted and never answered", Hangs(vec![]), Inconclusive("timeout")).saying("no answer within"),
        kind("reset before the head", Resets(vec![]), Inconclusive("no-answer")).saying("before an answer came"),
        kind("reset in the head", Resets(half_a_head()), Inconclusive("no-answer")).saying("before an answer came"),
        kind("reset after the head", Resets(head(404, "Content-Length: 66\r\n")), Inconclusive("no-answer"))
            .saying("body"),
        kind("reset in the body", Resets(half_a_body()), Inconclusive("no-answer")).saying("body"),
        kind("closed before the head", Ends(vec![]), Inconclusive("no-answer")).saying("before an answer came"),
        kind("closed in the head", Ends(half_a_head()), Inconclusive("no-answer")).saying("before an answer came"),
        kind("closed after the head", Ends(head(404, "Content-Length: 66\r\n")), Inconclusive("no-answer"))
            .saying("broke off"),
        kind("closed in the body", Ends(half_a_body()), Inconclusive("no-answer")).saying("broke off"),
        kind("a good answer and a reset", Resets(good("Connection: close\r\n")), Conforms),
        kind("a good answer and the end", Ends(good("Connection: close\r\n")), Conforms),
        kind("an early refusal of a large body", Resets(answer(413, "", envelope("TOO_LARGE"))), Conforms)
            .expecting("TOO_LARGE")
            .sending("POST", r#", "bytes": "6MiB""#),
    ]
}
