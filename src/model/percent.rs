//! A part of a hundred, exact.

use std::fmt;
use std::str::FromStr;

use super::units::UnitError;

/// Digits after the point that are read.
const DIGITS: usize = 6;
/// Parts of one percent.
const PARTS: u64 = 1_000_000;

/// 0 to 100 percent, held without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u64);

impl Percent {
    /// Whether so many of all are at least this part.
    pub fn is_met(self, count: usize, all: usize) -> bool {
        count as u128 * 100 * u128::from(PARTS) >= u128::from(self.0) * all as u128
    }
}

impl FromStr for Percent {
    type Err = UnitError;

    /// Reads `95`, `99.5`, `95%`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let wrong = || UnitError(format!("`{text}` is not a percentage; write 0 to 100, such as `95` or `99.5`"));
        let number = text.trim();
        let number = number.strip_suffix('%').unwrap_or(number).trim_end();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| (1..=DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) {
            return Err(wrong());
        }
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let part: u64 = format!("{part:0<DIGITS$}").parse().map_err(|_| wrong())?;
        Some(whole * PARTS + part).filter(|all| *all <= 100 * PARTS).map(Percent).ok_or_else(wrong)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:06}", self.0 % PARTS);
        match part.trim_end_matches('0') {
            "" => write!(f, "{}%", self.0 / PARTS),
            part => write!(f, "{}.{part}%", self.0 / PARTS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(text: &str) -> Percent {
        text.parse().unwrap()
    }

    #[test]
    fn percentages_are_read_as_people_write_them() {
        for (text, shown) in
            [("95", "95%"), ("99.5", "99.5%"), (" 0 ", "0%"), ("100%", "100%"), ("33.333333", "33.333333%")]
        {
            assert_eq!(percent(text).to_string(), shown);
        }
        for wrong in ["", "100.000001", "101", "-1", "1e1", ".5", "5.", "NaN", "inf", "95 %%", "1.1234567", "٩"] {
            assert!(wrong.parse::<Percent>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_edge_is_met_without_rounding() {
        assert!(percent("99.3").is_met(993, 1000) && !percent("99.3").is_met(992, 1000));
        assert!(!percent("33.333334").is_met(1, 3) && percent("33.333333").is_met(1, 3));
        assert!(percent("100").is_met(297, 297) && !percent("100").is_met(296, 297));
        assert!(percent("0").is_met(0, 297));
    }
}
