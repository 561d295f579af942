//! Which columns of a table hold codes and statuses.

/// What the headings of a table make of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Columns {
    /// A table of codes, with the places of its two columns.
    Codes { code: usize, status: usize },
    /// It has one of the two columns only.
    Half { has: &'static str, lacks: &'static str },
    /// A table about something else.
    Other,
}

impl Columns {
    /// Looks for the two columns; case does not matter, and `HTTP status` is taken before `Status`.
    pub fn of(headings: &[String]) -> Columns {
        let place = |name: &str| headings.iter().position(|heading| heading.eq_ignore_ascii_case(name));
        match (place("code"), place("http status").or_else(|| place("status"))) {
            (Some(code), Some(status)) => Columns::Codes { code, status },
            (Some(_), None) => Columns::Half { has: "`Code`", lacks: "`HTTP status` or `Status`" },
            (None, Some(_)) => Columns::Half { has: "`HTTP status` or `Status`", lacks: "`Code`" },
            (None, None) => Columns::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headings: &[&str]) -> Columns {
        Columns::of(&headings.iter().map(|h| h.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn the_two_columns_are_found_by_name_in_any_case() {
        assert_eq!(of(&["Code", "HTTP status", "Meaning"]), Columns::Codes { code: 0, status: 1 });
        assert_eq!(of(&["Meaning", "STATUS", "code"]), Columns::Codes { code: 2, status: 1 });
    }

    #[test]
    fn http_status_is_taken_before_status() {
        assert_eq!(of(&["Status", "Code", "Http Status"]), Columns::Codes { code: 1, status: 2 });
    }

    #[test]
    fn other_names_are_not_taken() {
        assert!(matches!(of(&["Error code", "Status"]), Columns::Half { lacks: "`Code`", .. }));
        assert!(matches!(of(&["Code", "Meaning"]), Columns::Half { has: "`Code`", .. }));
        assert_eq!(of(&["Name", "Level"]), Columns::Other);
    }
}
