//! What is wrong with files, arguments and targets is said clearly, all at once, and nothing is lost.

use std::fs;

use crate::support::{Answer, Outcome, Project, Server, closed_port, scenario, trueline};

fn thing() -> String {
    scenario("a thing is unknown", "NOT_FOUND", "GET /404/NOT_FOUND")
}

/// A project in which this file has this text: `check` and `run` refuse it, saying these words, and write nothing.
#[track_caller]
fn refused(file: &str, text: impl AsRef<[u8]>, words: &[&str]) -> Outcome {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[thing()]);
    fs::write(project.path(file), text).unwrap();
    for command in ["check", "list"] {
        project.trueline(&[command]).exits(2).complains(words);
    }
    let said = project.run(&[]).exits(2).complains(words);
    assert!(server.heard().is_empty() && !project.has("reports"), "something was done: {}", said.said());
    assert!(said.stdout.is_empty(), "{}", said.said());
    said
}

#[track_caller]
fn lacking(file: &str, words: &[&str]) {
    let project = Project::at(&Server::shop()).area("shop", &[thing()]);
    fs::remove_file(project.path(file)).unwrap();
    project.run(&[]).exits(2).complains(words);
}

#[test]
fn without_a_project_two_ways_on_are_named() {
    for command in ["run", "check", "list", "coverage"] {
        trueline(&[command]).exits(2).complains(&[
            "there is no `trueline.toml`",
            "`trueline init`",
            "`--config embedded`",
        ]);
    }
    trueline(&["explain", "NOT_FOUND"]).exits(2).complains(&["trueline.toml"]);
}

#[test]
fn a_config_that_is_not_there_is_named() {
    trueline(&["check", "--config", "other.toml"]).exits(2).complains(&["there is no file", "other.toml", "embedded"]);
}

#[test]
fn a_broken_project_file_is_shown_at_its_place() {
    refused("trueline.toml", "[run\njobs = 1\n", &["trueline.toml:1:"]);
    refused("trueline.toml", "[run]\njbos = 1\n", &["trueline.toml:2:1", "jbos = 1", "^^^^", "did you mean `jobs`?"]);
    refused("trueline.toml", "[run]\ntarget = \"x\"\n", &["trueline.toml:2:10", "there is no target `x`"]);
    refused("trueline.toml", b"\xff\xfe", &["trueline.toml", "UTF-16"]);
}

#[test]
fn without_a_target_a_run_has_nothing_to_test() {
    let project = Project::new("").area("shop", &[thing()]);
    project.run(&[]).exits(2).complains(&["no target is defined", "--url"]);
    let (with, of) = ("[run]\ntarget = \"x\"\n", "there is no target `x`");
    Project::new(with).area("shop", &[thing()]).run(&[]).exits(2).complains(&[of]);
}

#[test]
fn a_missing_file_is_named_where_it_is_set_or_would_be() {
    lacking("catalogue.md", &["there is no file `catalogue.md`"]);
    lacking("schemas/error-envelope.json", &["there is no file `schemas/error-envelope.json`", "trueline.toml:3:"]);
}

#[test]
fn a_broken_catalogue_is_shown_at_its_line() {
    let page = "# Codes\n\n| Code | Status |\n| --- | --- |\n| NOT_FOUND | 404 |\n| | 400 |\n| HUGE | 999 |\n";
    refused("catalogue.md", page, &["catalogue.md:6", "catalogue.md:7", "999", "2 errors"]);
    refused("catalogue.md", "# Nothing here\n", &["catalogue.md"]);
}

