//! `--failed`, and what is said where a selection takes nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::{Answer, Project, Request, Server, scenario, server};

fn one() -> String {
    scenario("one", "NOT_FOUND", "GET /404/NOT_FOUND")
}

fn two() -> String {
    scenario("two", "NOT_FOUND", "GET /409/ALREADY_CLOSED")
}

fn deaf() -> String {
    "  - name: deaf
    expect: NOT_FOUND
    given: [ { request: GET /409/ALREADY_CLOSED } ]
    when: { request: GET /404/NOT_FOUND }
"
    .to_owned()
}

#[test]
fn only_what_did_not_conform_runs_again() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[one(), two(), deaf()]);
    project.run(&["--failed"]).exits(2).complains(&["run.json", "`--failed` goes by"]);
    project.run(&[]).exits(1).says(&["1 of 6 pairs"]);
    let before = server.heard().len();
    project.run(&["--failed"]).exits(1).says(&["2 scenarios", "0 of 6 pairs triggered, 1 planned"]);
    assert_eq!(server.heard().len() - before, 2);
    // Other filters hold as well.
    project.run(&["--failed", "--name", "deaf"]).exits(3).says(&["1 scenario: "]);
    let said = project.run(&["--failed", "--name", "one"]).exits(5);
    said.says(&["each takes some, but no scenario is taken by all of `--name one` and `--failed`"]);
}

#[test]
fn the_report_that_was_named_is_the_one_that_counts() {
    let project = Project::at(&Server::shop()).area("shop", &[one(), two()]);
    project.run(&["--report-json", "mine.json"]).exits(1);
    project.run(&["--name", "one"]).exits(0);
    // Wherever a run leaves its report, what failed in it is remembered.
    project.run(&["--failed"]).exits(1).says(&["1 scenario: "]);
    project.run(&["--failed", "--report-json", "mine.json"]).exits(1).says(&["1 scenario: "]);
    // A report that came from another machine counts as well.
    let elsewhere = Project::at(&Server::shop()).area("shop", &[one(), two()]);
    elsewhere.write("got/run.json", &project.read("mine.json"));
    elsewhere.run(&["--failed", "--reports", "got"]).exits(1).says(&["1 scenario: "]);
}

#[test]
fn nothing_failed_is_not_green() {
    let project = Project::at(&Server::shop()).area("shop", &[one()]);
    project.run(&[]).exits(0);
    project.run(&["--failed"]).exits(5).says(&["exit 5: nothing was selected: nothing failed in the last run"]);
    let said = project.run(&["--failed", "--dry-run"]).exits(5);
    said.complains(&["nothing failed in the last run"]);
}

#[test]
fn what_failed_and_is_gone_is_named() {
    let project = Project::at(&Server::shop()).area("shop", &[one(), two(), deaf()]);
    project.run(&[]).exits(1);
    let project = project.area("shop", &[one(), deaf(), scenario("renamed", "NOT_FOUND", "GET /404/NOT_FOUND")]);
    let said = project.run(&["--failed"]).exits(3);
    said.says(&["is not in the project now: shop/two"]);
}

#[test]
fn a_run_that_is_red_no_more_ends_with_zero() {
    let mended = Arc::new(AtomicBool::new(false));
    let now = mended.clone();
    let server = Server::start(move |request: &Request| match now.load(Ordering::Relaxed) {
        true => Answer::error(404, "NOT_FOUND"),
        false => server::as_the_path_says(request),
    });
    let project = Project::at(&server).area("shop", &[one(), two()]);
    project.run(&[]).exits(1);
    mended.store(true, Ordering::Relaxed);
    project.run(&["--failed"]).exits(0).says(&["1 scenario: "]);
}

#[test]
fn the_filter_that_takes_nothing_is_named() {
    let project = Project::at(&Server::shop()).area("shop", &[one(), two()]);
    for (flags, words) in [
        (&["--code", "DOWN"][..], "no scenario is taken by `--code DOWN`"),
        (&["--tag", "slow", "--tag", "new"], "no scenario is taken by `--tag slow --tag new`"),
        (&["--status", "503", "--name", "one", "--tag", "x"], "taken by `--status 503`, nor by `--tag x`"),
        (&["scenarios/shop.yaml:3", "--name", "two"], "by all of `scenarios/shop.yaml:3` and `--name two`"),
    ] {
        project.run(flags).exits(5).says(&["exit 5: nothing was selected: ", words]);
        let list = project.trueline(&[&["list"], flags].concat()).exits(5);
        list.complains(&[words]);
    }
}

#[test]
fn what_never_had_its_turn_runs_again_too() {
    let project = Project::at(&Server::shop()).area("shop", &[two(), one()]);
    project.run(&["--fail-fast", "--jobs", "1"]).exits(1).says(&["1 violates", "1 skipped"]);
    project.run(&["--failed"]).exits(1).says(&["2 scenarios", "1 conforms, 1 violates"]);
}

/// A shop in which what is asked for is right from a moment on, path by path.
fn mending() -> (Server, Arc<Mutex<Vec<&'static str>>>) {
    let mended: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let now = mended.clone();
    let server = Server::start(move |request: &Request| {
        match now.lock().unwrap().iter().any(|name| request.path.contains(name)) {
            true => Answer::error(404, "NOT_FOUND"),
            false => Answer::error(409, "ALREADY_CLOSED"),
        }
    });
    (server, mended)
}

