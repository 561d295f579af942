//! Embeds the project at the root of the repository, so that `--config embedded` runs it from anywhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::{env, io};

/// Folders deeper than this are not searched.
const DEEPEST: usize = 16;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("no manifest folder"))?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output folder"))?);
    let mut files = BTreeMap::new();
    for name in ["trueline.toml", "catalogue.md", "schemas/error-envelope.json"] {
        take(&root, name, &mut files);
    }
    watch("scenarios");
    for name in scenario_files(&root.join("scenarios"), "scenarios", 0)? {
        for body in named_bodies(&fs::read_to_string(root.join(&name))?) {
            if inside(&root, &body) {
                take(&root, &body, &mut files);
            }
        }
        take(&root, &name, &mut files);
    }
    let mut table = String::from("[\n");
    for (name, path) in &files {
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    fs::write(out.join("embedded.rs"), table)
}

fn watch(name: &str) {
    println!("cargo::rerun-if-changed={name}");
}

fn take(root: &Path, name: &str, files: &mut BTreeMap<String, PathBuf>) {
    watch(name);
    let path = root.join(name);
    if path.is_file() {
        files.insert(name.to_owned(), path);
    }
}

fn scenario_files(folder: &Path, name: &str, depth: usize) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    if depth > DEEPEST || !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(scenario_files(&entry.path(), &name, depth + 1)?);
        } else if name.ends_with(".yaml") || name.ends_with(".yml") {
            found.push(name);
        }
    }
    Ok(found)
}

/// What follows `file:` anywhere in a scenario file; what is no file of the project is left out later.
fn named_bodies(text: &str) -> Vec<String> {
    let after = |line: &str| {
        let (before, value) = line.split_once("file:")?;
        let starts = before.chars().last().is_none_or(|c| c == ' ' || c == '{' || c == ',');
        let end = value.find([',', '}', '#']).unwrap_or(value.len());
        let name = value[..end].trim().trim_matches(['"', '\'']).to_owned();
        (starts && !name.is_empty()).then_some(name)
    };
    text.lines().filter_map(after).collect()
}

fn inside(root: &Path, name: &str) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    match (real(root), real(&root.join(name))) {
        (Some(root), Some(path)) => path.starts_with(root),
        _ => false,
    }
}
