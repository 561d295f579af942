//! Mappings whose keys differ. A reader that does not keep and compare them itself leaves it to these types.

use std::cell::Cell;
use std::collections::HashSet;

use serde::de;

/// More keys than these are not compared one by one.
const FEW: usize = 12;

thread_local! {
    static CLOSELY: Cell<bool> = const { Cell::new(false) };
}

/// Reads with a close eye on keys: refused are also those of which only the reader could tell whether they repeat, for
/// to YAML `1` and `0x1` are one key, and `"1"` and `"0x1"` are two.
pub fn closely<T>(read: impl FnOnce() -> T) -> T {
    CLOSELY.set(true);
    let read = read();
    CLOSELY.set(false);
    read
}

pub(super) fn check<T, E: de::Error>(entries: &[(String, T)]) -> Result<(), E> {
    let keys = || entries.iter().map(|(key, _)| key.as_str());
    let repeats = if entries.len() <= FEW {
        keys().enumerate().any(|(at, key)| keys().take(at).any(|before| before == key))
    } else {
        let mut seen = HashSet::with_capacity(entries.len());
        !keys().all(|key| seen.insert(key))
    };
    if repeats || numbers(keys()) { Err(repeated()) } else { Ok(()) }
}

/// Whether these are several numbers, where that matters.
pub(super) fn numbers<'k>(keys: impl Iterator<Item = &'k str>) -> bool {
    let number = |key: &&str| key.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    CLOSELY.get() && keys.filter(number).nth(1).is_some()
}

pub(super) fn repeated<E: de::Error>() -> E {
    E::custom("a key stands here a second time")
}
