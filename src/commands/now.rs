//! The clock and the machine, asked once for a report.

use chrono::{Datelike, SecondsFormat, Utc};

use crate::model::project::Day;

/// RFC 3339, UTC, to the second.
pub fn rfc3339() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Today, UTC.
pub fn today() -> Day {
    let today = Utc::now().date_naive();
    Day { year: u16::try_from(today.year()).unwrap_or(0), month: today.month() as u8, day: today.day() as u8 }
}

/// The name of this machine, where it says one.
pub fn host() -> Option<String> {
    let named = std::env::var("HOSTNAME").ok().or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}
