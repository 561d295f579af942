//! The baseline: what is known makes nothing red and is told everywhere; what is new is red.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::support::{Answer, Project, Request, Server, scenario};

const KNOWN: &str = "[[accepted]]
scenario = \"shop/it drifts\"
rule     = \"undocumented-status\"
pointer  = \"/error/code\"
seen     = \"NOT_FOUND 410\"
reason   = \"the gateway answers before the shop does\"
owner    = \"platform\"
until    = 2199-12-31
";

/// Answers with another status than the page says.
fn drifts() -> String {
    scenario("it drifts", "NOT_FOUND", "GET /410/NOT_FOUND")
}

fn conforms() -> String {
    scenario("it conforms", "NOT_FOUND", "GET /404/NOT_FOUND")
}

fn shop(scenarios: &[String]) -> Project {
    Project::at(&Server::shop()).area("shop", scenarios)
}

fn entries(project: &Project) -> Vec<Value> {
    project.json()["baseline"]["entries"].as_array().unwrap().clone()
}

#[test]
fn what_is_known_makes_nothing_red_and_is_told_in_every_format() {
    let project = shop(&[drifts(), conforms()]).file("known.toml", KNOWN);
    project.run(&[]).exits(1);
    let said = project.run(&["--baseline", "known.toml", "--report-html", "report.html", "--fail-fast", "-j", "1"]);
    let said = said.exits(0);
    let known = "known: the gateway answers before the shop does (owner platform, until 2199-12-31)";
    said.says(&["1 finding known and accepted", known, "undocumented-status", "1 violates", "2 scenarios"]);
    let json = project.json();
    assert_eq!((&json["totals"]["violates"], &json["exit"]["code"]), (&1.into(), &0.into()));
    let finding = json["scenarios"].as_array().unwrap().iter().find(|s| s["id"] == "shop/it drifts").unwrap();
    assert_eq!(
        (&finding["verdict"], &finding["findings"][0]["known"]["owner"]),
        (&"violates".into(), &"platform".into())
    );
    assert_eq!(entries(&project)[0]["observed"], true);
    let junit = project.junit();
    let case = junit.case("it drifts");
    assert_eq!((case.outcome.as_str(), case.kind()), ("skipped", "skip.known"));
    assert!(case.told["message"].starts_with(known) && case.text.starts_with(known), "{:?}", case.told);
    assert!(case.text.contains("undocumented-status: ") && case.system_out.contains("< 410"), "{}", case.text);
    assert_eq!((junit.total["failures"].as_str(), junit.total["skipped"].as_str()), ("0", "1"));
    let html = project.read("report.html");
    assert!(html.contains("Nothing broke but what is known") && html.contains(known));
}

#[test]
fn another_deviation_under_the_same_rule_is_new() {
    let other = KNOWN.replace("NOT_FOUND 410", "NOT_FOUND 400");
    let project = shop(&[drifts()]).file("known.toml", &other);
    let said = project.run(&["--baseline", "known.toml"]).exits(1);
    said.says(&["1 scenario violates", "not observed in this run", "violated the contract in another way"]);
    assert_eq!(entries(&project)[0]["observed"], false);
}

