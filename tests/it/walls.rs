//! Who may import whom, and where each outside crate is met.

use std::fs;
use std::path::{Path, PathBuf};

const VERBS: [&str; 9] = ["load", "plan", "fire", "judge", "lie", "record", "render", "emit", "history"];

/// A source file without its tests: path from `src/`, and text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or("")
    }

    fn imports(&self, room: &str) -> bool {
        let paths = [format!("crate::{room}::"), format!("crate::{room};"), format!("crate::{{{room}")];
        paths.iter().any(|path| self.text.contains(path.as_str()))
            || self.text.lines().any(|line| {
                let list = line.trim_start().strip_prefix("use crate::{");
                list.is_some_and(|list| {
                    list.split([',', '{', '}']).any(|name| name.trim().starts_with(&format!("{room}::")))
                })
            })
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Modules that are compiled for tests only, by their path without `.rs`.
fn test_modules(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).unwrap();
        let home = match path.file_name().and_then(|name| name.to_str()) {
            Some("mod.rs" | "lib.rs" | "main.rs") => path.parent().unwrap().to_owned(),
            _ => path.with_extension(""),
        };
        for rest in text.split("#[cfg(test)]\n").skip(1) {
            let line = rest.lines().next().unwrap_or("");
            let name = line.split_once("mod ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
            let name = name.and_then(|(_, name)| name.strip_suffix(';'));
            found.extend(name.map(|name| home.join(name)));
        }
    }
    found
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    assert!(files.len() > 40, "the walk found {} files", files.len());
    let tests = test_modules(&files);
    let is_test = |path: &PathBuf| tests.iter().any(|test| path.with_extension("").starts_with(test));
    files.retain(|path| !is_test(path));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or("").to_owned();
        let relative = path.strip_prefix(root().join("src")).unwrap();
        Source { path: relative.to_string_lossy().replace('\\', "/"), text }
    };
    files.into_iter().map(read).collect()
}

#[test]
fn nouns_import_no_verbs() {
    for source in sources().iter().filter(|s| s.room() == "model") {
        for room in VERBS.iter().chain(&["commands", "cli", "reference"]) {
            assert!(!source.imports(room), "{} imports {room}", source.path);
        }
    }
}

#[test]
fn verbs_import_no_other_verb() {
    for source in sources() {
        if !VERBS.contains(&source.room()) {
            continue;
        }
        for room in VERBS.iter().chain(&["commands", "cli", "reference"]) {
            assert!(*room == source.room() || !source.imports(room), "{} imports {room}", source.path);
        }
    }
}

#[test]
fn the_reference_shares_nothing_with_the_rest() {
    for source in sources() {
        if source.room() == "reference" {
            for line in source.text.lines() {
                let foreign = line.contains("crate::") && !line.contains("crate::reference");
                assert!(!foreign, "{}: {line}", source.path);
            }
            assert!(!source.text.contains("catalogue"), "{} speaks of the catalogue", source.path);
            for file in ["include_str!", "include_bytes!"] {
                assert!(!source.text.contains(file), "{} reads a file", source.path);
            }
        } else if source.room() != "commands" {
            assert!(!source.imports("reference"), "{} imports the reference", source.path);
        }
    }
}

#[test]
fn pure_verbs_do_no_input_and_output() {
    for source in sources() {
        if !["plan", "judge", "lie", "record", "render"].contains(&source.room()) {
            continue;
        }
        for word in ["std::fs", "std::env", "SystemTime", "Instant::now", "tokio", "async fn", "reqwest", "println!"] {
            assert!(!source.text.contains(word), "{} uses {word}", source.path);
        }
    }
}

#[test]
fn every_outside_crate_is_met_in_its_room() {
    let rooms: [(&str, &[&str]); 21] = [
        ("reqwest::", &["fire"]),
        ("totp_rs::", &["fire", "reference"]),
        ("httpdate::", &["fire", "judge"]),
        ("jsonschema::", &["judge", "lie", "load"]),
        ("serde_saphyr::", &["load", "model"]),
        ("toml::", &["load", "render"]),
        ("pulldown_cmark::", &["load"]),
        ("html_escape::", &["load"]),
        ("annotate_snippets::", &["load"]),
        ("dotenvy::", &["load"]),
        ("walkdir::", &["load"]),
        ("globset::", &["plan"]),
        ("notify::", &["load"]),
        ("quick_xml::", &["render"]),
        ("minijinja::", &["render"]),
        ("clap::", &["cli"]),
        ("clap_mangen::", &["cli"]),
        ("indicatif::", &["emit"]),
        ("tracing_subscriber::", &["emit"]),
        ("rusqlite::", &["history"]),
        ("axum::", &["reference"]),
    ];
    for source in sources() {
        for (path, allowed) in rooms {
            let met = source.text.lines().any(|line| {
                let code = line.split("//").next().unwrap_or("");
                code.match_indices(path).any(|(at, _)| {
                    let before = code[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
                })
            });
            assert!(!met || allowed.contains(&source.room()), "{} meets {path}", source.path);
        }
    }
}