#[test]
fn a_broken_schema_is_named() {
    refused("schemas/error-envelope.json", "{", &["schemas/error-envelope.json:1"]);
    let project = Project::at(&Server::shop()).area("shop", &[thing()]);
    project.write("schemas/error-envelope.json", r#"{"type": "objekt"}"#);
    for command in [&["check"][..], &["run"], &["run", "--dry-run"]] {
        project.trueline(command).exits(2).complains(&["schemas/error-envelope.json", "objekt"]);
    }
}

#[test]
fn mistakes_of_all_scenario_files_are_shown_at_once() {
    let server = Server::shop();
    let project = Project::at(&server)
        .file(
            "scenarios/a.yaml",
            "area: a\nscenarios:\n  - name: x\n    expct: NOT_FOUND\n    when: { request: GET / }\n",
        )
        .file(
            "scenarios/b.yaml",
            "area: b\nscenarios:\n  - name: x\n    expect: NOT_FUND\n    when: { request: GET / }\n",
        )
        .file("scenarios/c.yaml", "area: c\n\tscenarios: []\n")
        .file("scenarios/d.yaml", "");
    let said = project.run(&[]).exits(2);
    said.complains(&[
        "scenarios/a.yaml:4:5",
        "did you mean `expect`?",
        "scenarios/c.yaml:2:1",
        "a tab cannot indent YAML",
        "scenarios/d.yaml",
        "the file is empty",
    ]);
    // What a name stands for is looked up once all files can be read.
    for file in ["a", "c", "d"] {
        fs::remove_file(project.path(&format!("scenarios/{file}.yaml"))).unwrap();
    }
    project.run(&[]).exits(2).complains(&["scenarios/b.yaml:4:13", "did you mean `NOT_FOUND`?", "^^^^^^^^"]);
    assert!(server.heard().is_empty());
}

#[test]
fn a_mistake_outside_the_selection_is_a_mistake_too() {
    let project =
        Project::at(&Server::shop()).area("shop", &[thing()]).area("other", &[scenario("x", "GONE", "GET /")]);
    project.run(&["scenarios/shop.yaml"]).exits(2).complains(&["scenarios/other.yaml:4"]);
}

#[test]
fn files_that_are_no_scenarios_are_told_apart() {
    refused("scenarios/odd.yaml", b"area: a\0", &["scenarios/odd.yaml", "binary"]);
    refused("scenarios/odd.yaml", "area: a\nscenarios: &a [*a]\n", &["scenarios/odd.yaml"]);
    refused("scenarios/odd.yaml", b"area: \xe9\n", &["scenarios/odd.yaml:1", "UTF-8"]);
    refused("scenarios/odd.yaml", "[".repeat(100_000), &["scenarios/odd.yaml"]);
    refused("scenarios/odd.yaml", "- 1\n", &["scenarios/odd.yaml:1"]);
}

#[test]
fn a_check_on_message_text_is_refused_with_the_reason() {
    let text = "area: odd\nscenarios:\n  - name: x\n    expect: { code: NOT_FOUND, message: gone }\n    when: { request: GET / }\n";
    refused("scenarios/odd.yaml", text, &["scenarios/odd.yaml:4:", "prose"]);
}

#[test]
fn a_project_without_scenarios_is_not_green() {
    let project = Project::at(&Server::shop());
    let said = project.run(&[]);
    assert!([2, 5].contains(&said.code), "{}", said.said());
    fs::remove_dir(project.path("scenarios")).unwrap();
    project.run(&[]).exits(2).complains(&["scenarios"]);
}

#[test]
fn where_nothing_listens_one_cause_is_told_and_every_scenario_is_an_error() {
    let many: Vec<String> =
        (0..40).map(|n| scenario(&format!("row {n}"), "NOT_FOUND", &format!("GET /404/{n}"))).collect();
    let project = Project::at_url(&format!("http://127.0.0.1:{}", closed_port())).area("shop", &many);
    let said = project.run(&[]).exits(3);
    // What was not fired any more has the cause of what was.
    assert_eq!(said.stdout.matches("inconclusive  shop/").count(), 1, "{}", said.said());
    said.says(&[
        "40 scenarios did not conform, of one cause",
        "could not be reached: ",
        "exit 3: 40 scenarios could not be judged",
    ]);
    let junit = project.junit();
    assert_eq!((junit.total["tests"].as_str(), junit.total["errors"].as_str()), ("40", "40"));
    assert!(junit.cases().all(|case| case.outcome == "error" && case.kind() == "inconclusive.no-answer"));
    let json = project.json();
    assert_eq!((&json["totals"]["inconclusive"], &json["exit"]["code"]), (&40.into(), &3.into()));
}

#[test]
fn a_name_without_an_address_is_told() {
    let project = Project::at_url("http://shop.invalid").area("shop", &[thing()]);
    project.run(&[]).exits(3).says(&["no-answer", "the name of the host has no address"]);
}

#[test]
fn a_server_that_answers_html_breaks_the_contract() {
    let page = "<!doctype html><title>404</title><h1>Not here</h1>";
    let server = Server::start(move |_| Answer::new(404, "text/html", page));
    let project = Project::at(&server).area("shop", &[thing()]);
    project.run(&[]).exits(1).says(&["not-json", "HTML"]);
    assert_eq!(project.junit().case("a thing is unknown").kind(), "contract.not-json");
}

#[test]
fn a_server_that_speaks_no_http_is_no_answer() {
    let port = crate::support::server::listen(|mut stream| {
        let _ = std::io::Read::read(&mut stream, &mut [0; 1000]);
        let _ = std::io::Write::write_all(&mut stream, b"502 mail.shop.test does not know this command\r\n");
    });
    let project = Project::at_url(&format!("http://127.0.0.1:{port}")).area("shop", &[thing()]);
    project.run(&[]).exits(3).says(&["no-answer", "not HTTP"]);
}

#[test]
fn a_report_that_does_not_fit_does_not_keep_the_other() {
    // What nobody can know before: the device is full.
    let project = Project::at(&Server::shop()).area("shop", &[thing()]);
    let said = project.run(&["--report-junit", "/dev/full"]).exits(2);
    said.complains(&["error: cannot write /dev/full: No space left"]).says(&["1 conforms", "reports/run.json"]);
    assert_eq!(project.json()["totals"]["conforms"], 1);
    // The results are not lost either: they are in the journal.
    assert!(project.has("reports/run.journal"));
    project.trueline(&["merge", "reports/run.journal", "--reports", "again"]).exits(0);
    assert!(project.has("again/junit.xml"));
}

#[test]
fn a_report_that_could_not_be_written_is_known_before_anything_is_sent() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[thing()]);
    for flag in ["--report-junit", "--report-json", "--report-html"] {
        for place in ["trueline.toml/report", "scenarios", "/proc/nowhere/report"] {
            let said = project.run(&[flag, place]).exits(2);
            let said = said.complains(&[&format!("error: cannot write {place}")]);
            assert!(said.stdout.is_empty() && server.heard().is_empty(), "{flag} {place}: {}", said.said());
        }
    }
    assert!(!project.has("reports/run.json") && !project.has("reports/run.journal"));
}

