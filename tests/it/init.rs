//! `trueline init`: what it writes runs, and what is there stays.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::{Outcome, root, trueline_in};

const FILES: [&str; 6] = [
    ".gitignore",
    "catalogue.md",
    "scenarios/first.yaml",
    "schemas/error-envelope.json",
    "schemas/scenario.json",
    "trueline.toml",
];

fn empty() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn started() -> TempDir {
    let folder = empty();
    trueline_in(folder.path(), &["init"]).exits(0);
    folder
}

/// Paths of all files below a folder.
fn files(folder: &Path) -> BTreeSet<String> {
    let all = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    all.map(|entry| entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/")).collect()
}

fn due() -> BTreeSet<String> {
    FILES.map(str::to_owned).into()
}

/// Verdicts of the last run by id.
fn verdicts(folder: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(folder.join("reports/run.json")).unwrap();
    let run: Value = serde_json::from_str(&text).unwrap();
    let scenarios = run["scenarios"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    scenarios.map(|scenario| (word(&scenario["id"]), word(&scenario["verdict"]))).collect()
}

/// Does what the comment in the file says: the next line that is no comment becomes the one in backticks.
fn obey_the_comment(folder: &Path) {
    let path = folder.join("scenarios/first.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let told = Regex::new("# .*Change the line below to `(expect: [A-Z_]+)`").unwrap();
    let told = told.captures(&text).expect("a comment says what to change");
    let (before, after) = text.split_at(told.get(0).unwrap().end());
    let line = after.lines().skip(1).find(|line| !line.trim_start().starts_with('#')).unwrap();
    assert!(line.starts_with("    expect: "), "{line}");
    let changed = format!("    {}", &told[1]);
    assert_ne!(line, changed);
    fs::write(&path, format!("{before}{}", after.replacen(line, &changed, 1))).unwrap();
}

#[test]
fn a_new_project_is_in_order_and_exactly_one_scenario_is_red() {
    let folder = started();
    assert_eq!(files(folder.path()), due());
    let checked = trueline_in(folder.path(), &["check"]).exits(0);
    checked.says(&["3 scenarios in 1 file, 4 codes and 4 pairs in catalogue.md: all in order"]);
    let ran = trueline_in(folder.path(), &["run"]).exits(1);
    ran.says(&["3 scenarios: 2 conform, 1 violates, 0 inconclusive, 0 skipped", "wrong-code", "a simulation"]);
    let verdicts = verdicts(folder.path());
    let red: Vec<_> = verdicts.iter().filter(|(_, verdict)| verdict != "conforms").collect();
    assert_eq!(red.len(), 1, "{verdicts:?}");
    assert_eq!(red[0].0, "first/a client is not looked up by its name");
}

#[test]
fn after_the_change_that_the_comment_names_all_is_green() {
    let folder = started();
    obey_the_comment(folder.path());
    let ran = trueline_in(folder.path(), &["run"]).exits(0);
    ran.says(&["3 scenarios: 3 conform, 0 violate", "3 of 4 pairs triggered, 1 missing", "AUTH_FAILED 401"]);
}

#[test]
fn it_says_what_it_wrote_and_what_comes_next() {
    let folder = empty();
    let said = trueline_in(folder.path(), &["init", "."]).exits(0).stdout;
    for file in FILES {
        assert!(said.lines().any(|line| line.trim_start_matches("wrote").trim_start().starts_with(file)), "{said}");
    }
    assert!(said.contains("\nnext   trueline run\n"), "{said}");
    let said = trueline_in(folder.path(), &["--quiet", "init", "quiet"]).exits(0);
    assert_eq!(said.stdout + &said.stderr, "");
}

#[test]
fn the_next_command_runs_from_where_one_stands() {
    let folder = empty();
    let said = trueline_in(folder.path(), &["init", "./the api/of it's own"]).exits(0).stdout;
    assert_eq!(files(&folder.path().join("the api/of it's own")), due());
    assert!(said.contains("the api/of it's own/trueline.toml"), "{said}");
    let next = said.lines().find_map(|line| line.strip_prefix("next")).unwrap().trim();
    let binary = PathBuf::from(assert_cmd::cargo::cargo_bin!("trueline"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", next]).current_dir(folder.path()).env_clear().env("PATH", path).output().unwrap();
    Outcome::of(&output).exits(1).says(&["2 conform, 1 violates"]);
}

#[test]
fn what_is_there_is_named_and_nothing_is_written() {
    for file in FILES {
        let folder = empty();
        let path = folder.path().join("api").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        let refused = trueline_in(folder.path(), &["init", "api"]).exits(2);
        assert_eq!(refused.stdout, "");
        refused.complains(&[&format!("`api/{file}` is there already"), "nothing was written"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(files(folder.path()), BTreeSet::from([format!("api/{file}")]));
    }
    let folder = started();
    trueline_in(folder.path(), &["init"]).exits(2).complains(&["these files are there already"]).complains(&FILES);
}

#[test]
fn what_is_no_folder_is_named_once() {
    let folder = empty();
    fs::write(folder.path().join("api"), "mine").unwrap();
    for asked in ["api", "api/deeper"] {
        let refused = trueline_in(folder.path(), &["init", asked]).exits(2);
        assert_eq!(refused.stderr.matches("`api` is no folder").count(), 1, "{}", refused.said());
    }
    let other = empty();
    fs::write(other.path().join("schemas"), "mine").unwrap();
    trueline_in(other.path(), &["init"]).exits(2).complains(&["`schemas` is no folder"]);
    assert_eq!(files(other.path()), BTreeSet::from(["schemas".to_owned()]));
}

#[test]
fn the_schema_for_editors_is_the_one_of_this_version() {
    let folder = started();
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    assert_eq!(read(folder.path().join("schemas/scenario.json")), read(root().join("schemas/scenario.json")));
    let first = read(folder.path().join("scenarios/first.yaml"));
    assert_eq!(first.lines().next(), Some("# yaml-language-server: $schema=../schemas/scenario.json"));
}

#[test]
fn the_target_in_the_comment_is_one_when_the_marks_are_off() {
    let folder = started();
    let path = folder.path().join("trueline.toml");
    let text = fs::read_to_string(&path).unwrap();
    let marks = Regex::new(r"(?m)^#(\S)").unwrap();
    fs::write(&path, marks.replace_all(&text, "$1").as_ref()).unwrap();
    trueline_in(folder.path(), &["check"]).exits(0);
    let staging = ["run", "--target", "staging"];
    trueline_in(folder.path(), &[&staging[..], &["--dry-run"]].concat())
        .exits(0)
        .says(&["https://staging.example.com/"]);
    // Without its key nothing is sent.
    trueline_in(folder.path(), &staging).exits(2).complains(&["STAGING_TECHNICIAN_KEY"]);
    // The reference is still what runs when no target is named.
    trueline_in(folder.path(), &["run"]).exits(1).says(&["a simulation"]);
}
