//! One cause that stands behind many failures is told as one.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::project::{Outcome, Project};
use super::server::{Act, Server};
use super::words::{answer, envelope, good};

/// Scenarios that all ask the same.
fn same(count: usize, more: &str) -> String {
    let one = |n| format!("  - name: number {n}\n    expect: NOT_FOUND\n{more}    when: {{ request: GET /x/{n} }}\n");
    "area: same\nscenarios:\n".to_owned() + &(0..count).map(one).collect::<String>()
}

fn project(server: &Server, scenarios: &str) -> Project {
    Project::new(&format!("http://127.0.0.1:{}", server.port), &[], scenarios)
}

fn count(outcome: &Outcome, verdict: &str) -> usize {
    outcome.scenarios().iter().filter(|came| came["verdict"] == verdict).count()
}

fn notices(outcome: &Outcome) -> Vec<&str> {
    outcome.run["notices"].as_array().into_iter().flatten().filter_map(|notice| notice.as_str()).collect()
}

/// Nobody is asked any more, and every report says so once.
fn went_down(outcome: &Outcome, fired: std::ops::RangeInclusive<usize>) {
    let unfired = outcome.scenarios().iter().filter(|came| came["requests"] == 0).count();
    assert!(fired.contains(&(300 - unfired)), "{unfired} were not fired");
    assert_eq!((outcome.exit, outcome.scenarios().len()), (Some(3), 300), "{}", outcome.stderr);
    assert_eq!(count(outcome, "conforms") + count(outcome, "inconclusive"), 300);
    assert_eq!(outcome.junit.matches("<testcase ").count(), 300);
    assert_eq!(outcome.run["complete"], false);
    let [notice] = notices(outcome)[..] else { panic!("{:?}", notices(outcome)) };
    assert!(notice.ends_with(&format!("went down: {unfired} scenarios were not fired.")), "{notice}");
    assert_eq!(outcome.stdout.matches(notice).count(), 1, "{}", outcome.stdout);
    // Once as it happens, and once among the causes.
    assert!(outcome.stdout.matches("not fired, since").count() <= 3, "{}", outcome.stdout);
    for came in outcome.scenarios().iter().filter(|came| came["requests"] == 0) {
        assert_eq!((&came["verdict"], &came["reason"]), (&"inconclusive".into(), &"no-answer".into()));
        assert!(came["findings"][0]["text"].as_str().unwrap().contains("counts as down"));
    }
}

#[test]
fn a_target_that_goes_down_ends_the_run_after_a_few_refusals() {
    let itself: Arc<OnceLock<Server>> = Arc::default();
    let of_book = itself.clone();
    let server = Server::start(move |_, _| {
        if let Some(server) = of_book.get().filter(|server| server.requests() > 40) {
            server.close();
        }
        Act::Says(good(""))
    });
    let project = project(&server, &same(300, ""));
    assert!(itself.set(server).is_ok());
    let outcome = project.run(&[]);
    assert!(outcome.elapsed < Duration::from_secs(5), "{:?}", outcome.elapsed);
    assert!(count(&outcome, "conforms") >= 40);
    went_down(&outcome, 50..=110);
}

#[test]
fn a_target_that_hangs_ends_the_run_before_hundreds_of_timeouts() {
    let itself: Arc<OnceLock<Server>> = Arc::default();
    let of_book = itself.clone();
    let server = Server::start(move |_, _| match of_book.get() {
        Some(server) if server.requests() > 40 => Act::Hangs(vec![]),
        _ => Act::Says(good("")),
    });
    let project = project(&server, &same(300, ""));
    assert!(itself.set(server).is_ok());
    let outcome = project.run(&["--timeout", "400ms"]);
    assert!(outcome.elapsed < Duration::from_secs(8), "{:?}", outcome.elapsed);
    went_down(&outcome, 80..=110);
}

#[test]
fn one_refusal_now_and_then_ends_nothing() {
    let server = Server::start(|path, _| match path.ends_with('7') {
        true => Act::Resets(vec![]),
        false => Act::Says(good("Connection: close\r\n")),
    });
    let outcome = project(&server, &same(300, "")).run(&[]);
    assert_eq!((count(&outcome, "conforms"), count(&outcome, "inconclusive")), (270, 30));
    assert_eq!((&outcome.run["complete"], notices(&outcome).len()), (&true.into(), 0));
}

/// All answers are this one; the notice is the same in every report.
fn all_alike(status: u16, code: &str, part: &str) {
    let said = answer(status, "", envelope(code));
    let server = Server::start(move |_, _| Act::Says(said.clone()));
    let scenarios = same(20, "").replace("expect: NOT_FOUND", "expect: CONFLICT");
    let outcome = project(&server, &scenarios).run(&[]);
    let [notice] = notices(&outcome)[..] else { panic!("{:?}", notices(&outcome)) };
    assert!(notice.contains(part), "{notice}");
    assert!(outcome.stdout.contains(notice) && outcome.junit.contains(part), "{}", outcome.stdout);
    assert_eq!(outcome.exit, Some(1));
}

#[test]
fn a_401_on_everything_speaks_of_the_credential() {
    all_alike(401, "UNAUTHORIZED", "20 of 20 answers to requests without a credential were 401");
}

#[test]
fn a_404_on_everything_speaks_of_the_base_url() {
    all_alike(404, "NOT_FOUND", "20 of 20 answers were 404: the base URL http://127.0.0.1");
}
