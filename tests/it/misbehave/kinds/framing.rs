//! How an answer is framed.

use super::super::server::Act::*;
use super::super::words::*;

pub fn kinds() -> Vec<Kind> {
    [lengths(), chunks(), heads(), statuses()].concat()
}

fn lengths() -> Vec<Kind> {
    let body = good_body();
    let with = |headers: &str, body: &str| [head(404, headers), body.into()].concat();
    let length = body.len();
    vec![
        kind("a Content-Length that is too short", Ends(with("Content-Length: 20\r\n", &body)), Violates("not-json"))
            .saying("cut off"),
        kind(
            "a Content-Length that is too long",
            Ends(with("Content-Length: 999\r\n", &body)),
            Inconclusive("no-answer"),
        ),
        kind("a Content-Length of zero", Ends(with("Content-Length: 0\r\n", &body)), Violates("not-json"))
            .saying("empty"),
        kind("a negative Content-Length", Ends(with("Content-Length: -1\r\n", &body)), Inconclusive("no-answer")),
        kind("a Content-Length in words", Ends(with("Content-Length: many\r\n", &body)), Inconclusive("no-answer")),
        kind(
            "a Content-Length that no number holds",
            Ends(with("Content-Length: 99999999999999999999999\r\n", &body)),
            Inconclusive("no-answer"),
        ),
        kind(
            "two Content-Lengths that differ",
            Ends(with(&format!("Content-Length: 5\r\nContent-Length: {length}\r\n"), &body)),
            Inconclusive("no-answer"),
        ),
        kind(
            "two Content-Lengths that agree",
            Says(with(&format!("Content-Length: {length}\r\nContent-Length: {length}\r\n"), &body)),
            Conforms,
        ),
        kind(
            "a length and chunks",
            Ends(with(
                "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                &format!("{length:x}\r\n{body}\r\n0\r\n\r\n"),
            )),
            Conforms,
        ),
        kind(
            "a length and chunks that are none",
            Ends(with(&format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"), &body)),
            Inconclusive("no-answer"),
        ),
        kind("trailing bytes after the length", Ends([good(""), b"garbage".to_vec()].concat()), Conforms),
        kind(
            "a second answer after the first",
            Says([good(""), answer(409, "", envelope("CONFLICT"))].concat()),
            Conforms,
        ),
        kind("neither length nor chunks", Ends(with("", &body)), Conforms),
        kind(
            "HTTP/1.0 without a length",
            Ends(format!("HTTP/1.0 404 Not Found\r\nContent-Type: application/json\r\n\r\n{body}").into()),
            Conforms,
        ),
        kind(
            "HTTP/1.0 without a length, reset",
            Resets(format!("HTTP/1.0 404 Not Found\r\nContent-Type: application/json\r\n\r\n{}", &body[..20]).into()),
            Inconclusive("no-answer"),
        ),
        kind(
            "HTTP/1.0 with a length",
            Says(
                format!(
                    "HTTP/1.0 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
                )
                .into(),
            ),
            Conforms,
        ),
    ]
}

fn chunks() -> Vec<Kind> {
    let body = good_body();
    let whole = format!("{:x}\r\n{body}\r\n", body.len());
    let singly: String = body.chars().map(|c| format!("1\r\n{c}\r\n")).collect();
    let extended = format!("{:X};a=b;c=\"d\"\r\n{body}\r\n0\r\nX-Trailer: x\r\n\r\n", body.len());
    vec![
        kind("single-byte chunks", Says(chunked(404, "", &format!("{singly}0\r\n\r\n"))), Conforms),
        kind("chunks with extensions and a trailer", Says(chunked(404, "", &extended)), Conforms),
        kind(
            "a bad chunk size",
            Ends(chunked(404, "", &format!("zz\r\n{body}\r\n0\r\n\r\n"))),
            Inconclusive("no-answer"),
        ),
        kind(
            "a negative chunk size",
            Ends(chunked(404, "", &format!("-5\r\n{body}\r\n0\r\n\r\n"))),
            Inconclusive("no-answer"),
        ),
        kind(
            "a chunk size that no number holds",
            Ends(chunked(404, "", &format!("fffffffffffffffff\r\n{body}"))),
            Inconclusive("no-answer"),
        ),
        kind(
            "a chunk that is longer than it says",
            Ends(chunked(404, "", &format!("5\r\n{body}\r\n0\r\n\r\n"))),
            Inconclusive("no-answer"),
        ),
        kind("a missing final chunk", Ends(chunked(404, "", &whole)), Inconclusive("no-answer")).saying("broke off"),
        kind("a final chunk that does not come", Hangs(chunked(404, "", &whole)), Inconclusive("timeout"))
            .saying("did not end"),
        kind(
            "never-ending chunks",
            Floods(chunked(404, "", ""), format!("2000\r\n{}\r\n", "x".repeat(8192)).into()),
            Violates("body-too-large"),
        ),
        kind("a never-ending chunk size", Floods(chunked(404, "", ""), b"0".to_vec()), Inconclusive("timeout")),
        kind(
            "a never-ending chunk extension",
            Floods(chunked(404, "", "5;"), b"x".to_vec()),
            Inconclusive("no-answer"),
        ),
        kind(
            "never-ending trailers",
            Floods(chunked(404, "", "0\r\n"), b"a: b\r\n".to_vec()),
            Inconclusive("no-answer"),
        ),
        kind(
            "a transfer coding that nobody knows",
            Ends([head(404, "Transfer-Encoding: rot13\r\n"), body.clone().into()].concat()),
            Violates("not-json"),
        ),
    ]
}

fn heads() -> Vec<Kind> {
    let body = good_body();
    let plain = |head: &str| Ends(format!("{head}\r\n\r\n{body}").into());
    vec![
        kind("not HTTP at all", Ends(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()), Inconclusive("no-answer"))
            .saying("not HTTP"),
        kind("a body without a head", Ends(body.clone().into()), Inconclusive("no-answer")).saying("not HTTP"),
        kind("the preface of HTTP/2", Ends(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()), Inconclusive("no-answer")),
        kind("a version of HTTP that is none", plain("HTTP/9.9 404 Not Found"), Inconclusive("no-answer")),
        kind("binary noise", Ends((0..=255).rev().collect()), Inconclusive("no-answer")).saying("not HTTP"),
        kind(
            "a head with bare line feeds",
            Ends(
                format!(
                    "HTTP/1.1 404 Not Found\nContent-Type: application/json\nContent-Length: {}\n\n{body}",
                    body.len()
                )
                .into(),
            ),
            Conforms,
        ),
        kind("no reason phrase", plain("HTTP/1.1 404\r\nContent-Type: application/json"), Conforms),
        kind(
            "a header without a colon",
            plain("HTTP/1.1 404 Not Found\r\nthis is no header"),
            Inconclusive("no-answer"),
        ),
        kind(
            "a header line that is folded",
            plain("HTTP/1.1 404 Not Found\r\nX-Long: a\r\n b"),
            Inconclusive("no-answer"),
        ),
        kind("a NUL in a header", plain("HTTP/1.1 404 Not Found\r\nX-Nul: a\0b"), Inconclusive("no-answer")),
    ]
}

fn statuses() -> Vec<Kind> {
    let with = |status: &str| {
        let body = good_body();
        let head = "Content-Type: application/json\r\nContent-Length";
        Says(format!("HTTP/1.1 {status} X\r\n{head}: {}\r\n\r\n{body}", body.len()).into())
    };
    vec![
        kind("status 99", with("99"), Inconclusive("no-answer")).saying("not HTTP"),
        kind("status 099", with("099"), Inconclusive("no-answer")).saying("not HTTP"),
        kind("status 000", with("000"), Inconclusive("no-answer")).saying("not HTTP"),
        kind("status -404", with("-404"), Inconclusive("no-answer")).saying("not HTTP"),
        kind("status 1000", with("1000"), Inconclusive("no-answer")).saying("not HTTP"),
        kind("status 600", with("600"), Violates("undocumented-status")),
        kind("status 999", with("999"), Violates("undocumented-status")),
        kind(
            "status 600 where none is stated",
            Says(answer(600, "", envelope("UNSTATED"))),
            Violates("undocumented-status"),
        )
        .expecting("UNSTATED"),
        kind("status 999 with a page", Says(answer(999, "", "<html>Request denied</html>")), Violates("not-json")),
    ]
}
