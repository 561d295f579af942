//! Flags of a run as `TRUELINE_*` variables, and which of the two wins.

use crate::support::{Answer, Project, Server, scenario, trueline};

/// Three scenarios, of which two violate.
fn shop(server: &Server) -> Project {
    let scenarios = [
        scenario("a conforms", "NOT_FOUND", "GET /404/NOT_FOUND"),
        scenario("b violates", "NOT_FOUND", "GET /409/ALREADY_CLOSED"),
        scenario("c violates", "NOT_FOUND", "GET /409/ALREADY_CLOSED"),
    ];
    Project::at(server).area("shop", &scenarios)
}

const CONFORMING: [&str; 2] = ["-n", "conforms"];

#[test]
fn rules_that_fail_a_run_can_be_a_variable() {
    let body = r#"{"error":{"code":"NOT_FOUND","message":"m","more":1}}"#;
    let server = Server::start(move |_| Answer::json(404, body));
    let project = Project::at(&server).area("shop", &[scenario("it conforms", "NOT_FOUND", "GET /a")]);
    project.run(&[]).exits(0);
    project.run_with(&[("TRUELINE_FAIL_ON", "flaky,extra-fields")], &[]).exits(1);
    project.run_with(&[("TRUELINE_FAIL_ON", "extra-fields")], &["--fail-on", "flaky"]).exits(0);
    project.run_with(&[("TRUELINE_FAIL_ON", "extra-feilds")], &[]).exits(2).complains(&["--fail-on", "extra-feilds"]);
    project.run(&[]).exits(0);
    let merge = project.command(&["merge", "reports/run.json"]).env("TRUELINE_FAIL_ON", "extra-fields").output();
    assert_eq!(merge.unwrap().status.code(), Some(1));
}

#[test]
fn switches_are_on_or_off_and_nothing_else() {
    let server = Server::shop();
    let project = shop(&server);
    let skipped = |environment: &[(&str, &str)]| {
        project.run_with(environment, &["-j", "1"]).exits(1);
        project.json()["totals"]["skipped"].as_u64().unwrap()
    };
    for on in ["1", "true", "yes", "on"] {
        assert_eq!(skipped(&[("TRUELINE_FAIL_FAST", on)]), 1, "{on}");
    }
    for off in ["0", "false", "no", "off"] {
        assert_eq!(skipped(&[("TRUELINE_FAIL_FAST", off)]), 0, "{off}");
    }
    for wrong in ["", "maybe"] {
        project.run_with(&[("TRUELINE_FAIL_FAST", wrong)], &[]).exits(2).complains(&["--fail-fast"]);
    }
    project.run_with(&[("TRUELINE_RECORD", "on")], &CONFORMING).exits(0);
    assert_eq!(project.json()["scenarios"][0]["exchanges"].as_array().unwrap().len(), 1);
    let writing = [
        scenario("it writes", "NOT_FOUND", "POST /404/NOT_FOUND"),
        scenario("it reads", "NOT_FOUND", "GET /404/NOT_FOUND"),
    ];
    let unforeseen = Project::new("").area("shop", &writing);
    unforeseen.run(&["--url", &server.url]).exits(4);
    unforeseen.run_with(&[("TRUELINE_ALLOW_SKIPS", "1")], &["--url", &server.url]).exits(0);
}

#[test]
fn of_fail_fast_and_max_failures_the_flag_outweighs_the_variable() {
    let project = shop(&Server::shop());
    let skipped = |environment: &[(&str, &str)], args: &[&str]| {
        project.run_with(environment, &[&["-j", "1"], args].concat()).exits(1);
        project.json()["totals"]["skipped"].as_u64().unwrap()
    };
    assert_eq!(skipped(&[("TRUELINE_MAX_FAILURES", "1")], &[]), 1);
    assert_eq!(skipped(&[("TRUELINE_MAX_FAILURES", "1")], &["--max-failures", "2"]), 0);
    assert_eq!(skipped(&[("TRUELINE_MAX_FAILURES", "2")], &["--fail-fast"]), 1);
    assert_eq!(skipped(&[("TRUELINE_FAIL_FAST", "1")], &["--max-failures", "2"]), 0);
    assert_eq!(skipped(&[("TRUELINE_FAIL_FAST", "0"), ("TRUELINE_MAX_FAILURES", "1")], &[]), 1);
    let both = [("TRUELINE_FAIL_FAST", "1"), ("TRUELINE_MAX_FAILURES", "2")];
    project.run_with(&both, &[]).exits(2).complains(&["--fail-fast", "--max-failures"]);
    project.run(&["--fail-fast", "--max-failures", "2"]).exits(2).complains(&["--fail-fast", "--max-failures"]);
}

