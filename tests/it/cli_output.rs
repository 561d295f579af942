//! What is said, how loudly, where reports go, and which project is read.

use serde_json::Value;

use crate::support::{Answer, Project, Server, scenario};

fn mixed() -> Project {
    let scenarios = [
        scenario("it conforms", "NOT_FOUND", "GET /404/NOT_FOUND"),
        scenario("it violates", "NOT_FOUND", "GET /409/ALREADY_CLOSED"),
    ];
    Project::at(&Server::shop()).area("shop", &scenarios)
}

const ESCAPE: char = '\u{1b}';

#[test]
fn a_run_without_a_terminal_is_plain_text() {
    let said = mixed().run(&[]).exits(1);
    assert!(!said.said().contains([ESCAPE, '\r']), "{}", said.said());
}

#[test]
fn color_decides_about_colour() {
    let project = mixed();
    assert!(project.run(&["--color", "always"]).exits(1).stdout.contains(ESCAPE));
    assert!(!project.run(&["--color", "never"]).exits(1).stdout.contains(ESCAPE));
    assert!(project.run_with(&[("TRUELINE_COLOR", "always")], &[]).exits(1).stdout.contains(ESCAPE));
    let said = project.run_with(&[("TRUELINE_COLOR", "always"), ("NO_COLOR", "1")], &["--color", "auto"]).exits(1);
    assert!(!said.stdout.contains(ESCAPE));
    assert!(project.run_with(&[("CLICOLOR_FORCE", "1")], &[]).exits(1).stdout.contains(ESCAPE));
    let refused = project.run(&["--color", "always", "--target", "x"]).exits(2);
    assert!(refused.stderr.contains(ESCAPE));
    project.run(&["--color", "blue"]).exits(2).complains(&["always"]);
}

#[test]
fn quiet_says_nothing_of_what_conforms() {
    let project = mixed();
    let said = project.run(&["-q", "-n", "conforms"]).exits(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
    let said =
        project.run(&["-q"]).exits(1).says(&["it violates", "wrong-code", "1 scenario did not conform", "exit 1"]);
    for word in ["coverage", "drift", "reports", "again", "conforms", "requests"] {
        assert!(
            !said.stdout.contains(&format!("\n{word}")) && !said.stdout.contains("1 conforms"),
            "{word}: {}",
            said.said()
        );
    }
    let joined = project.trueline(&["merge", "-q", "reports/run.json"]).exits(1).says(&["it violates", "exit 1"]);
    assert!(!joined.stdout.contains("\ncoverage"), "{}", joined.said());
    // A gate that is missed is told too, alone.
    let said = project.run(&["-q", "-n", "it conforms", "--min-coverage", "99"]).exits(4);
    assert!(said.stdout.starts_with("exit 4: ") && said.stdout.lines().count() == 1, "{}", said.said());
    project.run(&["-q", "-v"]).exits(2);
    assert_eq!(project.trueline(&["check", "-q"]).exits(0).stdout, "");
}

#[test]
fn verbose_tells_each_exchange_and_twice_more() {
    let project = mixed();
    let lines = |args: &[&str]| project.run(args).exits(1).stderr.lines().count();
    assert_eq!(lines(&[]), 0);
    let (once, twice) = (lines(&["-v"]), lines(&["-vv"]));
    assert!(once > 0 && twice > once, "{once} {twice}");
    project.run(&["-v"]).complains(&["/404/NOT_FOUND", "404", "shop/it conforms"]);
    project.run_with(&[("TRUELINE_LOG", "trueline=debug")], &[]).complains(&["/404/NOT_FOUND"]);
}

#[test]
fn config_names_the_project() {
    let (project, elsewhere) = (mixed(), mixed());
    let config = project.path("trueline.toml");
    let config = config.to_str().unwrap();
    elsewhere.run(&["--config", config]).exits(1);
    assert!(project.has("reports/run.json") && !elsewhere.has("reports"));
    elsewhere.run_with(&[("TRUELINE_CONFIG", config)], &["-n", "conforms"]).exits(0);
    assert_eq!(project.json()["totals"]["scenarios"], 1);
    elsewhere.run(&["--config", project.root().to_str().unwrap(), "-n", "violates"]).exits(1);
    assert_eq!(project.json()["totals"]["violates"], 1);
}

#[test]
fn a_command_that_reads_no_project_says_that_config_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["init"][..], &["man"], &["completions", "bash"]] {
        let told = |args: &[&str]| crate::support::trueline_in(folder.path(), &[command, args].concat()).stderr;
        assert!(told(&["--config", "x/trueline.toml"]).contains("`--config x/trueline.toml` changes nothing"));
        assert!(!told(&["--quiet", "--config", "x"]).contains("config") && !told(&[]).contains("config"));
    }
}

