//! What the documentation says is run: tables, command lines, files, links.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use regex::Regex;
use tempfile::TempDir;
use trueline::model::exit::Exit;
use trueline::model::rule::{Outcome, Rule};

/// A fenced block: the language, the file that it is, the heading above it, and its text.
#[derive(Debug, Clone)]
struct Block {
    language: String,
    file: Option<String>,
    section: String,
    text: String,
}

/// What a page consists of, for these tests.
#[derive(Debug, Default)]
struct Page {
    blocks: Vec<Block>,
    /// Everything outside of blocks.
    prose: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(path: &str) -> Page {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let mut page = Page::default();
    let (mut section, mut open) = (String::new(), None::<Block>);
    for line in text.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => {
                let mut words = info.split(' ').map(str::to_owned);
                let (language, file) = (words.next().unwrap_or_default(), words.next());
                open = Some(Block { language, file, section: section.clone(), text: String::new() });
            }
            (Some(_), Some(block)) => page.blocks.push(block),
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {
                if let Some(heading) = line.strip_prefix("## ") {
                    section = heading.to_owned();
                }
                page.prose.push_str(line);
                page.prose.push('\n');
            }
        }
    }
    assert!(open.is_none(), "{path} has a block that does not end");
    page
}

impl Page {
    fn of_section(&self, section: &str) -> Vec<&Block> {
        let found: Vec<_> = self.blocks.iter().filter(|block| block.section == section).collect();
        assert!(!found.is_empty(), "no block under `{section}`");
        found
    }

    /// The rows of the table with this heading line.
    fn table(&self, heading: &str) -> Vec<Vec<String>> {
        let after = self.prose.lines().skip_while(|line| *line != heading).skip(2);
        let rows = after.take_while(|line| line.starts_with('|'));
        rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
    }

    /// Command lines of trueline: those after a prompt, and those in the middle of a sentence.
    fn command_lines(&self) -> Vec<String> {
        let consoles = self.blocks.iter().filter(|block| block.language == "console");
        let lines = consoles.flat_map(|block| block.text.lines());
        let prompted = lines.filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned);
        let spans = Regex::new("`(trueline [^`]+)`").unwrap();
        let spoken = spans.captures_iter(&self.prose).map(|found| found[1].to_owned());
        prompted.chain(spoken).filter(|line| of_trueline(line).is_some()).collect()
    }
}

/// What follows `trueline` on a command line, split as a shell does.
fn of_trueline(line: &str) -> Option<Vec<String>> {
    let words: Vec<String> = Regex::new(r#"'([^']*)'|"([^"]*)"|(\S+)"#)
        .unwrap()
        .captures_iter(line)
        .map(|found| found.iter().skip(1).flatten().map(|part| part.as_str()).collect())
        .collect();
    let is_setting = |word: &&String| word.contains('=') && !word.starts_with('-');
    let settings = words.iter().take_while(is_setting).count();
    match &words[settings..] {
        [name, rest @ ..] if name == "trueline" => Some(rest.to_vec()),
        [cargo, run, release, dashes, rest @ ..]
            if [cargo, run, release, dashes] == ["cargo", "run", "--release", "--"] =>
        {
            Some(rest.to_vec())
        }
        _ => None,
    }
}

fn trueline(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueline"));
    command.current_dir(folder).stdin(Stdio::null()).env("CI", "true");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TRUELINE_")) {
        command.env_remove(name);
    }
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// `trueline serve` on free ports, for as long as this lives.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(folder: &Path) -> Served {
        let mut child = trueline(folder)
            .args(["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url =
            lines.find_map(|line| line.strip_prefix("url = \"").map(|rest| rest.trim_end_matches('"').to_owned()));
        Served { child, url: url.expect("serve prints its URL") }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What differs from run to run is put away: durations and what is told of slow answers only, addresses, and what
/// `unique` gave.
fn steady(text: &str) -> String {
    let mut text = text.trim_end().to_owned();
    for (pattern, instead) in [
        (r"(?m)^slowest .*\n", ""),
        (r"\d+ ms\b|\d+\.\d s\b", "TIME"),
        (r"http://127\.0\.0\.1:\d+", "URL"),
        (r"nobody\.[0-9a-f]{8}\b", "nobody.UNIQUE"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, instead).into_owned();
    }
    text
}

/// How many scenarios there are and what they take is put away too: it grows.
fn uncounted(text: &str) -> String {
    let text = steady(text);
    Regex::new(r"\d+ (scenarios|conform|requests)\b").unwrap().replace_all(&text, "N $1").into_owned()
}

/// Everything after the prompt of the only command in a block.
fn shown<'b>(blocks: &[&'b Block], command: &str) -> &'b str {
    let prompt = format!("$ {command}\n");
    let found: Vec<_> = blocks.iter().filter_map(|block| block.text.strip_prefix(&prompt)).collect();
    assert_eq!(found.len(), 1, "`{command}` is shown once");
    found[0]
}

