//! Canaries: secrets of every kind are planted, a server repeats them in every form, and every byte that is written is
//! searched for them. What a target does not declare hears nothing.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use crate::support::{Answer, Outcome, Project, Request, Server};

/// Each begins and ends with a word that stands nowhere else, and has much in between that is written in many ways.
const BEARER: &str = "kanari-bearer~1/+\"x*(y)'z\\irana";
const PASSWORD: &str = "kanari basic\\pass&word%41=?:ü irana";
const HEADER: &str = "kanari-header<tag>&amp;#1/irana";
const LOGIN: &str = "kanari-login/tok\"en~*irana";
const SESSION: &str = "kanari-session+a/b==irana";
const HIDDEN: &str = "kanari hidden~secret'*/irana";
const COOKIE: &str = "kanari-cookie-%7E!x/irana";
const FLAG: &str = "kanari-flag:~\"x/irana";
const PROXY: &str = "kanari-proxy/p@ss~*irana";
const VARIABLE: &str = "kanari-variable ~*+/ü&irana";
const CONTROL: &str = "kanari-control/+irana";
const LOGIN_PASSWORD: &str = "kanari-login-password/\"irana";

const CANARIES: [&str; 12] =
    [BEARER, PASSWORD, HEADER, LOGIN, SESSION, HIDDEN, COOKIE, FLAG, PROXY, VARIABLE, CONTROL, LOGIN_PASSWORD];
/// The words by which a piece of one is known.
const ENDS: [&str; 2] = ["kanari", "irana"];

fn percent(value: &str, kept: impl Fn(u8) -> bool, upper: bool) -> String {
    let one = |byte: u8| match (kept(byte), upper) {
        (true, _) => char::from(byte).to_string(),
        (false, true) => format!("%{byte:02X}"),
        (false, false) => format!("%{byte:02x}"),
    };
    value.bytes().map(one).collect()
}

