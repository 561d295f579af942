//! Many scenarios at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::project::{Lab, Status, only, planned, step};
use super::server::{Gathering, Reply, Server};
use crate::fire::{Flow, Stop, run};
use crate::model::plan::{Lock, PlannedTarget, Work};

fn lab_of(url: &str, paths: impl IntoIterator<Item = (String, Option<Lock>)>) -> Lab {
    let mut lab = Lab::new(url);
    lab.plan.locks = vec!["a".into(), "b".into()];
    for (path, lock) in paths {
        lab.plan.scenarios.push(planned(Work { lock, ..only(step(&format!("GET {path}"))) }));
    }
    lab
}

const AS_LONG_AS_IT_TAKES: Duration = Duration::from_secs(30);

/// A server that answers none before it has so many at once, and knows how many those were at most.
async fn gathering(due: usize, patience: Duration) -> (Server, Arc<Gathering>) {
    let gathering = Arc::new(Gathering::new(due, patience));
    let kept = gathering.clone();
    let server = Server::start(move |_, _| Reply::new(200, "").together(&gathering)).await;
    (server, kept)
}

#[tokio::test]
async fn so_many_run_at_a_time_as_there_are_jobs_in_the_order_given() {
    let (server, gathered) = gathering(3, AS_LONG_AS_IT_TAKES).await;
    let mut lab = lab_of(&server.url, (0..9).map(|n| (format!("/{n}"), None)));
    lab.settings.jobs = 3;
    let order = [8, 7, 6, 5, 4, 3, 2, 1, 0];
    let mut ended: Vec<_> = lab.run(&order).await.into_iter().map(|(index, _)| index).collect();
    ended.sort_unstable();
    assert_eq!(ended, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(gathered.most(), 3);
    let mut first: Vec<_> = server.requests()[..3].to_vec();
    first.sort_unstable();
    assert_eq!(first, ["GET /6", "GET /7", "GET /8"]);
}

#[tokio::test]
async fn an_exclusive_lock_keeps_scenarios_apart_and_lets_others_pass() {
    let (server, gathered) = gathering(2, AS_LONG_AS_IT_TAKES).await;
    let exclusive = (0..4).map(|n| (format!("/locked{n}"), Some(Lock::Exclusive(0))));
    let mut lab = lab_of(&server.url, exclusive.chain([("/free".to_owned(), None)]));
    lab.settings.jobs = 2;
    let ended = lab.run(&[0, 1, 2, 3, 4]).await;
    assert_eq!(ended.len(), 5);
    let requests = server.requests();
    assert!(requests[..2].contains(&"GET /free".to_owned()), "{requests:?}");
    assert_eq!(gathered.most(), 2);
    // A second is waited for, and none comes.
    let (server, gathered) = gathering(2, Duration::from_millis(100)).await;
    lab_of(&server.url, (0..4).map(|n| (format!("/{n}"), Some(Lock::Exclusive(0))))).run(&[0, 1, 2, 3]).await;
    assert_eq!(gathered.most(), 1);
}

#[tokio::test]
async fn shared_locks_overlap() {
    let (server, gathered) = gathering(4, AS_LONG_AS_IT_TAKES).await;
    lab_of(&server.url, (0..4).map(|n| (format!("/{n}"), Some(Lock::Shared(0))))).run(&[0, 1, 2, 3]).await;
    assert_eq!(gathered.most(), 4);
}

#[tokio::test]
async fn no_more_start_once_the_caller_has_seen_enough() {
    let server = Server::start(|_, _| Reply::new(500, "")).await;
    let mut lab = lab_of(&server.url, (0..10).map(|n| (format!("/{n}"), None)));
    lab.settings.jobs = 2;
    let (firing, mut ended) = (lab.firing().unwrap(), 0);
    let order: Vec<_> = (0..10).collect();
    run(&firing, &order, &Status(200), &Stop::new(), |_, _| {
        ended += 1;
        Flow::Stop
    })
    .await;
    assert_eq!(ended, 2);
    assert_eq!(server.heard().len(), 2);
}

#[tokio::test]
async fn nothing_more_is_fired_at_a_target_that_is_down_and_others_go_on() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let mut lab = lab_of("http://127.0.0.1:9", (0..40).map(|n| (format!("/{n}"), None)));
    lab.settings.jobs = 4;
    lab.plan.targets.push(PlannedTarget { url: server.url.as_str().into(), ..PlannedTarget::default() });
    lab.plan.scenarios.extend((0..5).map(|n| planned(Work { target: 1, ..only(step(&format!("GET /{n}"))) })));
    let order: Vec<_> = (0..45).collect();
    let ended = lab.run(&order).await;
    assert_eq!(ended.len(), 45);
    let unfired: Vec<_> = ended.iter().filter(|(_, fired)| fired.exchanges.is_empty()).collect();
    // The counted ones, and at most as many as ran beside them.
    assert!((27..=30).contains(&unfired.len()), "{}", unfired.len());
    for (_, fired) in unfired {
        assert!(fired.obstacles[0].text.starts_with("not fired, since http://127.0.0.1:9 counts as down"));
    }
    assert_eq!(server.heard().len(), 5);
}

#[tokio::test]
async fn the_rate_limit_spaces_requests_of_all_scenarios() {
    let server = Server::start(|_, _| Reply::new(200, "")).await;
    let mut lab = lab_of(&server.url, (0..6).map(|n| (format!("/{n}"), None)));
    lab.target().rate = Some("20/s".parse().unwrap());
    let start = Instant::now();
    lab.run(&[0, 1, 2, 3, 4, 5]).await;
    assert!(start.elapsed() >= Duration::from_millis(249), "{:?}", start.elapsed());
    // With the target's own, six requests would take almost half a minute.
    lab.target().rate = Some("12/m".parse().unwrap());
    lab.settings.rate = Some("1000/s".parse().unwrap());
    let start = Instant::now();
    lab.run(&[0, 1, 2, 3, 4, 5]).await;
    assert!(start.elapsed() < Duration::from_secs(20), "the run's own rate wins: {:?}", start.elapsed());
}
