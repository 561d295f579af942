//! What a run that ended early, or never began, leaves behind for others to read.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::server::as_the_path_says;
use crate::support::{Answer, Outcome, Project, Request, Server, scenario};

/// Hangs on `/hang`, and on every clean-up but the first.
fn server() -> Server {
    Server::start(|request: &Request| match request.line().as_str() {
        "GET /hang" | "DELETE /second" | "DELETE /third" => Answer::error(404, "NOT_FOUND").after(60_000),
        "DELETE /first" => Answer::json(200, "{}"),
        "POST /login" => Answer::json(200, "{}").after(60_000),
        _ => as_the_path_says(request),
    })
}

/// Its `given` is answered with this code.
fn hanging(code: &str) -> String {
    format!(
        "  - name: it hangs
    expect: NOT_FOUND
    given:
      - {{ request: GET /404/{code}, status: 404 }}
    when: {{ request: GET /hang }}
    finally:
      - request: DELETE /first
      - request: DELETE /second
      - request: DELETE /third
"
    )
}

fn start(project: &Project, args: &[&str]) -> Child {
    let mut run = project.command(&["run", "-j", "1", "--timeout", "60s"]);
    run.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Interrupted in `when`, and again in the second step of clean-up.
fn interrupted_twice(project: &Project, server: &Server, args: &[&str]) -> Outcome {
    let child = start(project, args);
    server.wait_for("GET /hang");
    signal(&child, "INT");
    server.wait_for("DELETE /second");
    signal(&child, "INT");
    Outcome::of(&child.wait_with_output().unwrap()).exits(130)
}

const FORMATS: [&str; 3] = ["--report-html=r.html", "--report-markdown=r.md", "--report-ctrf=r.json"];

#[test]
fn what_an_interrupted_scenario_left_behind_is_in_every_report() {
    let server = server();
    let project = Project::at(&server).area("shop", &[hanging("NOT_FOUND")]);
    let said = interrupted_twice(&project, &server, &FORMATS);
    let third = format!("the clean-up was not done, for the run was interrupted: DELETE {}/third", server.url);
    said.says(&[&third, "whether it was done is not known", "4 requests"]);
    let json = project.json();
    assert_eq!((&json["totals"]["requests"], &json["totals"]["skipped"]), (&4.into(), &1.into()));
    assert_eq!(json["observed"][0]["code"], "NOT_FOUND");
    let it = &json["scenarios"][0];
    assert_eq!((&it["reason"], &it["requests"]), (&"interrupted".into(), &4.into()));
    let rules: Vec<_> = it["findings"].as_array().unwrap().iter().map(|f| (&f["rule"], &f["step"])).collect();
    let due = ["finally 2", "finally 3"].map(|step| ("cleanup-failed".into(), step.into()));
    assert_eq!(rules, due.each_ref().map(|(rule, step)| (rule, step)));
    assert_eq!(it["exchanges"].as_array().map(Vec::len), Some(4));
    let junit = project.junit();
    let case = junit.case("it hangs");
    assert_eq!(case.kind(), "skip.interrupted");
    assert!(case.system_out.contains("DELETE") && case.text.contains(&third), "{case:?}");
    for report in ["r.html", "r.md", "r.json"] {
        let text = project.read(report);
        assert!(text.contains("the clean-up was not done") && text.contains("third"), "{report} does not tell");
    }
}

#[test]
fn a_promise_broken_before_the_interrupt_stays_broken() {
    let server = server();
    let project = Project::at(&server).area("shop", &[hanging("NOBODY_KNOWS")]);
    interrupted_twice(&project, &server, &[]).says(&["undocumented-code", "1 scenario violates the contract"]);
    let json = project.json();
    assert_eq!(project.with_verdict("violates"), ["shop/it hangs"]);
    assert_eq!((&json["observed"][0]["code"], &json["complete"]), (&"NOBODY_KNOWS".into(), &false.into()));
    assert_eq!(project.junit().case("it hangs").kind(), "contract.undocumented-code");
}

#[test]
fn the_requests_of_a_login_that_was_interrupted_are_told() {
    let server = server();
    let target = format!(
        "[targets.shop]\nurl = \"{}\"\neffects = \"data\"\n[targets.shop.credentials]\nowner = {{ login = [ {{ request = \"POST /login\", capture = {{ token = \"/token\" }} }} ], bearer = \"{{{{ token }}}}\" }}\n",
        server.url
    );
    let one = "  - name: one\n    expect: NOT_FOUND\n    as: owner\n    when: { request: GET /404/NOT_FOUND }\n";
    let project = Project::new(&target).area("shop", &[one.to_owned()]);
    let child = start(&project, &[]);
    server.wait_for("POST /login");
    signal(&child, "INT");
    Outcome::of(&child.wait_with_output().unwrap()).exits(130);
    let json = project.json();
    assert_eq!(json["scenarios"][0]["requests"], 1);
    assert_eq!(json["scenarios"][0]["exchanges"][0]["request"]["method"], "POST");
}

#[test]
fn a_run_that_was_killed_never_looks_whole() {
    let server = server();
    let later = |n| scenario(&format!("later {n}"), "NOT_FOUND", "GET /404/NOT_FOUND");
    let project = Project::at(&server).area("shop", &[later(1), scenario("hangs", "NOT_FOUND", "GET /hang"), later(2)]);
    let child = start(&project, &[]);
    server.wait_for("GET /hang");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "KILL");
    child.wait_with_output().unwrap();
    let merged =
        project.trueline(&["merge", "reports/run.journal", "--report-ctrf", "r.json", "--report-sarif", "s.json"]);
    merged.exits(3).says(&["3 scenarios: 1 conforms, 0 violate, 0 inconclusive, 2 skipped"]);
    assert_eq!(project.json()["complete"], false);
    assert_eq!(project.junit().case("later 2").kind(), "skip.interrupted");
    assert!(project.read("r.json").contains("\"complete\":false"), "{}", project.read("r.json"));
    assert!(project.read("s.json").contains("\"executionSuccessful\":false"), "{}", project.read("s.json"));
}

