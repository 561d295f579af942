//! The threads that exchanges happen on.
//!
//! An answer may keep its connection busy for seconds without ever waiting, such as a storm of informational answers.
//! Each exchange therefore goes to a thread that has no other, as far as there are enough; the clock that ends it runs
//! where the run is.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};

use super::FireError;

/// More jobs than this share threads.
pub(super) const THREADS: usize = 16;

#[derive(Debug)]
pub(super) struct Wires {
    /// Started when they are first needed.
    threads: Box<[OnceLock<Thread>]>,
    /// How many exchanges each of them has. Those count that were given up and still keep their thread busy.
    loads: Arc<Mutex<Vec<u32>>>,
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
        Ok(Wires { threads, loads: Arc::new(Mutex::new(vec![0; count])) })
    }

    /// Runs an exchange on the first thread with the fewest. `exchange` is told which it is, since connections stay
    /// on their thread.
    pub(super) fn send<F>(&self, exchange: impl FnOnce(usize) -> F) -> Sending<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let turn = self.turn();
        let exchange = exchange(turn.thread);
        let thread = self.thread(turn.thread);
        Sending(thread.handle.spawn(async move {
            let _turn = turn;
            exchange.await
        }))
    }

    fn turn(&self) -> Turn {
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        let thread = loads.iter().enumerate().min_by_key(|(_, load)| **load).map_or(0, |(index, _)| index);
        loads[thread] += 1;
        Turn { thread, loads: self.loads.clone() }
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
    loads: Arc<Mutex<Vec<u32>>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)[self.thread] -= 1;
    }
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
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn exchanges_share_a_thread_only_when_all_are_taken() {
        let wires = Wires::new(2).unwrap();
        let on = |thread| async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            thread
        };
        let all = [wires.send(on), wires.send(on), wires.send(on)];
        let mut threads = Vec::new();
        for sending in all {
            threads.push(sending.await.unwrap());
        }
        assert_eq!(threads, [0, 1, 0]);
        assert_eq!(wires.send(on).await.unwrap(), 0, "one after the other they stay on one");
    }

    #[tokio::test]
    async fn one_that_never_waits_does_not_hold_up_the_others() {
        let wires = Wires::new(2).unwrap();
        let busy = wires.send(|_| async { thread::sleep(Duration::from_millis(300)) });
        drop(busy);
        // Given up, it still has its thread.
        assert_eq!(wires.send(|thread| async move { thread }).await.unwrap(), 1);
    }
}
