//! What is in the body: JSON or not, and the envelope.

use super::super::words::*;

pub fn kinds() -> Vec<Kind> {
    [texts(), numbers(), envelopes(), codes(), messages()].concat()
}

fn texts() -> Vec<Kind> {
    let body = good_body();
    let no = Violates("not-json");
    let deep = |levels: usize| {
        format!(r#"{{"error":{{"code":"NOT_FOUND","message":"m"}},"x":{}{}}}"#, "[".repeat(levels), "]".repeat(levels))
    };
    vec![
        kind("an empty body", not_found(""), no).saying("empty"),
        kind("a blank body", not_found(" \r\n\t"), no).saying("white space"),
        kind("JSON that is cut off", not_found(&body[..body.len() - 1]), no).saying("cut off"),
        kind("JSON with trailing bytes", not_found(format!("{body}x")), no).saying("trailing"),
        kind("JSON with a trailing NUL", not_found(format!("{body}\0")), no).saying("trailing"),
        kind("JSON with a trailing newline", not_found(format!("{body}\r\n")), Conforms),
        kind("two JSON texts", not_found(format!("{body}{body}")), no).saying("trailing"),
        kind("two JSON texts, a line each", not_found(format!("{body}\n{body}\n")), no).saying("trailing"),
        kind("JSON behind a guard", not_found(format!(")]}}',\n{body}")), no),
        kind("JSON in a callback", not_found(format!("callback({body})")), no),
        kind(
            "a repeated key at the top",
            not_found(format!(r#"{{"error":1,{}"#, &body[1..])),
            Violates("ambiguous-json"),
        ),
        kind(
            "a repeated key within",
            not_found(r#"{"error":{"code":"CONFLICT","message":"m","code":"NOT_FOUND"}}"#),
            Violates("ambiguous-json"),
        ),
        kind(
            "a repeated key in disguise",
            not_found(r#"{"error":{"c\u006fde":"CONFLICT","message":"m","code":"NOT_FOUND"}}"#),
            Violates("ambiguous-json"),
        ),
        kind("100,000 levels, never closed", not_found("[".repeat(100_000)), no).saying("levels deep"),
        kind("100,000 levels beside the envelope", not_found(deep(100_000)), no).saying("levels deep"),
        kind("100 levels beside the envelope", not_found(deep(100)), Warns("extra-fields")),
        kind("100,000 objects in each other", not_found("{\"a\":".repeat(100_000)), no).saying("levels deep"),
        kind("JSON5", not_found("{error: {code: 'NOT_FOUND', message: 'm',}}"), no),
        kind("JSON with a comment", not_found(format!("{body}// really")), no),
        kind("JSON with a trailing comma", not_found(r#"{"error":{"code":"NOT_FOUND","message":"m",}}"#), no),
        kind(
            "JSON with a line break in a string",
            not_found("{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"a\nb\"}}"),
            no,
        ),
        kind("an HTML page", not_found("<!DOCTYPE html><title>Oops</title>"), no).saying("Oops"),
        kind("XML", not_found("<?xml version=\"1.0\"?><error><code>NOT_FOUND</code></error>"), no).saying("XML"),
        kind("plain text", not_found("NOT_FOUND"), no).saying("plain text"),
        kind("a form", not_found("code=NOT_FOUND&message=m"), no).saying("plain text"),
    ]
}

fn numbers() -> Vec<Kind> {
    let beside = |number: &str| not_found(format!(r#"{{"error":{{"code":"NOT_FOUND","message":"m"}},"n":{number}}}"#));
    vec![
        kind("NaN", beside("NaN"), Violates("not-json")),
        kind("Infinity", beside("-Infinity"), Violates("not-json")),
        kind("1e999", beside("1e999"), Warns("extra-fields")),
        kind("a huge integer", beside(&"9".repeat(5000)), Warns("extra-fields")),
        kind("a number with a leading zero", beside("007"), Violates("not-json")),
    ]
}

fn envelopes() -> Vec<Kind> {
    let no = Violates("envelope");
    let good = good_body();
    vec![
        kind("an envelope that is a string", not_found(r#""NOT_FOUND""#), no),
        kind("an envelope that is a number", not_found("404"), no),
        kind("an envelope that is a list", not_found(format!("[{good}]")), no),
        kind("an envelope that is null", not_found("null"), no),
        kind("an envelope that is empty", not_found("{}"), no),
        kind("an error that is a string", not_found(r#"{"error":"NOT_FOUND"}"#), no),
        kind("an error that is a list", not_found(r#"{"error":[{"code":"NOT_FOUND","message":"m"}]}"#), no),
        kind("an error that is null", not_found(r#"{"error":null}"#), no),
        kind("an envelope without its wrapper", not_found(r#"{"code":"NOT_FOUND","message":"m"}"#), no),
        kind("an envelope in an envelope", not_found(format!(r#"{{"error":{good}}}"#)), no),
        kind("an envelope in a string", not_found(serde_json::to_string(&good).unwrap()), no),
        kind(
            "extra members",
            not_found(r#"{"error":{"code":"NOT_FOUND","message":"m","trace":"x"}}"#),
            Warns("extra-fields"),
        ),
    ]
}

fn codes() -> Vec<Kind> {
    let of = |code: &str| not_found(format!(r#"{{"error":{{"code":{code},"message":"m"}}}}"#));
    let unknown = Violates("undocumented-code");
    let no = Violates("envelope");
    vec![
        kind("a code that is an integer", of("404"), no),
        kind("a code that is a huge integer", of("404404404404404404404404404404"), no),
        kind("a code that is a number", of("4.5"), no),
        kind("a code that is a boolean", of("true"), no),
        kind("a code that is null", of("null"), no),
        kind("a code that is a list", of(r#"["NOT_FOUND"]"#), no),
        kind("a code that is an object", of(r#"{"NOT_FOUND":1}"#), no),
        kind("a code that is missing", not_found(r#"{"error":{"message":"m"}}"#), no),
        kind("a code that is empty", of(r#""""#), unknown),
        kind("a code in lower case", of(r#""not_found""#), unknown).saying("case"),
        kind("a code with a trailing space", of(r#""NOT_FOUND ""#), unknown),
        kind("a code with a line feed", of(r#""NOT_FOUND\n""#), unknown),
        kind("a code with a zero-width space", of(r#""NOT_\u200bFOUND""#), unknown),
        kind("a code with a look-alike letter", of("\"NOT_F\u{41e}UND\""), unknown),
        kind("a code with a NUL", of(r#""NOT_FOUND\u0000""#), unknown),
        kind("a code that is written with an escape", of(r#""NOT_\u0046OUND""#), Conforms),
        kind("a code of 900,000 letters", of(&format!("{:?}", "A".repeat(900_000))), unknown),
        kind("a key in another case", not_found(r#"{"error":{"Code":"NOT_FOUND","message":"m"}}"#), no),
    ]
}

fn messages() -> Vec<Kind> {
    let of = |message: &str| not_found(format!(r#"{{"error":{{"code":"NOT_FOUND","message":{message}}}}}"#));
    let no = Violates("envelope");
    vec![
        kind("a message that is missing", not_found(r#"{"error":{"code":"NOT_FOUND"}}"#), no),
        kind("a message that is null", of("null"), no),
        kind("a message that is an object", of("{}"), no),
        kind("a message that is a list", of(r#"["m"]"#), no),
        kind("a message of another code", of(r#""CONFLICT 409 {\"error\":{\"code\":\"CONFLICT\"}}""#), Conforms),
        kind("a message in another script", of("\"ничего нет 🤷 \u{202e}abc\""), Conforms),
        kind("a message with markup and escapes", of(r#""]]><script>\u001b[31m\u0000</script>""#), Conforms),
        kind("a long message", of(&format!("{:?}", "long ".repeat(100_000))), Conforms),
        kind(
            "white space around everything",
            not_found(" {\n\t\"error\" : { \"message\" : \"m\" , \"code\" : \"NOT_FOUND\" } }\n\n"),
            Conforms,
        ),
    ]
}