fn unicode_escapes(value: &str) -> String {
    value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn quoted(value: &str) -> String {
    Value::from(value).to_string().trim_matches('"').to_owned()
}

/// The ways in which a server may write a value, by number.
fn form(number: usize, value: &str) -> String {
    let letter = |b: u8| b.is_ascii_alphanumeric();
    match number {
        0 => value.to_owned(),
        1 => percent(value, |b| letter(b) || b"-_.~".contains(&b), true),
        2 => percent(value, letter, false),
        3 => percent(value, |_| false, true),
        // application/x-www-form-urlencoded
        4 => percent(value, |b| letter(b) || b"*-._ ".contains(&b), true).replace(' ', "+"),
        // encodeURIComponent and encodeURI
        5 => percent(value, |b| letter(b) || b"-_.!~*'()".contains(&b), true),
        6 => percent(value, |b| letter(b) || b";/?:@&=+$,#-_.!~*'()".contains(&b), false),
        7 => STANDARD.encode(value),
        8 => URL_SAFE.encode(format!("u:{value}")),
        9 => STANDARD.encode(format!("us:{value}!")),
        10 => STANDARD.encode(format!("use:{value}!!")),
        11 => quoted(value),
        12 => quoted(value).replace('/', "\\/"),
        13 => unicode_escapes(value),
        14 => quoted(value).replace('k', "\\u006b").replace('i', "\\u0069"),
        // Twice, as a redirect to a login page writes it.
        15 => percent(&percent(value, letter, true), letter, true),
        // As a page writes it.
        _ => value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;"),
    }
}
const FORMS: usize = 17;

/// Where the server repeats what it knows.
const PLACES: [&str; 11] =
    ["message", "code", "member", "extra", "page", "text", "field", "location", "retry", "type", "bytes"];

/// All of them in one form. A field of a header cannot hold everything.
/// The proxy's is known only where there is one.
fn repeated(number: usize, proxied: bool) -> Vec<String> {
    CANARIES.iter().filter(|value| proxied || **value != PROXY).map(|value| form(number, value)).collect()
}

fn echo(place: &str, number: usize, proxied: bool) -> Answer {
    let all = repeated(number, proxied).join(" , ");
    let error = |code: &str, message: &str| json!({"error": {"code": code, "message": message}}).to_string();
    // Forms that are JSON already go into the text as they are.
    let within = |text: &str| match number {
        11..=14 => format!(r#"{{"error":{{"code":"NOT_FOUND","message":"{text}"}}}}"#),
        _ => error("NOT_FOUND", text),
    };
    let fine = || Answer::error(404, "NOT_FOUND");
    match place {
        "message" => Answer::json(404, &within(&all)),
        "code" => Answer::json(404, &error(&all, "x")),
        "member" => {
            let members: serde_json::Map<String, Value> =
                repeated(number, proxied).into_iter().map(|v| (v, 1.into())).collect();
            let mut body = json!({"error": {"code": "NOT_FOUND", "message": "x"}});
            body["error"]["details"] = members.clone().into();
            body["error"].as_object_mut().unwrap().extend(members);
            Answer::json(404, &body.to_string())
        }
        "extra" => Answer::json(404, &json!({"error": {"code": {"is": all}, "message": [all]}, &all: all}).to_string()),
        "page" => Answer::new(502, "text/html", format!("<html><title>{all}</title><h1>{all}</h1>")),
        "text" => Answer::new(404, "text/plain", all),
        "field" => {
            fine().header("X-Debug", &all).header("Set-Cookie", &format!("sid={}; Path=/", form(number, COOKIE)))
        }
        "location" => Answer::json(302, "{}").header("Location", &format!("/login?back={all}")),
        "retry" => Answer::error(429, "RATE_LIMITED").header("Retry-After", &all),
        "type" => {
            let body = error("NOT_FOUND", "x");
            Answer::new(404, &format!("text/plain; note=\"{all}\""), body)
        }
        _ => Answer::new(404, "application/octet-stream", [b"\xff\xfe ", all.as_bytes(), b" \xff"].concat()),
    }
}

fn shop(request: &Request) -> Answer {
    // Through a proxy the whole address comes.
    let path = request.path.split_once("://").map_or(&*request.path, |(_, rest)| &rest[rest.find('/').unwrap()..]);
    let proxied = request.header("proxy-authorization").is_some();
    let mut parts = path.trim_start_matches('/').split(['/', '?']);
    match parts.next().unwrap() {
        "login" => Answer::json(200, &json!({ "token": LOGIN }).to_string()),
        "session" => Answer::json(201, &json!({"session": SESSION, "hidden": HIDDEN}).to_string())
            .header("Set-Cookie", &format!("sid={COOKIE}; HttpOnly")),
        "ping" | "clock" => Answer::json(200, "{}"),
        "state" => Answer::json(200, &json!({"status": repeated(0, proxied).join(" ")}).to_string()),
        "broken" => Answer::json(500, &json!({"status": repeated(0, proxied).join(" ")}).to_string()),
        "echo" => {
            let place = parts.next().unwrap().to_owned();
            echo(&place, parts.next().unwrap().parse().unwrap(), proxied)
        }
        _ => Answer::error(404, "NOT_FOUND"),
    }
}

const FIXTURES: &str = r#"area: canaries
fixtures:
  a session:
    steps:
      - request: GET /ping
        as: member
      - request: POST /session
        json: { password: "{{ api_key }}" }
        capture:
          session: /session
          hidden: { at: /hidden, secret: true }
          cookie: { header: Set-Cookie, match: "sid=([^;]+)", secret: true }
      - request: GET /ping
        as: { bearer: "{{ session }}" }
      - request: POST control:/clock
        json: { now: later }
scenarios:
"#;

fn scenarios() -> String {
    let mut text = FIXTURES.to_owned();
    let who = ["clerk", "customer", "device", "member", "{ bearer: \"{{ session }}\" }"];
    let how = [
        "json: { key: \"{{ api_key }}\", nested: [\"a {{ hidden }} b\"] }",
        "form: { key: \"{{ api_key }}\", hidden: \"{{ hidden }}\" }",
        "multipart: [ { name: key, text: \"{{ api_key }}\" }, { name: hidden, text: \"{{ hidden }}\" } ]",
        "body: '{\"key\": \"{{ api_key }}\", {{ hidden }}'",
        "query: { key: \"{{ api_key }}\", hidden: \"{{ hidden }}\" }",
    ];
    let mut count = 0;
    let mut add = |name: &str, given: &str, path: &str| {
        let (who, how) = (who[count % 5], how[count / 5 % 5]);
        count += 1;
        text.push_str(&format!(
            "  - name: {name}\n    expect: NOT_FOUND\n    effects: disruptive\n    given:\n      - use: a session\n{given}\
             \x20   when:\n      request: \"POST {path}/{{{{ api_key }}}}\"\n      as: {who}\n      {how}\n      headers:\n\
             \x20       Cookie: 'sid={{{{ cookie }}}}; theme=dark'\n        X-Note: \"{{{{ session }}}}\"\n"
        ));
    };
    for place in PLACES {
        for number in 0..FORMS {
            add(&format!("{place} {number}"), "", &format!("/echo/{place}/{number}"));
        }
    }
    let until = "      - request: GET /state\n        until: { /status: [done] }\n        within: 300ms\n";
    add("it waits in vain", until, "/echo/message/0");
    add("its set-up fails", "      - request: GET /broken\n", "/echo/message/0");
    text
}

const VARIABLES: [(&str, &str); 6] = [
    ("SHOP_BEARER", BEARER),
    ("SHOP_PASSWORD", PASSWORD),
    ("SHOP_HEADER", HEADER),
    ("SHOP_VARIABLE", VARIABLE),
    ("SHOP_CONTROL", CONTROL),
    ("SHOP_LOGIN", LOGIN_PASSWORD),
];

fn project(server: &Server, control: &Server) -> Project {
    let target = format!(
        r#"[targets.shop]
url = "{}"
effects = "disruptive"
control = {{ url = "{}", bearer = {{ env = "SHOP_CONTROL" }} }}
vars = {{ api_key = {{ env = "SHOP_VARIABLE" }} }}
[targets.shop.credentials]
clerk = {{ bearer = {{ env = "SHOP_BEARER" }} }}
customer = {{ basic = {{ username = "user", password = {{ env = "SHOP_PASSWORD" }} }} }}
device = {{ header = {{ name = "X-Api-Key", value = {{ env = "SHOP_HEADER" }} }} }}
member = {{ login = [ {{ request = "POST /login", json = {{ password = {{ env = "SHOP_LOGIN" }} }}, capture = {{ token = "/token" }} }} ], bearer = "{{{{ token }}}}" }}
"#,
        server.url, control.url
    );
    Project::new(&target).file("scenarios/canaries.yaml", &scenarios())
}

fn unpercent(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        out.push_str(&rest[..at]);
        let one = rest.get(at + 2..at + 6).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        out.extend(one);
        rest = &rest[at + if one.is_some() { 6 } else { 2 }..];
    }
    out + rest
}

/// The letters of base64 that a word gives, wherever in a longer text it stands.
fn in_base64(word: &str) -> Vec<String> {
    (0..3)
        .map(|shift| {
            let text = STANDARD.encode(["x".repeat(shift), word.to_owned()].concat());
            text[[0, 2, 3][shift]..(word.len() + shift) * 8 / 6].to_owned()
        })
        .collect()
}

/// All by which a piece of a canary is known: its ends, and what they are in base64.
static PIECES: LazyLock<(Vec<String>, AhoCorasick)> = LazyLock::new(|| {
    let in_base64 = ENDS.iter().flat_map(|word| in_base64(word)).filter(|piece| piece.len() >= 5);
    let pieces: Vec<String> = ENDS.map(str::to_owned).into_iter().chain(in_base64).collect();
    let search = AhoCorasick::new(&pieces).unwrap();
    (pieces, search)
});

/// Pieces of canaries in a text, with what is around them.
fn leaks(text: &str) -> Vec<String> {
    let (pieces, search) = &*PIECES;
    let mut found = Vec::new();
    let mut look = |text: &str| {
        for hit in search.find_iter(text).take(20) {
            let start = (0..=hit.start().saturating_sub(60)).rev().find(|i| text.is_char_boundary(*i)).unwrap();
            let end = (hit.end() + 60..).find(|i| *i >= text.len() || text.is_char_boundary(*i)).unwrap();
            found.push(format!("{}: …{}…", pieces[hit.pattern()], &text[start..end.min(text.len())]));
        }
    };
    look(text);
    if text.contains('%') {
        let once = unpercent(text);
        look(&once);
        look(&unpercent(&once));
    }
    if text.contains("\\u") {
        look(&unescaped(text));
    }
    found
}

#[test]
fn the_search_knows_every_canary_in_every_form() {
    for value in CANARIES {
        for number in 0..FORMS {
            let text = format!("before {} after", form(number, value));
            assert!(!leaks(&text).is_empty(), "{text}");
        }
    }
    assert_eq!(leaks("a canary that nobody planted, 100% of \\u0061"), [] as [&str; 0]);
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => files(&entry.path(), found),
            false => {
                let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
                found.push((entry.path().display().to_string(), text));
            }
        }
    }
}

