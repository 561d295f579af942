//! Requests: paths, headers, queries, bodies, credentials.

use super::*;
use crate::model::plan::{Auth, Body, CaptureFrom, Destination, PartContent, Scheme};

#[test]
fn a_path_is_sent_as_it_is_written() {
    let path = |text: &str| filled(&step(&format!("request: 'GET {text}'")).path);
    assert_eq!(path("/a/b%2Fc%zz?x=%41&y=/../z"), "/a/b%2Fc%zz?x=%41&y=/../z");
    assert_eq!(path("/a//b/?"), "/a//b/?");
    assert_eq!(path("/ü b?q=é''s"), "/%C3%BC%20b?q=%C3%A9%27s");
    assert_eq!(path("/a/..b/.c/...?d"), "/a/..b/.c/...?d");
    assert_eq!(path("/{{7*7}}"), "/%7B%7B7*7%7D%7D");
}

#[test]
fn a_value_in_a_path_is_a_segment_and_behind_the_question_mark_a_part_of_a_query() {
    use crate::model::template::{Encoding, Part};
    let template = step("request: GET /a/{{ client_id }}?b={{ unique }}").path;
    let encodings: Vec<_> = template
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Value { encoding, .. } => Some(*encoding),
            Part::Text(_) => None,
        })
        .collect();
    assert_eq!(encodings, [Encoding::Segment, Encoding::Query]);
}

