//! `--shard`, `--durations`, and `merge` of what the shards wrote.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::support::{Outcome, Project, Server, outcome, scenario, trueline_in};

const OF: usize = 5;

fn spawned(folder: &Path, args: &[&str]) -> Child {
    let mut command = outcome::command(folder);
    command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn json(folder: &Path, path: &str) -> Value {
    let text = fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Id, verdict, reason, and what was seen, of each scenario.
fn results(run: &Value) -> Vec<String> {
    let scenarios = run["scenarios"].as_array().unwrap().iter();
    scenarios.map(|s| [&s["id"], &s["verdict"], &s["reason"], &s["seen"]].map(Value::to_string).join(" ")).collect()
}

fn ids(run: &Value) -> BTreeSet<String> {
    run["scenarios"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

/// Runs five shards as processes of their own, with these further arguments.
fn five_shards(folder: &Path, further: &[&str]) -> Vec<Value> {
    for index in 1..=OF {
        let (shard, reports) = (format!("{index}/{OF}"), format!("shards/{index}"));
        let args = ["run", "--config", "embedded", "--shard", &shard, "--reports", &reports];
        let child = spawned(folder, &[&args, further].concat());
        Outcome::of(&child.wait_with_output().unwrap()).exits(0).says(&[&format!("This is shard {index} of {OF}")]);
    }
    (1..=OF).map(|index| json(folder, &format!("shards/{index}/run.json"))).collect()
}

fn merged(folder: &Path) -> Outcome {
    let files: Vec<String> = (1..=OF).map(|index| format!("shards/{index}/run.json")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let args = [&["merge", "--config", "embedded", "--report-html", "merged.html"], &files[..]].concat();
    trueline_in(folder, &args)
}

#[test]
fn five_shards_merged_equal_the_whole_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    trueline_in(folder, &["run", "--config", "embedded", "--reports", "whole"]).exits(0);
    let whole = json(folder, "whole/run.json");
    let shards = five_shards(folder, &[]);
    let mut all = BTreeSet::new();
    for (index, shard) in (1..).zip(&shards) {
        assert_eq!(shard["shard"]["index"], index);
        assert_eq!((&shard["shard"]["of"], &shard["plan"]), (&OF.into(), &whole["plan"]));
        let ids = ids(shard);
        assert!(ids.len() > whole["totals"]["scenarios"].as_u64().unwrap() as usize / 10, "{} in {index}", ids.len());
        assert!(ids.is_disjoint(&all), "shard {index} has what another has");
        all.extend(ids);
    }
    assert_eq!(all, ids(&whole));
    merged(folder).exits(0);
    let merged = json(folder, "reports/run.json");
    assert_eq!(results(&merged), results(&whole));
    for part in ["coverage", "exit", "complete", "plan", "notices", "version", "page"] {
        assert_eq!(merged[part], whole[part], "{part}");
    }
    assert_eq!(merged["totals"]["conforms"], whole["totals"]["conforms"]);
    assert_eq!(pairs(&merged), pairs(&whole));
    assert!(merged["shard"].is_null());
    assert!(folder.join("merged.html").is_file() && folder.join("reports/junit.xml").is_file());

    let balanced = five_shards(folder, &["--durations", "whole/run.json"]);
    assert_eq!(balanced.iter().flat_map(ids).collect::<BTreeSet<_>>(), all);
    assert_ne!(balanced.iter().map(ids).collect::<Vec<_>>(), shards.iter().map(ids).collect::<Vec<_>>());
    self::merged(folder).exits(0);
    assert_eq!(results(&json(folder, "reports/run.json")), results(&whole));
}

/// The pairs that were seen, without how often: waiting for something asks as often as it takes.
fn pairs(run: &Value) -> Vec<String> {
    let observed = run["observed"].as_array().unwrap().iter();
    observed.map(|pair| [&pair["code"], &pair["status"], &pair["documented"]].map(Value::to_string).join(" ")).collect()
}

/// A project whose scenarios all conform, ten of them.
fn shop(server: &Server) -> Project {
    let ten = (0..10).map(|n| scenario(&format!("number {n}"), "NOT_FOUND", "GET /404/NOT_FOUND"));
    Project::at(server).area("shop", &ten.collect::<Vec<_>>())
}

fn run_shards(project: &Project, of: u32) -> Vec<String> {
    let run = |index: u32| {
        project.run(&["--shard", &format!("{index}/{of}"), "--reports", &format!("s{index}")]).exits(0);
        format!("s{index}/run.json")
    };
    (1..=of).map(run).collect()
}

fn merge(project: &Project, files: &[&str]) -> Outcome {
    project.trueline(&[&["merge"], files].concat())
}

#[test]
fn a_missing_shard_and_one_of_another_run_are_errors() {
    let server = Server::shop();
    let project = shop(&server);
    run_shards(&project, 3);
    merge(&project, &["s1/run.json", "s3/run.json"]).exits(2).complains(&["shard 2 of 3 is missing"]);
    assert!(!project.has("reports/run.json"), "an error leaves no report");
    merge(&project, &["s1/run.json", "s2/run.json", "s2/run.json", "s3/run.json"]).exits(0);
    project.run(&["--shard", "2/3", "--reports", "again"]).exits(0);
    let twice = ["s1/run.json", "s2/run.json", "again/run.json", "s3/run.json"];
    merge(&project, &twice).exits(2).complains(&["s2/run.json and again/run.json are both shard 2 of 3"]);
    project.run(&["--shard", "2/3", "-n", "number", "--exclude-tag", "slow", "--reports", "alike"]).exits(0);
    merge(&project, &["s1/run.json", "alike/run.json", "s3/run.json"]).exits(0);
    project.run(&["--shard", "2/3", "-n", "number 1", "--reports", "other"]).exits(0);
    let other = merge(&project, &["s1/run.json", "other/run.json", "s3/run.json"]);
    other.exits(2).complains(&["other/run.json and s1/run.json are not of one run"]);
    project.run(&["--reports", "whole"]).exits(0);
    merge(&project, &["s1/run.json", "whole/run.json"]).exits(2).complains(&["whole/run.json is no shard"]);
}

#[test]
fn shards_are_joined_only_under_the_catalogue_that_they_ran_with() {
    let server = Server::shop();
    let project = shop(&server);
    let files = run_shards(&project, 2);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    project.write("catalogue.md", &project.read("catalogue.md").replace("400, 422", "400"));
    merge(&project, &files).exits(2).complains(&["the shards ran with another catalogue.md"]);
}

#[test]
fn gates_are_for_the_whole_run_and_findings_for_every_shard() {
    let server = Server::shop();
    let broken = scenario("broken", "NOT_FOUND", "GET /409/ALREADY_CLOSED");
    let lacking =
        "  - name: lacking\n    expect: NOT_FOUND\n    requires: [faults]\n    when: { request: GET /404/NOT_FOUND }\n";
    let project = Project::at(&server).area("shop", &[lacking.to_owned()]);
    // Alone, a skip that nobody foresaw is all there is: no shard is red for that, the whole is.
    for (shard, reports) in [("1/2", "s1"), ("2/2", "s2")] {
        project.run(&["--shard", shard, "--reports", reports]).exits(0);
    }
    let merged = merge(&project, &["s1/run.json", "s2/run.json"]);
    merged.exits(5).says(&["nothing was judged", "skipped for what the target lacks"]);

    let project = project.area("shop", &[lacking.to_owned(), broken]);
    let codes =
        [("1/2", "s1"), ("2/2", "s2")].map(|(shard, to)| project.run(&["--shard", shard, "--reports", to]).code);
    assert_eq!(codes.iter().sum::<i32>(), 1, "{codes:?}");
    merge(&project, &["s1/run.json", "s2/run.json"]).exits(1).says(&["skipped for what the target lacks"]);
}

#[test]
fn coverage_is_asked_of_the_whole_run_alone() {
    let server = Server::shop();
    let project = shop(&server);
    for (shard, reports) in [("1/2", "s1"), ("2/2", "s2")] {
        project.run(&["--shard", shard, "--reports", reports, "--min-coverage", "100"]).exits(0);
    }
    let asked = ["--min-coverage", "100", "s1/run.json", "s2/run.json"];
    merge(&project, &asked).exits(4).says(&["1 of 6 pairs were triggered"]);
}

#[test]
fn a_shard_for_which_nothing_is_left_is_green_and_says_so() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[scenario("alone", "NOT_FOUND", "GET /404/NOT_FOUND")]);
    let files = run_shards(&project, 3);
    let counts = files.iter().map(|file| json(project.root(), file)["totals"]["scenarios"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 1);
    let empty = files.iter().position(|file| json(project.root(), file)["totals"]["scenarios"] == 0).unwrap();
    let shard = format!("{}/3", empty + 1);
    project.run(&["--shard", &shard]).exits(0).says(&["with 0 of 1 scenario"]);
    assert_eq!(project.junit().cases().count(), 0);
    project.run(&["--shard", &shard, "--dry-run"]).exits(0);
    project.trueline(&["list", "--shard", &shard]).exits(0).complains(&["no scenario is in this shard"]);
    // A selection that takes nothing is a mistake in every shard.
    project.run(&["--shard", &shard, "-n", "nobody"]).exits(5).says(&["nothing was selected"]);
    merge(&project, &files.iter().map(String::as_str).collect::<Vec<_>>()).exits(0);
}

#[test]
fn a_shard_comes_from_the_flag_the_variable_or_the_ci_system() {
    let server = Server::shop();
    let project = shop(&server);
    let listed = |environment: &[(&str, &str)], args: &[&str]| {
        let mut command = project.command(&["list"]);
        Outcome::of(&command.args(args).envs(environment.iter().copied()).output().unwrap()).exits(0).stdout
    };
    let all = listed(&[], &[]);
    let second = listed(&[], &["--shard", "2/3"]);
    assert!(second.len() < all.len() && second.contains("number"), "{second}");
    assert_eq!(listed(&[("TRUELINE_SHARD", "2/3")], &[]), second);
    assert_eq!(listed(&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "3")], &["--shard", "auto"]), second);
    assert_eq!(listed(&[("CIRCLE_NODE_INDEX", "1"), ("CIRCLE_NODE_TOTAL", "3")], &["--shard", "auto"]), second);
    let pod = [("JOB_COMPLETION_INDEX", "1"), ("TRUELINE_SHARDS", "3"), ("TRUELINE_SHARD", "auto")];
    assert_eq!(listed(&pod, &[]), second);
    project.run(&["--shard", "auto"]).exits(2).complains(&["no variable says which shard this is", "CI_NODE_INDEX"]);
    project.run(&["--shard", "4/3"]).exits(2).complains(&["`4/3` is no shard"]);
    project.run(&["--durations", "reports/run.json"]).exits(2).complains(&["--shard"]);
}

#[test]
fn a_limit_of_requests_is_divided_among_the_shards() {
    let server = Server::shop();
    let twelve = (0..12).map(|n| scenario(&format!("number {n}"), "NOT_FOUND", "GET /404/NOT_FOUND"));
    let project = Project::at(&server).area("shop", &twelve.collect::<Vec<_>>());
    let held_back = |args: &[&str]| {
        let start = std::time::Instant::now();
        project.run(&[&["--shard", "2/2"], args].concat()).exits(0);
        let fired = project.json()["totals"]["requests"].as_u64().unwrap();
        // 10/s among two is one request in 200 ms.
        assert!(
            fired > 1 && start.elapsed().as_millis() as u64 >= (fired - 1) * 200,
            "{fired} in {:?}",
            start.elapsed()
        );
    };
    held_back(&["--rate-limit", "10/s"]);
    let settings = project.read("trueline.toml");
    project.write("trueline.toml", &format!("{settings}rate_limit = \"10/s\"\n"));
    held_back(&[]);
}

#[test]
fn a_shard_that_was_killed_is_joined_from_its_journal_and_told() {
    let server = Server::start(|request| {
        let slow = if request.path.ends_with("SLOW") { 60_000 } else { 0 };
        crate::support::Answer::error(404, "NOT_FOUND").after(slow)
    });
    let names = (0..6).map(|n| scenario(&format!("number {n}"), "NOT_FOUND", "GET /404/NOT_FOUND"));
    let slow = scenario("slow", "NOT_FOUND", "GET /404/SLOW");
    let project = Project::at(&server).area("shop", &names.chain([slow]).collect::<Vec<_>>());
    let with_slow = |index: u32| {
        let listed = project.trueline(&["list", "--shard", &format!("{index}/2")]);
        listed.stdout.contains("slow")
    };
    let (killed, other) = if with_slow(1) { (1, 2) } else { (2, 1) };
    let (shard, rest) = (format!("{killed}/2"), format!("{other}/2"));
    project.run(&["--shard", &rest, "--reports", "done"]).exits(0);
    let mut child =
        spawned(project.root(), &["run", "-j", "1", "--timeout", "60s", "--shard", &shard, "--reports", "cut"]);
    server.wait_for("GET /404/SLOW");
    child.kill().unwrap();
    child.wait().unwrap();
    let merged = merge(&project, &["done/run.json", "cut/run.journal"]);
    merged.exits(3).says(&["a run broke off before all its scenarios were judged"]);
    merge(&project, &["done/run.json"]).exits(2).complains(&[&format!("shard {killed} of 2 is missing")]);
}
