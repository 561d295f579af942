//! Whether a target still answers. One that has not for a while counts as down, and nothing more is fired at it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::model::exchange::{Observation, Silence, Silent};
use crate::model::project::RunSettings;

/// So many requests in a row that reach nobody, or one for each job if there are more jobs.
const UNREACHED: u32 = 10;
/// So many times more that get no answer in time: each of them may be slow for a reason of its own.
const PATIENCE: u32 = 3;

#[derive(Debug)]
pub(super) struct Pulse {
    limit: u32,
    /// Requests in a row, whichever scenario they belong to, without any answer between.
    unreached: AtomicU32,
    unheard: AtomicU32,
    down: OnceLock<String>,
}

impl Pulse {
    pub(super) fn new(settings: &RunSettings) -> Self {
        let limit = settings.jobs.max(UNREACHED).saturating_mul(settings.retry.saturating_add(1));
        Pulse { limit, unreached: AtomicU32::new(0), unheard: AtomicU32::new(0), down: OnceLock::new() }
    }

    /// Takes note of what came of a request to this URL.
    pub(super) fn feel(&self, observation: &Observation, url: &str) {
        let silence = match observation {
            Observation::Silent(silence) if silence.status.is_none() => silence,
            _ => return self.answered(),
        };
        match silence.kind {
            Silent::Refused | Silent::Dns | Silent::Tls | Silent::Other => {
                let unreached = self.unreached.fetch_add(1, Relaxed) + 1;
                self.decide(unreached, self.limit, silence, url);
            }
            Silent::Timeout => {
                let unheard = self.unheard.fetch_add(1, Relaxed) + 1;
                self.decide(unheard, self.limit.saturating_mul(PATIENCE), silence, url);
            }
            // Somebody was there.
            Silent::NotHttp | Silent::BrokenBody => self.answered(),
            Silent::Reset | Silent::Interrupted => {}
        }
    }

    /// Why nothing more is fired, once the target counts as down.
    pub(super) fn down(&self) -> Option<&str> {
        self.down.get().map(String::as_str)
    }

    fn answered(&self) {
        self.unreached.store(0, Relaxed);
        self.unheard.store(0, Relaxed);
    }

    fn decide(&self, count: u32, limit: u32, silence: &Silence, url: &str) {
        if count >= limit {
            let text = || {
                format!(
                    "not fired, since {url} counts as down: {count} requests in a row were not answered, the last for this: {}",
                    silence.text
                )
            };
            self.down.get_or_init(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exchange::Answer;
    use crate::model::headers::Headers;

    fn silent(kind: Silent) -> Observation {
        Observation::Silent(Silence { kind, text: "nobody is there".into(), status: None })
    }

    fn answered() -> Observation {
        Observation::Answered(Answer { status: 500, headers: Headers::default(), body: Default::default(), cut: false })
    }

    fn pulse(jobs: u32, retry: u32) -> Pulse {
        Pulse::new(&RunSettings { jobs, retry, ..RunSettings::default() })
    }

    /// How many of these in a row it takes.
    fn takes(pulse: &Pulse, kind: Silent) -> u32 {
        let mut count = 0;
        while pulse.down().is_none() && count < 1000 {
            pulse.feel(&silent(kind), "http://a");
            count += 1;
        }
        count
    }

    #[test]
    fn a_few_refusals_in_a_row_are_enough() {
        assert_eq!(takes(&pulse(1, 0), Silent::Refused), 10);
        assert_eq!(takes(&pulse(16, 0), Silent::Dns), 16);
        assert_eq!(takes(&pulse(4, 2), Silent::Refused), 30);
        assert_eq!(takes(&pulse(1, 0), Silent::Timeout), 30);
        assert_eq!(takes(&pulse(1, 0), Silent::Reset), 1000);
    }

    #[test]
    fn any_answer_between_starts_the_count_again() {
        let pulse = pulse(1, 0);
        for _ in 0..9 {
            pulse.feel(&silent(Silent::Refused), "http://a");
        }
        pulse.feel(&answered(), "http://a");
        assert_eq!(takes(&pulse, Silent::Refused), 10);
        assert!(pulse.down().unwrap().contains("http://a counts as down: 10 requests in a row"));
    }
}
