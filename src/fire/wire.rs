//! The threads that connections live on.

use std::future::Future;
use std::pin::pin;

use tokio::runtime::{Builder, Handle, Runtime};

use super::FireError;

/// An answer may keep its connection busy for seconds without ever waiting, such as a storm of informational answers.
/// On threads of their own, connections do not hold up the clock that ends exchanges, and hardly hold up each other.
const THREADS: usize = 16;

#[derive(Debug)]
pub(super) struct Wire {
    handle: Handle,
    /// Taken when it is dropped.
    runtime: Option<Runtime>,
}

impl Wire {
    pub(super) fn new(jobs: usize) -> Result<Self, FireError> {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(jobs.clamp(1, THREADS)).thread_name("wire").enable_all();
        let runtime = builder.build().map_err(|error| FireError::Threads(error.to_string()))?;
        Ok(Wire { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Makes what this future starts live there; the future itself stays with the caller.
    pub(super) async fn starting<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            let _entered = self.handle.enter();
            future.as_mut().poll(context)
        })
        .await
    }
}

impl Drop for Wire {
    /// What still hangs there is not waited for.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
