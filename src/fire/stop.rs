//! Stopping a run: once to come to an end, twice to end at once.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// How long all clean-up together may take after the first signal.
const CLEAN_UP: Duration = Duration::from_secs(10);

/// The signal to stop. After the first nothing new starts, waiting and asking end, and clean-up still runs; after the
/// second all ends at once.
#[derive(Debug)]
pub struct Stop(watch::Sender<State>);

#[derive(Debug, Clone, Copy)]
enum State {
    Going,
    Asked { since: Instant },
    AtOnce,
}

impl Default for Stop {
    fn default() -> Self {
        Stop::new()
    }
}

impl Stop {
    pub fn new() -> Self {
        Stop(watch::Sender::new(State::Going))
    }

    /// The first call asks to stop, the second stops at once.
    pub fn signal(&self) {
        self.0.send_modify(|state| {
            *state = match state {
                State::Going => State::Asked { since: Instant::now() },
                State::Asked { .. } | State::AtOnce => State::AtOnce,
            }
        });
    }

    pub fn is_asked(&self) -> bool {
        !matches!(*self.0.borrow(), State::Going)
    }

    /// Comes back after the first signal.
    pub async fn asked(&self) {
        // The sender is `self`, so that the channel cannot close while this waits.
        let _ = self.0.subscribe().wait_for(|state| !matches!(state, State::Going)).await;
    }

    /// Comes back when clean-up has to end: its time after the first signal is over, or a second one came.
    pub async fn clean_up_is_over(&self) {
        let mut state = self.0.subscribe();
        let since = match state.wait_for(|state| !matches!(state, State::Going)).await.as_deref() {
            Ok(State::Asked { since }) => *since,
            _ => return,
        };
        let second = state.wait_for(|state| matches!(state, State::AtOnce));
        let _ = tokio::time::timeout_at(since + CLEAN_UP, second).await;
    }
}
