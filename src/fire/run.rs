//! Many scenarios: `jobs` at a time, in the order given.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};

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
pub async fn run(firing: &Firing, order: &[usize], due: &dyn Due, stop: &Stop, done: impl FnMut(usize, Fired) -> Flow) {
    let floor = RefCell::new(Floor {
        queue: Queue::new(firing.plan(), order),
        running: 0,
        flow: Flow::Go,
        waiting: Vec::new(),
        done,
    });
    // A job goes from one scenario to the next, and takes its room with it.
    let job = || async {
        while let Some(index) = poll_fn(|cx| floor.borrow_mut().next(stop, cx)).await {
            let fired = firing.scenario(index, due, stop).await;
            floor.borrow_mut().ended(index, fired);
        }
    };
    let mut jobs: FuturesUnordered<_> = (0..firing.jobs().min(order.len())).map(|_| job()).collect();
    while jobs.next().await.is_some() {}
}

/// What the jobs share.
struct Floor<'p, D> {
    queue: Queue<'p>,
    running: usize,
    flow: Flow,
    /// Jobs that found nothing but scenarios which wait for a lock.
    waiting: Vec<Waker>,
    done: D,
}

impl<D: FnMut(usize, Fired) -> Flow> Floor<'_, D> {
    /// The scenario that starts now; `None` when no more will. It waits while those that are left wait for locks.
    fn next(&mut self, stop: &Stop, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        if self.flow == Flow::Stop || stop.is_asked() {
            return Poll::Ready(None);
        }
        if let Some(index) = self.queue.start() {
            self.running += 1;
            return Poll::Ready(Some(index));
        }
        if self.running == 0 || self.queue.is_empty() {
            return Poll::Ready(None);
        }
        self.waiting.push(cx.waker().clone());
        Poll::Pending
    }

    fn ended(&mut self, index: usize, fired: Fired) {
        self.running -= 1;
        self.queue.ended(index);
        if (self.done)(index, fired) == Flow::Stop {
            self.flow = Flow::Stop;
        }
        self.waiting.drain(..).for_each(Waker::wake);
    }
}