#[track_caller]
fn nothing_leaks(project: &Project, said: &Outcome) {
    let mut all = vec![("stdout".to_owned(), said.stdout.clone()), ("stderr".to_owned(), said.stderr.clone())];
    files(project.root(), &mut all);
    let mut found = Vec::new();
    for (name, text) in &all {
        found.extend(leaks(text).iter().map(|leak| format!("{name}: {leak}")));
        // Bytes that are no text are kept as base64.
        for piece in text.split('"').filter(|piece| piece.len() > 40) {
            let bytes = STANDARD.decode(piece).unwrap_or_default();
            found.extend(leaks(&String::from_utf8_lossy(&bytes)).iter().map(|leak| format!("{name}, base64: {leak}")));
        }
    }
    let count = found.len();
    found.truncate(40);
    assert!(found.is_empty(), "{count} leaks:\n{}", found.join("\n"));
}

fn run(project: &Project, args: &[&str]) -> Outcome {
    let html = project.path("reports/report.html");
    // What is throttled in vain waits for seconds each time otherwise.
    let mut all = vec!["-H", "X-Auth-Token: ", "--report-html", html.to_str().unwrap(), "--max-wait", "50ms"];
    let flag = format!("X-Auth-Token: {FLAG}");
    all[1] = &flag;
    all.extend(args);
    project.run_with(&VARIABLES, &all)
}

