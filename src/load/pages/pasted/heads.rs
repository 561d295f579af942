//! Lines that head columns or sections.

use super::Line;
use crate::load::pages::code::{is_code, is_word};
use crate::load::pages::columns::{self, Chosen, is_status_cell, normal};

/// `CodeHTTP statusMeaning`, `Code  HTTP status  Meaning`: the headings of columns in one line.
pub(super) fn in_one_line(line: &str) -> bool {
    if line.len() > 200 {
        return false;
    }
    let text: String = normal(line).replace(' ', "");
    let code = ["errorcode", "code", "error"].iter().find_map(|word| text.strip_prefix(word));
    let status = ["httpstatus", "statuscode", "status", "httpcode"];
    code.is_some_and(|rest| status.iter().any(|word| rest.starts_with(word)))
}

/// The headings of columns, one in each line: how many there are and which are the two.
pub(super) fn stacked(lines: &[Line<'_>]) -> Option<(usize, Chosen)> {
    const MOST: usize = 8;
    columns::is_known(lines.first()?.text).then_some(())?;
    let near = lines.get(..2 * MOST).unwrap_or(lines);
    near.iter().any(|line| is_stated_or_not(line.text)).then_some(())?;
    let headings: Vec<String> =
        lines.iter().take(MOST).take_while(|line| line.text.len() <= 40).map(|line| line.text.to_owned()).collect();
    (2..=headings.len()).find_map(|width| {
        let chosen = columns::by_headings(&headings[..width])?;
        let row = lines.get(width..)?;
        let cell = |place: usize| row.get(place).map(|line| line.text);
        let holds = cell(chosen.code).is_some_and(is_word) && cell(chosen.status).is_some_and(is_stated_or_not);
        holds.then_some((width, chosen))
    })
}

/// A cell of statuses, or one that says that none is stated.
pub(super) fn is_stated_or_not(cell: &str) -> bool {
    is_status_cell(cell)
        || cell.len() <= 12 && ["not stated", "n/a", "-", "–", "—", "*", "any"].contains(&cell.to_lowercase().as_str())
}

/// A line that may head a section: short, begins like a title and does not end like a sentence.
pub(super) fn is_section(line: &str) -> bool {
    const LONGEST: usize = 80;
    let begins = line.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || !c.is_ascii());
    let ends = line.chars().next_back().is_some_and(|c| c.is_alphanumeric() || ")]\"'’”".contains(c));
    begins
        && ends
        && line.chars().count() <= LONGEST
        && line.split_whitespace().count() <= 10
        && line.chars().any(char::is_alphabetic)
        && !(is_code(line) && line.contains('_'))
}
