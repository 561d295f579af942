//! Many scenarios: `jobs` at a time, in the order given.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::locks::Queue;
use super::{Due, Firing, Stop};
use crate::model::verdict::Fired;

/// What the caller wants after a scenario has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Go,
    /// Starts no more; those that run come to their end.
    Stop,
}

/// Fires the scenarios of these indices. `done` is called in this task as each of them ends; for one that never started
/// it is not called.
pub async fn run(
    firing: &Firing,
    order: &[usize],
    due: &dyn Due,
    stop: &Stop,
    mut done: impl FnMut(usize, Fired) -> Flow,
) {
    let mut queue = Queue::new(firing.plan(), order);
    let mut running = FuturesUnordered::new();
    let mut flow = Flow::Go;
    loop {
        while flow == Flow::Go
            && !stop.is_asked()
            && running.len() < firing.jobs()
            && let Some(index) = queue.start()
        {
            running.push(async move { (index, firing.scenario(index, due, stop).await) });
        }
        let Some((index, fired)) = running.next().await else { return };
        queue.ended(index);
        if done(index, fired) == Flow::Stop {
            flow = Flow::Stop;
        }
    }
}
