use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use bytes::Bytes;
use proptest::prelude::*;

use super::shell::Word;
use crate::model::exchange::{Sent, SentBody};
use crate::model::plan::{Body, Filler, MultipartPart, PartContent, Step};
use crate::model::secret::{NamedSecret, Redactor};
use crate::model::template::{Encoding, Source, Template};
use crate::model::visible::{gives_orders, is_plain};
use crate::record::conceal::Conceal;
use crate::record::fixture::{self, World};

fn line_of(step: Step, sent: Sent) -> String {
    let world = World::new();
    let mut fired = world.fired();
    let mut planned = world.plan.scenarios[0].clone();
    if let crate::model::plan::Act::Fire(work) = &mut planned.act {
        work.when = step;
    }
    fired.exchanges = vec![fixture::exchange(sent, fixture::answer(400, "{}"))];
    let run = Redactor::default();
    let conceal = Conceal::new(&run, &fired);
    let step = crate::record::exchange::step(&planned, &fired.exchanges[0]);
    super::line(&world.plan, &planned, step, &fired, &fired.exchanges[0], &conceal)
}

/// What curl would get: its arguments, then what it could read, as a shell that is asked to run the line sees it.
fn run_in_shell(line: &str, variables: &[(&str, &str)]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let script = format!(
        "curl() {{ for a in \"$@\"; do printf '%s\\036' \"$a\"; done; printf '\\035'; case \"$*\" in *@-*|*'<-'*) cat;; esac; }}\n{line}\n"
    );
    let output = Command::new("sh").arg("-c").arg(script).envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let at = output.stdout.iter().position(|b| *b == 0o35).unwrap();
    let arguments = output.stdout[..at].split(|b| *b == 0o36).map(<[u8]>::to_vec);
    let mut arguments: Vec<_> = arguments.collect();
    arguments.pop();
    (arguments, output.stdout[at + 1..].to_vec())
}

fn post(body: SentBody) -> Sent {
    Sent { method: "POST".into(), url: "http://127.0.0.1:8080/x".into(), body, ..Sent::default() }
}

fn step(body: Body) -> Step {
    Step { method: "POST".into(), path: Template::text("/x"), body, ..Step::default() }
}

#[test]
fn secrets_and_captured_values_are_named_and_what_is_built_in_is_written_out() {
    let line = line_of(fixture::close(), fixture::sent_close());
    assert_eq!(
        line,
        "curl -sS -i -X POST \"http://127.0.0.1:8080/api/v1/tickets/$TICKET/close?u=0a1b2c3d\" \
         -H 'Content-Type: application/json' -H \"Authorization: Bearer $STAGING_KEY\" \
         --data-binary '{\"by\":\"'\"$STAGING_USER\"'\",\"why\":\"it'\\''s done\"}'"
    );
    let (arguments, _) = run_in_shell(&line, &[("TICKET", "t1"), ("STAGING_KEY", "k"), ("STAGING_USER", "bob")]);
    assert_eq!(arguments[4], b"http://127.0.0.1:8080/api/v1/tickets/t1/close?u=0a1b2c3d");
    assert_eq!(arguments[10], b"{\"by\":\"bob\",\"why\":\"it's done\"}");
}

#[test]
fn a_value_that_is_encoded_has_a_name_that_says_so() {
    let mut path = Template::text("/t/");
    path.push_value(Source::Target(0), Encoding::Segment);
    let secrets = vec![NamedSecret::new("STAGING_USER", "a b/c")];
    let sent =
        Sent { url: "http://127.0.0.1:8080/t/a%20b%2Fc".into(), method: "GET".into(), secrets, ..Sent::default() };
    let line = line_of(Step { path, ..Step::default() }, sent);
    assert_eq!(line, "curl -sS -i \"http://127.0.0.1:8080/t/$STAGING_USER_URLENCODED\"");
}

#[test]
fn a_password_of_basic_authentication_is_a_variable() {
    let headers = vec![("Authorization".into(), "Basic Ym9iOnB3".into())];
    let secrets = vec![NamedSecret::new("STAGING_PW", "pw")];
    let sent =
        Sent { headers, secrets, method: "GET".into(), url: "http://127.0.0.1:8080/x".into(), ..Sent::default() };
    let line = line_of(step(Body::None), sent);
    assert_eq!(line, "curl -sS -i 'http://127.0.0.1:8080/x' -u \"bob:$STAGING_PW\"");
}

#[test]
fn head_asks_for_the_head_only() {
    let sent = Sent { method: "HEAD".into(), url: "http://127.0.0.1:8080/x/./[1]".into(), ..Sent::default() };
    let line = line_of(Step { path: Template::text("/x/./[1]"), ..Step::default() }, sent);
    assert_eq!(line, "curl -sS -I --path-as-is --globoff 'http://127.0.0.1:8080/x/./[1]'");
}