#[test]
fn what_another_run_has_judged_makes_up_for_one_that_broke_off() {
    let server = Server::start(|request: &Request| match request.path.as_str() {
        "/slow" if request.before < 2 => Answer::error(404, "NOT_FOUND").after(60_000),
        "/slow" => Answer::error(404, "NOT_FOUND"),
        _ => as_the_path_says(request),
    });
    let one = |name: &str, path: &str| scenario(name, "NOT_FOUND", &format!("GET {path}"));
    let project = Project::at(&server).area("shop", &[one("first", "/404/NOT_FOUND"), one("slow", "/slow")]);
    let child = start(&project, &[]);
    server.wait_for("GET /slow");
    signal(&child, "INT");
    Outcome::of(&child.wait_with_output().unwrap()).exits(130);
    project.run(&["-n", "slow", "--reports", "again"]).exits(0);
    project.trueline(&["merge", "reports/run.json", "again/run.json"]).exits(0);
    assert_eq!(project.json()["complete"], true);
}

#[test]
fn no_report_of_an_earlier_run_stays_where_there_is_none() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[scenario("fine", "NOT_FOUND", "GET /404/NOT_FOUND")]);
    let flags = ["--report-html=h.html", "--report-markdown=m.md", "--report-sarif=s.sarif", "--report-ctrf=c.json"];
    let files = ["reports/junit.xml", "h.html", "m.md", "s.sarif", "c.json"];
    let with = |command: &[&'static str]| [command, flags.as_slice()].concat();
    for command in [with(&["run", "--target", "nobody"]), with(&["merge", "nope.json"])] {
        project.run(&flags).exits(0);
        assert!(files.iter().all(|file| project.has(file)));
        project.trueline(&command).exits(2);
        for file in files {
            assert!(!project.has(file), "{file} stays after {command:?}");
        }
        assert!(project.has("reports/run.json"), "what `replay` and `explain` go by");
    }
    project.run(&["--report-json=own.json"]).exits(0);
    project.run(&["--report-json=own.json", "--target", "nobody"]).exits(2);
    assert!(!project.has("own.json"), "asked for by name");
    project.run(&[]).exits(0);
    project.trueline(&["merge", "nope.json", "reports/run.json", "--report-json=reports/run.json"]).exits(2);
    assert!(project.has("reports/run.json"), "what is joined is never taken away");
}

#[test]
fn the_last_line_tells_the_exit_code_that_comes() {
    let server = Server::start(|request: &Request| as_the_path_says(request).after(1500));
    let wrong = scenario("wrong", "NOT_FOUND", "GET /409/ALREADY_CLOSED");
    let project = Project::at(&server).area("shop", &[wrong]);
    let child = start(&project, &["--report-junit", "gone/junit.xml"]);
    server.wait_for("GET /409/ALREADY_CLOSED");
    std::fs::remove_dir_all(project.path("gone")).unwrap();
    project.write("gone", "a file");
    let said = Outcome::of(&child.wait_with_output().unwrap()).exits(2);
    let last = said.stdout.lines().last().unwrap_or_default();
    assert_eq!(last, "exit 2: 1 report could not be written; 1 scenario violates the contract", "{}", said.said());
    assert_eq!(project.json()["exit"]["code"], 2);
}

#[test]
fn a_value_of_dots_in_a_path_is_known_before_anything_is_sent() {
    let server = Server::shop();
    let with = |value: &str| {
        let target = format!("[targets.shop]\nurl = \"{}\"\nvars = {{ dd = {value} }}\n", server.url);
        Project::new(&target).area("shop", &[scenario("dots", "NOT_FOUND", "\"GET /x/{{ dd }}/y\"")])
    };
    let told = ["scenarios/shop.yaml:6", "the variable `dd` of target shop is `..`"];
    with("\"..\"").trueline(&["check"]).exits(2).complains(&told);
    with("\"..\"").run(&[]).exits(2).complains(&told);
    with("\"fine\"").run(&["--var", "dd=."]).exits(2).complains(&["`dd` given with `--var` is `.`"]);
    with("\"..\"").run(&["--var", "dd=fine"]);
    let sent = server.heard().len();
    let project = with("{ env = \"DD\" }");
    project.trueline(&["check"]).exits(0);
    project.run_with(&[("DD", "..")], &[]).exits(2).complains(&["`dd` of target `shop`", "shop/dots"]);
    assert_eq!((sent, server.heard().len()), (1, 1));
}
