//! How fast, how often, how long, and when a run gives up.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::support::server::{as_the_path_says, listen};
use crate::support::{Answer, Project, Server, closed_port, scenario};

fn rows(count: usize, request: &str) -> Vec<String> {
    (0..count).map(|n| scenario(&format!("row {n}"), "NOT_FOUND", &format!("{request}?row={n}"))).collect()
}

fn slow_shop(millis: u64) -> Server {
    Server::start(move |request| as_the_path_says(request).after(millis))
}

/// Answers none before so many are there; of one alone, it waits whether another comes.
fn gathering(due: usize) -> Server {
    let patience = if due > 1 { Duration::from_secs(9) } else { Duration::from_millis(100) };
    let (came, another) = (Mutex::new(0), Condvar::new());
    Server::start(move |request| {
        let mut all = came.lock().unwrap();
        *all += 1;
        another.notify_all();
        let (_met, _) = another.wait_timeout_while(all, patience, |all| *all < due.max(2)).unwrap();
        // In which one too many would come.
        as_the_path_says(request).after(30)
    })
}

/// A text after the settings and before the target.
fn project_with(run: &str, url: &str, scenarios: &[String]) -> Project {
    Project::new(&format!("{run}\n[targets.shop]\nurl = \"{url}\"\neffects = \"data\"\n")).area("shop", scenarios)
}

#[test]
fn jobs_is_how_many_scenarios_run_at_a_time() {
    for (environment, args, jobs) in
        [(None, &[][..], 3), (Some("1"), &[], 1), (Some("1"), &["-j", "8"], 8), (None, &["--jobs", "1"], 1)]
    {
        let server = gathering(jobs);
        let project = project_with("[run]\njobs = 3\n", &server.url, &rows(8, "GET /404/NOT_FOUND"));
        let environment: Vec<_> = environment.map(|jobs| ("TRUELINE_JOBS", jobs)).into_iter().collect();
        project.run_with(&environment, args).exits(0);
        assert_eq!(server.most_at_once(), jobs, "{args:?}");
    }
}

#[test]
fn a_rate_limit_spaces_requests() {
    let server = Server::shop();
    let project = project_with("", &server.url, &rows(6, "GET /404/NOT_FOUND"));
    let start = Instant::now();
    project.run(&["--rate-limit", "20/s"]).exits(0);
    // Six requests have five gaps of 50 ms.
    assert!(start.elapsed() >= Duration::from_millis(240), "{:?}", start.elapsed());
    project.run(&["--rate-limit", "fast"]).exits(2).complains(&["20/s"]);
}

#[test]
fn a_timeout_ends_an_exchange() {
    let server = slow_shop(60_000);
    let project = project_with("[run]\ntimeout = \"60s\"\n", &server.url, &rows(1, "GET /404/NOT_FOUND"));
    let start = Instant::now();
    project.run(&["--timeout", "150ms"]).exits(3).says(&["timeout", "no answer within 150 ms"]);
    project.run_with(&[("TRUELINE_TIMEOUT", "150ms")], &[]).exits(3);
    assert!(start.elapsed() < Duration::from_secs(40));
    assert_eq!(project.junit().case("row 0").kind(), "inconclusive.timeout");
    project.run(&["--timeout", "soon"]).exits(2).complains(&["soon"]);
}

#[test]
fn a_connect_timeout_ends_the_wait_for_a_connection() {
    // Accepts, and never says a word of TLS.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let project = project_with("", &url, &rows(1, "GET /404/NOT_FOUND"));
    let start = Instant::now();
    let args = ["--connect-timeout", "150ms", "--timeout", "60s"];
    project.run(&args).exits(3).says(&["no connection within 150 ms"]);
    assert!(start.elapsed() < Duration::from_secs(40));
}

