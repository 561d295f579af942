//! Durations, sizes and rates as people write them.

use std::str::FromStr;
use std::time::Duration;

/// Why a quantity could not be read; the text says what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnitError(pub String);

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

/// Reads `10s`, `250ms`, `1.5m`, `1h`. At most 24 hours.
pub fn duration(text: &str) -> Result<Duration, UnitError> {
    let wrong = || UnitError(format!("`{text}` is not a duration; write it like `10s`, `250ms` or `2m`"));
    let (number, unit) = split(text);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(wrong()),
    };
    if seconds > 86_400.0 {
        return Err(UnitError(format!("`{text}` is more than 24 hours")));
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}

/// Reads `512B`, `64KiB`, `1MiB`, `1GiB` (and `kB`, `MB`, `GB` as powers of ten). In bytes.
pub fn size(text: &str) -> Result<u64, UnitError> {
    let wrong = || UnitError(format!("`{text}` is not a size; write it like `6MiB`, `64KiB` or `500B`"));
    let (number, unit) = split(text);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let unit: f64 = match unit {
        "" | "B" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return Err(wrong()),
    };
    Ok((number * unit) as u64)
}

/// A rate of requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Time between two requests at this rate.
    pub every: Duration,
}

impl Rate {
    /// What each of so many may do, that together do no more than this.
    pub fn divided(self, among: u32) -> Rate {
        Rate { every: self.every.saturating_mul(among.max(1)) }
    }
}

impl FromStr for Rate {
    type Err = UnitError;

    /// Reads `20/s`, `100/m`, `0.5/s`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let wrong = || UnitError(format!("`{text}` is not a rate; write it like `20/s` or `100/m`"));
        let (number, unit) = split(text);
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let period = match unit.replace(' ', "").as_str() {
            "/s" => 1.0,
            "/m" | "/min" => 60.0,
            "/h" => 3600.0,
            _ => return Err(wrong()),
        };
        let every = Duration::try_from_secs_f64(period / number).map_err(|_| wrong())?;
        if every > Duration::from_secs(3600) { Err(wrong()) } else { Ok(Rate { every }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_unit() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert!(duration("10").is_err());
        assert!(duration("-1s").is_err());
        assert!(duration("25h").is_err());
    }

    #[test]
    fn sizes_are_bytes() {
        assert_eq!(size("1MiB"), Ok(1 << 20));
        assert_eq!(size("500"), Ok(500));
        assert!(size("six").is_err());
    }

    #[test]
    fn a_rate_of_nothing_is_refused() {
        assert_eq!("20/s".parse::<Rate>().map(|r| r.every), Ok(Duration::from_millis(50)));
        assert!("0/s".parse::<Rate>().is_err());
    }
}