#[test]
fn no_canary_is_in_any_byte_that_is_written_and_each_echo_is_found() {
    let (server, control) = (Server::start(shop), Server::shop());
    for args in [&["-vv", "--record"][..], &["--color", "always", "-j", "1"]] {
        let project = project(&server, &control);
        let said = run(&project, args).exits(1);
        nothing_leaks(&project, &said);
        let json = project.json();
        let scenarios = json["scenarios"].as_array().unwrap();
        assert_eq!(scenarios.len(), PLACES.len() * FORMS + 2);
        let found = |s: &Value| s["findings"].as_array().unwrap().iter().any(|f| f["rule"] == "secret-echoed");
        let missed: Vec<&str> = scenarios.iter().filter(|s| !found(s)).map(|s| s["id"].as_str().unwrap()).collect();
        // Two never came to their request; a redirect is no error answer; and escapes that are escaped once more, in
        // the code or in a member, are no form of the value: they are only kept out of what is written.
        let due = |id: &str| {
            let name = id.trim_start_matches("canaries/");
            let (place, number) = name.rsplit_once(' ').unwrap();
            !name.starts_with("it") && place != "location" && !(["13", "14"].contains(&number) && place != "message")
        };
        assert!(missed.len() < 30 && !missed.iter().any(|id| due(id)), "{missed:?}");
        for marker in ["SHOP_BEARER", "SHOP_PASSWORD", "SHOP_HEADER", "SHOP_VARIABLE", "hidden", "session", "cookie"] {
            assert!(project.read("reports/run.json").contains(&format!("[secret:{marker}]")), "{marker}");
        }
        assert!(project.has("reports/junit.xml") && project.has("reports/report.html"));
        project.junit();
    }
    // Each service got its own credential and nobody else's.
    let told = |server: &Server| format!("{:?}", server.heard().iter().map(|r| &r.headers).collect::<Vec<_>>());
    let (api, ours) = (told(&server), told(&control));
    assert!(ours.contains("kanari-control") && !api.contains("kanari-control"));
    for other in ["bearer", "header", "login", "session", "cookie", "hidden", "variable"] {
        assert!(!ours.contains(&format!("kanari-{other}")), "{other}");
    }
    assert!(api.contains("kanari-bearer") && api.contains("kanari-login") && api.contains("kanari-cookie"));
}

