//! `--failed`, and what is said where a selection takes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    let said = project.run(&["--failed", "--name", "two"]).exits(5);
    said.says(&["each takes some, but no scenario is taken by all of `--name two` and `--failed`"]);
}

#[test]
fn the_report_that_was_named_is_the_one_that_counts() {
    let project = Project::at(&Server::shop()).area("shop", &[one(), two()]);
    project.run(&["--report-json", "mine.json"]).exits(1);
    project.run(&["--name", "one"]).exits(0);
    project.run(&["--failed"]).exits(5);
    project.run(&["--failed", "--report-json", "mine.json"]).exits(1).says(&["1 scenario: "]);
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
