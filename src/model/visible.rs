//! Text from outside, made fit to be shown: what is invisible becomes visible, what gives orders loses its force.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character is shown as it is. Controls, direction marks, zero-width and other blank or unassigned-looking
/// characters are not: they hide text, reorder it, or move the cursor.
pub fn is_plain(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let n = u32::from(c);
    let hidden = matches!(n,
        // C1 controls and blanks that look like a space
        0x80..=0xA0 | 0xAD | 0x1680 | 0x2000..=0x200F | 0x2028..=0x202F | 0x205F..=0x206F | 0x3000
        // joiners, fillers, marks of number formats
        | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x115F..=0x1160 | 0x17B4..=0x17B5
        | 0x180B..=0x180F | 0x2800 | 0x3164 | 0xFFA0
        // variation selectors, byte order mark, annotations, non-characters, private use
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFDD0..=0xFDEF | 0xFFF0..=0xFFFB | 0xE000..=0xF8FF
        | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..)
        || n & 0xFFFE == 0xFFFE;
    !hidden
}

/// Whether all of a text is printable ASCII, as most of what is written is. Looks at many bytes at a time.
pub fn is_printable_ascii(text: &str) -> bool {
    text.as_bytes().chunks(64).all(|part| part.iter().fold(true, |all, byte| all & (byte.wrapping_sub(b' ') < 0x5F)))
}

/// The text on one line, every hidden character made visible and every order to a CI system broken up.
pub fn visible(text: &str) -> Cow<'_, str> {
    if (is_printable_ascii(text) || text.chars().all(is_plain)) && !gives_orders(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push(&mut out, c));
    Cow::Owned(disarm(&out))
}

/// The same for a text of several lines: line ends stay, tabs become spaces.
pub fn visible_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        match line.contains('\t') {
            true => out.push_str(&visible(&line.replace('\t', "    "))),
            false => out.push_str(&visible(line)),
        }
    }
    out
}

/// A code as it was written: one with a blank at an end or with a character that is not ASCII is quoted and spelt
/// out, so that look-alikes can be told apart.
pub fn code(text: &str) -> Cow<'_, str> {
    let clear = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    if clear {
        return visible(text);
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            ' '..='~' => out.push(c),
            other => spell(&mut out, other),
        }
    }
    out.push('"');
    Cow::Owned(disarm(&out))
}

/// At most so many characters, with a sign that there was more.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    // A character is at least a byte.
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

fn push(out: &mut String, c: char) {
    match c {
        '\0'..='\x1f' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('?')),
        '\x7f' => out.push('␡'),
        c if is_plain(c) => out.push(c),
        hidden => spell(out, hidden),
    }
}

fn spell(out: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

/// Whether a CI system or a report reader might take a part of the text as an order: a workflow command at the start
/// of a line, `##[error]` or `##vso[...]` anywhere, `[[ATTACHMENT|...]]`.
pub fn gives_orders(text: &str) -> bool {
    let begins = || text.contains(':') && text.trim_start().starts_with("::");
    begins() || memchr::memchr2(b'#', b'[', text.as_bytes()).is_some() && (text.contains("##") || text.contains("[["))
}

fn disarm(text: &str) -> String {
    let mut out = text.replace("##", "# #");
    // `###` becomes `# ##` in one pass.
    while out.contains("##") {
        out = out.replace("##", "# #");
    }
    if out.contains("[[") {
        out = break_brackets(&out);
    }
    let start = out.len() - out.trim_start().len();
    if out[start..].starts_with("::") {
        out.insert(start + 1, ' ');
    }
    out
}

/// Parts `[[` where a letter follows; nested lists of JSON stay as they are.
fn break_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '[' && before == '[' && chars.peek().is_some_and(char::is_ascii_alphabetic) {
            out.push(' ');
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(visible("Ticket é 日本 [\"a\"]"), Cow::Borrowed(_)));
    }

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(visible("a\u{1b}[31mb\0\n\u{202e}c\u{200b}\u{9b}"), "a␛[31mb␀␊\\u{202e}c\\u{200b}\\u{9b}");
        assert_eq!(visible("\u{feff}\u{fffe}\u{ffff}\u{e0041}"), "\\u{feff}\\u{fffe}\\u{ffff}\\u{e0041}");
    }

    #[test]
    fn orders_are_broken_up() {
        for order in
            ["::error::x", "  ::set-output", "a ##[error]b", "####[group]", "##vso[task.x]", "[[ATTACHMENT|/etc]]"]
        {
            let shown = visible(order);
            assert!(!shown.trim_start().starts_with("::"), "{shown}");
            assert!(!shown.contains("##"), "{shown}");
            assert!(!shown.contains("[[A"), "{shown}");
        }
        assert_eq!(visible("[[\"a\"],[[1]]]"), "[[\"a\"],[[1]]]");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(visible_lines("a\tb\r\n::x\n\u{1b}c"), "a    b\n: :x\n␛c");
    }

    #[test]
    fn look_alike_codes_are_spelt_out() {
        assert_eq!(code("ALREADY_CLOSED"), "ALREADY_CLOSED");
        assert_eq!(code("\u{410}LREADY"), "\"\\u{410}LREADY\"");
        assert_eq!(code("CLOSED "), "\"CLOSED \"");
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_one_plain_line_without_orders(text in "[:#\\[A ]{0,6}\\PC{0,20}|[\\s:#\\[a\u{0}\u{1b}\u{202e}\u{feff}\u{ffff}]{0,30}") {
            let shown = visible(&text);
            proptest::prop_assert!(shown.chars().all(is_plain));
            proptest::prop_assert!(!shown.trim_start().starts_with("::") && !shown.contains("##"));
            proptest::prop_assert!(!shown.contains("[[A") && !shown.contains("[[a"));
            proptest::prop_assert_eq!(visible(&shown), shown.as_ref());
        }
    }
}
