//! Finds the documented code that an undocumented one was probably meant to be, and says how they differ.

use crate::model::catalogue::{Catalogue, Entry};
use crate::model::complaint::nearest;

use super::visible::is_hidden;

/// The nearest documented code, with how the seen one differs.
pub struct Near<'c> {
    pub entry: &'c Entry,
    /// In words, such as `case` or `a zero-width character U+200B`; empty where it is only similar.
    pub only_by: Vec<String>,
}

/// Looks for a code that reads the same, then for a similar one.
pub fn near<'c>(catalogue: &'c Catalogue, seen: &str) -> Option<Near<'c>> {
    if seen.len() > 256 {
        return None;
    }
    let read = as_read(seen);
    let same = |(_, entry): &(_, &Entry)| as_read(&entry.code) == read;
    if let Some((_, entry)) = catalogue.entries().find(same) {
        return Some(Near { entry, only_by: differences(seen, &entry.code) });
    }
    let similar = nearest(seen, catalogue.entries().map(|(_, entry)| &*entry.code))?;
    let id = catalogue.find(similar)?;
    Some(Near { entry: catalogue.entry(id), only_by: Vec::new() })
}

/// A code as an eye reads it.
fn as_read(code: &str) -> String {
    let seen: String = code.chars().filter(|c| !is_hidden(*c)).map(latin).collect();
    seen.trim().to_lowercase()
}

fn differences(seen: &str, documented: &str) -> Vec<String> {
    let mut differences = Vec::new();
    for c in seen.chars().filter(|c| is_hidden(*c) && !documented.contains(*c)) {
        differences.push(format!("a zero-width character U+{:04X}", u32::from(c)));
    }
    let bare: String = seen.chars().filter(|c| !is_hidden(*c)).collect();
    if bare.trim() != bare {
        differences.push("surrounding space".to_owned());
    }
    for c in bare.trim().chars().filter(|c| latin(*c) != *c && !documented.contains(*c)) {
        differences.push(format!("a look-alike letter U+{:04X}", u32::from(c)));
    }
    let letters: String = bare.trim().chars().map(latin).collect();
    if letters != documented {
        differences.push("case".to_owned());
    }
    differences.dedup();
    differences.truncate(4);
    differences
}

/// The Latin letter or sign that a letter of another script is taken for.
fn latin(c: char) -> char {
    const LOOKALIKES: [(&str, &str); 5] = [
        ("АВЕКМНОРСТУХІЈЅԌԚԜ", "ABEKMHOPCTYXIJSGQW"),
        ("аеорсухіјѕԁԛԝһ", "aeopcyxijsdqwh"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ("οναιρ", "ovaip"),
        ("‐‑‒–—−", "------"),
    ];
    if ('\u{ff01}'..='\u{ff5e}').contains(&c) {
        return char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
    }
    if c.is_ascii() {
        return c;
    }
    let found = LOOKALIKES.iter().find_map(|(from, to)| from.chars().zip(to.chars()).find(|(f, _)| *f == c));
    found.map_or(c, |(_, to)| to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::testing::catalogue;

    fn only_by(seen: &str) -> (String, String) {
        let catalogue = catalogue();
        let near = near(&catalogue, seen).unwrap();
        (near.entry.code.to_string(), near.only_by.join(" and "))
    }

    #[test]
    fn a_code_that_reads_the_same_is_told_apart() {
        let invalid = |by: &str| ("INVALID_ID".to_owned(), by.to_owned());
        assert_eq!(only_by("invalid_id"), invalid("case"));
        assert_eq!(only_by(" INVALID_ID"), invalid("surrounding space"));
        assert_eq!(only_by("INVALID_\u{200b}ID"), invalid("a zero-width character U+200B"));
        assert_eq!(only_by("INV\u{410}LID_ID"), invalid("a look-alike letter U+0410"));
        assert_eq!(only_by("invalid_id\u{a0}"), invalid("surrounding space and case"));
    }

    #[test]
    fn a_slip_is_only_similar() {
        assert_eq!(only_by("INVALD_ID"), ("INVALID_ID".to_owned(), String::new()));
        assert!(near(&catalogue(), "SOMETHING_ELSE").is_none());
    }
}