#[test]
fn the_password_of_a_proxy_is_as_secret() {
    let (proxy, control) = (Server::start(shop), Server::shop());
    let project = project(&proxy, &control);
    let url = format!("http://user:{}@127.0.0.1:{}", form(3, PROXY), proxy.port);
    let said = run(&project, &["-vv", "--record", "-x", &url]).exits(1);
    nothing_leaks(&project, &said);
    let password = STANDARD.encode(format!("user:{PROXY}"));
    let heard = proxy.heard();
    assert!(heard.iter().any(|r| r.header("proxy-authorization") == Some(&format!("Basic {password}"))), "{heard:?}");
}

#[test]
fn mistakes_on_the_command_line_do_not_repeat_what_is_secret() {
    let (server, control) = (Server::start(shop), Server::shop());
    let project = project(&server, &control);
    let plain = "kanari-4711-irana";
    for args in [
        &["-H", "Authorization Bearer kanari-4711-irana"][..],
        &["-H", "Authori zation: Bearer kanari-4711-irana"],
        &["-H", "Authorization: Bearer kanari-4711-irana\n"],
        &["-x", "http://user:kanari-4711-irana@[bad"],
        &["-x", "nothing://user:kanari-4711-irana@127.0.0.1:1"],
        &["--url", "http://user:kanari-4711-irana@127.0.0.1:1"],
        &["--url", "http://user:kanari-4711-irana@[bad"],
        &["--url", "http://127.0.0.1:1/?key=kanari-4711-irana"],
    ] {
        let said = project.run_with(&VARIABLES, &[args, &["-n", "message 0"][..]].concat());
        assert!(!said.said().contains(plain), "{args:?}: {}", said.said());
        assert!(said.code != 0, "{args:?}: {}", said.said());
    }
    // A proxy that nobody answers at.
    let dead = format!("http://user:{}@127.0.0.1:{}", form(3, PROXY), crate::support::closed_port());
    let said = run(&project, &["-vv", "-n", "message 0", "-x", &dead]).exits(3);
    nothing_leaks(&project, &said);
}

/// One scenario has captured a session and is still under way when another is told of it.
#[test]
fn what_one_scenario_has_captured_is_kept_out_of_what_others_tell_at_once() {
    let is_under_way = Arc::new(AtomicBool::new(false));
    let server = Server::start(move |request| match request.line().as_str() {
        "POST /session" => Answer::json(201, &json!({ "session": SESSION }).to_string()),
        "GET /slow" => {
            is_under_way.store(true, Ordering::SeqCst);
            Answer::error(404, "NOT_FOUND").after(1500)
        }
        _ => {
            let start = Instant::now();
            while !is_under_way.load(Ordering::SeqCst) && start.elapsed() < Duration::from_secs(8) {
                std::thread::sleep(Duration::from_millis(5));
            }
            Answer::json(409, &json!({"error": {"code": SESSION, "message": format!("open: {SESSION}")}}).to_string())
        }
    });
    let text = "area: two\nscenarios:\n  - name: first\n    expect: NOT_FOUND\n    effects: none\n    given:\n      - request: POST /session\n        \
                capture: { session: { at: /session, secret: true } }\n    when: { request: GET /slow, headers: { X-Session: \"{{ session }}\" } }\n  \
                - name: second\n    expect: NOT_FOUND\n    when: { request: GET /list }\n";
    let project = Project::at(&server).file("scenarios/two.yaml", text);
    let html = project.path("reports/report.html");
    let said = project.run(&["-j", "2", "-vv", "--report-html", html.to_str().unwrap()]).exits(1);
    nothing_leaks(&project, &said);
    assert!(said.stdout.contains("[secret:session]"), "{}", said.said());
    assert_eq!(project.with_verdict("violates"), ["two/second"]);
}

