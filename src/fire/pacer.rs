//! The rate limit of a target: evenly spaced slots, handed out in order of asking.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::model::units::Rate;

/// Hands out one slot every so often.
#[derive(Debug)]
pub(super) struct Pacer {
    every: Duration,
    next: Mutex<Instant>,
}

impl Pacer {
    pub(super) fn new(rate: Rate) -> Self {
        Pacer { every: rate.every, next: Mutex::new(Instant::now()) }
    }

    /// Waits for the next free slot.
    pub(super) async fn turn(&self) {
        let now = Instant::now();
        let slot = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let slot = now.max(*next);
            *next = slot + self.every;
            slot
        };
        if slot > now {
            sleep_until(slot).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn slots_are_evenly_spaced_whoever_asks() {
        let pacer = Pacer::new(Rate { every: Duration::from_millis(50) });
        let start = Instant::now();
        let mut at = Vec::new();
        futures_util::future::join_all((0..4).map(|_| pacer.turn())).await;
        at.push(start.elapsed().as_millis());
        tokio::time::sleep(Duration::from_millis(500)).await;
        pacer.turn().await;
        at.push(start.elapsed().as_millis());
        assert_eq!(at, [150, 650]);
    }
}