#[test]
fn a_complaint_about_no_file_has_no_margin() {
    let folder = tempfile::tempdir().unwrap();
    for colour in ["never", "always"] {
        let said = crate::support::trueline_in(folder.path(), &["check", "--color", colour]).exits(2);
        assert!(said.stderr.contains("help") && !said.stderr.contains('|'), "{}", said.stderr);
    }
    let said = crate::support::trueline_in(folder.path(), &["check", "--config", "x"]).exits(2);
    let help = "x`\n = help: `--config` takes the path of a `trueline.toml`, or `embedded` for the project in the binary\n\n1 error\n";
    assert!(said.stderr.starts_with("error: there is no file `") && said.stderr.ends_with(help), "{}", said.stderr);
}

#[test]
fn the_embedded_project_runs_anywhere_and_says_that_it_is_a_simulation() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["run", "--config", "embedded", "scenarios/time.yaml"];
    let said = crate::support::trueline_in(folder.path(), &args).exits(0);
    said.says(&["This was a simulation", "reports/junit.xml"]);
    let junit = std::fs::read_to_string(folder.path().join("reports/junit.xml")).unwrap();
    assert!(junit.contains("This was a simulation"));
}

#[test]
fn reports_go_where_they_are_told() {
    let project = mixed();
    project.run(&["--reports", "out/of/the/way"]).exits(1).says(&["out/of/the/way/junit.xml"]);
    assert!(project.has("out/of/the/way/run.json") && !project.has("reports"));
    project.run_with(&[("TRUELINE_REPORTS", "by-variable")], &[]).exits(1);
    assert!(project.has("by-variable/junit.xml"));
    project.run_with(&[("TRUELINE_REPORTS", "by-variable")], &["--reports", "by-flag"]).exits(1);
    assert!(project.has("by-flag/junit.xml"));
    project.run(&["--report-junit", "j/a.xml", "--report-json", "j/b.json", "--reports", "rest"]).exits(1);
    assert!(project.has("j/a.xml") && project.has("j/b.json") && !project.has("rest/junit.xml"));
    let text = project.read("trueline.toml");
    project.write("trueline.toml", &format!("reports = \"from-the-file\"\n{text}"));
    project.run(&[]).exits(1);
    assert!(project.has("from-the-file/junit.xml") && !project.has("reports"));
}

#[test]
fn record_keeps_every_exchange_whole() {
    let long = "x".repeat(100_000);
    let body = format!(r#"{{"error":{{"code":"NOT_FOUND","message":"{long}"}}}}"#);
    let server = Server::start(move |_| Answer::json(404, &body));
    let project = Project::at(&server).area("shop", &[scenario("it conforms", "NOT_FOUND", "GET /a")]);
    let exchanges = |args: &[&str]| {
        project.run(args).exits(0);
        let json = project.json();
        json["scenarios"][0]["exchanges"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(exchanges(&[]), 0);
    assert_eq!(exchanges(&["--record"]), 1);
    assert!(project.read("reports/run.json").contains(&long));
}

#[test]
fn the_line_that_runs_failures_again_runs_them() {
    let server = Server::shop();
    let project = mixed();
    let said = project.run(&["--url", &server.url, "--target", "shop", "-H", "X-Trace: a b"]).exits(1);
    let line = said.stdout.lines().find_map(|line| line.strip_prefix("again ")).unwrap().trim().to_owned();
    let binary = assert_cmd::cargo::cargo_bin!("trueline");
    let line = line.replacen("trueline", binary.to_str().unwrap(), 1);
    // From the project's folder, or from any below it.
    for folder in [project.root().to_owned(), project.path("scenarios")] {
        let before = server.heard().len();
        let mut again = crate::support::outcome::command(&folder);
        again.env_clear();
        let ended = std::process::Command::new("sh").args(["-c", &line]).current_dir(&folder).output().unwrap();
        crate::support::Outcome::of(&ended).exits(1);
        let heard = server.heard();
        assert_eq!(heard.len(), before + 1, "{line}");
        assert_eq!(
            (heard[before].line(), heard[before].header("x-trace")),
            ("GET /409/ALREADY_CLOSED".into(), Some("a b"))
        );
    }
    assert_eq!(project.json()["totals"]["scenarios"], Value::from(1));
}

#[test]
fn ci_gets_plain_lines() {
    let said = mixed().run_with(&[("CI", "true")], &[]).exits(1);
    assert!(!said.said().contains([ESCAPE, '\r']));
}