#[test]
fn nothing_goes_where_the_target_does_not_point() {
    let elsewhere = Server::shop();
    let away = elsewhere.url.clone();
    let host = elsewhere.url.trim_start_matches("http://").to_owned();
    let server = Server::start(move |request| match request.path.as_str() {
        "/ping" | "/start" => Answer::json(200, "{}").header("Location", &format!("{away}/stolen")),
        path if path.starts_with("/redirect/") => {
            let status = path.rsplit('/').next().unwrap().parse().unwrap();
            Answer::json(status, "{}")
                .header("Location", &format!("{away}/stolen"))
                .header("Refresh", &format!("0; url={away}/stolen"))
                .header("Alt-Svc", &format!("h2=\"{}\"", away.trim_start_matches("http://")))
        }
        _ => Answer::error(404, "NOT_FOUND"),
    });
    let mut text = "area: away\nscenarios:\n".to_owned();
    let mut add = |name: &str, request: &str| {
        text.push_str(&format!(
            "  - name: {name}\n    expect: NOT_FOUND\n    as: clerk\n    given:\n      - request: POST /start\n        \
             capture: {{ place: {{ header: Location }}, rest: {{ header: Location, match: \"http:(.*)\" }} }}\n      \
             - request: POST /ping\n        json: [\"{{{{ place }}}}\", \"{{{{ rest }}}}\"]\n    when: {{ request: \"{request}\" }}\n"
        ));
    };
    for status in [301, 302, 303, 307, 308] {
        add(&format!("redirect {status}"), &format!("GET /redirect/{status}"));
    }
    add("a captured address in the path", "GET /{{ place }}");
    add("a captured host in the path", "GET /{{ rest }}/x");
    add("two slashes", &format!("GET //{host}/stolen"));
    add("a user", &format!("GET /@{host}/stolen"));
    add("a backslash", &format!("GET /%5C%5C{host}/stolen"));
    let target = |url: &str| {
        format!(
            "[targets.shop]\nurl = \"{url}\"\neffects = \"data\"\n[targets.shop.credentials]\n\
             clerk = {{ bearer = {{ env = \"SHOP_BEARER\" }} }}\n"
        )
    };
    let project = Project::new(&target(&server.url)).file("scenarios/away.yaml", &text);
    let said = project.run_with(&VARIABLES, &["-vv"]).exits(1);
    assert!(elsewhere.heard().is_empty(), "{:?}", elsewhere.heard());
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("GET ")).count(), 10, "{}", said.said());
    for request in [
        format!("GET {}/stolen", elsewhere.url),
        "GET {{ place }}".to_owned(),
        format!("GET @{host}/stolen"),
        format!("GET control:{}/stolen", elsewhere.url),
    ] {
        let one = format!(
            "area: away\nscenarios:\n  - name: x\n    expect: NOT_FOUND\n    as: clerk\n    when: {{ request: \"{request}\" }}\n"
        );
        project.write("scenarios/away.yaml", &one);
        let said = project.run_with(&VARIABLES, &[]);
        assert!(said.code == 2 && elsewhere.heard().is_empty(), "{request}: {}", said.said());
    }
}
