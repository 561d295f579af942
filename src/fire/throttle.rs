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
    // No blank but these is one in a header.
    let text = std::str::from_utf8(value.trim_ascii()).ok()?;
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a number holds is longer than anybody waits.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fuzzing;

    const LONGEST: Duration = Duration::from_secs(60);

    fn ask(value: Option<&str>, tried: u32) -> Advice {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT").unwrap();
        advice(value.map(str::as_bytes), tried, now, LONGEST)
    }

    /// What a header may hold: bits of numbers and dates, and anything else.
    fn headers() -> impl Strategy<Value = Vec<u8>> {
        let bits = [
            "Sun, ",
            "Sunday, ",
            "22 ",
            "Nov ",
            "22-Nov-26 ",
            "2026 ",
            "12:00:09 ",
            "12:00:61",
            "GMT",
            "0",
            "7",
            "-",
            "+",
            ".",
            "e9",
            " ",
            "\t",
            "99999999999999999999",
            "1970",
            "9999 ",
            "31 Feb ",
            "\u{661}",
            ",",
        ];
        let bit = prop_oneof![
            8 => proptest::sample::select(bits.to_vec()).prop_map(|bit| bit.as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 0..6),
        ];
        // Any moment of the years that the three formats can write.
        let date = (0u64..253_402_300_799).prop_map(|second| {
            httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(second)).into_bytes()
        });
        let number = any::<u64>().prop_map(|number| number.to_string().into_bytes());
        let mangled = (date.clone(), any::<proptest::sample::Index>(), any::<u8>()).prop_map(|(mut date, at, byte)| {
            let at = at.index(date.len());
            date[at] = byte;
            date
        });
        let soup = proptest::collection::vec(bit, 0..8).prop_map(|bits| bits.concat());
        prop_oneof![soup, date, number, mangled]
    }

    /// An independent reading of seconds: of a date it is asked only that the library gives the same again.
    fn seconds(value: &[u8]) -> Option<u128> {
        let text: String = value.trim_ascii().iter().map(|byte| char::from(*byte)).collect();
        let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u128::MAX))
    }

    #[test]
    fn any_header_is_obeyed_or_refused_and_nobody_waits_longer_than_allowed() {
        let values = (headers(), 0u32..5, 0u64..4_000_000_000, 0u64..100_000);
        fuzzing::holds("any Retry-After", 2000, &values, |(value, tried, now, longest)| {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
            let longest = Duration::from_secs(longest);
            let advice = advice(Some(&value), tried, now, longest);
            match advice {
                Advice::Wait(wait) => prop_assert!(wait <= longest, "{wait:?}"),
                Advice::TooLong(asked) => prop_assert!(asked > longest, "{asked:?}"),
            }
            let date = || httpdate::parse_http_date(std::str::from_utf8(value.trim_ascii()).ok()?).ok();
            let due = match (seconds(&value), date()) {
                (Some(seconds), _) => Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX)),
                (None, Some(date)) => date.duration_since(now).unwrap_or_default(),
                (None, None) => longest.min(Duration::from_secs(1 << tried.min(TRIES))),
            };
            let came = match advice {
                Advice::Wait(time) | Advice::TooLong(time) => time,
            };
            prop_assert_eq!(came, due);
            Ok(())
        });
    }

    #[test]
    fn seconds_and_dates_are_obeyed() {
        assert_eq!(ask(Some("7"), 0), Advice::Wait(Duration::from_secs(7)));
        assert_eq!(ask(Some("Sun, 22 Nov 2026 12:00:09 GMT"), 0), Advice::Wait(Duration::from_secs(9)));
        assert_eq!(ask(Some("Sun, 22 Nov 2026 11:00:00 GMT"), 0), Advice::Wait(Duration::ZERO));
    }

    #[test]
    fn without_a_usable_header_the_waits_double() {
        for useless in [None, Some(""), Some("soon"), Some("-5"), Some("1.5"), Some("\u{a0}7"), Some("\u{b}7")] {
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
