//! Content codings and character sets.

use super::super::server::Act::*;
use super::super::words::*;

pub fn kinds() -> Vec<Kind> {
    [codings(), characters()].concat()
}

fn codings() -> Vec<Kind> {
    let body = good_body();
    let coded = |coding: &str, bytes: &[u8]| Says(answer(404, &format!("Content-Encoding: {coding}\r\n"), bytes));
    let zipped = gzip(body.as_bytes());
    let mut broken = zipped.clone();
    let checksum = broken.len() - 6;
    broken[checksum] ^= 0xff;
    vec![
        kind("valid gzip", coded("gzip", &zipped), Conforms),
        kind(
            "valid gzip in chunks",
            Says(
                [
                    chunked(404, "Content-Encoding: gzip\r\n", &format!("{:x}\r\n", zipped.len())),
                    zipped.clone(),
                    b"\r\n0\r\n\r\n".to_vec(),
                ]
                .concat(),
            ),
            Conforms,
        ),
        kind("valid gzip, its name in capitals", coded("GZIP", &zipped), Conforms),
        kind("valid gzip under its old name", coded("x-gzip", &zipped), Conforms),
        kind("identity", coded("identity", body.as_bytes()), Conforms),
        kind("gzip that is cut off", coded("gzip", &zipped[..zipped.len() / 2]), Inconclusive("no-answer"))
            .saying("decoded"),
        kind("gzip without its checksum", coded("gzip", &zipped[..zipped.len() - 8]), Inconclusive("no-answer"))
            .saying("decoded"),
        kind("gzip with a wrong checksum", coded("gzip", &broken), Inconclusive("no-answer")).saying("decoded"),
        kind("gzip that is none", coded("gzip", body.as_bytes()), Inconclusive("no-answer")).saying("decoded"),
        kind("gzip of nothing", coded("gzip", &gzip(b"")), Violates("not-json")).saying("empty"),
        kind("gzip in name only, without a body", coded("gzip", b""), Violates("not-json")).saying("empty"),
        kind("gzip that nothing announces", not_found(&zipped), Violates("not-json")).saying("compressed"),
        kind("br", coded("br", b"\x0b\x20\x80{}\x03"), Violates("not-json")).saying("`br`"),
        kind("zstd", coded("zstd", b"\x28\xb5\x2f\xfd\x20\x02\x11\0\0{}"), Violates("not-json")).saying("`zstd`"),
        kind("br in name only", coded("br", body.as_bytes()), Violates("not-json")).saying("`br`"),
        kind("gzip twice", coded("gzip, gzip", &gzip(&zipped)), Violates("not-json")).saying("`gzip, gzip`"),
        kind("a coding that nobody knows", coded("rot13", body.as_bytes()), Violates("not-json")).saying("`rot13`"),
    ]
}

fn characters() -> Vec<Kind> {
    let body = good_body();
    let wide = |bytes: fn(u16) -> [u8; 2]| body.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let labelled = |label: &str| {
        let length = body.len();
        Says(format!("HTTP/1.1 404 X\r\nContent-Type: {label}\r\nContent-Length: {length}\r\n\r\n{body}").into())
    };
    let with = |mark: &[u8], rest: &[u8]| not_found([mark, rest].concat());
    vec![
        kind("UTF-16, little end first", with(b"\xff\xfe", &wide(u16::to_le_bytes)), Violates("not-json"))
            .saying("UTF-16"),
        kind("UTF-16, big end first", with(b"\xfe\xff", &wide(u16::to_be_bytes)), Violates("not-json"))
            .saying("UTF-16"),
        kind("UTF-16 without a mark", with(b"", &wide(u16::to_le_bytes)), Violates("not-json")).saying("UTF-16"),
        kind("a byte order mark", with(b"\xef\xbb\xbf", body.as_bytes()), Violates("not-json"))
            .saying("byte order mark"),
        kind(
            "invalid UTF-8 in the message",
            not_found(b"{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"caf\xe9\"}}"),
            Violates("not-json"),
        )
        .saying("not UTF-8"),
        kind(
            "an overlong encoding",
            not_found(b"{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"\xc0\xaf\"}}"),
            Violates("not-json"),
        ),
        kind(
            "a surrogate in UTF-8",
            not_found(b"{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"\xed\xa0\x80\"}}"),
            Violates("not-json"),
        ),
        kind(
            "half a surrogate pair",
            not_found(r#"{"error":{"code":"NOT_FOUND","message":"\ud800"}}"#),
            Violates("not-json"),
        )
        .saying("surrogate"),
        kind("a wrong charset label", labelled("application/json; charset=iso-8859-1"), Conforms),
        kind("a charset label that nobody knows", labelled("application/json; charset=\"x-none\""), Conforms),
        kind("JSON labelled as text", labelled("text/plain"), Warns("content-type")),
        kind("JSON labelled as HTML", labelled("text/html; charset=utf-8"), Warns("content-type")),
        kind("a label that is none", labelled(";;;"), Warns("content-type")),
        kind("JSON with a suffix", labelled("application/problem+json"), Conforms),
    ]
}