#[test]
fn a_new_finding_beside_a_known_one_is_red_and_names_the_scenario() {
    let answer = |_: &Request| Answer::json(410, r#"{"error":{"code":"NOT_FOUND"}}"#);
    let server = Server::start(answer);
    let project = Project::at(&server).area("shop", &[drifts()]).file("known.toml", KNOWN);
    project.run(&["--baseline", "known.toml"]).exits(1).says(&["1 scenario violates the contract", "[known: "]);
    let junit = project.junit();
    assert_eq!(junit.case("it drifts").kind(), "contract.envelope");
    let only = KNOWN.replace("undocumented-status", "envelope");
    let only =
        only.replace("/error/code", "/error").replace("NOT_FOUND 410", "absent, where the member `message` is due");
    project.write("known.toml", &only);
    project.run(&["--baseline", "known.toml"]).exits(1);
    assert_eq!(project.junit().case("it drifts").kind(), "contract.undocumented-status");
    project.write("known.toml", &format!("{KNOWN}\n{only}"));
    project.run(&["--baseline", "known.toml"]).exits(0);
}

#[test]
fn an_entry_that_ran_out_counts_no_more_and_is_named() {
    let project = shop(&[drifts()]).file("known.toml", &KNOWN.replace("2199-12-31", "2020-01-31"));
    let said = project.run(&["--baseline", "known.toml"]).exits(1);
    said.says(&["1 scenario violates", "ran out on 2020-01-31: its finding counts again: shop/it drifts"]);
    let entry = &entries(&project)[0];
    assert_eq!((&entry["expired"], &entry["observed"]), (&true.into(), &true.into()));
    // It is for people to renew it.
    let before = project.read("known.toml");
    project.run(&["--baseline", "known.toml", "--baseline-update"]).exits(1);
    assert_eq!(project.read("known.toml"), before);
}

#[test]
fn what_was_not_observed_is_said_and_stays() {
    let project = shop(&[scenario("it drifts", "NOT_FOUND", "GET /404/NOT_FOUND"), conforms()]);
    project.write("known.toml", KNOWN);
    let said = project.run(&["--baseline", "known.toml", "--baseline-update"]).exits(0);
    said.says(&["was not observed in this run, in which its scenario conformed: shop/it drifts"]);
    assert_eq!(project.read("known.toml"), KNOWN);
    let said = project.run(&["--baseline", "known.toml", "--name", "it conforms"]).exits(0);
    said.says(&["1 entry of known.toml could not be observed: its scenario did not run"]);
}

#[test]
fn an_update_adds_what_is_new_after_what_is_there() {
    let again = scenario("it is another", "NOT_FOUND", "GET /409/ALREADY_CLOSED");
    let project = shop(&[drifts(), again, conforms()]);
    project
        .run(&["--baseline", "known.toml"])
        .exits(2)
        .complains(&["there is no file `known.toml`", "--baseline-update"]);
    let said = project.run(&["--baseline", "known.toml", "--baseline-update", "--name", "drifts"]).exits(0);
    said.says(&["added to known.toml: 1 entry, reason: accepted on 20", "without a reason"]);
    let first = project.read("known.toml");
    assert!(first.starts_with("# Deviations that are known and accepted"), "{first}");
    project.run(&["--baseline", "known.toml"]).exits(1).says(&["wrong-code", "1 scenario violates the contract"]);
    project.write("known.toml", &first.replace("# An entry", "# Kept by hand.\n# An entry"));
    let more = ["--baseline-reason", "said \"so\"", "--baseline-owner", "qa", "--baseline-until", "2199-06-30"];
    let said = project.run(&[&["--baseline", "known.toml", "--baseline-update"], &more[..]].concat()).exits(0);
    said.says(&["added to known.toml: 1 entry, reason: said \"so\""]);
    let second = project.read("known.toml");
    assert!(second.contains("# Kept by hand.") && second.matches("[[accepted]]").count() == 2, "{second}");
    for line in ["seen     = \"ALREADY_CLOSED 409\"", "owner    = \"qa\"", "until    = 2199-06-30"] {
        assert!(second.contains(line), "no {line} in {second}");
    }
    project.run(&["--baseline", "known.toml"]).exits(0).says(&["2 findings known", "said \"so\""]);
    // The same again adds nothing.
    project.run(&["--baseline", "known.toml", "--baseline-update"]).exits(0);
    assert_eq!(project.read("known.toml"), second);
}

#[test]
fn what_could_not_be_heard_is_never_accepted() {
    let deaf = "  - name: it is deaf
    expect: NOT_FOUND
    given: [ { request: GET /410/NOT_FOUND } ]
    when: { request: GET /404/NOT_FOUND }
";
    let project = shop(&[deaf.to_owned(), conforms()]);
    project.run(&["--baseline", "known.toml", "--baseline-update"]).exits(3);
    assert!(!project.read("known.toml").contains("setup-failed"));
    // The answer of the set-up deviates too, and that is known now; the scenario still was not judged.
    let said = project.run(&["--baseline", "known.toml"]).exits(3);
    said.says(&["setup-failed", "1 scenario could not be judged", "1 finding known"]);
    assert_eq!(project.junit().case("it is deaf").kind(), "inconclusive.setup-failed");
    project.write("known.toml", &KNOWN.replace("undocumented-status", "timeout"));
    project.run(&["--baseline", "known.toml"]).exits(2).complains(&["known.toml:3:12", "cannot be accepted"]);
}

#[test]
fn a_baseline_with_mistakes_ends_the_run_before_anything_is_sent() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[conforms()]);
    for (from, to, words) in [
        (
            "\"the gateway answers before the shop does\"",
            "\"\"",
            ["known.toml:6:12", "what is accepted needs a reason"],
        ),
        ("undocumented-status", "undocumented-statis", ["known.toml:3:12", "did you mean `undocumented-status`?"]),
        ("owner ", "onwer ", ["known.toml:7:1", "did you mean `owner`?"]),
        ("2199-12-31", "\"soon\"", ["known.toml:8:12", "soon"]),
    ] {
        project.write("known.toml", &KNOWN.replace(from, to));
        project.run(&["--baseline", "known.toml"]).exits(2).complains(&words);
    }
    assert!(server.heard().is_empty());
    project.run(&["--baseline-update"]).exits(2).complains(&["--baseline <FILE>"]);
    project.write("known.toml", KNOWN);
    project.run(&["--baseline", "known.toml", "--baseline-update", "--baseline-reason", ""]).exits(2);
}

