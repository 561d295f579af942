//! One cause that stands behind many failures is told as one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

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

/// How many scenarios a run has that is ended before them.
const ALL: usize = 1000;
/// As many run at a time, and so many refusals in a row count as a target that is down.
const JOBS: usize = 16;
/// So many timeouts in a row do.
const TIMEOUTS: usize = 3 * JOBS;
/// So many requests are answered before the target goes down.
const ANSWERED: usize = 40;

/// Nobody is asked any more after so many in a row, and every report says so once.
fn went_down(outcome: &Outcome, fired: std::ops::RangeInclusive<usize>, in_a_row: usize) {
    let unfired = outcome.scenarios().iter().filter(|came| came["requests"] == 0).count();
    assert!(fired.contains(&(ALL - unfired)), "{} were fired", ALL - unfired);
    assert_eq!((outcome.exit, outcome.scenarios().len()), (Some(3), ALL), "{}", outcome.stderr);
    assert_eq!(count(outcome, "conforms") + count(outcome, "inconclusive"), ALL);
    assert_eq!(outcome.junit.matches("<testcase ").count(), ALL);
    assert_eq!(outcome.run["complete"], false);
    let [notice] = notices(outcome)[..] else { panic!("{:?}", notices(outcome)) };
    assert!(notice.ends_with(&format!("went down: {unfired} scenarios were not fired.")), "{notice}");
    assert_eq!(outcome.stdout.matches(notice).count(), 1, "{}", outcome.stdout);
    // Once as it happens, and once among the causes.
    assert!(outcome.stdout.matches("not fired, since").count() <= 3, "{}", outcome.stdout);
    for came in outcome.scenarios().iter().filter(|came| came["requests"] == 0) {
        assert_eq!((&came["verdict"], &came["reason"]), (&"inconclusive".into(), &"no-answer".into()));
        let text = came["findings"][0]["text"].as_str().unwrap();
        let told = text.split_once("counts as down: ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
        // The last one that counts, or one that ended at the same moment.
        assert!(told.is_some_and(|told| (in_a_row..in_a_row + JOBS).contains(&told)), "{text}");
    }
}

/// A server that knows itself, and what it does with each request after the last one that it answers.
fn answers_a_few(then: impl Fn(&Server) -> Act + Send + Sync + 'static) -> Arc<OnceLock<Server>> {
    let itself: Arc<OnceLock<Server>> = Arc::default();
    let of_book = itself.clone();
    let before = AtomicUsize::new(0);
    let server = Server::start(move |_, _| match before.fetch_add(1, Ordering::SeqCst) < ANSWERED {
        true => Act::Says(good("")),
        false => then(of_book.wait()),
    });
    assert!(itself.set(server).is_ok());
    itself
}

#[test]
fn a_target_that_goes_down_ends_the_run_after_a_few_refusals() {
    let server = answers_a_few(|server| {
        server.close();
        Act::Ends(vec![])
    });
    let outcome = project(server.wait(), &same(ALL, "")).run(&["--timeout", "60s"]);
    assert_eq!(count(&outcome, "conforms"), ANSWERED);
    // Whichever thread comes first: those that were answered; one on each connection that ends without an answer, and
    // one on each that the client does not yet know to have ended; one for each job that the system took and nobody
    // serves; the refusals, counted anew after each answer that the client had still to read; those beside the last one.
    let unserved = 2 * server.wait().connections() + JOBS;
    let refused = (JOBS - 1) * (JOBS - 1) + JOBS;
    went_down(&outcome, ANSWERED + JOBS..=ANSWERED + unserved + refused + JOBS - 1, JOBS);
}

#[test]
fn a_target_that_hangs_ends_the_run_before_hundreds_of_timeouts() {
    let server = answers_a_few(|_| Act::Hangs(vec![]));
    let outcome = project(server.wait(), &same(ALL, "")).run(&["--timeout", "400ms"]);
    // Those that were answered, in time or late; the timeouts, counted anew after the last answer in time, beside which no
    // more than two for each job can end; those beside the last one.
    went_down(&outcome, TIMEOUTS..=ANSWERED + 2 * JOBS + TIMEOUTS + JOBS - 1, TIMEOUTS);
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
