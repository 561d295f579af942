//! `examples/ci/`: the files parse, and what they run are command lines that do what they say.

use std::fs;

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Outcome, outcome, root, trueline_in};

fn text(name: &str) -> String {
    fs::read_to_string(root().join("examples/ci").join(name)).unwrap()
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every text in a value, however deep.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// What is run of trueline: lines of the texts that are scripts.
fn command_lines(name: &str) -> Vec<Vec<String>> {
    let scripts = match name {
        "github-actions.yml" => {
            let steps = yaml(name)["jobs"]["staging"]["steps"].clone();
            steps.as_array().unwrap().iter().flat_map(|step| texts(&step["run"])).collect()
        }
        "gitlab-ci.yml" => texts(&yaml(name)["error-codes"]["script"]),
        _ => {
            let sh = Regex::new(r"\bsh '([^']*)'").unwrap();
            sh.captures_iter(&text(name)).map(|found| found[1].to_owned()).collect::<Vec<_>>()
        }
    };
    let lines = scripts.iter().flat_map(|script| script.lines());
    let of_trueline = lines.filter_map(|line| line.trim().strip_prefix("trueline "));
    of_trueline.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

const JOBS: [&str; 3] = ["github-actions.yml", "gitlab-ci.yml", "Jenkinsfile"];

/// A new project with the target of the page.
fn with_staging() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    trueline_in(folder.path(), &["init"]).exits(0);
    let page = text("README.md");
    let block = page.split("```toml trueline.toml+\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let path = folder.path().join("trueline.toml");
    let before = fs::read_to_string(&path).unwrap();
    fs::write(&path, before + block).unwrap();
    folder
}

#[test]
fn what_the_jobs_run_are_command_lines() {
    for name in JOBS {
        let lines = command_lines(name);
        assert_eq!(lines.len(), 2, "{name}: {lines:?}");
        for words in lines {
            assert_eq!(trueline::cli::complaint(&words), None, "{name}: {words:?}");
            // Whatever a shell would do with more could hide the exit code.
            let plain = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
            assert!(words.iter().all(plain), "{name}: {words:?}");
        }
    }
}

#[test]
fn what_the_jobs_run_works_with_the_target_of_the_page() {
    let folder = with_staging();
    for name in JOBS {
        for words in command_lines(name) {
            let mut command = outcome::command(folder.path());
            command.args(&words).env("STAGING_TECHNICIAN_KEY", "a key of staging");
            if words[0] == "run" {
                command.arg("--dry-run");
            }
            Outcome::of(&command.output().unwrap()).exits(0);
        }
        // The key has to come from the store of the CI: the job names it, or a run without it is told so.
        assert!(text(name).contains("STAGING_TECHNICIAN_KEY"), "{name}");
    }
    let without = trueline_in(folder.path(), &["run", "--target", "staging"]).exits(2);
    without.complains(&["STAGING_TECHNICIAN_KEY"]);
    assert!(!folder.path().join("reports").exists());
}

#[test]
fn every_job_picks_up_the_junit_file_even_of_a_red_run() {
    let github = yaml("github-actions.yml");
    let steps = github["jobs"]["staging"]["steps"].as_array().unwrap();
    let step = |action: &str| {
        let uses = |step: &&Value| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action));
        steps.iter().find(uses).unwrap_or_else(|| panic!("no step uses {action}"))
    };
    let junit = step("mikepenz/action-junit-report@");
    assert_eq!(junit["with"]["report_paths"], "reports/junit.xml");
    assert_eq!(github["permissions"]["checks"], "write");
    for step in [junit, step("actions/upload-artifact@")] {
        assert_eq!(step["if"], "${{ !cancelled() }}");
    }
    assert!(steps.iter().all(|step| step["continue-on-error"].is_null()));

    let gitlab = &yaml("gitlab-ci.yml")["error-codes"];
    assert_eq!(gitlab["artifacts"]["reports"]["junit"], "reports/junit.xml");
    assert_eq!(gitlab["artifacts"]["when"], "always");
    assert!(gitlab["allow_failure"].is_null());

    let jenkins = text("Jenkinsfile");
    let after = jenkins.split("always {").nth(1).unwrap();
    assert!(after.contains("junit testResults: 'reports/junit.xml'"));
    let (open, close) = (jenkins.matches('{').count(), jenkins.matches('}').count());
    assert_eq!(open, close);
}