#[test]
fn headers_and_variables_stand_one_on_each_line() {
    let server = Server::shop();
    let path = "GET /404/NOT_FOUND?at={{ place }}&in={{ town }}";
    let project = Project::at(&server).area("shop", &[scenario("it conforms", "NOT_FOUND", path)]);
    let environment =
        [("TRUELINE_HEADER", "X-One: a, b\nX-Two: key-of-the-clerk\n"), ("TRUELINE_VAR", "place=here\ntown=a=b")];
    project.run_with(&environment, &[]).exits(0);
    let heard = server.heard();
    assert_eq!((heard[0].header("x-one"), heard[0].header("x-two")), (Some("a, b"), Some("key-of-the-clerk")));
    assert!(heard[0].path.contains("at=here") && heard[0].path.ends_with("in=a%3Db"), "{}", heard[0].path);
    // Flags take the place of the variable, and a value of theirs may have lines.
    project.run_with(&environment, &["-H", "X-One: c", "--var", "place=d\ne=f", "--var", "town=g"]).exits(0);
    let last = &server.heard()[1];
    assert_eq!((last.header("x-one"), last.header("x-two")), (Some("c"), None));
    assert!(last.path.contains("at=d%0Ae%3Df"), "{}", last.path);
    // What is wrong is said without what may be a secret.
    for (name, wrong) in [("TRUELINE_HEADER", "X: a\nhidden"), ("TRUELINE_VAR", "place=a\nhidden")] {
        let said = project.run_with(&[(name, wrong)], &[]).exits(2).complains(&["line 2 of", name]);
        assert!(!said.stderr.contains("hidden"), "{}", said.said());
    }
    let first = project.run_with(&[("TRUELINE_HEADER", "hidden")], &[]).exits(2);
    assert!(!first.stderr.contains("hidden"), "{}", first.said());
    // `check` knows variables as `run` does.
    assert_eq!(project.trueline(&["check"]).code, 2, "nothing defines them");
    project.trueline(&["check", "--var", "place=here", "--var", "town=b"]).exits(0);
    let mut check = project.command(&["check"]);
    assert_eq!(check.env("TRUELINE_VAR", "place=here\ntown=b").output().unwrap().status.code(), Some(0));
}

#[test]
fn the_connection_can_be_set_by_variables() {
    let server = Server::shop();
    let named = server.url.replace("127.0.0.1", "shop.test");
    let project = shop(&server);
    let port = server.url.rsplit(':').next().unwrap();
    let resolve = format!("other.test:1:127.0.0.1,shop.test:{port}:127.0.0.1");
    let url = ["--target", "shop", "--url", &named, "-n", "conforms"];
    project.run_with(&[("TRUELINE_RESOLVE", &resolve)], &url).exits(0);
    project.run_with(&[("TRUELINE_PROXY", &server.url)], &url);
    assert!(server.heard().iter().any(|request| request.path.starts_with("http://shop.test")), "{:?}", server.lines());
    for (name, flag) in [("TRUELINE_CACERT", "--cacert"), ("TRUELINE_CERT", "--cert")] {
        project.run_with(&[(name, "no/such.pem")], &CONFORMING).exits(2).complains(&[flag, "no/such.pem"]);
    }
    project.run_with(&[("TRUELINE_KEY", "no/such.pem")], &CONFORMING).exits(2).complains(&["--cert"]);
    project.run_with(&[("TRUELINE_INSECURE", "perhaps")], &CONFORMING).exits(2).complains(&["--insecure"]);
    project.run_with(&[("TRUELINE_INSECURE", "1")], &CONFORMING).exits(0);
}

#[test]
fn help_does_not_show_what_may_be_a_secret() {
    let secrets = ["TRUELINE_HEADER", "TRUELINE_VAR", "TRUELINE_PROXY", "TRUELINE_URL"];
    let mut help = crate::support::outcome::command(crate::support::root());
    help.args(["run", "--help"]).envs(secrets.map(|name| (name, "key-of-the-clerk: =")));
    let help = String::from_utf8(help.output().unwrap().stdout).unwrap();
    assert!(!help.contains("key-of-the-clerk"), "{help}");
    for name in secrets.iter().chain(&["TRUELINE_FAIL_ON", "TRUELINE_ALLOW_SKIPS", "TRUELINE_RECORD"]) {
        assert!(help.contains(name), "{name}");
    }
    assert!(trueline(&["explain", "--help"]).stdout.contains("TRUELINE_REPORTS"));
}

#[test]
fn explain_finds_the_last_answer_where_reports_are() {
    let project = shop(&Server::shop());
    project.run(&["--reports", "elsewhere"]).exits(1);
    let answered = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = project.command(&[&["explain", "NOT_FOUND"], args].concat());
        let out = command.envs(environment.iter().copied()).output().unwrap();
        assert_eq!(out.status.code(), Some(0));
        String::from_utf8(out.stdout).unwrap()
    };
    let none = answered(&[], &[]);
    assert_ne!(answered(&["--reports", "elsewhere"], &[]), none);
    assert_ne!(answered(&[], &[("TRUELINE_REPORTS", "elsewhere")]), none);
    assert_eq!(answered(&["--reports", "nowhere"], &[("TRUELINE_REPORTS", "elsewhere")]), none);
}
