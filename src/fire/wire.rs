//! The threads that exchanges happen on.
//!
//! One thread carries them all, for threads that wake each other cost more than the exchanges. But an answer may keep
//! its connection busy for seconds without ever waiting, such as a storm of informational answers. As soon as that
//! shows, for an exchange has not begun in time, each further one goes to a thread that has no other, as far as there
//! are enough. The clock that ends an exchange runs where the run is.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};

use super::FireError;

/// More jobs than this share threads.
pub(super) const THREADS: usize = 16;

/// An exchange that has not begun after this time waits behind one that never waits.
const PATIENCE: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Wires {
    /// Started when they are first needed.
    threads: Box<[OnceLock<Thread>]>,
    loads: Arc<Mutex<Loads>>,
}

/// What the threads have to do.
#[derive(Debug)]
struct Loads {
    threads: Vec<Load>,
    /// Whether a thread was ever held up: then the exchanges keep apart.
    apart: bool,
}

#[derive(Debug, Clone, Default)]
struct Load {
    /// Exchanges. Those count that were given up and still keep their thread busy.
    exchanges: u32,
    /// Those of them that have not begun, and since when none has.
    waiting: u32,
    since: Option<Instant>,
}

impl Loads {
    /// The thread of the next exchange.
    fn turn(&mut self, now: Instant) -> usize {
        let held_up = |load: &Load| load.since.is_some_and(|since| now.duration_since(since) > PATIENCE);
        self.apart |= self.threads.iter().any(held_up);
        let fewest = || self.threads.iter().enumerate().min_by_key(|(_, load)| load.exchanges);
        let thread = if self.apart { fewest().map_or(0, |(index, _)| index) } else { 0 };
        let load = &mut self.threads[thread];
        load.exchanges += 1;
        load.waiting += 1;
        load.since.get_or_insert(now);
        thread
    }

    fn begun(&mut self, thread: usize) {
        let load = &mut self.threads[thread];
        load.waiting -= 1;
        load.since = (load.waiting > 0).then(Instant::now);
    }
}

#[derive(Debug)]
struct Thread {
    handle: Handle,
    /// The thread ends when this is dropped.
    _stop: oneshot::Sender<()>,
}

impl Wires {
    pub(super) fn new(jobs: usize) -> Result<Self, FireError> {
        let count = jobs.clamp(1, THREADS);
        let threads: Box<[_]> = (0..count).map(|_| OnceLock::new()).collect();
        let first = Thread::start().map_err(|error| FireError::Threads(error.to_string()))?;
        let _empty = threads[0].set(first);
        let loads = Loads { threads: vec![Load::default(); count], apart: false };
        Ok(Wires { threads, loads: Arc::new(Mutex::new(loads)) })
    }

    /// Runs an exchange on its thread. `exchange` is told which it is, since connections stay on their thread.
    pub(super) fn send<F>(&self, exchange: impl FnOnce(usize) -> F) -> Sending<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let thread = held(&self.loads).turn(Instant::now());
        let mut turn = Turn { thread, has_begun: false, loads: self.loads.clone() };
        let exchange = exchange(thread);
        Sending(self.thread(thread).handle.spawn(async move {
            turn.begin();
            exchange.await
        }))
    }

    /// The thread of this index; the first in place of one that cannot be started.
    fn thread(&self, index: usize) -> &Thread {
        if self.threads[index].get().is_none()
            && let Ok(thread) = Thread::start()
        {
            let _other_was_faster = self.threads[index].set(thread);
        }
        self.threads[index].get().or(self.threads[0].get()).expect("the first is started before all else")
    }
}

impl Thread {
    fn start() -> std::io::Result<Thread> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        thread::Builder::new().name("wire".to_owned()).spawn(move || {
            let _dropped = runtime.block_on(stopped);
            // What still hangs in a further thread is not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Thread { handle, _stop: stop })
    }
}

/// One exchange on a thread.
struct Turn {
    thread: usize,
    has_begun: bool,
    loads: Arc<Mutex<Loads>>,
}

impl Turn {
    fn begin(&mut self) {
        if !std::mem::replace(&mut self.has_begun, true) {
            held(&self.loads).begun(self.thread);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // One that was given up before it began waits no longer either.
        self.begin();
        held(&self.loads).threads[self.thread].exchanges -= 1;
    }
}

fn held(loads: &Mutex<Loads>) -> MutexGuard<'_, Loads> {
    loads.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What comes of an exchange; dropping it gives the exchange up.
pub(super) struct Sending<T>(JoinHandle<T>);

impl<T> Future for Sending<T> {
    type Output = Result<T, JoinError>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Sending<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn on(thread: usize) -> usize {
        tokio::time::sleep(Duration::from_millis(50)).await;
        thread
    }

    #[tokio::test]
    async fn exchanges_that_wait_share_one_thread() {
        let wires = Wires::new(2).unwrap();
        let all = [wires.send(on), wires.send(on), wires.send(on)];
        for sending in all {
            assert_eq!(sending.await.unwrap(), 0);
        }
        assert!(wires.threads[1].get().is_none(), "no other thread is started");
    }

    #[tokio::test]
    async fn one_that_never_waits_does_not_hold_up_those_that_come_after_it_has_shown() {
        let wires = Wires::new(2).unwrap();
        let (begun, has_begun) = oneshot::channel();
        let busy = wires.send(|_| async move {
            let _heard = begun.send(());
            thread::sleep(Duration::from_millis(600));
        });
        has_begun.await.unwrap();
        let behind = wires.send(on);
        // Given up, it still has its thread.
        drop(busy);
        tokio::time::sleep(4 * PATIENCE).await;
        assert_eq!(wires.send(|thread| async move { thread }).await.unwrap(), 1);
        assert_eq!(behind.await.unwrap(), 0);
        let apart = [wires.send(on), wires.send(on)];
        let mut threads = Vec::new();
        for sending in apart {
            threads.push(sending.await.unwrap());
        }
        assert_eq!(threads, [0, 1], "from then on they keep apart");
    }
}
