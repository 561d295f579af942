//! Exit codes, one by one, and which of them comes first.

use std::fs::File;
use std::process::Stdio;

use crate::support::{Project, Server, outcome, scenario, trueline};

/// A scenario that conforms, one that is answered with another code.
fn conforms() -> String {
    scenario("it conforms", "NOT_FOUND", "GET /404/NOT_FOUND")
}

fn violates() -> String {
    scenario("it violates", "NOT_FOUND", "GET /409/ALREADY_CLOSED")
}

/// Its set-up fails.
fn inconclusive() -> String {
    "  - name: it cannot be judged
    expect: NOT_FOUND
    given: [ { request: GET /409/ALREADY_CLOSED } ]
    when: { request: GET /404/NOT_FOUND }
"
    .to_owned()
}

/// Needs what the target lacks without saying so.
fn unforeseen() -> String {
    "  - name: it needs faults
    expect: DOWN
    requires: [faults]
    when: { request: GET /503/DOWN }
"
    .to_owned()
}

fn skipped() -> String {
    "  - name: it is skipped
    expect: NOT_FOUND
    skip: not today
    when: { request: GET /404/NOT_FOUND }
"
    .to_owned()
}

fn shop(scenarios: &[String]) -> Project {
    Project::at(&Server::shop()).area("shop", scenarios)
}

fn reasons(project: &Project) -> Vec<String> {
    let json = project.json();
    json["exit"]["reasons"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect()
}

#[test]
fn zero_is_that_all_was_checked_and_conforms() {
    let project = shop(&[conforms(), skipped()]);
    project.run(&[]).exits(0).says(&["1 conforms", "1 skipped"]);
    assert_eq!(project.json()["exit"]["code"], 0);
    assert!(reasons(&project).is_empty());
}

#[test]
fn one_is_a_broken_contract() {
    let project = shop(&[conforms(), violates()]);
    project.run(&[]).exits(1).says(&["exit 1: 1 scenario violates the contract"]);
    assert_eq!(project.json()["exit"]["code"], 1);
}

#[test]
fn two_is_a_command_line_that_cannot_be_read() {
    trueline(&["run", "--nonsense"]).exits(2).complains(&["--nonsense"]);
    trueline(&["fire"]).exits(2).complains(&["fire"]);
    trueline(&["run", "--jobs", "0"]).exits(2).complains(&["--jobs"]);
}

#[test]
fn two_is_a_mistake_in_a_file_and_nothing_is_sent() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[conforms(), scenario("it asks", "NOT_FUND", "GET /")]);
    project.run(&[]).exits(2).complains(&["NOT_FUND", "did you mean `NOT_FOUND`?"]);
    assert!(server.heard().is_empty() && !project.has("reports"));
}

#[test]
fn three_is_what_could_not_be_judged() {
    let project = shop(&[conforms(), inconclusive()]);
    project.run(&[]).exits(3).says(&["setup-failed", "exit 3: 1 scenario could not be judged"]);
}

#[test]
fn four_is_a_skip_that_nobody_foresaw() {
    let project = shop(&[conforms(), unforeseen()]);
    let said = project.run(&[]).exits(4);
    said.says(&["exit 4", "(capability)", "`--allow-skips`", "target shop lacks the capability faults"]);
    project.run(&["--allow-skips"]).exits(0);
}

#[test]
fn four_is_a_waiver_that_ran_out() {
    let server = Server::shop();
    let waiver = "[waivers]\n\"DOWN 503\" = { reason = \"not yet\", until = 2020-01-31 }\n";
    let target = format!("{waiver}[targets.shop]\nurl = \"{}\"\n", server.url);
    let project = Project::new(&target).area("shop", &[conforms()]);
    project.run(&[]).exits(4).says(&["the waiver of DOWN 503 ran out on 2020-01-31"]);
}

#[test]
fn five_is_that_nothing_was_selected_or_all_was_skipped() {
    let project = shop(&[conforms(), skipped()]);
    project.run(&["--code", "DOWN"]).exits(5).says(&["nothing was selected"]);
    project.run(&["--name", "it is skipped"]).exits(5).says(&["the only scenario was skipped"]);
    project.trueline(&["list", "--code", "DOWN"]).exits(5);
}

#[test]
fn a_broken_contract_outweighs_what_could_not_be_judged_and_that_a_gate() {
    let project = shop(&[conforms(), violates(), inconclusive(), unforeseen()]);
    project.run(&[]).exits(1);
    let said = reasons(&project);
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("violates") && said[1].contains("judged") && said[2].contains("(capability)"), "{said:?}");
    let project = shop(&[conforms(), inconclusive(), unforeseen()]);
    project.run(&[]).exits(3);
    assert_eq!(reasons(&project).len(), 2);
}

#[test]
fn that_nothing_was_judged_outweighs_a_gate() {
    let project = shop(&[unforeseen()]);
    project.run(&[]).exits(5);
    assert_eq!(reasons(&project).len(), 2);
}

#[test]
fn reports_that_cannot_be_written_outweigh_all_and_the_verdict_is_said() {
    let project = shop(&[conforms(), violates()]);
    let said = project.run(&["--report-json", "/dev/full"]).exits(2).complains(&["error: cannot write /dev/full"]);
    said.says(&["wrong-code", "1 violates"]);
    assert!(project.has("reports/run.journal"));
}

