//! Setting up, asking again, waiting.

use std::time::{Duration, Instant};

use serde_json::json;

use super::project::{Lab, answer, ask, capture, last, only, step, text_with};
use super::server::{Reply, Server, saying};
use crate::model::exchange::{Exchange, Observation, Phase, Silent};
use crate::model::plan::{Capture, CaptureFrom, Repeat, Step, Until, Work};
use crate::model::scenario::Decode;
use crate::model::template::{Encoding, Source, Template};
use crate::model::verdict::{Fired, ObstacleKind};

fn superseded(fired: &Fired) -> Vec<bool> {
    fired.exchanges.iter().map(|e| e.superseded).collect()
}

/// How often is asked within a time, a busy machine decides too; `Pauses` has its own test.
fn only_the_last_counts(fired: &Fired) {
    let superseded = superseded(fired);
    assert!(superseded.ends_with(&[false]) && !superseded[..superseded.len() - 1].contains(&false), "{superseded:?}");
}

fn until(pointer: &str, values: &[&str], within: u64) -> Option<Box<Until>> {
    let values = values.iter().map(|value| json!(value)).collect();
    Some(Box::new(Until { values: vec![(pointer.into(), values)], within: Duration::from_millis(within) }))
}

#[tokio::test]
async fn values_are_captured_and_filled_in() {
    let server =
        Server::start(|_, _| Reply::new(201, r#"{"id":7,"name":"a/b c"}"#).header("Location", "/things/x%20y?z=1"))
            .await;
    let location = Capture {
        from: CaptureFrom::Header("location".into()),
        pattern: Some("/things/([^?]+)".into()),
        decode: Some(Decode::Url),
        ..capture(2, "")
    };
    let given = Step { capture: vec![capture(0, "/id"), capture(1, "/name"), location], ..step("POST /things") };
    let mut when = step("GET /");
    when.path = Template::text("/t/");
    when.path.push_value(Source::Slot(1), Encoding::Segment);
    when.query = vec![(Template::text("id"), text_with("", Source::Slot(0)))];
    when.headers = vec![("X-Where".into(), text_with("", Source::Slot(2)))];
    let slots = ["id".into(), "name".into(), "where".into()].into();
    let fired = Lab::new(&server.url).with(Work { given: [given].into(), when, slots, ..Work::default() }).fire().await;
    assert_eq!(server.requests()[1], "GET /t/a%2Fb%20c?id=7");
    assert_eq!(server.heard()[1].header("x-where"), Some("x y"));
    assert_eq!(fired.captured, [Some(json!(7)), Some(json!("a/b c")), Some(json!("x y"))]);
}

#[tokio::test]
async fn a_value_of_dots_in_a_path_is_refused_instead_of_changing_the_path() {
    let server = Server::start(|_, _| Reply::new(200, r#"{"id":".."}"#)).await;
    let given = Step { capture: vec![capture(0, "/id")], ..step("POST /") };
    let mut when = step("DELETE /");
    when.path = Template::text("/tickets/");
    when.path.push_value(Source::Slot(0), Encoding::Segment);
    when.path.push_text("/all");
    let work = Work { given: [given].into(), when, slots: ["id".into()].into(), ..Work::default() };
    let fired = Lab::new(&server.url).with(work).fire().await;
    assert_eq!(fired.obstacles[0].kind, ObstacleKind::Request);
    assert_eq!(server.requests(), ["POST /"]);
}

#[tokio::test]
async fn a_given_step_that_fails_ends_the_scenario_before_when() {
    let gone = "http://127.0.0.1:9".to_owned();
    let server = Server::start(|_, _| Reply::new(409, "{}")).await;
    let plain = || step("POST /");
    let accepting = Step { accept: [409].into(), capture: vec![capture(0, "/id")], ..step("POST /") };
    for (url, given, kind, seen) in [
        (&server.url, plain(), ObstacleKind::Status, Some("409")),
        (&server.url, accepting, ObstacleKind::Capture, None),
        (&gone, plain(), ObstacleKind::Silent, None),
    ] {
        let slots = ["id".into()].into();
        let work = Work { given: [given, plain()].into(), when: step("GET /"), slots, ..Work::default() };
        let fired = Lab::new(url).with(work).fire().await;
        let obstacle = &fired.obstacles[0];
        assert_eq!((obstacle.phase, obstacle.index, obstacle.kind), (Phase::Given, 0, kind));
        assert_eq!(obstacle.seen.as_deref(), seen);
        assert_eq!(fired.exchanges.len(), 1);
        assert!(!fired.interrupted);
    }
}

#[tokio::test]
async fn until_asks_again_until_the_value_is_there() {
    let server = Server::start(|_, number| match number {
        0 => Reply::new(404, "{}"),
        1 => Reply::new(200, r#"{"status":"running"}"#),
        _ => Reply::new(200, r#"{"status":"failed","id":1}"#),
    })
    .await;
    let given = Step {
        until: until("/status", &["succeeded", "failed"], 60_000),
        capture: vec![capture(0, "/id")],
        ..step("GET /task")
    };
    let work = Work { given: [given].into(), when: step("GET /x"), slots: ["id".into()].into(), ..Work::default() };
    let start = Instant::now();
    let fired = Lab::new(&server.url).with(work).fire().await;
    assert!(fired.obstacles.is_empty(), "{:?}", fired.obstacles);
    assert_eq!(superseded(&fired), [true, true, false, false]);
    assert_eq!(fired.captured, [Some(json!(1))]);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn until_ends_with_its_time() {
    let server = Server::start(|_, _| Reply::new(200, r#"{"status":"running"}"#)).await;
    let given = Step { until: until("/status", &["done"], 250), ..step("GET /task") };
    let start = Instant::now();
    let fired = Lab::new(&server.url)
        .with(Work { given: [given].into(), when: step("GET /x"), ..Work::default() })
        .fire()
        .await;
    let obstacle = &fired.obstacles[0];
    assert_eq!(obstacle.kind, ObstacleKind::Until);
    assert_eq!(obstacle.expected.as_deref(), Some("/status is \"done\""));
    assert_eq!(obstacle.seen.as_deref(), Some("/status is \"running\""));
    only_the_last_counts(&fired);
    assert!(start.elapsed() >= Duration::from_millis(250));
}

#[tokio::test]
async fn until_of_when_ends_with_the_expected_answer_too() {
    let server = Server::start(|_, number| Reply::new(if number < 2 { 202 } else { 200 }, "{}")).await;
    let fired = ask(&server.url, Step { until: until("/status", &["failed"], 60_000), ..step("GET /task") }).await;
    assert!(fired.obstacles.is_empty());
    assert_eq!(superseded(&fired), [true, true, false]);
}

#[tokio::test]
async fn repeat_fires_until_the_expected_answer_and_no_more_than_it_may() {
    for (at_most, sent) in [(10, 4), (2, 2)] {
        let server = Server::start(|_, number| Reply::new(if number < 3 { 401 } else { 200 }, "")).await;
        let repeat = Some(Repeat { at_most, unpaced: true });
        let mut lab = Lab::new(&server.url).with(Work { repeat, ..only(step("POST /login")) });
        lab.target().rate = Some("1/h".parse().unwrap());
        let fired = lab.fire().await;
        assert_eq!(server.heard().len(), sent);
        assert_eq!(fired.exchanges.iter().filter(|e| !e.superseded).count(), 1);
        assert!(!last(&fired).superseded);
        assert_eq!(fired.attempts, 1);
    }
}

/// How much of each answer was there when it was judged before its end; and how much is left.
fn early(fired: &Fired) -> Vec<(Option<usize>, usize)> {
    let judged = |e: &Exchange| e.early.as_ref()?.judgement.seen.as_ref()?.code.as_ref()?.parse().ok();
    let left = |e: &Exchange| match &e.observation {
        Observation::Answered(answer) => answer.body.len(),
        Observation::Silent(_) => 0,
    };
    fired.exchanges.iter().map(|e| (judged(e), left(e))).collect()
}

#[tokio::test]
async fn answers_are_judged_whole_before_they_are_let_go() {
    let sizes = [50_000, 700, 60_000, 800, 900, 70_000, 80_000];
    let server = Server::start(move |_, number| Reply::new(409, "x".repeat(sizes[number]))).await;
    let work = Work { repeat: Some(Repeat { at_most: 7, unpaced: true }), ..only(step("GET /")) };
    let mut lab = Lab::new(&server.url).with(work.clone());
    let shown = 20 << 10;
    let large = |size| (Some(size), shown);
    // The first, the last, and those that are shown before it are left; what is small needs no judging before its end.
    let gone = |size| (Some(size), 0);
    let due = [large(50_000), gone(700), gone(60_000), (None, 800), (None, 900), large(70_000), (None, 80_000)];
    assert_eq!(early(&lab.fire().await), due);
    lab.settings.record = true;
    let server = Server::start(move |_, number| Reply::new(409, "x".repeat(sizes[number]))).await;
    lab.target().url = server.url.as_str().into();
    assert_eq!(early(&lab.fire().await), sizes.map(|size| (None, size)));
}

#[tokio::test]
async fn a_large_error_of_a_step_that_is_over_is_judged_and_let_go() {
    let server = Server::start(|_, number| Reply::new(404, "x".repeat(50_000 + number))).await;
    let given = Step { accept: [404].into(), ..step("GET /given") };
    let fired = Lab::new(&server.url).with(Work { given: [given].into(), ..only(step("GET /")) }).fire().await;
    assert_eq!(early(&fired), [(Some(50_000), 20 << 10), (None, 50_001)]);
}

#[tokio::test]
async fn eventually_asks_when_again_until_it_conforms_or_the_time_is_up() {
    let server =
        Server::start(|heard, number| Reply::new(if heard.path == "/never" || number < 2 { 404 } else { 200 }, ""))
            .await;
    let work = |path: &str, millis| Work { eventually: Some(Duration::from_millis(millis)), ..only(step(path)) };
    let fired = Lab::new(&server.url).with(work("GET /soon", 60_000)).fire().await;
    assert_eq!(superseded(&fired), [true, true, false]);
    let start = Instant::now();
    let fired = Lab::new(&server.url).with(work("GET /never", 250)).fire().await;
    only_the_last_counts(&fired);
    assert!(start.elapsed() >= Duration::from_millis(250));
    assert!(fired.obstacles.is_empty());
}

#[tokio::test]
async fn somebody_elses_429_is_waited_out_as_it_says() {
    let server = Server::start(|_, number| match number {
        0 => Reply::new(429, "").header("Retry-After", "1"),
        _ => Reply::new(200, ""),
    })
    .await;
    let start = Instant::now();
    let fired = ask(&server.url, step("GET /")).await;
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(superseded(&fired), [true, false]);
    assert_eq!(last(&fired).waited, Duration::from_secs(1));
    assert_eq!(fired.notes, ["waited 1 s after a 429 (when)"]);
    assert_eq!(answer(&fired).status, 200);
}

#[tokio::test]
async fn a_429_that_stays_or_asks_for_too_much_is_an_obstacle() {
    let server = Server::start(|heard, _| {
        let wait = if heard.path == "/long" { "315360000" } else { "0" };
        Reply::new(429, "").header("Retry-After", wait)
    })
    .await;
    let fired = ask(&server.url, step("GET /stays")).await;
    assert_eq!((fired.obstacles[0].kind, fired.exchanges.len()), (ObstacleKind::Throttled, 4));
    assert_eq!(superseded(&fired), [true, true, true, false]);
    let fired = ask(&server.url, step("GET /long")).await;
    assert_eq!((fired.obstacles[0].kind, fired.exchanges.len()), (ObstacleKind::Throttled, 1));
    assert!(fired.obstacles[0].text.contains("315360000 s"), "{}", fired.obstacles[0].text);
}

#[tokio::test]
async fn a_429_that_the_step_is_about_is_an_answer() {
    let server = Server::start(|_, _| Reply::new(429, "").header("Retry-After", "30")).await;
    let fired = ask(&server.url, Step { judges_429: true, ..step("GET /") }).await;
    assert_eq!((answer(&fired).status, fired.exchanges.len(), fired.obstacles.len()), (429, 1, 0));
}

#[tokio::test]
async fn a_failed_connection_is_tried_again_only_when_asked_for_and_a_verdict_never() {
    for (retry, exchanges) in [(0, 1), (2, 3)] {
        let mut lab = Lab::new(&saying("").await).with(only(step("GET /")));
        lab.settings.retry = retry;
        let fired = lab.fire().await;
        assert_eq!((fired.exchanges.len(), fired.attempts), (exchanges, exchanges as u32));
        assert_eq!(superseded(&fired).iter().filter(|s| !**s).count(), 1);
        assert_eq!(super::project::silence(&fired).kind, Silent::Reset);
    }
    let server = Server::start(|_, _| Reply::new(500, "")).await;
    let mut lab = Lab::new(&server.url).with(only(step("GET /")));
    lab.settings.retry = 2;
    assert_eq!(lab.fire().await.exchanges.len(), 1);
}

#[tokio::test]
async fn a_variable_that_was_never_captured_is_an_obstacle_in_given() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let mut given = step("POST /");
    given.headers = vec![("X".into(), text_with("", Source::Slot(0)))];
    let work = Work { given: [given].into(), when: step("GET /"), slots: ["id".into()].into(), ..Work::default() };
    let fired = Lab::new(&server.url).with(work).fire().await;
    assert_eq!((fired.obstacles[0].kind, fired.exchanges.len()), (ObstacleKind::Request, 0));
    assert!(fired.obstacles[0].text.contains("`id`"));
}