#[test]
fn every_body_reaches_curl_as_it_was_sent() {
    let texts = [
        "plain",
        "it's",
        "\"$HOME\" `id` $(id) \\ \\n !!",
        "@file",
        "a\nb\n",
        "\n",
        "-e",
        "%s%d",
        "\t\u{1b}[31m\u{202e}x",
        "##[error]x",
        "[[ATTACHMENT|x]]",
        "::error::x",
        "é日本",
        "'",
        "''",
        "\\",
        "~ * ? # & ; |",
        "-\n",
    ];
    for text in texts {
        let template = Body::Text(Template::text(text));
        let line = line_of(step(template), post(SentBody::Bytes(Bytes::from_static(text.as_bytes()))));
        assert!(line.chars().all(is_plain), "{line}");
        assert!(!gives_orders(&line), "{line}");
        let (arguments, input) = run_in_shell(&line, &[]);
        let last = arguments.last().unwrap();
        let sent = if last == b"@-" { &input } else { last };
        assert_eq!(sent, text.as_bytes(), "{line}");
        assert!(last == b"@-" || !text.starts_with('@') || arguments[arguments.len() - 2] == b"--data-raw");
        assert!(arguments.contains(&b"Content-Type:".to_vec()));
    }
}

#[test]
fn bytes_that_are_no_text_are_piped() {
    let bytes: Vec<u8> = (0..=255).collect();
    let line = line_of(step(Body::Bytes(bytes.clone().into())), post(SentBody::Bytes(bytes.clone().into())));
    assert_eq!(run_in_shell(&line, &[]).1, bytes);
}

#[test]
fn filler_is_generated() {
    type Row = (&'static [u8], &'static [u8], u64, usize, &'static [u8]);
    let fillers: [Row; 6] = [
        (b"", b"a", 1000, 0, b""),
        (b"", b"\0", 10, 0, b""),
        (b"{\"a\":\"", b"'", 2000, 0, b"\"}"),
        (b"-%\\\n", b"ab!c", 700, 3, b"'"),
        (b"", b"line\n", 20, 2, b""),
        (b"[", b"[", 50, 0, b"1"),
    ];
    for (head, unit, times, rest, tail) in fillers {
        let filler = Filler { head: head.into(), unit: unit.into(), times, rest, tail: tail.into() };
        let length = filler.len();
        let line = line_of(step(Body::Filler(filler)), post(SentBody::Streamed { length }));
        let due = [head, &unit.repeat(times as usize), &unit[..rest], tail].concat();
        assert_eq!(run_in_shell(&line, &[]).1, due, "{line}");
    }
}

#[test]
fn what_is_too_long_for_a_line_is_left_to_the_reader() {
    let text = "x".repeat(20_000);
    let line = line_of(step(Body::Text(Template::text(text.as_str()))), post(SentBody::Bytes(text.into())));
    assert!(line.ends_with("--data-binary @body  # body: a file with the 20000 bytes that the scenario sends"));
}

#[test]
fn a_file_is_named() {
    let line = line_of(step(Body::File("bodies/it's.bin".into())), post(SentBody::Streamed { length: 9 }));
    assert_eq!(run_in_shell(&line.replace("@bodies", "bodies"), &[]).0.last().unwrap(), b"bodies/it's.bin");
}

#[test]
fn form_fields_keep_their_encoding_and_hide_a_short_secret() {
    let rows = [
        (("na me", "a&b=ü"), Encoding::Plain, "na+me=a%26b%3D%C3%BC&pw="),
        (("na%20me", "a%26b"), Encoding::Query, "na%20me=a%26b&pw="),
    ];
    for ((name, text), encoding, written) in rows {
        let mut value = Template::default();
        value.push_value(Source::Target(0), encoding);
        let fields = vec![(Template::text(name), Template::text(text)), (Template::text("pw"), value)];
        let body = SentBody::Bytes(format!("{written}pin1").into());
        let sent = Sent { secrets: vec![NamedSecret::new("STAGING_USER", "pin1")], ..post(body) };
        let line = line_of(step(Body::Form(fields)), sent);
        assert!(line.ends_with(&format!("--data-binary \"{written}$STAGING_USER\"")), "{line}");
    }
}

#[test]
fn multipart_is_rebuilt_from_its_parts() {
    let part = |name: &str, filename: Option<&str>, content| MultipartPart {
        name: Template::text(name),
        filename: filename.map(Template::text),
        content_type: filename.map(|_| "image/png".into()),
        content,
    };
    let mut unique = Template::text("@u ");
    unique.push_value(Source::Unique, Encoding::Plain);
    let parts = vec![
        part("a", None, PartContent::Text(unique)),
        part("b", Some("it's \"b\".png"), PartContent::Bytes(vec![0, 1, 255].into())),
        part("c", Some("c.bin"), PartContent::File("c;1.bin".into())),
    ];
    let body =
        b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n@u 0a1b2c3d\r\n--XX\r\n\r\n\x00\r\n--XX--\r\n";
    let headers = vec![("Content-Type".into(), "multipart/form-data; boundary=XX".into())];
    let sent = Sent { headers, ..post(SentBody::Bytes(Bytes::from_static(body))) };
    let (arguments, input) = run_in_shell(&line_of(step(Body::Multipart(parts)), sent), &[]);
    let texts: Vec<_> = arguments.iter().map(|a| String::from_utf8_lossy(a).into_owned()).collect();
    assert_eq!(
        texts[5..],
        [
            "--form-string",
            "a=@u 0a1b2c3d",
            "-F",
            "b=@-;type=image/png;filename=\"it's \\\"b\\\".png\"",
            "-F",
            "c=@\"c;1.bin\";type=image/png;filename=\"c.bin\"",
        ]
    );
    assert_eq!(input, [0, 1, 255]);
}

/// Runs the line with the real curl, if there is one, and gives what arrived. `line` is given the address to send to.
fn received(line: impl FnOnce(&str) -> String, end: &'static [u8]) -> Option<String> {
    Command::new("curl").arg("--version").output().ok()?;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let line = line(&listener.local_addr().unwrap().to_string());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).unwrap();
        let mut got = Vec::new();
        let mut buffer = [0; 1024];
        while !got.ends_with(end) {
            let read = stream.read(&mut buffer).unwrap_or(0);
            assert!(read > 0, "{}", String::from_utf8_lossy(&got));
            got.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        String::from_utf8(got).unwrap()
    });
    let script = format!("{line} --max-time 5 --noproxy '*'");
    let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    Some(server.join().unwrap())
}