#[test]
fn a_path_that_a_client_would_change_is_refused() {
    for (path, why) in [
        ("/a/../b", "take the segment `..`"),
        ("/a/./b", "take the segment `.`"),
        ("/a/%2E%2e", "take the segment `%2E%2e`"),
        ("/a/.%2e/b", "take the segment `.%2e`"),
        ("/a\\b", "backslash"),
        ("/a#b", "`#`"),
        ("a/b", "does not begin with `/`"),
        ("{{ client_id }}/b", "as one segment"),
        ("https://elsewhere.example/x", "absolute URL"),
        ("/a HTTP/1.1", "`HTTP/1.1` is not part of the path"),
    ] {
        refuses(&when(&format!("request: 'GET {path}'")), &["scenarios/0/when/request: ", why]);
    }
    refuses(&when(r#"request: "GET /a\tb""#), &["control character", "%09"]);
}

#[test]
fn a_method_is_upper_case() {
    refuses(&when("request: get /a"), &["`get` is not a method", "did you mean `GET`?"]);
    refuses(&when("request: /a"), &["a method and a path", "write `GET /a`"]);
    refuses(&when("request: CONNECT /a"), &["tunnel"]);
    assert_eq!(&*step("request: PROPFIND /a").method, "PROPFIND");
    notices(&when("request: DELTE /a"), &["`DELTE` is not a method that APIs know", "did you mean `DELETE`?"]);
}

#[test]
fn control_is_the_only_other_place() {
    let inputs = scenario("effects: data\nwhen: { request: POST control:/clock, as: technician }");
    let work = work(&inputs);
    assert_eq!(work.when.to, Destination::Control);
    assert_eq!(filled(&work.when.path), "/clock");
    let environment = planned(&inputs).plan.environment;
    assert_eq!(environment, [("STUBS_KEY".into(), "the control service of target staging".into())]);
    refuses(&when("request: POST control:/clock"), &["key scenarios/0/name", "states its `effects`"]);
}

#[test]
fn a_request_has_one_body() {
    refuses(&when("request: POST /a\njson: 1\nbody: x"), &["key scenarios/0/when/body", "`json` and `body`"]);
    assert!(matches!(step("request: POST /a").body, Body::None));
    assert!(matches!(step("request: POST /a\njson:").body, Body::Json(t) if t.literal() == Some("null")));
}

#[test]
fn json_becomes_one_text_in_the_order_written() {
    let body = |json: &str| match step(&format!("request: POST /a\njson: {json}")).body {
        Body::Json(template) => template,
        other => panic!("{other:?}"),
    };
    let literal = body(r#"{ b: 1, a: [true, null, "x\"y", 1.5], "{{7*7}}": "{% {{{{ b }}" }"#);
    assert_eq!(literal.literal(), Some(r#"{"b":1,"a":[true,null,"x\"y",1.5],"{{7*7}}":"{% {{ b }}"}"#));
    let varied = body(r#"{ "k{{ unique }}": "{{ seats }}", t: "a\"{{ seats }}" }"#);
    assert_eq!(filled(&varied), r#"{"kUnique":"Target(0)","t":"a\"Target(0)"}"#);
    struct Seven;
    impl Values for Seven {
        fn value(&self, source: &Source) -> Option<std::borrow::Cow<'_, serde_json::Value>> {
            Some(std::borrow::Cow::Owned(if *source == Source::Unique { "q\"".into() } else { 7.into() }))
        }
    }
    assert_eq!(varied.fill(&Seven).as_deref(), Ok(r#"{"kq\"":7,"t":"a\"7"}"#));
}

#[test]
fn a_wrong_variable_is_pointed_at_where_it_stands() {
    let inputs = when("request: POST /a\njson: { a: [{ b: 'x {{ client_ib }}' }] }");
    refuses(&inputs, &["scenarios/0/when/json/a/0/b {{ client_ib }}: ", "did you mean `client_id`?"]);
    let inputs = when("request: POST /a\njson: { 'k{{ client_ib }}': 1 }");
    refuses(&inputs, &["key scenarios/0/when/json/k{{ client_ib }}: "]);
    refuses(
        &when("request: GET /a/{{ zzz }}"),
        &["scenarios/0/when/request {{ zzz }}: ", "capture it in an earlier step"],
    );
}

#[test]
fn bytes_are_decoded_and_counted() {
    assert!(matches!(step("request: POST /a\nbase64: 'AP8 =\n\n  '").body, Body::Bytes(b) if *b == [0, 255]));
    refuses(&when("request: POST /a\nbase64: 'A*'"), &["scenarios/0/when/base64", "not base64"]);
    let filler = |lines: &str| match step(&format!("request: POST /a\nbytes: {lines}")).body {
        Body::Filler(filler) => filler,
        other => panic!("{other:?}"),
    };
    assert_eq!(filler("6MiB").len(), 6 << 20);
    assert_eq!(filler("100001").len(), 100_001);
    let pattern = filler("{ head: '[', unit: 'ab', times: 3, tail: ']' }");
    assert_eq!((pattern.len(), &*pattern.head, &*pattern.tail), (8, &b"["[..], &b"]"[..]));
    refuses(&when("request: POST /a\nbytes: { unit: '', times: 3 }"), &["bytes/unit", "is empty"]);
    refuses(&when("request: POST /a\nbytes: 17GiB"), &["at most 16 GiB"]);
    refuses(&when("request: POST /a\nbytes: big"), &["when/bytes: `big` is not a size (write it like `6MiB`"]);
    let inputs = when("request: POST /a\nbytes: { unit: '{{ client_id }}', times: 3 }");
    refuses(&inputs, &["bytes/unit", "known before anything is sent"]);
}

#[test]
fn a_file_of_the_project_can_be_sent() {
    assert!(matches!(step("request: POST /a\nfile: files/a.png").body, Body::File(path) if &*path == "files/a.png"));
    refuses(&when("request: POST /a\nfile: files/a.pgn"), &["when/file", "did you mean `files/a.png`?"]);
    let embedded = step("request: POST /a\nfile: files/c.png").body;
    assert!(matches!(embedded, Body::Bytes(bytes) if *bytes == *b"PNG"), "no folder is needed to send it");
    let part = step("request: POST /a\nmultipart: [{ name: f, file: files/c.png }]").body;
    let Body::Multipart(parts) = part else { panic!("{part:?}") };
    assert!(matches!(&parts[0].content, PartContent::Bytes(bytes) if **bytes == *b"PNG"));
    refuses(&when("request: POST /a\nfile: files/b.png"), &["no such file"]);
}

#[test]
fn a_part_has_one_content() {
    let step = step(
        "request: POST /a\nmultipart: [{ name: f, filename: 'x{{ unique }}', type: image/png, file: files/a.png }]",
    );
    let Body::Multipart(parts) = step.body else { panic!() };
    assert_eq!(parts[0].filename.as_ref().map(filled).as_deref(), Some("xUnique"));
    assert!(matches!(&parts[0].content, PartContent::File(_)));
    refuses(&when("request: POST /a\nmultipart: [{ name: f }]"), &["when/multipart/0", "exactly one of"]);
    refuses(&when("request: POST /a\nmultipart: [{ name: f, text: a, base64: AA== }]"), &["exactly one of"]);
}

#[test]
fn a_list_repeats_the_name_of_a_query_or_a_field() {
    let query = step("request: GET /a\nquery: { 'q&': ['a b', 2, '{{ client_id }}'], r: true }").query;
    let shown: Vec<_> = query.iter().map(|(n, v)| format!("{}={}", filled(n), filled(v))).collect();
    assert_eq!(shown, ["q%26=a%20b", "q%26=2", "q%26=Target%280%29", "r=true"]);
    let Body::Form(form) = step("request: POST /a\nform: { a: ['b c', d] }").body else { panic!() };
    assert_eq!(form.iter().map(|(_, v)| filled(v)).collect::<Vec<_>>(), ["b%20c", "d"]);
    refuses(&when("request: GET /a\nquery: { a: { b: c } }"), &["when/query/a", "a query value is a text"]);
    refuses(&when("request: GET /a\nquery: { a: }"), &["`\"\"` for an empty one"]);
}

#[test]
fn a_header_is_one_line_with_a_sound_name() {
    let step = step("request: GET /a\nheaders: { X-One: [a, b], X-Two: 'é {{ unique }}' }");
    let shown: Vec<_> = step.headers.iter().map(|(n, v)| format!("{n}: {}", filled(v))).collect();
    assert_eq!(shown, ["X-One: a", "X-One: b", "X-Two: é Unique"]);
    refuses(
        &when("request: GET /a\nheaders: { 'X One': a }"),
        &["key scenarios/0/when/headers/X One", "cannot be the name"],
    );
    refuses(&when("request: GET /a\nheaders: { X-One: \"a\\r\\nb\" }"), &["when/headers/X-One: ", "line break"]);
}

#[test]
fn an_authorization_header_wins_over_as() {
    let inputs =
        scenario("as: technician\nwhen: { request: GET /a, as: owner, headers: { authorization: 'Bearer x' } }");
    let step = work(&inputs).when;
    assert!(step.headers.is_empty());
    let Auth::Captured(scheme) = step.auth else { panic!() };
    assert!(matches!(&*scheme, Scheme::Header { value, .. } if value.literal() == Some("Bearer x")));
    assert!(planned(&inputs).plan.environment.is_empty());
}

#[test]
fn what_flows_into_a_credential_is_a_secret() {
    let inputs = scenario(
        "given:\n  - request: POST /a\n    capture: { session: /s, sid: /i, id: /id }\n\
         when: { request: 'GET /{{ id }}', as: { bearer: '{{ session }}' }, headers: { Cookie: 's={{ sid }}' } }",
    );
    let captures = &work(&inputs).given[0].capture;
    assert_eq!(captures.iter().map(|c| c.secret).collect::<Vec<_>>(), [true, true, false]);
    let plan = planned(&when("request: GET /{{ seats }}\nas: { bearer: '{{ client_id }}' }")).plan;
    let secrets: Vec<_> = plan.targets[0].values.iter().map(|v| (&*v.name, v.secret)).collect();
    assert_eq!(secrets, [("seats", false), ("client_id", true)]);
}

#[test]
fn a_credential_is_known_and_of_one_kind() {
    refuses(&when("request: GET /a\nas: techncian"), &["scenarios/0/when/as: ", "did you mean `technician`?"]);
    refuses(&when("request: GET /a\nas: '{{ session }}'"), &["as: { bearer: \"{{ session }}\" }"]);
    refuses(&when("request: GET /a\nas: {}"), &["exactly one of"]);
    assert!(matches!(step("request: GET /a\nas: anonymous").auth, Auth::Anonymous));
    assert!(matches!(step("request: GET /a\nas: { basic: { username: a, password: b } }").auth, Auth::Captured(_)));
    assert!(matches!(step("request: GET /a\nas: technician").auth, Auth::Named(0)));
}

#[test]
fn captures_are_checked_where_they_stand() {
    let given = |capture: &str| {
        scenario(&format!(
            "given:\n  - request: GET /a\n    capture: {{ x: {capture} }}\nwhen: {{ request: 'GET /{{{{ x }}}}' }}"
        ))
    };
    let capture =
        &work(&given("{ header: Location, match: '([^/]+)$', decode: url, secret: true }")).given[0].capture[0];
    assert_eq!(capture.from, CaptureFrom::Header("Location".into()));
    assert!(capture.secret && capture.pattern.as_deref() == Some("([^/]+)$") && capture.decode.is_some());
    assert_eq!(work(&given("''")).given[0].capture[0].from, CaptureFrom::Body("".into()));
    refuses(&given("id"), &["scenarios/0/given/0/capture/x: ", "write `/id`"]);
    refuses(&given("$.a.b"), &["write `/a/b`"]);
    refuses(&given("/a~2"), &["`~0`"]);
    refuses(&given("{ at: /a, header: b }"), &["exactly one of `at` and `header`"]);
    refuses(&given("{ at: /a, match: '(' }"), &["capture/x/match: ", "not a regular expression"]);
    refuses(&given("{ header: 'a b' }"), &["cannot be the name of a header"]);
}

#[test]
fn a_wait_needs_something_to_wait_for() {
    let given =
        |lines: &str| scenario(&format!("given:\n  - request: GET /a\n    {lines}\nwhen: {{ request: GET /a }}"));
    let until = |lines: &str| work(&given(lines)).given[0].until.clone().expect("it waits");
    assert_eq!(until("until: { /status: [a, 2] }").within, std::time::Duration::from_secs(10));
    assert_eq!(until("until: { /status: [a] }\n    within: 2s").within, std::time::Duration::from_secs(2));
    refuses(&given("within: 2s"), &["key scenarios/0/given/0/within", "there is none"]);
    refuses(&given("until: {}"), &["nothing to wait for"]);
    refuses(&given("until: { /s: [] }"), &["would never end"]);
    refuses(&given("until: { s: [a] }"), &["key scenarios/0/given/0/until/s: ", "write `/s`"]);
    refuses(&given("until: { /s: ['{{ client_id }}'] }"), &["until//s/0", "without variables"]);
    refuses(&given("timeout: 0s"), &["given/0/timeout", "no time at all"]);
    refuses(&given("timeout: soon"), &["given/0/timeout: `soon` is not a duration (write it like"]);
}

#[test]
fn a_number_that_loses_digits_is_noticed() {
    let body = |json: &str| when(&format!("request: POST /a\njson: {json}"));
    notices(
        &body("{ a: [1, 12345678901234567890123] }"),
        &["scenarios/0/when/json/a/1: this number is sent as 1.2345678901234568e+22", "with `body`"],
    );
    let exact = body("[1.0, 1e3, -7, 18446744073709551615, -9223372036854775808, 0.1, true, false]");
    assert!(planned(&exact).notices.is_empty());
    let Body::Json(json) = work(&exact).when.body else { panic!("it is JSON") };
    assert_eq!(json.literal(), Some("[1.0,1000.0,-7,18446744073709551615,-9223372036854775808,0.1,true,false]"));
}
