//! Time as the service sees it: the real time, moved forward for whoever a test says.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};

use super::scope::Scope;

/// Milliseconds since 1970, UTC.
pub type Millis = i64;

const MOST_SHIFTS: usize = 1_000;

/// A clock that can be moved forward for one tenant, user, session or token at a time.
#[derive(Debug, Default)]
pub struct Clock {
    shifts: HashMap<Scope, Shift>,
}

#[derive(Debug)]
struct Shift {
    by: Millis,
    until: Instant,
}

impl Clock {
    /// The time for somebody to whom all of these scopes apply.
    pub fn now(&self, scopes: &[Scope]) -> Millis {
        let real = Utc::now().timestamp_millis();
        if self.shifts.is_empty() {
            return real;
        }
        let now = Instant::now();
        let shift = |scope: &Scope| self.shifts.get(scope).filter(|shift| shift.until > now).map_or(0, |s| s.by);
        real + scopes.iter().map(shift).sum::<Millis>()
    }

    /// Nobody's clock has been moved.
    pub(super) fn quiet(&self) -> bool {
        self.shifts.is_empty()
    }

    /// Moves the clock of a scope forward; the move ends by itself.
    pub fn advance(&mut self, scope: Scope, by: Millis, ttl: Duration) -> bool {
        let now = Instant::now();
        self.shifts.retain(|_, shift| shift.until > now);
        if self.shifts.len() >= MOST_SHIFTS {
            return false;
        }
        let shift = self.shifts.entry(scope).or_insert(Shift { by: 0, until: now });
        shift.by = shift.by.saturating_add(by);
        shift.until = now + ttl;
        true
    }

    /// Puts the clock of a scope right again.
    pub fn reset(&mut self, scope: &Scope) {
        self.shifts.remove(scope);
    }
}

/// A time as the API writes it.
pub fn stamp(at: Millis) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_scope_that_was_moved_is_ahead() {
        let mut clock = Clock::default();
        let (one, other) = (Scope::new("tenant", "1"), Scope::new("tenant", "2"));
        assert!(clock.advance(one.clone(), 3_600_000, Duration::from_secs(5)));
        assert!(clock.now(&[one]) - clock.now(std::slice::from_ref(&other)) > 3_500_000);
    }

    #[test]
    fn a_move_ends_by_itself() {
        let mut clock = Clock::default();
        let scope = Scope::new("session", "s");
        clock.advance(scope.clone(), 3_600_000, Duration::ZERO);
        assert!(clock.now(&[scope]) - clock.now(&[]) < 1_000);
    }
}
