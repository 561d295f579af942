//! A line in which code, statuses and meaning run together, taken apart.

use crate::load::pages::code::{is_code, is_word};

/// The parts of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split<'t> {
    pub code: &'t str,
    /// As written.
    pub statuses: &'t str,
    pub meaning: &'t str,
    /// It could have been taken apart elsewhere.
    pub doubtful: bool,
}

/// Takes a line apart, with blanks between code and status or without.
pub(super) fn split(line: &str) -> Option<Split<'_>> {
    glued(line).or_else(|| spaced(line))
}

/// Statuses of errors that are registered; others are rarely meant.
fn is_registered(digits: &str) -> bool {
    let Ok(status) = digits.parse::<u16>() else { return false };
    matches!(status, 400..=418 | 421..=426 | 428 | 429 | 431 | 451 | 500..=508 | 510 | 511)
}

/// How long the status is that begins here: `404`, `4xx`.
fn status(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [b'4' | b'5', b'0'..=b'9', b'0'..=b'9', ..] => Some(3),
        [b'4' | b'5', b'x' | b'X', b'x' | b'X', ..] => Some(3),
        _ => None,
    }
}

/// How long the list of statuses is that begins here: `400/401`, `400, 422`, `400 or 401`.
fn statuses(text: &str) -> Option<usize> {
    let mut end = status(text)?;
    loop {
        let rest = &text[end..];
        let between = rest.trim_start();
        let behind = ["/", ",", "|", ";", "or ", "and "].iter().find_map(|sign| between.strip_prefix(sign));
        let Some(behind) = behind.map(str::trim_start) else { return Some(end) };
        let Some(length) = status(behind) else { return Some(end) };
        end = text.len() - behind.len() + length;
    }
}

const UNSTATED: &str = "not stated";

/// `NOT_FOUND404The resource`. The shortest code counts behind which the meaning can begin.
fn glued(line: &str) -> Option<Split<'_>> {
    // No code is longer, so that a long line costs no more.
    const LONGEST: usize = 100;
    let joined = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let run = line.find(|c| !joined(c)).unwrap_or(line.len());
    if let Some((code, meaning)) = line.split_once(UNSTATED)
        && is_code(code)
    {
        return Some(Split { code, statuses: UNSTATED, meaning: meaning.trim_start(), doubtful: false });
    }
    let (mut loose, mut registered): (Option<Split<'_>>, bool) = (None, false);
    for at in 2..run.min(LONGEST) {
        let (code, rest) = line.split_at(at);
        let Some(length) = statuses(rest).filter(|_| is_word(code)) else { continue };
        let (statuses, meaning) = rest.split_at(length);
        let mut split = Split { code, statuses, meaning: meaning.trim_start(), doubtful: false };
        if begins_meaning(code, meaning) {
            split.doubtful = loose.is_some();
            return Some(split);
        }
        let known = is_registered(&statuses[..3]);
        if meaning.starts_with(|c: char| c.is_ascii_digit())
            && is_code(code)
            && (loose.is_none() || known && !registered)
        {
            registered = known;
            split.doubtful = true;
            loose = Some(split);
        }
    }
    loose
}

/// Whether what stands behind the statuses can be a meaning, and what stands before them a code.
fn begins_meaning(code: &str, meaning: &str) -> bool {
    let capitals = !code.bytes().any(|byte| byte.is_ascii_lowercase());
    match meaning.chars().next() {
        None => is_code(code),
        Some('0'..='9' | '_' | '-' | '.') => false,
        Some(c) if c.is_whitespace() => is_code(code),
        Some(c) if c.is_lowercase() => is_code(code) && capitals,
        // A plain word is a code if the next word is grown on to it.
        Some(_) => is_code(code) || code.bytes().all(|byte| byte.is_ascii_alphabetic()),
    }
}

