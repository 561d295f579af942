//! Which columns of a table hold codes and statuses, on pages that trueline's authors did not write.

use super::code::is_code;
use crate::load::catalogue::status;
use crate::model::complaint::{At, Complaint};

const CODES: [&str; 12] = [
    "code",
    "error code",
    "errorcode",
    "api error code",
    "api code",
    "application code",
    "error",
    "error name",
    "error id",
    "error key",
    "error type",
    "name",
];

const STATUSES: [&str; 16] = [
    "http status",
    "status",
    "http status code",
    "status code",
    "http statuses",
    "statuses",
    "status codes",
    "http code",
    "http codes",
    "http",
    "http response code",
    "http response status",
    "response status",
    "response code",
    "http error code",
    "http response",
];

/// What the catalogue's own reader calls the two columns.
const NAMES: [&str; 2] = ["Code", "HTTP status"];

/// The places of the two columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen {
    pub code: usize,
    pub status: usize,
    /// Taken for what the cells hold; the headings do not say.
    pub by_content: bool,
}

/// Looks at the headings, then at the cells.
pub(super) fn choose<'c>(headings: &[String], rows: impl Iterator<Item = &'c [String]> + Clone) -> Option<Chosen> {
    by_headings(headings).filter(|chosen| fits(*chosen, rows.clone())).or_else(|| by_content(rows))
}

pub(super) fn by_headings(headings: &[String]) -> Option<Chosen> {
    let names: Vec<String> = headings.iter().map(|heading| normal(heading)).collect();
    let place = |known: &[&str], not: Option<usize>| {
        let find = |name: &str| names.iter().enumerate().position(|(at, had)| had == name && Some(at) != not);
        known.iter().find_map(|name| find(name))
    };
    let status = place(&STATUSES, None)?;
    let code = place(&CODES, Some(status))?;
    Some(Chosen { code, status, by_content: false })
}

/// Whether a heading is a name of one of the two columns.
pub(super) fn is_known(heading: &str) -> bool {
    heading.len() <= 40 && {
        let heading = normal(heading);
        CODES.contains(&heading.as_str()) || STATUSES.contains(&heading.as_str())
    }
}

/// Small letters and digits, single spaces.
pub(super) fn normal(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Where the column headed as the code holds nothing but statuses and the other one does not, the headings mean
/// something else.
fn fits<'c>(chosen: Chosen, rows: impl Iterator<Item = &'c [String]> + Clone) -> bool {
    let are_statuses = |place: usize| {
        let mut cells = rows.clone().filter_map(|row| row.get(place)).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| is_status_cell(cell))
    };
    !are_statuses(chosen.code) || are_statuses(chosen.status)
}

fn by_content<'c>(rows: impl Iterator<Item = &'c [String]> + Clone) -> Option<Chosen> {
    let width = rows.clone().map(<[String]>::len).max()?.min(MOST_LOOKED_AT);
    let share = |place: usize, is: &dyn Fn(&str) -> bool| {
        let cells = rows.clone().take(ROWS_LOOKED_AT).filter_map(|row| row.get(place)).filter(|cell| !cell.is_empty());
        let (held, all) = cells.fold((0, 0), |(held, all), cell| (held + usize::from(is(cell)), all + 1));
        // Four of five: a page may have a row that is wrong.
        all > 0 && held * 5 >= all * 4
    };
    let status = (0..width).find(|place| share(*place, &is_status_cell))?;
    let code = (0..width).find(|place| *place != status && share(*place, &is_code))?;
    Some(Chosen { code, status, by_content: true })
}

/// Enough to know what a column holds.
const ROWS_LOOKED_AT: usize = 200;
const MOST_LOOKED_AT: usize = 30;

/// A cell of statuses of errors: `404`, `400 / 401`, `4xx`, `404 Not Found`.
pub(super) fn is_status_cell(cell: &str) -> bool {
    if cell.len() > 60 || !cell.trim_start().starts_with(['4', '5']) {
        return false;
    }
    let read = status::read(cell);
    read.refused.is_empty()
        && !read.statuses.is_empty()
        && read.statuses.iter().all(|status| matches!(status.to_string().as_bytes().first(), Some(b'4' | b'5')))
}

/// Gives the two columns the names that the catalogue's own reader looks for, and no other column these.
pub(super) fn name(headings: &mut Vec<String>, chosen: Chosen) {
    let width = headings.len().max(chosen.code + 1).max(chosen.status + 1);
    headings.resize(width, String::new());
    for (place, heading) in headings.iter_mut().enumerate() {
        if place == chosen.code {
            *heading = NAMES[0].into();
        } else if place == chosen.status {
            *heading = NAMES[1].into();
        } else if ["code", "http status", "status"].contains(&heading.trim().to_lowercase().as_str()) {
            heading.push_str(" (other)");
        }
    }
}

/// Said where the cells decided.
pub(super) fn said(page: &str, line: u32, headings: &[String], chosen: Chosen) -> Complaint {
    let named = |place: usize| match headings.get(place).map(|heading| heading.trim()) {
        Some(heading) if !heading.is_empty() => format!("`{}`", heading.chars().take(40).collect::<String>()),
        _ => format!("{}", place + 1),
    };
    let text = format!(
        "going by what its cells hold, column {} of this table is read as the code and column {} as the status",
        named(chosen.code),
        named(chosen.status)
    );
    Complaint::notice(page, At::Line(line), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| cell.to_string()).collect()
    }

    fn of(headings: &[&str], rows: &[&[&str]]) -> Option<(usize, usize, bool)> {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| strings(row)).collect();
        let chosen = choose(&strings(headings), rows.iter().map(Vec::as_slice))?;
        Some((chosen.code, chosen.status, chosen.by_content))
    }

    #[test]
    fn other_names_of_the_two_columns_are_known() {
        assert_eq!(of(&["Error code", "HTTP Status Code", "Why"], &[]), Some((0, 1, false)));
        assert_eq!(of(&["Status", "Error"], &[]), Some((1, 0, false)));
        assert_eq!(of(&["HTTP code", "Code"], &[]), Some((1, 0, false)));
        assert_eq!(of(&["Name", "Level"], &[]), None);
    }

    #[test]
    fn a_column_headed_code_may_hold_statuses() {
        let rows: [&[&str]; 2] = [&["404", "NOT_FOUND", "x"], &["409", "CONFLICT", "y"]];
        assert_eq!(of(&["Code", "Error", "Meaning"], &rows), Some((1, 0, true)));
        assert_eq!(of(&[], &rows), Some((1, 0, true)));
        assert_eq!(of(&["Code", "Status"], &rows), Some((1, 0, true)));
        let numbers: [&[&str]; 1] = [&["404", "404", "NOT_FOUND"]];
        assert_eq!(of(&["Code", "Status", "Name"], &numbers), Some((0, 1, false)));
    }

    #[test]
    fn a_table_of_other_things_is_not_taken() {
        assert_eq!(of(&["Method", "Port"], &[&["GET", "443"], &["PUT", "8080"]]), None);
        assert_eq!(of(&["Plan", "Calls"], &[&["Small plan", "400"], &["Large plan", "500"]]), None);
    }
}