/// The project of five minutes, with the address of something that listens.
fn own_project(page: &Page) -> (TempDir, Served) {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(folder.path());
    for block in page.of_section("A project of your own in five minutes") {
        if let Some(file) = &block.file {
            write(folder.path(), file, &block.text.replace("http://127.0.0.1:7300", &served.url));
        }
    }
    (folder, served)
}

/// The project of this repository, in a folder that may be written to.
fn copied_project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["trueline.toml", "catalogue.md", "schemas/error-envelope.json"] {
        write(folder.path(), file, &fs::read_to_string(root().join(file)).unwrap());
    }
    for entry in fs::read_dir(root().join("scenarios")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("scenarios/{}", path.file_name().unwrap().to_string_lossy());
        write(folder.path(), &name, &fs::read_to_string(&path).unwrap());
    }
    folder
}

#[test]
fn the_table_of_rules_is_that_of_the_code() {
    let due: Vec<Vec<String>> = Rule::ALL
        .iter()
        .map(|rule| {
            let outcome = match rule.outcome() {
                Outcome::Inconclusive => "inconclusive",
                Outcome::Violates => "violates",
                Outcome::Warning => "warning",
            };
            vec![format!("`{rule}`"), outcome.to_owned(), rule.broken_when().to_owned()]
        })
        .collect();
    assert_eq!(page("README.md").table("| Rule | Outcome | Broken when |"), due);
}

#[test]
fn the_table_of_exit_codes_is_that_of_the_code() {
    let due: Vec<Vec<String>> =
        Exit::ALL.iter().map(|exit| vec![exit.code().to_string(), exit.meaning().to_owned()]).collect();
    assert_eq!(page("README.md").table("| Code | Means |"), due);
}

#[test]
fn every_command_line_in_the_documentation_is_one() {
    for (path, least) in [
        ("README.md", 12),
        ("CONTRIBUTING.md", 3),
        ("examples/docker-registry/README.md", 1),
        ("examples/ci/README.md", 2),
    ] {
        let lines = page(path).command_lines();
        assert!(lines.len() >= least, "{path} has {} command lines", lines.len());
        for line in lines {
            let words = of_trueline(&line).unwrap();
            assert_eq!(trueline::cli::complaint(&words), None, "{path}: {line}");
        }
    }
}

#[test]
fn the_main_job_ends_as_shown() {
    let page = page("README.md");
    let folder = copied_project();
    let output = trueline(folder.path()).arg("run").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let shown = shown(&page.of_section("Two commands"), "cargo run --release -- run").to_owned();
    assert_eq!(uncounted(&told(&output)), uncounted(&shown));
}

#[test]
fn the_project_of_five_minutes_comes_out_as_shown() {
    let page = page("README.md");
    let (folder, _served) = own_project(&page);
    let blocks = page.of_section("A project of your own in five minutes");
    for command in ["trueline check", "trueline run"] {
        let output = trueline(folder.path()).args(command.split(' ').skip(1)).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert_eq!(steady(&told(&output)), steady(shown(&blocks, command)), "{command}");
    }
}

/// Makes the change to a line that the page tells of.
fn change_a_line(page: &Page, folder: &Path) {
    let blocks = page.of_section("Reading a failure");
    let changed = blocks.iter().find_map(|block| Some((block.file.as_ref()?.split_once(':')?, &block.text))).unwrap();
    let ((file, line), text) = changed;
    let before = fs::read_to_string(folder.join(file)).unwrap();
    let at: usize = line.parse().unwrap();
    let after: Vec<&str> =
        before.lines().enumerate().map(|(index, old)| if index + 1 == at { text.trim_end() } else { old }).collect();
    write(folder, file, &(after.join("\n") + "\n"));
}

#[test]
fn the_shards_of_the_page_are_joined_as_shown() {
    let page = page("README.md");
    let folder = copied_project();
    for block in page.of_section("Sharding") {
        for line in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let output = trueline(folder.path()).args(of_trueline(line).unwrap()).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{line}: {}", told(&output));
        }
    }
    assert!(folder.path().join("reports/run.json").is_file());
}