#[test]
fn a_folder_that_is_a_file_is_named_and_nothing_is_sent() {
    let project = shop(&[conforms()]).file("reports", "a file where the folder should be");
    let said = project.run(&[]).exits(2).complains(&["error: cannot write", "junit.xml", "run.json"]);
    assert_eq!(said.stdout, "");
}

/// Nobody may hear what is said there; the verdict and the reports are the same.
#[test]
fn a_standard_error_that_is_full_or_closed_changes_nothing() {
    for (scenarios, code) in [(vec![conforms()], 0), (vec![conforms(), violates()], 1)] {
        for into in ["2>/dev/full", "2>&-", "2>&- >&-", "2>&- >&- <&-"] {
            let project = shop(&scenarios);
            let binary = assert_cmd::cargo::cargo_bin!("trueline");
            let line = format!("exec {} run -vv {into}", binary.display());
            let mut shell = std::process::Command::new("sh");
            let output = shell.args(["-c", &line]).current_dir(project.root()).env_remove("CI").output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{into}");
            assert_eq!(project.json()["totals"]["scenarios"], scenarios.len());
            assert_eq!(project.junit().cases().count(), scenarios.len());
        }
        // What is wrong with the files is said to nobody, and the exit code tells.
        let project = shop(&[]).file("scenarios/a.yaml", "nonsense: 1\n");
        let line = format!("exec {} check 2>/dev/full", assert_cmd::cargo::cargo_bin!("trueline").display());
        let status = std::process::Command::new("sh").args(["-c", &line]).current_dir(project.root()).status().unwrap();
        assert_eq!(status.code(), Some(2));
    }
}

#[test]
fn a_folder_that_may_not_be_written_to_is_named() {
    let project = shop(&[conforms()]);
    let said = project.run(&["--reports", "/proc/nowhere"]).exits(2).complains(&["cannot write /proc/nowhere"]);
    assert_eq!(said.stdout, "");
}

#[test]
fn a_dry_run_ends_with_zero_two_or_five() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[violates(), inconclusive(), unforeseen(), skipped()]);
    project.run(&["--dry-run"]).exits(0).says(&["nothing was sent", "2 skipped"]);
    project.run(&["--dry-run", "--code", "INVALID"]).exits(5);
    project.run(&["--dry-run", "-n", "it is skipped"]).exits(5);
    project.run(&["--dry-run", "--target", "nobody"]).exits(2);
    assert!(server.heard().is_empty() && !project.has("reports"));
}

#[test]
fn a_standard_output_that_nobody_reads_changes_nothing() {
    let many: Vec<String> = (0..300)
        .map(|n| scenario(&format!("thing {n} of a row that fills the pipe"), "NOT_FOUND", "GET /409/ALREADY_CLOSED"))
        .collect();
    let project = shop(&many);
    for (args, code) in
        [(&["run", "-j", "64"][..], 1), (&["list"], 0), (&["run", "--dry-run"], 0), (&["list", "--json"], 0)]
    {
        let mut child = project.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = outcome::Outcome::of(&child.wait_with_output().unwrap()).exits(code);
        assert!(!ended.stderr.contains("error"), "{}", ended.said());
    }
    assert_eq!(project.json()["totals"]["violates"], 300);
}

#[test]
fn a_standard_output_that_is_full_is_an_error() {
    let project = shop(&[conforms()]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = project.command(&["run"]).stdout(full).output().unwrap();
    outcome::Outcome::of(&output).exits(2).complains(&["standard output cannot be written"]);
    assert_eq!(project.json()["totals"]["conforms"], 1);
}

#[test]
fn the_help_lists_the_exit_codes() {
    for args in [&["--help"][..], &["run", "--help"]] {
        let said = trueline(args).exits(0);
        for code in ["  0  ", "  1  ", "  2  ", "  3  ", "  4  ", "  5  ", "130  ", "143  "] {
            assert!(said.stdout.contains(code), "`{code}` in {}", said.stdout);
        }
        said.says(&["the first of 2, 5, 130/143, 1, 3, 4"]);
    }
}

#[test]
fn two_reports_never_go_to_one_file() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[scenario("a thing", "NOT_FOUND", "GET /404/NOT_FOUND")]);
    for args in
        [&["--report-json", "one.out", "--report-junit", "./one.out"][..], &["--report-html", "reports/run.json"]]
    {
        project.run(args).exits(2).complains(&["two reports go to", "another name"]);
    }
    assert!(server.heard().is_empty());
    project.run(&["--report-json", "/dev/null", "--report-junit", "/dev/null"]).exits(0);
}

#[test]
fn a_folder_for_reports_that_is_none_is_told_in_words() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[conforms()]);
    project.write("file", "");
    std::os::unix::fs::symlink("nowhere", project.path("link")).unwrap();
    for folder in ["file", "link"] {
        project.run(&["--reports", folder]).exits(2).complains(&["what should be its folder is a file, or a link"]);
    }
    assert!(server.heard().is_empty());
}
