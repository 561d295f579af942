//! Ctrl-C and SIGTERM: clean-up runs, the reports are written, and a second signal stops at once.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::server::as_the_path_says;
use crate::support::{Answer, Outcome, Project, Request, Server, scenario};

/// Hangs on `/hang`, creates things, and takes its time to delete them if told.
fn shop(delete_takes: u64) -> Server {
    Server::start(move |request: &Request| match request.line().as_str() {
        "POST /things" => Answer::json(201, r#"{"id":"t1"}"#),
        "GET /hang" => Answer::error(404, "NOT_FOUND").after(60_000),
        "DELETE /things/t1" => Answer::json(200, "{}").after(delete_takes),
        _ => as_the_path_says(request),
    })
}

const HANGS: &str = "  - name: a thing hangs
    expect: NOT_FOUND
    given:
      - request: POST /things
        capture: { thing: /id }
    when: { request: GET /hang }
    finally:
      - request: \"DELETE /things/{{ thing }}\"
";

fn project(server: &Server, first: &str) -> Project {
    let later = |n| scenario(&format!("later {n}"), "NOT_FOUND", "GET /404/NOT_FOUND");
    Project::at(server).area("shop", &[first.to_owned(), HANGS.to_owned(), later(1), later(2)])
}

/// A run that hangs now, one scenario at a time.
fn hanging(project: &Project, server: &Server) -> Child {
    let mut run = project.command(&["run", "-j", "1", "--timeout", "60s"]);
    let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    server.wait_for("GET /hang");
    child
}

fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

fn ended(child: Child) -> Outcome {
    Outcome::of(&child.wait_with_output().unwrap())
}

fn conforms() -> String {
    scenario("first of all", "NOT_FOUND", "GET /404/NOT_FOUND")
}

#[test]
fn an_interrupted_run_cleans_up_and_reports_what_ran() {
    let server = shop(0);
    let project = project(&server, &conforms());
    let child = hanging(&project, &server);
    let start = Instant::now();
    signal(&child, "INT");
    let said = ended(child).exits(130).complains(&["stopping", "clean-up", "once more stops at once"]);
    // Waited out, it would take a minute.
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
    assert_eq!(server.lines(), ["GET /404/NOT_FOUND", "POST /things", "GET /hang", "DELETE /things/t1"]);
    said.says(&["exit 130: the run was interrupted after 1 of 4 scenarios", "1 conforms", "3 skipped"]);
    let json = project.json();
    assert_eq!((&json["exit"]["code"], &json["complete"]), (&130.into(), &false.into()));
    assert_eq!(json["totals"]["requests"], 4);
    assert_eq!(project.with_verdict("conforms"), ["shop/first of all"]);
    let junit = project.junit();
    for name in ["a thing hangs", "later 1", "later 2"] {
        assert_eq!(junit.case(name).kind(), "skip.interrupted", "{name}");
    }
}

#[test]
fn a_terminated_run_ends_with_143() {
    let server = shop(0);
    let project = project(&server, &conforms());
    let child = hanging(&project, &server);
    signal(&child, "TERM");
    ended(child).exits(143).says(&["exit 143"]);
    assert_eq!(server.lines().last().map(String::as_str), Some("DELETE /things/t1"));
    assert_eq!(project.json()["exit"]["code"], 143);
}

#[test]
fn an_interruption_outweighs_a_broken_contract() {
    let server = shop(0);
    let project = project(&server, &scenario("first of all", "NOT_FOUND", "GET /409/ALREADY_CLOSED"));
    let child = hanging(&project, &server);
    signal(&child, "INT");
    ended(child).exits(130).says(&["wrong-code", "1 scenario violates the contract"]);
    assert_eq!(project.json()["exit"]["reasons"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_second_signal_stops_at_once() {
    let server = shop(30_000);
    let project = project(&server, &conforms());
    let child = hanging(&project, &server);
    signal(&child, "INT");
    server.wait_for("DELETE /things/t1");
    let start = Instant::now();
    signal(&child, "INT");
    ended(child).exits(130).complains(&["stopping at once"]);
    // With one signal, clean-up would have its ten seconds.
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert_eq!(project.junit().case("a thing hangs").kind(), "skip.interrupted");
    assert_eq!(project.with_verdict("conforms"), ["shop/first of all"]);
}

#[test]
fn what_a_killed_run_has_judged_is_recovered_from_its_journal() {
    let server = shop(0);
    let project = project(&server, &scenario("first of all", "NOT_FOUND", "GET /409/ALREADY_CLOSED"));
    let child = hanging(&project, &server);
    signal(&child, "KILL");
    child.wait_with_output().unwrap();
    assert!(!project.has("reports/run.json"));
    let merged = project.trueline(&["merge", "reports/run.journal"]);
    merged.exits(1).says(&["1 scenario: 0 conform, 1 violates", "broke off before all its scenarios were judged"]);
    assert_eq!(project.with_verdict("violates"), ["shop/first of all"]);
    assert_eq!(project.junit().case("first of all").kind(), "contract.wrong-code");
}

#[test]
fn a_run_that_wrote_its_reports_leaves_no_journal() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[conforms()]);
    project.run(&[]).exits(0);
    assert!(project.has("reports/run.json") && !project.has("reports/run.journal"));
}

#[test]
fn the_parts_of_a_run_are_joined_and_judged_as_a_whole() {
    let server = Server::shop();
    let wrong = scenario("second", "NOT_FOUND", "GET /409/ALREADY_CLOSED");
    let project = Project::at(&server).area("shop", &[conforms(), wrong]);
    project.run(&["-n", "first", "--reports", "a"]).exits(0);
    project.run(&["-n", "second", "--reports", "b"]).exits(1);
    let merged = project.trueline(&["merge", "a/run.json", "b/run.json"]);
    merged.exits(1).says(&["2 scenarios: 1 conforms, 1 violates"]);
    assert_eq!(project.json()["totals"]["scenarios"], 2);
    project.trueline(&["merge", "a/run.json"]).exits(0);
    project.trueline(&["merge", "catalogue.md"]).exits(2).complains(&["is neither the run.json nor the journal"]);
}