/// The project of five minutes, with the change that breaks it.
fn broken_project(page: &Page) -> (TempDir, Served) {
    let (folder, served) = own_project(page);
    change_a_line(page, folder.path());
    (folder, served)
}

#[test]
fn a_failure_reads_as_shown() {
    let page = page("README.md");
    let (folder, _served) = broken_project(&page);
    let output = trueline(folder.path()).arg("run").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert_eq!(steady(&told(&output)), steady(shown(&page.of_section("Reading a failure"), "trueline run")));
}

#[test]
fn a_history_reads_as_shown() {
    let page = page("README.md");
    let (folder, _served) = own_project(&page);
    let run = || trueline(folder.path()).arg("run").output().unwrap();
    run();
    change_a_line(&page, folder.path());
    run();
    run();
    let output = trueline(folder.path()).arg("history").output().unwrap();
    let undated = |text: &str| {
        let text = Regex::new(r"[0-9.]+ m?s\b").unwrap().replace_all(text.trim_end(), "TIME").into_owned();
        Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d").unwrap().replace_all(&text, "DAY").into_owned()
    };
    assert_eq!(undated(&told(&output)), undated(shown(&page.of_section("History"), "trueline history")));
}

#[test]
fn a_run_that_was_killed_is_recovered_as_shown() {
    let page = page("README.md");
    let (folder, _served) = own_project(&page);
    // Its last result and its reports are lost.
    let output = trueline(folder.path()).args(["run", "-j", "1", "--report-junit", "/dev/full"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let journal = fs::read_to_string(folder.path().join("reports/run.journal")).unwrap();
    let is_lost = |line: &str| line.contains("a request without a credential is refused") && !line.contains("\"skip\"");
    let before = journal.lines().filter(|line| !is_lost(line));
    write(folder.path(), "reports/run.journal", &(before.collect::<Vec<_>>().join("\n") + "\n"));
    let output = trueline(folder.path()).args(["merge", "reports/run.journal"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    let blocks = page.of_section("After a run that was killed");
    assert_eq!(steady(&told(&output)), steady(shown(&blocks, "trueline merge reports/run.journal")));
}

#[test]
fn the_catalogue_is_shown_and_compared_as_shown() {
    let page = page("README.md");
    let (folder, _served) = own_project(&page);
    let blocks = page.of_section("When the documentation changes");
    let new = blocks.iter().find(|block| block.file.as_deref() == Some("new.md")).unwrap();
    write(folder.path(), "new.md", &new.text);
    for command in ["trueline catalogue show", "trueline catalogue diff catalogue.md new.md"] {
        let output = trueline(folder.path()).args(command.split(' ').skip(1)).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert_eq!(String::from_utf8_lossy(&output.stdout), shown(&blocks, command), "{command}");
    }
    let gate = ["catalogue", "diff", "catalogue.md", "new.md", "--fail-on", "breaking"];
    assert_eq!(trueline(folder.path()).args(gate).output().unwrap().status.code(), Some(4));
}

/// The text of all sources and tests.
fn every_source(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => every_source(&entry.path(), into),
            false if entry.path().extension().is_some_and(|extension| extension == "rs") => {
                into.push_str(&fs::read_to_string(entry.path()).unwrap());
            }
            false => {}
        }
    }
}

#[test]
fn every_promise_names_a_test_that_there_is() {
    let mut sources = String::new();
    ["src", "tests"].iter().for_each(|folder| every_source(&root().join(folder), &mut sources));
    let promises = page("README.md").table("| Promise | Test |");
    assert!(promises.len() >= 14, "{promises:?}");
    for promise in promises {
        let named: Vec<&str> = promise[1].split(", ").map(|name| name.trim_matches('`')).collect();
        for name in named {
            let is_test = sources.contains(&format!("#[test]\nfn {name}()"))
                || sources.contains(&format!("#[test]\n    fn {name}()"));
            assert!(is_test, "there is no test `{name}`: {}", promise[0]);
        }
    }
}

#[test]
fn a_baseline_is_made_as_shown() {
    let page = page("README.md");
    let (folder, _served) = broken_project(&page);
    let blocks = page.of_section("Accepting known drift: the baseline");
    let command = blocks[0].text.lines().next().unwrap().strip_prefix("$ ").unwrap();
    let output = trueline(folder.path()).args(of_trueline(command).unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(steady(&told(&output)), steady(shown(&blocks, command)));
    let written = blocks.iter().find(|block| block.file.as_deref() == Some("known.toml")).unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("known.toml")).unwrap(), written.text);
    let output = trueline(folder.path()).args(["run", "--baseline", "known.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn every_block_that_is_a_file_is_in_order() {
    let page = page("README.md");
    for block in page.blocks.iter().filter(|block| ["yaml", "toml", "json"].contains(&block.language.as_str())) {
        assert!(block.file.is_some(), "a block under `{}` does not say which file it is", block.section);
    }
    let folder = copied_project();
    let mut added = 0;
    for block in page.of_section("Your own staging").into_iter().chain(page.of_section("Scenario files")) {
        let Some(file) = &block.file else { continue };
        added += 1;
        match file.strip_suffix('+') {
            Some(file) => {
                let before = fs::read_to_string(folder.path().join(file)).unwrap();
                write(folder.path(), file, &format!("{before}\n{}", block.text));
            }
            None => write(folder.path(), file, &block.text),
        }
    }
    assert_eq!(added, 2);
    let output = trueline(folder.path()).arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let output = trueline(folder.path()).args(["run", "scenarios/example.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let output = trueline(folder.path())
        .args(["run", "--target", "staging", "--dry-run"])
        .env("STAGING_TECHNICIAN_KEY", "a key of staging")
        .env("STAGING_OWNER_PASSWORD", "a password of staging")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let whole = page.of_section("trueline.toml");
    write(folder.path(), "trueline.toml", &whole[0].text);
    let output = trueline(folder.path()).arg("check").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn the_example_is_told_of_in_its_own_numbers() {
    let found = fs::read_to_string(root().join("examples/docker-registry/expected-findings.txt")).unwrap();
    let count = |name: &str| {
        let line = found.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse::<usize>().unwrap()
    };
    let (scenarios, conforms, violates) = (count("scenarios "), count("conforms "), count("violates "));
    let one_line = |path: &str| page(path).prose.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line("README.md").contains(&format!("{scenarios} scenarios for the Docker registry")));
    assert!(one_line("README.md").contains(&format!("{violates} of them are red")));
    let told = one_line("examples/docker-registry/README.md");
    assert!(
        told.contains(&format!("{scenarios} scenarios say what the specification says. {conforms} of them conform"))
    );
    assert!(told.contains(&format!("the other {violates} are red")));
    let shown = &page("examples/docker-registry/README.md").of_section("What a run shows")[0].text.clone();
    for line in found.lines().filter(|line| line.contains('/')) {
        let rule = line.split(' ').next().unwrap();
        assert!(shown.contains(rule), "{line}");
    }
    assert!(shown.contains(&format!("{scenarios} scenarios: {conforms} conform, {violates} violate")));
}

#[test]
fn every_link_leads_to_a_file() {
    let link = Regex::new(r"\]\(([^)#\s]+)[^)]*\)").unwrap();
    for path in ["README.md", "CONTRIBUTING.md", "examples/docker-registry/README.md", "examples/ci/README.md"] {
        let folder = root().join(path).parent().map(Path::to_owned).unwrap();
        let prose = page(path).prose;
        for found in link.captures_iter(&prose).map(|found| found[1].to_owned()) {
            assert!(found.contains("://") || folder.join(&found).exists(), "{path} links to {found}");
        }
    }
}

/// What looks like a path of this repository in a page about its code.
fn paths_named(text: &str) -> BTreeSet<PathBuf> {
    let path = Regex::new(r"`((?:src|tests|scenarios|schemas|examples|benches|\.ci)/[A-Za-z0-9_./-]*)`").unwrap();
    path.captures_iter(text).map(|found| PathBuf::from(&found[1])).collect()
}

#[test]
fn every_path_that_contributing_names_exists() {
    let page = page("CONTRIBUTING.md");
    let named = paths_named(&page.prose);
    assert!(named.len() > 20, "{} paths", named.len());
    for path in named {
        assert!(root().join(&path).exists(), "CONTRIBUTING.md names {}", path.display());
    }
}

#[test]
fn the_map_of_the_house_has_every_room() {
    let page = page("CONTRIBUTING.md");
    let mut rooms = Vec::new();
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rooms.push(format!("`src/{}/`", path.file_name().unwrap().to_string_lossy()));
        }
    }
    let mapped: Vec<String> = page.table("| Room | Does | Imports |").iter().map(|row| row[0].clone()).collect();
    rooms.sort();
    let mut sorted = mapped.clone();
    sorted.sort();
    assert_eq!(sorted, rooms);
}
