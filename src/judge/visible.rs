//! Makes visible in a finding what an eye would miss.

use std::borrow::Cow;
use std::fmt::Write;

/// The most characters of somebody else's text that a finding quotes.
pub const QUOTED: usize = 120;

/// A code as findings show it: as it is where it is plain, else in quotes with all that is unusual escaped.
pub fn code(code: &str) -> Cow<'_, str> {
    let plain = !code.is_empty() && code.len() <= QUOTED && code.bytes().all(|b| b.is_ascii_graphic());
    if plain {
        Cow::Borrowed(code)
    } else {
        Cow::Owned(format!("\"{}\"", escaped(code, |c| c == ' ' || c.is_ascii_graphic())))
    }
}

/// A piece of text on one line, shortened.
pub fn text(text: &str) -> String {
    escaped(text, |c| !c.is_control() && !is_hidden(c))
}

fn escaped(text: &str, plain: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == QUOTED {
            out.push('…');
            break;
        }
        match c {
            c if plain(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
        }
    }
    out
}

/// Characters that take no room or change the direction of reading.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_code_stays_as_it_is() {
        assert_eq!(code("ALREADY_CLOSED"), "ALREADY_CLOSED");
    }

    #[test]
    fn what_an_eye_would_miss_is_escaped() {
        assert_eq!(code("INVALID_\u{200b}ID"), "\"INVALID_\\u{200b}ID\"");
        assert_eq!(code("ID "), "\"ID \"");
        assert_eq!(code("\u{410}"), "\"\\u{410}\"");
        assert_eq!(code(""), "\"\"");
        assert_eq!(text("a\n\u{1b}[31mü\u{202e}"), "a\\n\\u{1b}[31mü\\u{202e}");
    }

    #[test]
    fn a_long_text_is_shortened() {
        assert_eq!(text(&"ü".repeat(500)).chars().count(), QUOTED + 1);
    }
}
