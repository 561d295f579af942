//! What a code looks like, where no column says that it is one.

/// Words of capitals that stand before a status without being a code.
const NONE: [&str; 10] = ["HTTP", "HTTPS", "API", "URL", "JSON", "REST", "GET", "PUT", "POST", "RFC"];

/// Whether a word looks like a code: `NOT_FOUND`, `CONFLICT`, `not_found`, `tickets.closed`, `not-found`, `notFound`.
pub(super) fn is_code(word: &str) -> bool {
    if !is_word(word) || NONE.contains(&word) {
        return false;
    }
    let letters = || word.chars().filter(char::is_ascii_alphabetic);
    let enough = letters().count() >= 2 || word.len() >= 4;
    let capitals = enough && letters().all(|c| c.is_ascii_uppercase());
    let joined = word.contains(['_', '-', '.']);
    let humped = word.as_bytes().windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    letters().next().is_some() && (capitals || joined || humped)
}

/// Letters, digits, and signs between them.
pub(super) fn is_word(word: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    (2..=100).contains(&word.len())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        && ends(word.chars().next())
        && ends(word.chars().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_look_like_codes_and_words_do_not() {
        for code in
            ["NOT_FOUND", "CONFLICT", "not_found", "tickets.closed", "not-found", "notFound", "E1001", "MSP360_X"]
        {
            assert!(is_code(code), "{code}");
        }
        for word in ["Tickets", "the", "HTTP", "400", "A", "", "_X", "A B", "Found.", "é_x"] {
            assert!(!is_code(word), "{word}");
        }
    }
}
