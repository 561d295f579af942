//! A pass on a later attempt is told everywhere.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;

use tokio::net::TcpSocket;
use tokio::runtime;

use crate::support::server::{as_the_path_says, listen, serve};
use crate::support::{Outcome, Project, scenario};

/// The text of the finding.
const FLAKY: &str = "conformed only on attempt ";

fn project(port: u16) -> Project {
    let url = format!("http://127.0.0.1:{port}");
    Project::at_url(&url).area("shop", &[scenario("it comes late", "NOT_FOUND", "GET /404/NOT_FOUND")])
}

/// Takes connections that nobody takes yet, and hangs up on the first.
fn hangs_up_once() -> u16 {
    let first = Mutex::new(true);
    listen(move |stream| {
        if std::mem::replace(&mut *first.lock().unwrap(), false) {
            return drop(stream);
        }
        serve(stream, &Mutex::default(), &as_the_path_says);
    })
}

#[test]
fn every_format_tells_of_it() {
    let project = project(hangs_up_once());
    let said = project.run(&["--retry", "3", "--report-html", "report.html"]).exits(0);
    said.says(&["1 warning", "flaky  conformed only on attempt 2", "it comes late"]);
    let json = project.json();
    let told = &json["scenarios"][0];
    assert_eq!((&told["attempts"], &told["findings"][0]["rule"]), (&2.into(), &"flaky".into()));
    assert_eq!(told["findings"][0]["severity"], "warning");
    let junit = project.read("reports/junit.xml");
    let lost = junit.split("<flakyFailure").nth(1).unwrap().split("</flakyFailure>").next().unwrap();
    assert!(lost.contains("type=\"inconclusive.no-answer\"") && lost.contains("<stackTrace>attempt 1: "), "{junit}");
    // Why the attempt was lost.
    assert!(lost.contains("\nthe connection was "), "{lost}");
    assert_eq!(junit.matches("<flakyFailure").count(), 1);
    let case = project.junit();
    let case = case.case("it comes late");
    assert!(case.outcome.is_empty() && case.properties.contains(&("attempts".to_owned(), "2".to_owned())));
    assert!(case.properties.iter().any(|(name, value)| name == "warning" && value.contains(FLAKY)));
    let html = project.read("report.html");
    assert!(html.contains(FLAKY) && html.contains("2 attempts") && html.contains("Conforms, with warnings"));
}

#[test]
fn a_port_that_refuses_first_is_flaky_once_somebody_listens() {
    let held = TcpSocket::new_v4().unwrap();
    held.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let project = project(held.local_addr().unwrap().port());
    let mut run = project.command(&["run", "-vv", "--retry", "20", "--timeout", "60s"]);
    let mut run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(run.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(told.any(|line| line.contains("no answer")), "nothing was refused");
    let late = thread::spawn(move || {
        let system = runtime::Builder::new_current_thread().enable_io().build().unwrap();
        system.block_on(async {
            let (stream, _) = held.listen(8).unwrap().accept().await.unwrap();
            let stream = stream.into_std().unwrap();
            stream.set_nonblocking(false).unwrap();
            serve(stream, &Mutex::default(), &as_the_path_says);
        });
    });
    let rest = told.collect::<Vec<_>>().join("\n");
    let said = Outcome::of(&run.wait_with_output().unwrap()).exits(0);
    said.says(&["flaky"]);
    late.join().unwrap_or_else(|_| panic!("{rest}"));
    assert!(project.json()["scenarios"][0]["attempts"].as_u64().unwrap() > 1);
}

#[test]
fn a_gate_can_make_it_an_error_and_then_it_is_no_pass_anywhere() {
    let project = project(hangs_up_once());
    project.run(&["--retry", "3", "--fail-on", "flaky"]).exits(1).says(&["violates", FLAKY]);
    let junit = project.read("reports/junit.xml");
    assert!(!junit.contains("flakyFailure"), "{junit}");
    assert_eq!(project.junit().case("it comes late").kind(), "contract.flaky");
}
