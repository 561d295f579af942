//! How long a 429 asks to wait.

use std::time::{Duration, SystemTime};

/// How often a throttled request is asked again.
pub(super) const TRIES: u32 = 3;

/// What to do about a 429.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Advice {
    Wait(Duration),
    /// It asks for more than the run is willing to wait.
    TooLong(Duration),
}

/// What `Retry-After` asks for (RFC 9110, 10.2.3): seconds or a date. Without one, or when it is neither, 1, 2 and 4
/// seconds; `tried` counts from 0.
pub(super) fn advice(retry_after: Option<&[u8]>, tried: u32, now: SystemTime, longest: Duration) -> Advice {
    let Some(asked) = retry_after.and_then(|value| read(value, now)) else {
        return Advice::Wait(Duration::from_secs(1 << tried.min(TRIES)).min(longest));
    };
    if asked > longest { Advice::TooLong(asked) } else { Advice::Wait(asked) }
}

fn read(value: &[u8], now: SystemTime) -> Option<Duration> {
    let text = std::str::from_utf8(value).ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a number holds is longer than anybody waits.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(60);

    fn ask(value: Option<&str>, tried: u32) -> Advice {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT").unwrap();
        advice(value.map(str::as_bytes), tried, now, LONGEST)
    }

    #[test]
    fn seconds_and_dates_are_obeyed() {
        assert_eq!(ask(Some("7"), 0), Advice::Wait(Duration::from_secs(7)));
        assert_eq!(ask(Some("Sun, 22 Nov 2026 12:00:09 GMT"), 0), Advice::Wait(Duration::from_secs(9)));
        assert_eq!(ask(Some("Sun, 22 Nov 2026 11:00:00 GMT"), 0), Advice::Wait(Duration::ZERO));
    }

    #[test]
    fn without_a_usable_header_the_waits_double() {
        for useless in [None, Some(""), Some("soon"), Some("-5"), Some("1.5")] {
            let waits: Vec<_> = (0..3).map(|tried| ask(useless, tried)).collect();
            assert_eq!(waits, [1, 2, 4].map(|s| Advice::Wait(Duration::from_secs(s))), "{useless:?}");
        }
    }

    #[test]
    fn a_longer_wait_than_allowed_is_not_waited_for() {
        assert_eq!(ask(Some("61"), 0), Advice::TooLong(Duration::from_secs(61)));
        assert!(matches!(ask(Some("99999999999999999999999"), 0), Advice::TooLong(_)));
        assert!(matches!(ask(Some("Sat, 22 Nov 2036 12:00:00 GMT"), 0), Advice::TooLong(_)));
    }
}