#[test]
fn a_variable_that_is_no_flag_value_is_named() {
    let project = Project::at(&Server::shop()).area("shop", &[thing()]);
    project.run_with(&[("TRUELINE_JOBS", "many")], &[]).exits(2).complains(&["many", "--jobs"]);
    project.run_with(&[("TRUELINE_LOG", "trueline=loud")], &[]).exits(2).complains(&["TRUELINE_LOG", "loud"]);
}

#[test]
fn a_run_that_could_not_begin_leaves_no_report_of_an_earlier_one() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[scenario("fine", "NOT_FOUND", "GET /404/NOT_FOUND")]);
    project.run(&[]).exits(0);
    project.write("scenarios/broken.yaml", "area: broken\nscenarios:\n  - nmae: x\n");
    project.run(&[]).exits(2).complains(&["junit.xml of an earlier run is removed"]);
    assert!(!project.has("reports/junit.xml"));
}

#[test]
fn waivers_and_required_headers_name_what_is_documented() {
    let wrong = "[required-headers]\nRATE_LIMITD = [\"Retry-After\"]\n[waivers]\n\"DOWM 503\" = { reason = \"a\" }\n\
                 \"DOWN 500\" = { reason = \"b\" }\nDOWN = { reason = \"c\" }\nINVALID = { reason = \"d\" }\n\
                 \"INVALID 422\" = { reason = \"it is sound\" }\n[targets.shop]\nurl = \"http://127.0.0.1:1\"\n";
    let words = [
        "`RATE_LIMITD` is not in catalogue.md",
        "did you mean `RATE_LIMITED`?",
        "`DOWM` is not in catalogue.md",
        "did you mean `DOWN`?",
        "catalogue.md does not document DOWN with the status `500`",
        "it documents 503",
        "`DOWN` is no pair",
        "write it like `DOWN 503`",
        "write it like `INVALID 400`",
    ];
    let project = Project::new(wrong).area("shop", &[thing()]);
    for command in ["check", "list", "run"] {
        project.trueline(&[command]).exits(2).complains(&words).complains(&["5 errors"]);
    }
    // With what is wrong in scenarios, in meaning and in form.
    let misspelt = project.area("two", &[scenario("a", "NOT_FOUN", "GET /")]);
    misspelt.trueline(&["check"]).exits(2).complains(&words).complains(&["did you mean `NOT_FOUND`?", "6 errors"]);
    let broken = misspelt.file("scenarios/three.yaml", "area: three\nscenarois: []\n");
    let said = broken.trueline(&["check"]).exits(2).complains(&words);
    said.complains(&["did you mean `NOT_FOUND`?", "did you mean `scenarios`?"]);
    // And in the form of the project file itself.
    let both = Project::new(&format!("[run]\njbos = 1\n{wrong}")).area("shop", &[thing()]);
    both.trueline(&["check"]).exits(2).complains(&words).complains(&["did you mean `jobs`?", "6 errors"]);
    let both = Project::new(&format!("[run]\ntimeout = \"soon\"\n{wrong}")).area("shop", &[thing()]);
    both.trueline(&["check"]).exits(2).complains(&words).complains(&["timeout", "6 errors"]);
    // Where the catalogue cannot be read, nothing is said of what it may have.
    let unread = Project::new(wrong).area("shop", &[thing()]).file("catalogue.md", "# Nothing\n");
    let said = unread.trueline(&["check"]).exits(2);
    assert!(!said.stderr.contains("RATE_LIMITD"), "{}", said.said());
}

#[test]
fn a_check_that_refuses_says_what_is_doubtful_in_the_catalogue_too() {
    let page = "# Codes\n\n| Code | Status |\n| --- | --- |\n| NOT_FOUND | 404 |\n\n# More\n\n| Code | Status |\n| --- | --- |\n| NOT_FOUND | 410 |\n";
    let project = Project::new("[targets.a]\nurl = \"http://127.0.0.1:1\"\n").file("catalogue.md", page);
    let notice = "notice: ";
    let sound =
        project.file("scenarios/a.yaml", &format!("area: a\nscenarios:\n{}", scenario("x", "NOT_FOUND", "GET /x")));
    sound.trueline(&["check"]).exits(0).complains(&[notice, "catalogue.md:11"]);
    let broken =
        sound.file("scenarios/a.yaml", &format!("area: a\nscenarios:\n{}", scenario("x", "NOT_FOUMD", "GET /x")));
    broken.trueline(&["check"]).exits(2).complains(&["NOT_FOUMD", notice, "catalogue.md:11"]);
}
