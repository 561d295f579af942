//! What is built in: from one registry, under licences that `deny.toml` allows, each crate once but for those it names.
//! `cargo deny` holds the same, and advisories, where it is installed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use crate::support::root;

fn deny() -> toml::Table {
    fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

fn texts(table: &toml::Table, of: &str, list: &str) -> Vec<String> {
    let text = |value: &toml::Value| value.as_str().or_else(|| value.get("crate")?.as_str()).unwrap().to_owned();
    table[of][list].as_array().unwrap().iter().map(text).collect()
}

/// What is built here over such edges, as cargo tells it without a network: name, version, licence.
fn crates(edges: &str) -> BTreeSet<(String, String, String)> {
    let tree = ["tree", "--offline", "--locked", "--prefix", "none", "--edges", edges, "--format", "{l}|{p}"];
    let output = Command::new(env!("CARGO")).current_dir(root()).args(tree).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let read = |line: &str| {
        let (licence, package) = line.split_once('|')?;
        let mut words = package.split(' ').map(str::to_owned);
        Some((words.next()?, words.next()?.trim_start_matches('v').to_owned(), licence.to_owned()))
    };
    lines.lines().filter_map(read).collect()
}

/// Whether an expression of licences holds with these: `(MIT OR Apache-2.0) AND ISC`; a slash is an old `OR`.
fn holds(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (held, rest) = any_of(&words, allowed);
    held && rest.is_empty()
}

fn any_of<'w>(words: &'w [&'w str], allowed: &[String]) -> (bool, &'w [&'w str]) {
    let (mut held, mut rest) = all_of(words, allowed);
    while let ["OR", more @ ..] = rest {
        let (other, left) = all_of(more, allowed);
        (held, rest) = (held | other, left);
    }
    (held, rest)
}

fn all_of<'w>(words: &'w [&'w str], allowed: &[String]) -> (bool, &'w [&'w str]) {
    let (mut held, mut rest) = one(words, allowed);
    while let ["AND", more @ ..] = rest {
        let (other, left) = one(more, allowed);
        (held, rest) = (held & other, left);
    }
    (held, rest)
}

fn one<'w>(words: &'w [&'w str], allowed: &[String]) -> (bool, &'w [&'w str]) {
    match words {
        ["(", more @ ..] => {
            let (held, rest) = any_of(more, allowed);
            match rest {
                [")", rest @ ..] => (held, rest),
                _ => (false, &[]),
            }
        }
        [licence, "WITH", exception, rest @ ..] => {
            (allowed.contains(&format!("{licence} WITH {exception}")) || allowed.iter().any(|one| one == licence), rest)
        }
        [licence, rest @ ..] => (allowed.iter().any(|one| one == licence), rest),
        [] => (false, &[]),
    }
}

#[test]
fn every_licence_is_allowed() {
    let allowed = texts(&deny(), "licenses", "allow");
    let crates = crates("normal,build,dev");
    assert!(crates.len() > 100, "{}", crates.len());
    let wrong: Vec<_> = crates.iter().filter(|(_, _, licence)| !holds(licence, &allowed)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_expression_of_licences_is_read_as_it_is_written() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for held in ["MIT", "GPL-3.0/MIT", "MIT AND (GPL-3.0 OR ISC)", "(MIT)", "Apache-2.0 WITH LLVM-exception OR X"] {
        assert!(holds(held, &allowed), "{held}");
    }
    for not in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND X", "Apache-2.0", "MIT ISC", "(MIT"] {
        assert!(!holds(not, &allowed), "{not}");
    }
}

#[test]
fn every_crate_comes_from_one_registry_with_its_sum() {
    let lock: toml::Table = fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    let others = packages.iter().filter(|package| package["name"].as_str() != Some("trueline"));
    let mut sources = BTreeSet::new();
    for package in others {
        let source = package.get("source").and_then(toml::Value::as_str).unwrap_or("a folder");
        assert!(package.get("checksum").is_some() && source.starts_with("registry+"), "{package}");
        sources.insert(source.to_owned());
    }
    assert_eq!(sources.len(), 1, "{sources:?}");
}

#[test]
fn no_crate_is_built_twice_but_those_that_are_named() {
    let skipped = texts(&deny(), "bans", "skip");
    let of = |name: &str, version: &str| {
        skipped.iter().find(|skip| {
            let (skipped, series) = skip.split_once('@').unwrap();
            skipped == name && version.starts_with(&format!("{series}."))
        })
    };
    let (mut left, mut used) = (BTreeMap::<String, Vec<String>>::new(), BTreeSet::new());
    for (name, version, _) in crates("normal,build") {
        match of(&name, &version) {
            Some(skip) => drop(used.insert(skip.clone())),
            None => left.entry(name).or_default().push(version),
        }
    }
    let twice: Vec<_> = left.iter().filter(|(_, versions)| versions.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let unused: Vec<_> = skipped.iter().filter(|skip| !used.contains(*skip)).collect();
    assert!(unused.is_empty(), "named for nothing: {unused:?}");
}

#[test]
fn unsafe_code_is_forbidden() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
}