fn three(server: &Server) -> Project {
    let names = ["red", "green", "blue"];
    let scenarios = names.map(|name| scenario(name, "NOT_FOUND", &format!("GET /{name}")));
    Project::at(server).area("shop", &scenarios)
}

/// The names that `--failed` would fire now.
fn due(project: &Project) -> Vec<String> {
    let said = project.run(&["--failed", "--dry-run"]);
    let names = said.stdout.lines().filter_map(|line| line.strip_prefix("shop/"));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn a_run_of_a_part_forgets_nothing_of_the_rest() {
    let (server, mended) = mending();
    let project = three(&server);
    project.run(&[]).exits(1);
    assert_eq!(due(&project), ["red", "green", "blue"]);
    mended.lock().unwrap().push("red");
    let said = project.run(&["--failed", "--name", "red"]).exits(0);
    said.complains(&["2 further scenarios that had no part in this run did not conform before", "--failed"]);
    assert_eq!(project.json()["totals"]["scenarios"], 1, "a report tells of its own run");
    assert_eq!(due(&project), ["green", "blue"]);
    // Neither a selection of nothing, nor one of others, nor one that cannot begin.
    project.run(&["--tag", "none"]).exits(5);
    project.run(&["--code", "DOWN"]).exits(5);
    project.run(&["--name", "red"]).exits(0);
    project.run(&["--target", "nowhere"]).exits(2);
    assert_eq!(due(&project), ["green", "blue"]);
    mended.lock().unwrap().push("green");
    project.run(&["--failed"]).exits(1).says(&["2 scenarios: 1 conforms, 1 violates"]);
    mended.lock().unwrap().push("blue");
    project.run(&["--failed"]).exits(0).says(&["1 scenario: 1 conforms"]);
    project.run(&["--failed"]).exits(5).says(&["nothing failed in the last run"]);
    // What breaks again is due again.
    mended.lock().unwrap().clear();
    project.run(&["--name", "blue"]).exits(1);
    assert_eq!(due(&project), ["blue"]);
}

#[test]
fn what_fails_against_one_target_says_nothing_of_another() {
    let (server, mended) = mending();
    mended.lock().unwrap().extend(["red", "green", "blue"]);
    let (staging, _) = mending();
    let targets = [("ours", &server), ("staging", &staging)]
        .map(|(name, server)| format!("[targets.{name}]\nurl = \"{}\"\neffects = \"data\"\n", server.url));
    let scenarios = ["red", "green"].map(|name| scenario(name, "NOT_FOUND", &format!("GET /{name}")));
    let project = Project::new(&targets.concat()).area("shop", &scenarios);
    project.run(&["--target", "staging"]).exits(1);
    let said = project.run(&["--target", "ours", "--failed"]).exits(2);
    said.complains(&["no run against `ours` is remembered", "`--target staging`"]);
    project.run(&["--target", "ours"]).exits(0);
    project.run(&["--target", "ours", "--failed"]).exits(5);
    project.run(&["--target", "staging", "--failed"]).exits(1).says(&["2 scenarios: "]);
}

#[test]
fn shards_are_remembered_when_they_are_joined() {
    let (server, mended) = mending();
    let project = three(&server);
    project.run(&[]).exits(1);
    mended.lock().unwrap().extend(["red", "green"]);
    for shard in ["1/2", "2/2"] {
        project.run(&["--shard", shard, "--report-json", &format!("shards/{shard}.json")]);
        assert_eq!(due(&project), ["red", "green", "blue"], "a shard is a part of a run");
    }
    project.trueline(&["merge", "shards/1/2.json", "shards/2/2.json"]).exits(1);
    assert_eq!(due(&project), ["blue"]);
}

#[test]
fn what_is_known_is_no_failure() {
    let (server, _) = mending();
    let project = three(&server);
    project.run(&["--name", "red"]).exits(1);
    project.run(&["--name", "red", "--baseline", "known.toml", "--baseline-update"]).exits(0);
    assert_eq!(due(&project), Vec::<String>::new());
    project.run(&["--name", "red"]).exits(1);
    assert_eq!(due(&project), ["red"]);
}

#[test]
fn a_memory_that_cannot_be_read_is_told_and_begun_anew() {
    let (server, _) = mending();
    let project = three(&server);
    project.run(&[]).exits(1);
    project.write("reports/failed.json", "{ half");
    let said = project.run(&["--failed", "--dry-run"]).exits(0);
    said.says(&["3 scenarios would be fired"]).complains(&["reports/failed.json: is damaged"]);
    project.run(&["--name", "red"]).exits(1).says(&["reports/failed.json: is damaged", "it is begun anew"]);
    assert!(project.json()["notices"].to_string().contains("it is begun anew"), "{}", project.json()["notices"]);
    assert_eq!(due(&project), ["red"]);
}

#[test]
fn a_project_in_which_all_conforms_has_nothing_to_remember() {
    let (server, mended) = mending();
    mended.lock().unwrap().extend(["red", "green", "blue"]);
    let project = three(&server);
    project.run(&[]).exits(0);
    assert!(!project.has("reports/failed.json"));
}
