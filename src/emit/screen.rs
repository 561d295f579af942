//! The terminal that a progress bar shares with everything else that is written.

use std::sync::{Arc, Mutex, PoisonError};

use indicatif::ProgressBar;

/// Knows the bar that is on the terminal now, if there is one.
#[derive(Clone, Default)]
pub struct Screen(Arc<Mutex<Option<ProgressBar>>>);

impl Screen {
    /// Writes while the bar is out of the way, so that nothing is torn.
    pub fn around<T>(&self, write: impl FnOnce() -> T) -> T {
        let bar = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    pub(super) fn show(&self, bar: Option<ProgressBar>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bar;
    }
}
