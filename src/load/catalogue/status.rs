//! The statuses in a cell of the documentation.

use crate::model::catalogue::Status;

/// What a cell says about statuses.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::load) struct Cell<'a> {
    /// In the cell's order, each once; empty if the cell has no digit.
    pub statuses: Vec<Status>,
    /// Words with digits that are neither a status nor a class.
    pub refused: Vec<&'a str>,
    /// Two statuses joined by a dash, which may have been meant as a range.
    pub ranges: Vec<(u16, u16)>,
}

/// Reads the statuses of a cell wherever they stand in it.
pub(in crate::load) fn read(cell: &str) -> Cell<'_> {
    let mut read = Cell::default();
    let mut before = None;
    for (between, word) in words_with_digits(cell) {
        let status = status(word);
        match status {
            None => read.refused.push(word),
            Some(status) if read.statuses.contains(&status) => {}
            Some(status) => read.statuses.push(status),
        }
        if let (Some(Status::Exact(first)), Some(Status::Exact(last))) = (before, status)
            && is_range(between)
        {
            read.ranges.push((first, last));
        }
        before = status;
    }
    read
}

/// Words with a digit in them, each with what stands between it and the one before.
fn words_with_digits(cell: &str) -> impl Iterator<Item = (&str, &str)> {
    let (mut last, mut at) = (0, 0);
    std::iter::from_fn(move || {
        loop {
            let start = at + cell[at..].find(in_word)?;
            let length = cell[start..].find(|c| !in_word(c)).unwrap_or(cell.len() - start);
            at = start + length;
            if cell[start..at].contains(char::is_numeric) {
                let between = &cell[last..start];
                last = at;
                return Some((between, &cell[start..at]));
            }
        }
    })
}

/// ASCII letters and the digits of any script. Other letters end a word, as some languages write
/// them right after a number.
fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c.is_numeric()
}

fn status(word: &str) -> Option<Status> {
    let [first @ b'1'..=b'5', rest @ ..] = word.as_bytes() else { return None };
    match rest {
        [b'x' | b'X', b'x' | b'X'] => Some(Status::Class(first - b'0')),
        [b'0'..=b'9', b'0'..=b'9'] => word.parse().ok().map(Status::Exact),
        _ => None,
    }
}

fn is_range(between: &str) -> bool {
    matches!(between.trim(), "-" | "–" | "—" | "..." | ".." | "…" | "to")
}

#[cfg(test)]
mod tests {
    use super::*;

    use Status::{Class, Exact};

    #[test]
    fn statuses_stand_anywhere_in_the_cell() {
        for (cell, statuses) in [
            ("400", &[Exact(400)][..]),
            ("400/401", &[Exact(400), Exact(401)]),
            ("400, 422", &[Exact(400), Exact(422)]),
            ("422 or 400", &[Exact(422), Exact(400)]),
            ("404 Not Found", &[Exact(404)]),
            ("HTTP 404 (Not Found)", &[Exact(404)]),
            ("403 FORBIDDEN / 404 NOT_FOUND", &[Exact(403), Exact(404)]),
            ("404错误", &[Exact(404)]),
            ("409; 409", &[Exact(409)]),
            ("100 599", &[Exact(100), Exact(599)]),
        ] {
            assert_eq!(read(cell), Cell { statuses: statuses.to_vec(), ..Cell::default() }, "{cell}");
        }
    }

    #[test]
    fn a_class_is_one_status() {
        assert_eq!(read("4xx").statuses, [Class(4)]);
        assert_eq!(read("5XX, 4xX or 404").statuses, [Class(5), Class(4), Exact(404)]);
    }

    #[test]
    fn a_cell_without_a_digit_says_nothing() {
        for cell in ["", "not stated", "—", "xx", "n/a"] {
            assert_eq!(read(cell), Cell::default(), "{cell}");
        }
    }

    #[test]
    fn digits_that_are_no_status_are_refused() {
        for cell in
            ["99", "600", "0xx", "6xx", "40x", "4x", "4xxx", "4040", "40", "v2", "e404", "404a", "４０４", "404²"]
        {
            let read = read(cell);
            assert_eq!((read.refused, read.statuses), (vec![cell], vec![]), "{cell}");
        }
    }

    #[test]
    fn what_is_refused_leaves_the_rest() {
        let read = read("404 since v2, 409.13");
        assert_eq!(read.statuses, [Exact(404), Exact(409)]);
        assert_eq!(read.refused, ["v2", "13"]);
    }

    #[test]
    fn a_dash_between_two_statuses_may_be_a_range() {
        for cell in ["400-404", "400 – 404", "400 to 404", "400..404"] {
            assert_eq!(read(cell).ranges, [(400, 404)], "{cell}");
        }
        for cell in ["400 - Bad Request", "400/404", "4xx-5xx", "400, 404"] {
            assert_eq!(read(cell).ranges, [], "{cell}");
        }
    }
}