/// `NOT_FOUND 404 The resource`, `NOT_FOUND (404): The resource`.
fn spaced(line: &str) -> Option<Split<'_>> {
    let (word, rest) = line.split_once(char::is_whitespace)?;
    let code = word.trim_end_matches(':');
    if !is_code(code) {
        return None;
    }
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "-–—:(".contains(c));
    let length = match rest.starts_with(UNSTATED) {
        true => UNSTATED.len(),
        false => statuses(rest)?,
    };
    let (statuses, meaning) = rest.split_at(length);
    if meaning.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let meaning = meaning.trim_start_matches(|c: char| c.is_whitespace() || "-–—:)".contains(c));
    Some(Split { code, statuses, meaning, doubtful: false })
}

/// Whether a line begins with a code in capitals that runs into a number which is no status of an error.
pub(super) fn other_number(line: &str) -> Option<&str> {
    let end = line.find(|c: char| !(c.is_ascii_uppercase() || c == '_')).filter(|end| *end >= 3)?;
    let (code, rest) = line.split_at(end);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let behind = rest[digits..].chars().next();
    (digits == 3 && is_code(code) && behind.is_none_or(char::is_uppercase)).then_some(&rest[..digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Option<(&str, &str, &str)> {
        split(line).map(|split| (split.code, split.statuses, split.meaning))
    }

    #[test]
    fn columns_that_run_together_are_taken_apart() {
        for (line, code, statuses, meaning) in [
            ("NOT_FOUND404The resource is gone.", "NOT_FOUND", "404", "The resource is gone."),
            ("INVALID_CODE400/401The supplied code.", "INVALID_CODE", "400/401", "The supplied code."),
            ("INVALID_CODE400 / 401The supplied code.", "INVALID_CODE", "400 / 401", "The supplied code."),
            ("MSP360_SYNC_FAILED502MSP360 sync failed", "MSP360_SYNC_FAILED", "502", "MSP360 sync failed"),
            ("AES256404Not there", "AES256", "404", "Not there"),
            ("ERROR_404404Not there", "ERROR_404", "404", "Not there"),
            ("OAUTH_400_FAILED502Gone", "OAUTH_400_FAILED", "502", "Gone"),
            ("CONFLICT409", "CONFLICT", "409", ""),
            ("conflict409It is there.", "conflict", "409", "It is there."),
            ("not_found404It is not there.", "not_found", "404", "It is not there."),
            ("ODD4xxAny of them", "ODD", "4xx", "Any of them"),
            ("FEW4004 at most", "FEW", "400", "4 at most"),
            ("TOO_LARGE4135 MB is the limit", "TOO_LARGE", "413", "5 MB is the limit"),
            ("LATER_Anot statedSome day", "LATER_A", "not stated", "Some day"),
            ("ÜBER404x", "", "", ""),
        ] {
            let due = (!code.is_empty()).then_some((code, statuses, meaning));
            assert_eq!(parts(line), due, "{line}");
        }
    }

    #[test]
    fn columns_with_blanks_between_are_taken_apart() {
        for line in
            ["NOT_FOUND 404 Gone.", "NOT_FOUND   404   Gone.", "NOT_FOUND (404): Gone.", "NOT_FOUND: 404 - Gone."]
        {
            assert_eq!(parts(line), Some(("NOT_FOUND", "404", "Gone.")), "{line}");
        }
        assert_eq!(parts("NOT_FOUND 400, 404 Gone."), Some(("NOT_FOUND", "400, 404", "Gone.")));
    }

    #[test]
    fn prose_is_not_taken_apart() {
        for line in [
            "HTTP 404 means that it is gone.",
            "Returns 404 when it is gone.",
            "401 means that the credential is refused.",
            "A 5xx means that it was us.",
            "Section4 and 404",
            "400 Bad Request",
            "2026404Text",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }

    #[test]
    fn another_reading_is_doubtful() {
        assert!(split("TOO_LARGE4135 MB").is_some_and(|split| split.doubtful));
        assert!(split("NOT_FOUND404Gone").is_some_and(|split| !split.doubtful));
    }

    #[test]
    fn a_number_that_is_no_status_of_an_error_is_seen() {
        assert_eq!(other_number("CREATED201Made"), Some("201"));
        assert_eq!(other_number("NOT_FOUND404Gone"), Some("404"));
        assert_eq!(other_number("MSP360_SYNC"), None);
    }
}