#[test]
fn fail_fast_stops_after_the_first_that_does_not_conform() {
    let server = Server::shop();
    let project = project_with("", &server.url, &rows(5, "GET /409/ALREADY_CLOSED"));
    project.run(&["--fail-fast", "-j", "1"]).exits(1).says(&["fail-fast"]);
    assert_eq!(server.heard().len(), 1);
    let json = project.json();
    assert_eq!((&json["complete"], &json["totals"]["skipped"]), (&false.into(), &4.into()));
    assert_eq!(project.junit().case("row 4").kind(), "skip.fail-fast");
}

#[test]
fn max_failures_allows_so_many() {
    let server = Server::shop();
    let project = project_with("", &server.url, &rows(5, "GET /409/ALREADY_CLOSED"));
    project.run(&["--max-failures", "3", "-j", "1"]).exits(1);
    assert_eq!(server.heard().len(), 3);
    project.run(&["--max-failures", "3", "--fail-fast"]).exits(2);
}

#[test]
fn a_seed_shuffles_what_is_sent_and_not_what_is_reported() {
    let rows = rows(12, "GET /404/NOT_FOUND");
    let order = |seed: Option<&str>| {
        let server = Server::shop();
        let project = project_with("", &server.url, &rows);
        let args: Vec<&str> =
            ["-j", "1"].into_iter().chain(seed.into_iter().flat_map(|seed| ["--seed", seed])).collect();
        project.run(&args).exits(0);
        let told = project.with_verdict("conforms");
        assert_eq!(told.first().map(String::as_str), Some("shop/row 0"));
        assert_eq!(project.json()["seed"].as_u64().map(|seed| seed.to_string()).as_deref(), seed);
        server.lines()
    };
    let written = order(None);
    let (first, again, other) = (order(Some("7")), order(Some("7")), order(Some("8")));
    assert_eq!(first, again);
    assert!(first != written && other != written && first != other);
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(first), sorted(written));
}

#[test]
fn someone_elses_429_is_waited_out_for_at_most_max_wait() {
    // The first two requests are throttled, for a second and for an hour.
    let server = Server::start(|request| match request.before {
        0 => Answer::error(429, "RATE_LIMITED").header("Retry-After", "1"),
        _ => as_the_path_says(request),
    });
    let project = project_with("", &server.url, &rows(1, "GET /404/NOT_FOUND"));
    let start = Instant::now();
    project.run(&[]).exits(0);
    assert!(start.elapsed() >= Duration::from_secs(1) && server.heard().len() == 2);
    let server = Server::start(|_| Answer::error(429, "RATE_LIMITED").header("Retry-After", "3600"));
    let project = project_with("", &server.url, &rows(1, "GET /404/NOT_FOUND"));
    let start = Instant::now();
    project.run(&["--max-wait", "50ms"]).exits(3).says(&["throttled"]);
    // Without an end, it would wait for an hour.
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
}

#[test]
fn retry_tries_a_lost_connection_again_and_never_a_verdict() {
    let connections = std::sync::Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    // Hangs up twice before it answers.
    let port = listen(move |stream| {
        if count.fetch_add(1, Ordering::SeqCst) < 2 {
            return drop(stream);
        }
        crate::support::server::serve(stream, &Mutex::default(), &as_the_path_says);
    });
    let url = format!("http://127.0.0.1:{port}");
    let project = project_with("", &url, &rows(1, "GET /404/NOT_FOUND"));
    project.run(&["--retry", "2"]).exits(0).says(&["flaky"]);
    assert_eq!(connections.load(Ordering::SeqCst), 3);
    assert_eq!(project.json()["scenarios"][0]["attempts"], 3);
    let server = Server::shop();
    let project = project_with("", &server.url, &rows(1, "GET /409/ALREADY_CLOSED"));
    project.run(&["--retry", "2"]).exits(1);
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn without_retry_a_lost_connection_is_lost() {
    let project = project_with("", &format!("http://127.0.0.1:{}", closed_port()), &rows(1, "GET /404/NOT_FOUND"));
    project.run(&[]).exits(3);
    assert_eq!(project.json()["scenarios"][0]["attempts"], 1);
}
