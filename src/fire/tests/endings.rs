//! Clean-up and interrupts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::project::{Lab, Status, capture, last, only, silence, step, text_with};
use super::server::{Log, Reply, Server};
use crate::fire::{Flow, Stop, run};
use crate::model::exchange::{Phase, Silent};
use crate::model::plan::{Step, Work};
use crate::model::template::{Source, Template};
use crate::model::verdict::ObstacleKind;

fn on_slot(request: &str) -> Step {
    let mut step = step(request);
    step.query = vec![(Template::text("id"), text_with("", Source::Slot(0)))];
    step
}

/// Signals once as each of these requests has arrived.
async fn signal_after(log: Log, requests: &'static [&'static str], stop: Arc<Stop>) {
    for request in requests {
        while !log.lock().unwrap().iter().any(|heard| heard.request() == *request) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.signal();
    }
}

/// Makes something, waits in `when`, and takes it away again.
fn with_clean_up() -> Work {
    let given = Step { capture: vec![capture(0, "/id")], ..step("POST /things") };
    Work {
        given: [given].into(),
        when: step("GET /slow"),
        finally: [on_slot("DELETE /things"), step("DELETE /rest")].into(),
        slots: ["id".into()].into(),
        ..Work::default()
    }
}

#[tokio::test]
async fn finally_runs_whatever_became_of_the_rest_and_each_failure_is_told() {
    let server = Server::start(|heard, _| match heard.method.as_str() {
        "DELETE" => Reply::new(500, ""),
        _ => Reply::new(409, r#"{"id":3}"#),
    })
    .await;
    let fired = Lab::new(&server.url).with(with_clean_up()).fire().await;
    // Nothing was captured, so that the first clean-up step has nothing to do and is left out.
    assert_eq!(server.requests(), ["POST /things", "DELETE /rest"]);
    let told: Vec<_> = fired.obstacles.iter().map(|o| (o.phase, o.index, o.kind)).collect();
    assert_eq!(told, [(Phase::Given, 0, ObstacleKind::Status), (Phase::Finally, 1, ObstacleKind::Status)]);
}

#[tokio::test]
async fn what_when_made_by_mistake_is_cleaned_up() {
    let server = Server::start(|_, _| Reply::new(200, r#"{"id":"x1"}"#)).await;
    let when = Step { capture: vec![capture(0, "/id")], ..step("POST /things") };
    let finally = [on_slot("DELETE /things")].into();
    let work = Work { when, finally, slots: ["id".into()].into(), ..Work::default() };
    Lab::new(&server.url).with(work).fire().await;
    assert_eq!(server.requests(), ["POST /things", "DELETE /things?id=x1"]);
}

#[tokio::test]
async fn an_interrupt_ends_when_and_still_cleans_up() {
    let server =
        Server::start(|heard, _| Reply::new(200, r#"{"id":3}"#).after(if heard.path == "/slow" { 60_000 } else { 0 }))
            .await;
    let mut lab = Lab::new(&server.url).with(with_clean_up()).with(only(step("GET /other")));
    lab.settings.jobs = 1;
    lab.settings.timeout = Duration::from_secs(60);
    let (firing, stop) = (lab.firing().unwrap(), Arc::new(Stop::new()));
    tokio::spawn(signal_after(server.log(), &["GET /slow"], stop.clone()));
    let (start, mut ended) = (Instant::now(), Vec::new());
    run(&firing, &[0, 1], &Status(200), &stop, |index, fired| {
        ended.push((index, fired));
        Flow::Go
    })
    .await;
    // Waited out, it would take a minute.
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(ended.len(), 1, "the second never starts");
    let fired = &ended[0].1;
    assert!(fired.interrupted && fired.obstacles.is_empty(), "{fired:?}");
    assert_eq!(server.requests(), ["POST /things", "GET /slow", "DELETE /things?id=3", "DELETE /rest"]);
    let when = &fired.exchanges[1];
    assert!(
        matches!(&when.observation, crate::model::exchange::Observation::Silent(s) if s.kind == Silent::Interrupted)
    );
}

#[tokio::test]
async fn a_second_signal_ends_clean_up_at_once() {
    let server =
        Server::start(|heard, _| Reply::new(200, r#"{"id":3}"#).after(if heard.method == "POST" { 0 } else { 60_000 }))
            .await;
    let lab = Lab::new(&server.url).with(with_clean_up());
    let (firing, stop) = (lab.firing().unwrap(), Arc::new(Stop::new()));
    tokio::spawn(signal_after(server.log(), &["GET /slow", "DELETE /things?id=3"], stop.clone()));
    let start = Instant::now();
    let fired = firing.scenario(0, &Status(200), &stop).await;
    // With one signal, clean-up would have its ten seconds.
    assert!(start.elapsed() < Duration::from_secs(8));
    assert!(fired.interrupted);
    assert_eq!((last(&fired).phase, silence(&fired).kind), (Phase::Finally, Silent::Interrupted));
    assert_eq!(fired.obstacles[0].phase, Phase::Finally);
}

#[tokio::test]
async fn nothing_is_sent_after_an_interrupt() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let lab = Lab::new(&server.url).with(with_clean_up());
    let (firing, stop) = (lab.firing().unwrap(), Stop::new());
    stop.signal();
    let fired = firing.scenario(0, &Status(200), &stop).await;
    assert!(fired.interrupted && fired.exchanges.is_empty());
    run(&firing, &[0], &Status(200), &stop, |_, _| panic!("nothing starts")).await;
    assert!(server.heard().is_empty());
}

#[tokio::test(start_paused = true)]
async fn clean_up_has_ten_seconds_in_all_after_an_interrupt() {
    let stop = Stop::new();
    stop.signal();
    let start = tokio::time::Instant::now();
    stop.clean_up_is_over().await;
    assert_eq!(start.elapsed().as_secs(), 10);
}
