//! The reports of one run in which everything happens: they agree with each other, with their schema, and keep secrets.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::junit::Junit;
use crate::support::server::as_the_path_says;
use crate::support::{Answer, Outcome, Project, Request, Server, root};

/// What the clerk's key is. It stands in headers, and a lying server repeats it.
const KEY: &str = "key-of-the-clerk+4711/x";

fn lying(request: &Request) -> Answer {
    match request.line().as_str() {
        "POST /things" => Answer::json(201, r#"{"id":"t-42","token":"captured-token-0815"}"#),
        "GET /echo" => {
            let said = request.header("authorization").unwrap_or_default();
            Answer::json(404, &format!(r#"{{"error":{{"code":"NOT_FOUND","message":"{said} is unknown"}}}}"#))
        }
        "GET /html" => Answer::new(404, "text/html", "<h1>404 ]]> & [[ATTACHMENT|/etc/passwd]] \u{1b}[31m</h1>"),
        "GET /mislabelled" => Answer::new(404, "text/plain", r#"{"error":{"code":"NOT_FOUND","message":"x"}}"#),
        "GET /lost" => Answer::new(500, "application/json", ""),
        _ => as_the_path_says(request),
    }
}

const SCENARIOS: &str = r#"area: shop
scenarios:
  - name: it conforms
    expect: NOT_FOUND
    as: clerk
    when: { request: GET /404/NOT_FOUND }
  - name: it conforms with a warning
    expect: NOT_FOUND
    when: { request: GET /mislabelled }
  - name: it is about another code
    expect: NOT_FOUND
    as: clerk
    given:
      - request: POST /things
        json: { name: "it's a thing" }
        capture: { thing: /id, token: { at: /token, secret: true } }
    when:
      request: "PUT /409/ALREADY_CLOSED?thing={{ thing }}"
      headers: { X-Token: "{{ token }}" }
      json: { note: "quoted \"twice\" and 'once'", thing: "{{ thing }}", key: "{{ api_key }}" }
  - name: it repeats the key
    expect: NOT_FOUND
    as: clerk
    when: { request: GET /echo }
  - name: it is a page
    expect: NOT_FOUND
    when: { request: GET /html }
  - name: its set-up fails
    expect: NOT_FOUND
    given: [ { request: GET /503/DOWN } ]
    when: { request: GET /404/NOT_FOUND }
  - name: it is skipped
    expect: DOWN
    skip: the switch is <broken> & hot
    when: { request: GET /503/DOWN }
"#;

fn project(server: &Server) -> Project {
    let target = format!(
        "[targets.shop]\nurl = \"{}\"\neffects = \"data\"\nvars = {{ api_key = {{ env = \"SHOP_KEY\" }} }}\n\
         [targets.shop.credentials]\nclerk = {{ bearer = {{ env = \"SHOP_KEY\" }} }}\n",
        server.url
    );
    let other = "area: other\nscenarios:\n  - name: it is lost\n    expect: DOWN\n    when: { request: GET /lost }\n";
    Project::new(&target).file("scenarios/shop.yaml", SCENARIOS).file("scenarios/other.yaml", other)
}

struct Ran {
    server: Server,
    project: Project,
    said: Outcome,
}

fn ran(args: &[&str]) -> Ran {
    let server = Server::start(lying);
    let project = project(&server);
    let said = project.run_with(&[("SHOP_KEY", KEY)], args);
    Ran { server, project, said }
}

const VERDICTS: [(&str, &str, &str); 8] = [
    ("it is lost", "violates", "not-json"),
    ("it conforms", "conforms", ""),
    ("it conforms with a warning", "conforms", ""),
    ("it is about another code", "violates", "wrong-code"),
    ("it repeats the key", "violates", "secret-echoed"),
    ("it is a page", "violates", "not-json"),
    ("its set-up fails", "inconclusive", "setup-failed"),
    ("it is skipped", "skipped", "skip"),
];

fn scenarios(json: &Value) -> &Vec<Value> {
    json["scenarios"].as_array().unwrap()
}

#[test]
fn every_verdict_is_in_both_reports() {
    let ran = ran(&[]);
    let (json, junit) = (ran.project.json(), ran.project.junit());
    assert_eq!(ran.said.code, 1, "{}", ran.said.said());
    for ((name, verdict, reason), told) in VERDICTS.iter().zip(scenarios(&json)) {
        let id = told["id"].as_str().unwrap();
        assert_eq!((id.rsplit('/').next().unwrap(), told["verdict"].as_str().unwrap()), (*name, *verdict));
        let case = junit.case(name);
        let (outcome, kind) = match *verdict {
            "conforms" => ("", String::new()),
            "violates" => ("failure", format!("contract.{reason}")),
            "inconclusive" => ("error", format!("inconclusive.{reason}")),
            _ => ("skipped", format!("skip.{}", told["reason"].as_str().unwrap())),
        };
        assert_eq!((case.outcome.as_str(), case.kind()), (outcome, kind.as_str()), "{name}");
        assert_eq!(case.attributes["line"], told["line"].to_string(), "{name}");
        assert_eq!(case.attributes["file"], told["file"].as_str().unwrap());
        assert_eq!(format!("{}/{}", case.attributes["classname"], case.name()), id);
    }
}

#[test]
fn totals_add_up_in_both_reports_and_on_the_terminal() {
    let ran = ran(&[]);
    let (json, junit) = (ran.project.json(), ran.project.junit());
    let count = |verdict: &str| scenarios(&json).iter().filter(|s| s["verdict"] == verdict).count();
    let totals = &json["totals"];
    assert_eq!(totals["scenarios"], scenarios(&json).len());
    for verdict in ["conforms", "violates", "inconclusive", "skipped"] {
        assert_eq!(totals[verdict], count(verdict), "{verdict}");
    }
    let sent: u64 = scenarios(&json).iter().map(|s| s["requests"].as_u64().unwrap()).sum();
    assert_eq!((totals["requests"].as_u64(), sent), (Some(ran.server.heard().len() as u64), sent));
    let expected = [("tests", 8), ("failures", 4), ("errors", 1), ("skipped", 1)];
    for (name, number) in expected {
        let of = |attributes: &std::collections::HashMap<String, String>| {
            attributes.get(name).and_then(|value| value.parse::<usize>().ok()).unwrap_or(0)
        };
        let suites: usize = junit.suites.iter().map(|suite| of(&suite.attributes)).sum();
        assert_eq!(suites, number, "{name} of the suites");
        if junit.total.contains_key(name) {
            assert_eq!(of(&junit.total), number, "{name}");
        }
    }
    assert_eq!(junit.suites.len(), 2);
    ran.said.says(&["8 scenarios: 2 conform, 4 violate, 1 inconclusive, 1 skipped", "1 warning"]);
}

#[test]
fn the_run_json_holds_to_its_schema() {
    let schema: Value = serde_json::from_slice(&fs::read(root().join("schemas/run.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for args in [&[][..], &["--record", "--seed", "3"]] {
        let json = ran(args).project.json();
        let wrong: Vec<String> = validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn a_message_stands_in_the_attribute_and_at_the_start_of_the_text() {
    let junit = ran(&[]).project.junit();
    for case in junit.cases().filter(|case| !case.outcome.is_empty()) {
        let message = &case.told["message"];
        assert!(!message.is_empty() && !message.contains('\n'), "{}: {message}", case.name());
        assert!(case.text.trim_start().starts_with(message.as_str()), "{}: {message}\n{}", case.name(), case.text);
    }
}

#[test]
fn what_xml_and_consumers_cannot_hold_is_broken_up() {
    let ran = ran(&[]);
    let text = ran.project.read("reports/junit.xml");
    assert!(!text.contains("[[ATTACHMENT") && !text.contains('\u{1b}'), "{text}");
    let case = ran.project.junit();
    let page = case.case("it is a page");
    assert!(page.system_out.contains("ATTACHMENT") && page.system_out.contains("]]>"), "{}", page.system_out);
    assert!(case.case("it is skipped").text.contains("the switch is <broken> & hot"));
    assert!(!ran.said.stdout.contains('\u{1b}'));
}

#[test]
fn a_failure_tells_place_expectation_documentation_and_how_to_repeat_it() {
    let ran = ran(&[]);
    ran.said.says(&[
        "scenarios/shop.yaml:10",
        "expected 404 NOT_FOUND, got 409 ALREADY_CLOSED",
        "409 ALREADY_CLOSED: It is closed already. (catalogue.md:8)",
        "catalogue.md:7  NOT_FOUND: There is no such thing.",
        "curl ",
    ]);
    let case = ran.project.junit();
    let case = case.case("it is about another code");
    let property = |name: &str| case.properties.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    assert_eq!((property("code.expected"), property("code.seen")), (Some("NOT_FOUND"), Some("ALREADY_CLOSED")));
    assert_eq!((property("status.expected"), property("status.seen")), (Some("404"), Some("409")));
    assert_eq!((property("rule"), property("attempts")), (Some("wrong-code"), Some("1")));
    let finding = &ran.project.json()["scenarios"][3]["findings"][0];
    assert_eq!((&finding["rule"], &finding["documentation"]), (&"wrong-code".into(), &"catalogue.md:7".into()));
}

/// The line that repeats the request that a scenario is about.
fn curl<'j>(json: &'j Value, name: &str) -> &'j str {
    let scenario = scenarios(json).iter().find(|s| s["id"].as_str().unwrap().ends_with(name)).unwrap();
    scenario["exchanges"].as_array().unwrap().last().unwrap()["curl"].as_str().unwrap()
}

#[test]
fn the_curl_lines_repeat_the_requests() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let ran = ran(&[]);
    let json = ran.project.json();
    for (name, verdict, _) in VERDICTS.iter().filter(|(_, verdict, _)| ["violates", "inconclusive"].contains(verdict)) {
        let line = curl(&json, name);
        let before = ran.server.heard();
        let variables = [("SHOP_KEY", KEY), ("THING", "t-42"), ("TOKEN", "captured-token-0815")];
        let mut shell = Command::new("sh");
        let output = shell.args(["-euc", line]).env_remove("http_proxy").envs(variables).output().unwrap();
        assert!(output.status.success(), "{name} ({verdict}): {line}\n{}", String::from_utf8_lossy(&output.stderr));
        let heard = ran.server.heard();
        let again = heard.last().unwrap();
        assert_eq!(heard.len(), before.len() + 1, "{line}");
        let first = before.iter().find(|first| first.line() == again.line());
        let first = first.unwrap_or_else(|| panic!("{} was never sent: {line}", again.line()));
        assert_eq!(String::from_utf8_lossy(&first.body), String::from_utf8_lossy(&again.body), "{line}");
        for header in ["authorization", "x-token", "content-type"] {
            assert_eq!(first.header(header), again.header(header), "{header} in {line}");
        }
    }
}

/// Every byte that is below a folder, but the server's own.
fn everything(folder: &Path, into: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => everything(&entry.path(), into),
            false => into.extend(fs::read(entry.path()).unwrap()),
        }
    }
}

#[test]
fn no_secret_is_in_any_byte_that_is_written() {
    let formats = [
        "--report-html",
        "a.html",
        "--report-markdown",
        "a.md",
        "--report-sarif",
        "a.sarif",
        "--report-ctrf",
        "a.json",
    ];
    for args in [&["-vv"][..], &["-vv", "--record"], &["-q"], &["--dry-run"], &formats] {
        let ran = ran(args);
        let mut bytes = ran.said.said().into_bytes();
        everything(ran.project.root(), &mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let encoded = "key-of-the-clerk%2B4711%2Fx";
        for secret in [KEY, encoded, "key-of-the-clerk", "a2V5LW9mLXRoZS1jbGVyays0NzExL3g", "captured-token-0815"] {
            assert!(!text.contains(secret), "{args:?}: {secret} in {text}");
        }
        assert!(args.contains(&"--dry-run") || args.contains(&"-q") || text.contains("[secret:SHOP_KEY]"), "{args:?}");
    }
}

#[test]
fn a_scenario_named_after_a_secret_is_refused() {
    let server = Server::start(lying);
    let project = project(&server);
    let text = project.read("scenarios/other.yaml").replace("it is lost", "it is about a-secret-of-the-clerk");
    project.write("scenarios/other.yaml", &text);
    let said = project.run_with(&[("SHOP_KEY", "a-secret-of-the-clerk")], &[]).exits(2);
    let said = said.complains(&["scenarios/other.yaml:3 holds a secret", "it is about [secret:SHOP_KEY]"]);
    assert!(!said.said().contains("a-secret-of-the-clerk"), "{}", said.said());
    assert!(server.heard().is_empty() && !project.has("reports"));
}

#[test]
fn a_secret_too_short_to_be_searched_for_is_told_by_name() {
    let server = Server::start(lying);
    let project = project(&server);
    let said = project.run_with(&[("SHOP_KEY", "k4711")], &[]).exits(1);
    said.says(&["SHOP_KEY has fewer than 8 bytes"]);
    assert!(project.json()["notices"][0].as_str().is_some_and(|notice| notice.contains("SHOP_KEY")));
}

#[test]
fn names_and_totals_are_the_same_in_any_order_of_running() {
    let names = |args: &[&str]| {
        let junit: Junit = ran(args).project.junit();
        junit.cases().map(|case| format!("{} {}", case.name(), case.kind())).collect::<Vec<_>>()
    };
    let first = names(&["-j", "1"]);
    assert_eq!(first, names(&["--seed", "1"]));
    assert_eq!(first, names(&["-j", "32", "--seed", "99"]));
}
