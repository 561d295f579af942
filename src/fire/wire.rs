//! The threads that exchanges happen on.
//!
//! An answer may keep its connection busy for seconds without ever waiting, such as a storm of informational answers.
//! So that it holds up no other, each exchange goes to the thread that has the fewest, which has none as far as there are
//! enough; one job at a time needs one thread. The clock that ends an exchange runs where the run is.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
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
    loads: Arc<Mutex<Loads>>,
}

/// How many exchanges each thread has. Those count that were given up and still keep their thread busy.
#[derive(Debug)]
struct Loads(Vec<u32>);

impl Loads {
    /// The thread of the next exchange.
    fn turn(&mut self) -> usize {
        let fewest = self.0.iter().enumerate().min_by_key(|(_, exchanges)| **exchanges);
        let thread = fewest.map_or(0, |(index, _)| index);
        self.0[thread] += 1;
        thread
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
        let loads = Loads(vec![0; count]);
        Ok(Wires { threads, loads: Arc::new(Mutex::new(loads)) })
    }

    /// Runs an exchange on its thread. `exchange` is told which it is, since connections stay on their thread.
    pub(super) fn send<F>(&self, exchange: impl FnOnce(usize) -> F) -> Sending<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let thread = held(&self.loads).turn();
        let turn = Turn { thread, loads: self.loads.clone() };
        let exchange = exchange(thread);
        Sending(self.thread(thread).handle.spawn(async move {
            let _turn = turn;
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
    loads: Arc<Mutex<Loads>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        held(&self.loads).0[self.thread] -= 1;
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
    use std::time::Duration;

    async fn on(thread: usize) -> usize {
        tokio::time::sleep(Duration::from_millis(50)).await;
        thread
    }

    #[tokio::test]
    async fn one_at_a_time_needs_one_thread() {
        let wires = Wires::new(2).unwrap();
        for _ in 0..3 {
            assert_eq!(wires.send(on).await.unwrap(), 0);
        }
        assert!(wires.threads[1].get().is_none(), "no other thread is started");
    }

    #[tokio::test]
    async fn one_that_never_waits_holds_up_no_other_even_when_it_is_given_up() {
        let wires = Wires::new(2).unwrap();
        let (begun, has_begun) = oneshot::channel();
        let (_over, end) = std::sync::mpsc::channel::<()>();
        let beside = wires.send(on);
        let busy = wires.send(|_| async move {
            let _heard = begun.send(());
            let _over = end.recv_timeout(Duration::from_secs(60));
        });
        has_begun.await.unwrap();
        let since = std::time::Instant::now();
        assert_eq!(beside.await.unwrap(), 0, "it had begun before");
        // Given up, it still has its thread.
        drop(busy);
        for _ in 0..3 {
            assert_eq!(wires.send(on).await.unwrap(), 0);
        }
        assert!(since.elapsed() < Duration::from_secs(30), "{:?}", since.elapsed());
    }
}
