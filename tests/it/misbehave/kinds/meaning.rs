//! Codes and statuses that do not belong together, redirects, informational answers, harmless noise.

use super::super::server::Act::*;
use super::super::words::*;

pub fn kinds() -> Vec<Kind> {
    [pairs(), throttling(), redirects(), informational(), noise()].concat()
}

fn pairs() -> Vec<Kind> {
    let with = |status: u16, code: &str| Says(answer(status, "", envelope(code)));
    let success = Violates("unexpected-success");
    let bodiless =
        |status: u16| Ends([format!("HTTP/1.1 {status} X\r\n\r\n").into_bytes(), good_body().into()].concat());
    vec![
        kind("a 200 with an envelope", with(200, "NOT_FOUND"), success).saying("envelope"),
        kind("a 200 without a body", Says(answer(200, "", "")), success),
        kind("a 200 with a page", Says(answer(200, "", "<html>")), success),
        kind("a 299", with(299, "NOT_FOUND"), success),
        kind("a 204 with a body", bodiless(204), success),
        kind("a 204 with a length", Ends(answer(204, "", good_body())), success),
        kind("a 304 with a body", bodiless(304), success),
        kind("the right code under a documented status", with(410, "CONFLICT"), Conforms).expecting("CONFLICT"),
        kind("the right code under another documented status", with(410, "CONFLICT"), Violates("wrong-status"))
            .expecting("{ code: CONFLICT, status: 409 }"),
        kind("the right code under an undocumented status", with(400, "NOT_FOUND"), Violates("undocumented-status")),
        kind("the right code under a 500", with(500, "NOT_FOUND"), Violates("undocumented-status")),
        kind("an undocumented code", with(404, "NO_SUCH_CODE"), Violates("undocumented-code")),
        kind("another code under its own status", with(409, "CONFLICT"), Violates("wrong-code")),
        kind("another code under the right status", with(404, "CONFLICT"), Violates("undocumented-status")),
        kind("a code whose status nobody states", with(418, "UNSTATED"), Conforms).expecting("UNSTATED"),
    ]
}

fn throttling() -> Vec<Kind> {
    let with = |headers: &str| Says(answer(429, headers, envelope("RATE_LIMITED")));
    let after = |value: &str| with(&format!("Retry-After: {value}\r\n"));
    let in_turn = |value: &str| {
        let wait = answer(429, &format!("Retry-After: {value}\r\n"), envelope("RATE_LIMITED"));
        Turns(vec![Says(wait), Says(good(""))])
    };
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    let future = "Tue, 06 Nov 2125 08:49:37 GMT";
    let garbled = Violates("malformed-header");
    let about = |kind: Kind| kind.expecting("RATE_LIMITED");
    vec![
        about(kind("a 429 that is due", after("7"), Conforms)),
        about(kind("a 429 that is due, without Retry-After", with(""), Violates("missing-header"))),
        about(kind("a 429 that is due, with garbage", after("soon"), garbled)),
        about(kind("a 429 that is due, with an empty Retry-After", after(""), garbled)),
        about(kind("a 429 that is due, negative", after("-1"), garbled)),
        about(kind("a 429 that is due, with a fraction", after("1.5"), garbled)),
        about(kind("a 429 that is due, in the past", after(past), Conforms)),
        about(kind("a 429 that is due, as a date", after(future), Conforms)),
        about(kind("a 429 that is due, in ten years", after("315360000"), Conforms)),
        kind("a 429 as weather, in ten years", after("315360000"), Inconclusive("throttled")).saying("more than"),
        kind("a 429 as weather, as a far date", after(future), Inconclusive("throttled")).saying("more than"),
        kind(
            "a 429 as weather, longer than any number",
            after("99999999999999999999999999"),
            Inconclusive("throttled"),
        ),
        kind("a 429 as weather, again and again", after("0"), Inconclusive("throttled")).saying("still"),
        kind("a 429 as weather, in the past again and again", after(past), Inconclusive("throttled")),
        kind("a 429 as weather, without Retry-After", with(""), Violates("missing-header")),
        kind("a 429 as weather, negative", after("-1"), garbled),
        kind("a 429 as weather, then the answer", in_turn("0"), Conforms),
        kind("a 429 as weather with a past date, then the answer", in_turn(past), Conforms),
        kind("a 429 page as weather", Says(answer(429, "", "<html>slow down")), Violates("not-json")),
    ]
}

fn redirects() -> Vec<Kind> {
    let to = |status: u16, place: &str| Says(answer(status, &format!("Location: {place}\r\n"), ""));
    let redirect = |name, act| kind(name, act, Violates("unexpected-success")).saying("redirect");
    vec![
        redirect("a redirect to itself", to(302, "")),
        redirect("a redirect to another host", to(301, "http://127.0.0.1:STRANGER/x")),
        redirect("a chain of redirects", to(307, "/chain")),
        redirect("a redirect with an envelope elsewhere", to(308, "/k/0")),
        redirect("a redirect to nowhere", Says(answer(303, "", ""))),
        redirect("a redirect to another scheme", to(302, "file:///etc/passwd")),
    ]
}

fn informational() -> Vec<Kind> {
    let storm = |one: &str, count: usize| Says([one.repeat(count).into_bytes(), good("")].concat());
    let go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    vec![
        kind("a 100 before the answer", storm(go_on, 1), Conforms),
        kind("a storm of 100s before the answer", storm(go_on, 1000), Conforms),
        kind("a storm of 103s before the answer", storm(hint, 1000), Conforms),
        kind("a storm of 100s without end", Floods(vec![], go_on.into()), Inconclusive("timeout")),
        kind("a storm of 103s without end", Floods(vec![], hint.into()), Inconclusive("timeout")),
        kind("a 100 and nothing more", Hangs(go_on.into()), Inconclusive("timeout")),
        kind("a 100 and the end", Ends(go_on.into()), Inconclusive("no-answer")),
        kind(
            "a 101 that nobody asked for",
            Ends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".to_vec()),
            Violates("unexpected-success"),
        ),
    ]
}

fn noise() -> Vec<Kind> {
    let body = good_body();
    let length = body.len();
    let shouted = format!("HTTP/1.1 404 X\r\ncOnTeNt-TyPe: APPLICATION/JSON\r\nCONTENT-LENGTH: {length}\r\n\r\n{body}");
    vec![
        kind("a plain good answer", Says(good("")), Conforms),
        kind("header names and types in any case", Says(shouted.into()), Conforms),
        kind(
            "header noise",
            Says(good("X-Request-Id: 1\r\nX-Error-Code: CONFLICT\r\nStatus: 200\r\nVia: 1.1 edge\r\n")),
            Conforms,
        ),
        kind(
            "header values that are not ASCII",
            Says([&good("")[..19], b"X-Name: caf\xe9 \xff\r\n", &good("")[19..]].concat()),
            Conforms,
        ),
        kind(
            "a cookie and caching headers",
            Says(good("Set-Cookie: a=b\r\nCache-Control: no-store\r\nETag: \"x\"\r\n")),
            Conforms,
        ),
        kind("a good answer to POST", Says(good("")), Conforms).sending("POST", r#", "json": { "a": 1 }"#),
    ]
}
