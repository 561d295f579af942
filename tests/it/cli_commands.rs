//! The commands beside `run`.

use serde_json::Value;

use crate::support::{Project, Server, outcome, root, scenario, trueline, trueline_in};

fn shop() -> Project {
    let scenarios = [
        scenario("it conforms", "NOT_FOUND", "GET /404/NOT_FOUND"),
        scenario("it violates", "ALREADY_CLOSED", "GET /400/ALREADY_CLOSED"),
    ];
    Project::at(&Server::shop()).area("shop", &scenarios)
}

#[test]
fn the_root_project_is_in_order_and_a_check_writes_nothing() {
    let before = modified();
    let said = trueline_in(root(), &["check"]).exits(0);
    said.says(&["284 codes and 297 pairs in catalogue.md: all in order"]);
    assert_eq!(trueline_in(root(), &["check", "scenarios/auth.yaml"]).exits(0).stderr, "");
    assert_eq!(modified(), before);
}

/// Names in the root folder, and of reports with their age.
fn modified() -> Vec<(String, Option<std::time::SystemTime>)> {
    let names = |folder: &std::path::Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let top = names(root()).into_iter().filter(|name| !name.starts_with('.') && name != "target");
    let mut all: Vec<_> = top.map(|name| (name, None)).collect();
    for name in names(&root().join("scenarios")) {
        let path = root().join("scenarios").join(&name);
        all.push((name, std::fs::metadata(path).unwrap().modified().ok()));
    }
    all.sort();
    all
}

#[test]
fn a_check_sends_nothing_and_reads_no_secret() {
    let server = Server::shop();
    let target =
        format!("[targets.shop]\nurl = \"{}\"\ncredentials.clerk = {{ bearer = {{ env = \"UNSET\" }} }}\n", server.url);
    let scenarios = "  - name: x\n    expect: NOT_FOUND\n    as: clerk\n    when: { request: GET / }\n".to_owned();
    let project = Project::new(&target).area("shop", &[scenarios]);
    project.trueline(&["check"]).exits(0).says(&["1 scenario in 1 file, 5 codes and 6 pairs"]);
    project.trueline(&["list"]).exits(0);
    assert!(server.heard().is_empty() && !project.has("reports"));
}

#[test]
fn list_shows_file_line_and_code() {
    shop().trueline(&["list"]).exits(0).says(&["scenarios/shop.yaml", "3", "NOT_FOUND", "it conforms", "2 scenarios"]);
}

#[test]
fn list_as_data_has_what_the_text_has() {
    let said = shop().trueline(&["list", "--json"]).exits(0);
    let listed: Value = serde_json::from_str(&said.stdout).unwrap();
    let first = &listed[0];
    assert_eq!(first["id"], "shop/it conforms");
    assert_eq!((&first["file"], &first["line"]), (&"scenarios/shop.yaml".into(), &3.into()));
    assert_eq!(
        (&first["expect"]["code"], &first["expect"]["statuses"]),
        (&"NOT_FOUND".into(), &serde_json::json!([404]))
    );
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    let none = shop().trueline(&["list", "--json", "--code", "DOWN"]).exits(5);
    assert_eq!(serde_json::from_str::<Value>(&none.stdout).unwrap(), serde_json::json!([]));
}

#[test]
fn coverage_is_planned_from_the_files() {
    let project = shop();
    let said = project.trueline(&["coverage"]).exits(0);
    said.says(&["About things", "About the service", "RATE_LIMITED", "missing", "planned"]);
    let data = project.trueline(&["coverage", "--json"]).exits(0);
    let data: Value = serde_json::from_str(&data.stdout).unwrap();
    assert_eq!(
        data["pairs"],
        serde_json::json!({"documented": 6, "triggered": 0, "planned": 2, "waived": 0, "missing": 4})
    );
}

#[test]
fn coverage_of_a_run_is_as_it_came_out() {
    let project = shop();
    project.run(&[]).exits(1);
    let data = project.trueline(&["coverage", "reports/run.json", "--json"]).exits(0);
    let data: Value = serde_json::from_str(&data.stdout).unwrap();
    assert_eq!(data["pairs"], project.json()["coverage"]["pairs"]);
    assert_eq!((&data["pairs"]["triggered"], &data["pairs"]["planned"]), (&1.into(), &1.into()));
    let text = project.trueline(&["coverage", "reports/run.json"]).exits(0);
    assert!(!text.stdout.contains("NOT_FOUND"), "only open pairs: {}", text.stdout);
    project.trueline(&["coverage", "reports/run.json", "--all"]).exits(0).says(&["NOT_FOUND", "triggered"]);
    project.trueline(&["coverage", "missing.json"]).exits(2).complains(&["missing.json"]);
    project.trueline(&["coverage", "catalogue.md"]).exits(2).complains(&[
        "catalogue.md",
        "run.json",
        "line 1 column 1",
    ]);
}

#[test]
fn explain_tells_a_code_with_its_scenarios_and_last_answer() {
    let project = shop();
    let said = project.trueline(&["explain", "ALREADY_CLOSED"]).exits(0);
    said.says(&["ALREADY_CLOSED", "409", "It is closed already.", "catalogue.md:8", "it violates"]);
    project.run(&[]).exits(1);
    project.trueline(&["explain", "ALREADY_CLOSED"]).exits(0).says(&["400"]);
}

#[test]
fn explain_tells_a_rule() {
    let project = shop();
    project.run(&[]).exits(1);
    project
        .trueline(&["explain", "undocumented-status"])
        .exits(0)
        .says(&["undocumented-status", "scenarios/shop.yaml:7"]);
}

#[test]
fn explain_of_something_unknown_is_a_mistake() {
    let project = shop();
    project
        .trueline(&["explain", "NOT_FUND"])
        .exits(2)
        .complains(&["neither a code of catalogue.md nor a rule", "did you mean `NOT_FOUND`?"]);
    project.trueline(&["explain", "not-jsn"]).exits(2).complains(&["did you mean `not-json`?"]);
}

#[test]
fn completions_are_a_script_that_the_shell_reads() {
    let said = trueline(&["completions", "bash"]).exits(0).says(&["--exclude-tag", "completions"]);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("trueline.bash");
    std::fs::write(&script, &said.stdout).unwrap();
    if let Ok(bash) = std::process::Command::new("bash").arg("-n").arg(&script).output() {
        outcome::Outcome::of(&bash).exits(0);
    }
    for shell in ["zsh", "fish"] {
        trueline(&["completions", shell]).exits(0).says(&["trueline"]);
    }
    trueline(&["completions", "cmd"]).exits(2).complains(&["bash"]);
}

#[test]
fn version_and_help_need_no_project() {
    trueline(&["--version"]).exits(0).says(&[concat!("trueline ", env!("CARGO_PKG_VERSION"))]);
    for command in ["run", "check", "list", "coverage", "explain", "serve", "completions", "init", "man"] {
        trueline(&[command, "--help"]).exits(0).says(&["Usage: trueline"]);
    }
    trueline(&[]).exits(2);
}
