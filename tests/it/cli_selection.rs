//! Which scenarios a command takes.

use std::fs;

use serde_json::Value;

use crate::support::{Outcome, Project, Server, outcome, scenario};

fn project() -> Project {
    let tagged = "  - name: the service is down
    expect: DOWN
    tags: [slow, nightly]
    when: { request: GET /503/DOWN }
  - name: the service is busy
    expect: RATE_LIMITED
    tags: [slow]
    when: { request: GET /429/RATE_LIMITED }
";
    let things = [
        scenario("a thing is unknown", "NOT_FOUND", "GET /404/NOT_FOUND"),
        scenario("a body is invalid", "INVALID", "GET /422/INVALID"),
        scenario("a body is unreadable", "{ code: INVALID, status: 400 }", "GET /400/INVALID"),
    ];
    Project::at(&Server::shop()).area("things", &things).area("service/up", &[]).area("service", &[tagged.to_owned()])
}

impl Project {
    /// What a run with these arguments takes, by name.
    fn takes(&self, args: &[&str]) -> Vec<String> {
        self.run(args).exits(0);
        let ids = self.with_verdict("conforms");
        ids.iter().map(|id| id.split_once('/').unwrap().1.to_owned()).collect()
    }
}

/// The project without the empty file, which would be a mistake.
fn sound() -> Project {
    let project = project();
    fs::remove_dir_all(project.path("scenarios/service")).unwrap();
    project
}

#[test]
fn a_file_without_scenarios_is_told_with_its_name() {
    project().run(&[]).exits(2).complains(&["scenarios/service/up.yaml"]);
}

#[test]
fn everything_is_taken_where_nothing_is_said() {
    assert_eq!(sound().takes(&[]).len(), 5);
}

#[test]
fn a_path_takes_a_file_or_a_folder() {
    let project = sound();
    assert_eq!(project.takes(&["scenarios/service.yaml"]), ["the service is down", "the service is busy"]);
    assert_eq!(project.takes(&["scenarios"]).len(), 5);
    assert_eq!(project.takes(&["scenarios/things.yaml", "scenarios/service.yaml"]).len(), 5);
}

#[test]
fn a_path_with_a_line_takes_the_scenario_there_from_any_folder() {
    let project = sound();
    assert_eq!(project.takes(&["scenarios/things.yaml:7"]), ["a body is invalid"]);
    assert_eq!(project.takes(&["scenarios/things.yaml:8:5"]), ["a body is invalid"]);
    let run = |path: &str| {
        let output = outcome::command(&project.path("scenarios")).args(["list", "--json", path]).output().unwrap();
        let said = Outcome::of(&output).exits(0);
        names(&said.stdout)
    };
    assert_eq!(run("things.yaml:7"), ["a body is invalid"]);
    assert_eq!(run("./things.yaml:3"), ["a thing is unknown"]);
    assert_eq!(run("../scenarios/things.yaml").len(), 3);
    assert_eq!(run("scenarios/things.yaml:7"), ["a body is invalid"], "as reports name it");
    assert_eq!(run(project.path("scenarios/things.yaml:11").to_str().unwrap()), ["a body is unreadable"]);
}

#[test]
fn a_path_from_outside_the_project_is_read_as_typed() {
    let project = sound();
    let elsewhere = tempfile::tempdir().unwrap();
    let config = project.path("trueline.toml");
    let args = ["list", "--json", "--config", config.to_str().unwrap(), "scenarios/things.yaml:7"];
    let said = Outcome::of(&outcome::command(elsewhere.path()).args(args).output().unwrap()).exits(0);
    assert_eq!(names(&said.stdout), ["a body is invalid"]);
}

#[test]
fn a_path_that_names_nothing_is_a_mistake() {
    let project = sound();
    project
        .run(&["scenarios/thing.yaml"])
        .exits(2)
        .complains(&["no scenario file is at", "did you mean `scenarios/things.yaml`?"]);
    project
        .run(&["scenarios/things.yaml:1"])
        .exits(2)
        .complains(&["no scenario begins at or above line 1", "things.yaml:3"]);
}

#[test]
fn code_takes_a_pattern() {
    let project = sound();
    assert_eq!(project.takes(&["--code", "INV*"]), ["a body is invalid", "a body is unreadable"]);
    assert_eq!(project.takes(&["--code", "DOWN", "--code", "NOT_?OUND"]).len(), 2);
    project
        .run(&["--code", "down"])
        .exits(5)
        .complains(&["no code of catalogue.md is like `down`", "did you mean `DOWN`?"]);
    project.run(&["--code", "[A"]).exits(2).complains(&["`[A` is not a pattern"]);
}

#[test]
fn status_takes_what_may_be_answered_with_it() {
    let project = sound();
    assert_eq!(project.takes(&["--status", "422"]), ["a body is invalid"]);
    assert_eq!(project.takes(&["--status", "400"]), ["a body is invalid", "a body is unreadable"]);
    assert_eq!(project.takes(&["--status", "503", "--status", "429"]).len(), 2);
    project.run(&["--status", "600"]).exits(2).complains(&["600"]);
}

#[test]
fn tags_take_and_leave_out() {
    let project = sound();
    assert_eq!(project.takes(&["--tag", "slow"]), ["the service is down", "the service is busy"]);
    assert_eq!(project.takes(&["--tag", "slow", "--exclude-tag", "nightly"]), ["the service is busy"]);
    assert_eq!(project.takes(&["--exclude-tag", "slow"]).len(), 3);
}

#[test]
fn name_takes_a_part_of_the_id_in_any_case() {
    let project = sound();
    assert_eq!(project.takes(&["-n", "BODY"]), ["a body is invalid", "a body is unreadable"]);
    assert_eq!(project.takes(&["--name", "service/the service is b"]), ["the service is busy"]);
}

#[test]
fn kinds_of_selection_narrow_each_other() {
    let project = sound();
    assert_eq!(project.takes(&["scenarios/things.yaml", "--status", "400", "-n", "unreadable"]).len(), 1);
    project.run(&["scenarios/things.yaml", "--tag", "slow"]).exits(5).says(&["nothing was selected"]);
}

#[test]
fn what_is_not_selected_is_planned_and_not_missing() {
    let project = sound();
    project.run(&["scenarios/things.yaml"]).exits(0);
    let pairs = &project.json()["coverage"]["pairs"];
    assert_eq!((&pairs["planned"], &pairs["missing"]), (&Value::from(2), &Value::from(1)), "{pairs}");
}

fn names(json: &str) -> Vec<String> {
    let listed: Value = serde_json::from_str(json).unwrap();
    let scenarios = listed.as_array().unwrap();
    scenarios.iter().map(|s| s["id"].as_str().unwrap().split_once('/').unwrap().1.to_owned()).collect()
}
