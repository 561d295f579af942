//! How far a run has come.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::screen::Screen;
use super::stdout;
use crate::model::verdict::Verdict;

/// Draws a second.
const HZ: u8 = 5;
/// Time between two messages of the bar, and between two lines without one.
const BAR: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(10);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// A bar on standard error.
    Bar,
    /// A line on standard error now and then.
    Lines,
    Nothing,
}

impl Show {
    /// A bar on a terminal that is not a CI system's; nothing when quiet.
    pub fn choose(quiet: bool, ci: bool) -> Show {
        match (quiet, stdout::interactive(ci)) {
            (true, _) => Show::Nothing,
            (false, true) => Show::Bar,
            (false, false) => Show::Lines,
        }
    }
}

/// Counts scenarios as they end.
pub struct Progress {
    show: Show,
    screen: Screen,
    bar: ProgressBar,
    total: u64,
    /// Conforms, violates, inconclusive, skipped.
    counts: [AtomicU64; 4],
    started: Instant,
    /// When the next message is due, in milliseconds from the start.
    next: AtomicU64,
}

impl Progress {
    pub fn start(screen: &Screen, total: usize, show: Show) -> Progress {
        let bar = if show == Show::Bar { bar(total as u64) } else { ProgressBar::hidden() };
        let first = if show == Show::Bar { Duration::ZERO } else { LINE };
        if show == Show::Bar {
            screen.show(Some(bar.clone()));
        }
        Progress {
            show,
            screen: screen.clone(),
            bar,
            total: total as u64,
            counts: Default::default(),
            started: Instant::now(),
            next: AtomicU64::new(millis(first)),
        }
    }

    /// One scenario has ended. Nothing is drawn or written oftener than a few times a second.
    pub fn done(&self, verdict: Verdict) {
        let at = match verdict {
            Verdict::Conforms => 0,
            Verdict::Violates => 1,
            Verdict::Inconclusive => 2,
            Verdict::Skipped => 3,
        };
        self.counts[at].fetch_add(1, Ordering::Relaxed);
        if self.show == Show::Nothing {
            return;
        }
        let now = millis(self.started.elapsed());
        let due = self.next.load(Ordering::Relaxed);
        if now < due {
            return;
        }
        let period = if self.show == Show::Bar { BAR } else { LINE };
        let next = now + millis(period);
        if self.next.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.tell();
        }
    }

    fn tell(&self) {
        let counts = self.counts.each_ref().map(|c| c.load(Ordering::Relaxed));
        let done = counts.iter().sum();
        match self.show {
            Show::Bar => {
                self.bar.set_position(done);
                self.bar.set_message(words(counts));
            }
            Show::Lines if done < self.total => {
                let line = format!("{done} of {} scenarios: {}\n", self.total, words(counts));
                // Progress that nobody can read is not worth failing for.
                let _ = io::stderr().lock().write_all(line.as_bytes());
            }
            _ => {}
        }
    }

    /// Prints a block to standard output without tearing the bar.
    pub fn block(&self, text: &str) -> io::Result<()> {
        stdout::print(&self.screen, text)
    }

    /// Takes the bar away.
    pub fn finish(self) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.screen.show(None);
    }
}

fn bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(HZ));
    let template = "{bar:30} {pos}/{len}  {msg}  {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar.set_message(words([0; 4]));
    // The clock goes on while answers are slow.
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

/// `118 conform, 2 violate, 1 inconclusive`; what is zero is left out, but the first.
fn words(counts: [u64; 4]) -> String {
    let mut out = format!("{} conform", counts[0]);
    for (count, word) in counts.iter().zip(["", "violate", "inconclusive", "skipped"]).skip(1) {
        if *count > 0 {
            out.push_str(&format!(", {count} {word}"));
        }
    }
    out
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::effort;

    #[test]
    fn zeroes_are_left_out() {
        assert_eq!(words([118, 2, 0, 1]), "118 conform, 2 violate, 1 skipped");
        assert_eq!(words([0; 4]), "0 conform");
    }

    #[test]
    fn counting_a_hundred_thousand_scenarios_takes_no_time() {
        let progress = Progress::start(&Screen::default(), 100_000, Show::Lines);
        let ((), taken) = effort(|| (0..100_000).for_each(|_| progress.done(Verdict::Conforms)));
        // Drawn each time, it takes several times as much.
        assert!(taken < Duration::from_secs(1), "{taken:?}");
        assert_eq!(progress.counts[0].load(Ordering::Relaxed), 100_000);
        progress.finish();
    }
}
