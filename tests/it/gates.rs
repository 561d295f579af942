//! Gates: coverage that is asked for, warnings that count as errors, waivers that are told of.

use crate::support::{Answer, Project, Request, Server, scenario, trueline};

fn closed() -> String {
    scenario("a closed thing stays closed", "ALREADY_CLOSED", "GET /409/ALREADY_CLOSED")
}

fn missing() -> String {
    scenario("nothing is there", "NOT_FOUND", "GET /404/NOT_FOUND")
}

/// The shop documents six pairs: `INVALID` has two.
fn shop(scenarios: &[String]) -> Project {
    Project::at(&Server::shop()).area("shop", scenarios)
}

#[test]
fn coverage_below_what_was_asked_for_misses_the_gate() {
    let project = shop(&[closed(), missing()]);
    project.run(&[]).exits(0);
    project.run(&["--min-coverage", "33.3"]).exits(0);
    let said = project.run(&["--min-coverage", "33.4"]).exits(4);
    said.says(&["exit 4: 2 of 6 pairs were triggered, 33.3%, where at least 33.4% was asked for"]);
    project.run_with(&[("TRUELINE_MIN_COVERAGE", "50%")], &[]).exits(4);
    // What was left out of a run is missing from its coverage too.
    project.run(&["--min-coverage", "20", "--code", "NOT_FOUND"]).exits(4);
    for wrong in ["101", "-1", "most"] {
        let flag = format!("--min-coverage={wrong}");
        trueline(&["run", &flag]).exits(2).complains(&["not a percentage", "such as `95`"]);
    }
}

#[test]
fn waived_pairs_are_told_of_on_each_run_and_stay_in_the_count() {
    let server = Server::shop();
    let waivers = "[waivers]\n\"DOWN 503\" = { reason = \"cannot be made to happen\", until = 2199-12-31 }\n";
    let target = format!("{waivers}[targets.shop]\nurl = \"{}\"\n", server.url);
    let project = Project::new(&target).area("shop", &[closed(), missing()]);
    project.run(&[]).exits(0).says(&["waived until 2199-12-31: DOWN 503: cannot be made to happen"]);
    let json = project.json();
    let list = json["coverage"]["list"].as_array().unwrap();
    let waived = list.iter().find(|pair| pair["code"] == "DOWN").unwrap();
    assert_eq!((&waived["state"], &waived["until"]), (&"waived".into(), &"2199-12-31".into()));
    let said = project.run(&["--min-coverage", "34"]).exits(4);
    said.says(&["2 of 6 pairs", "1 waived stay in the count"]);
}

/// Answers with one member more than the schema names.
fn talkative(request: &Request) -> Answer {
    match request.path.as_str() {
        "/plain" => Answer::error(404, "NOT_FOUND"),
        _ => Answer::json(404, r#"{"error":{"code":"NOT_FOUND","message":"gone","trace":"0af7"}}"#),
    }
}

#[test]
fn a_warning_that_was_raised_to_an_error_makes_its_scenario_violate() {
    let server = Server::start(talkative);
    let scenarios = [scenario("plain", "NOT_FOUND", "GET /plain"), scenario("traced", "NOT_FOUND", "GET /traced")];
    let project = Project::at(&server).area("shop", &scenarios);
    project.run(&[]).exits(0).says(&["1 warning", "extra-fields"]);
    project.run(&["--fail-on", "flaky", "--fail-on=timeout,not-json"]).exits(0);
    project.run(&["--fail-on", "flaky,extra-fields"]).exits(1).says(&["violates  shop/traced", "extra-fields"]);
    assert_eq!(project.with_verdict("violates"), ["shop/traced"]);
    let said = trueline(&["run", "--fail-on", "extra-feilds"]).exits(2);
    said.complains(&["extra-feilds", "extra-fields", "similar"]);
}

#[test]
fn a_flag_outweighs_what_the_file_says_of_a_rule() {
    let server = Server::start(talkative);
    let target = format!("[rules]\nextra-fields = \"off\"\n[targets.shop]\nurl = \"{}\"\n", server.url);
    let project = Project::new(&target).area("shop", &[scenario("traced", "NOT_FOUND", "GET /traced")]);
    project.run(&[]).exits(0);
    project.run(&["--fail-on", "extra-fields"]).exits(1);
}

#[test]
fn merge_owns_the_gates() {
    let server = Server::start(talkative);
    let scenarios = [scenario("plain", "NOT_FOUND", "GET /plain"), scenario("traced", "NOT_FOUND", "GET /traced")];
    let project = Project::at(&server).area("shop", &scenarios);
    project.run(&["--report-json", "part.json"]).exits(0);
    project.trueline(&["merge", "part.json"]).exits(0);
    project.trueline(&["merge", "part.json", "--min-coverage", "90"]).exits(4).says(&["1 of 6 pairs"]);
    let said = project.trueline(&["merge", "part.json", "--fail-on", "extra-fields"]).exits(1);
    said.says(&["exit 1: 1 scenario violates the contract"]);
    assert_eq!(project.with_verdict("violates"), ["shop/traced"]);
}
