//! Texts as Markdown that reads back as the same text, in cells and headings.

/// A code, as a code span where one can hold it.
pub(super) fn code(code: &str) -> String {
    if code.is_empty() || code.contains(['`', '\\', '|']) || code.chars().any(char::is_control) {
        return text(code);
    }
    format!("`{code}`")
}

/// A text on one line, with every sign escaped that could be markup.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let behind = chars.peek().copied().unwrap_or(' ');
        let is_markup = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '#' => true,
            '&' => behind.is_ascii_alphanumeric() || behind == '#',
            // Between letters it joins a word and is no markup.
            '_' => !(before.is_ascii_alphanumeric() && behind.is_ascii_alphanumeric()),
            '!' => behind == '[',
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(if c == '\n' || c == '\r' { ' ' } else { c });
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_escaped_and_no_more() {
        assert_eq!(
            text("a_b & c: `d` <e> | f_ *g* [h](i) #1 &amp; j!"),
            "a_b & c: \\`d\\` \\<e\\> \\| f\\_ \\*g\\* \\[h\\](i) \\#1 \\&amp; j!"
        );
        assert_eq!((code("A_B").as_str(), code("a`b").as_str(), code("a|b").as_str()), ("`A_B`", "a\\`b", "a\\|b"));
    }
}