#[test]
fn a_real_curl_repeats_the_request() {
    let text = "a\r\n\"b\" $c\\ é end'";
    let headers: Vec<(Box<str>, Box<str>)> = vec![("X-Empty".into(), "".into()), ("X-Quote".into(), "it's".into())];
    let line = |address: &str| {
        let url = format!("http://{address}/p%2Fq/{{x}}?a=[1]&b=$HOME").into();
        let sent = Sent { url, headers, ..post(SentBody::Bytes(text.into())) };
        line_of(step(Body::Text(Template::text(text))), sent)
    };
    let Some(got) = received(line, b"end'") else { return };
    assert!(got.starts_with("POST /p%2Fq/{x}?a=[1]&b=$HOME HTTP/1.1\r\n"), "{got}");
    assert!(got.ends_with(&format!("\r\n\r\n{text}")), "{got}");
    assert!(got.contains("X-Empty:\r\n") && got.contains("X-Quote: it's\r\n") && !got.contains("urlencoded"), "{got}");
}

#[test]
fn a_real_curl_repeats_a_multipart_body() {
    let part = |name: &str, filename: Option<&str>, content| MultipartPart {
        name: Template::text(name),
        filename: filename.map(Template::text),
        content_type: filename.map(|_| "image/png".into()),
        content,
    };
    let line = |address: &str| {
        let parts = vec![
            part("a", None, PartContent::Text(Template::text("@x;type=y \"z\""))),
            part("b", Some("it's \"b\".png"), PartContent::Bytes(b"\0\x01PNG".as_slice().into())),
        ];
        let url = format!("http://{address}/x").into();
        line_of(step(Body::Multipart(parts)), Sent { url, ..post(SentBody::Streamed { length: 300 }) })
    };
    let Some(got) = received(line, b"--\r\n") else { return };
    assert!(got.contains("name=\"a\"\r\n\r\n@x;type=y \"z\"\r\n"), "{got}");
    assert!(got.contains("Content-Type: image/png\r\n\r\n\0\x01PNG\r\n"), "{got}");
    assert!(got.contains("name=\"b\"; filename=\"it's "), "{got}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_text_survives_the_shell(texts in proptest::collection::vec("[^\0]{0,40}", 8)) {
        let words: Vec<String> = texts.iter().map(|t| Word::text(&format!("{t}.")).quoted()).collect();
        let (arguments, _) = run_in_shell(&format!("curl {}", words.join(" ")), &[]);
        let due: Vec<_> = texts.iter().map(|t| format!("{t}.").into_bytes()).collect();
        // The fake curl parts its arguments by this character.
        prop_assume!(!texts.iter().any(|t| t.contains(['\u{1d}', '\u{1e}'])));
        prop_assert_eq!(arguments, due);
    }
}

#[test]
fn headers_that_curl_would_write_otherwise_are_written_as_the_author_did() {
    let headers = vec![("Host".into(), "other.example".into()), ("Content-Length".into(), "2".into())];
    let sent = Sent { headers, ..post(SentBody::Bytes(Bytes::from_static(b"abcdef"))) };
    let line = line_of(step(Body::Text(Template::text("abcdef"))), sent);
    assert!(line.contains("-H 'Host: other.example'") && line.contains("-H 'Content-Length: 2'"), "{line}");
}