#[test]
fn a_deviation_that_only_chance_words_differently_is_the_same() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_: &Request| {
        let n = count.fetch_add(1, Ordering::Relaxed);
        Answer::new(404, "text/plain", format!("boom at 12:0{n}, request {n}{n}"))
    });
    let project = Project::at(&server).area("shop", &[conforms()]);
    project.run(&["--baseline", "known.toml", "--baseline-update"]).exits(0);
    assert!(project.read("known.toml").contains("seen     = \"404, plain text\""), "{}", project.read("known.toml"));
    project.run(&["--baseline", "known.toml"]).exits(0);
}

#[test]
fn merge_takes_a_baseline_and_keeps_what_runs_have_accepted() {
    let project = shop(&[drifts(), conforms()]).file("known.toml", KNOWN);
    project.run(&["--report-json", "red.json"]).exits(1);
    project.trueline(&["merge", "red.json"]).exits(1);
    project.trueline(&["merge", "red.json", "--baseline", "known.toml"]).exits(0).says(&["1 finding known"]);
    project.run(&["--report-json", "green.json", "--baseline", "known.toml"]).exits(0);
    project.trueline(&["merge", "green.json"]).exits(0).says(&["1 finding known"]);
    project.write("known.toml", "");
    project.trueline(&["merge", "green.json", "--baseline", "known.toml"]).exits(1);
    let over = project.read("green.json").replace("2199-12-31", "2020-12-31");
    project.write("over.json", &over);
    project.trueline(&["merge", "over.json"]).exits(1);
}

#[test]
fn an_answer_before_the_last_one_is_known_by_what_it_was() {
    let (count, renamed) = (AtomicUsize::new(0), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let is_renamed = renamed.clone();
    let server = Server::start(move |_: &Request| match count.fetch_add(1, Ordering::Relaxed) % 2 {
        0 if is_renamed.load(Ordering::Relaxed) => Answer::error(400, "NEW_B"),
        0 => Answer::error(400, "NEW_A"),
        _ => Answer::error(404, "NOT_FOUND"),
    });
    let project = Project::at(&server).area(
        "shop",
        &[scenario("it comes at last", "NOT_FOUND", "GET /404/NOT_FOUND") + "      repeat: { at_most: 4 }\n"],
    );
    project.run(&["--baseline", "known.toml", "--baseline-update"]).exits(0);
    assert!(project.read("known.toml").contains("NEW_A 400"), "{}", project.read("known.toml"));
    project.run(&["--baseline", "known.toml"]).exits(0);
    renamed.store(true, Ordering::Relaxed);
    project.run(&["--baseline", "known.toml"]).exits(1).says(&["NEW_B"]);
}
