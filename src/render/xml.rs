//! XML text, element by element, each on a line of its own.

use std::fmt::{self, Write};

/// An XML text in the making. The names of elements and attributes are our own; every value is escaped.
#[derive(Debug, Default)]
pub struct Xml {
    out: String,
    depth: usize,
}

impl Xml {
    /// Begins an element; its attributes follow, then [`Xml::inside`] or [`Xml::end_empty`].
    pub fn start(&mut self, name: &str) -> &mut Self {
        self.line();
        self.out.push('<');
        self.out.push_str(name);
        self
    }

    pub fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        self.attribute_start(name);
        escape(&mut self.out, value);
        self.out.push('"');
        self
    }

    /// An attribute whose value needs no escaping: a number, a time.
    pub fn number(&mut self, name: &str, value: impl fmt::Display) -> &mut Self {
        self.attribute_start(name);
        let _ = write!(self.out, "{value}"); // a String takes all that is written to it
        self.out.push('"');
        self
    }

    /// Seconds with three decimals.
    pub fn seconds(&mut self, name: &str, milliseconds: u64) -> &mut Self {
        self.number(name, format_args!("{}.{:03}", milliseconds / 1000, milliseconds % 1000))
    }

    fn attribute_start(&mut self, name: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
    }

    /// What follows is inside the element.
    pub fn inside(&mut self) {
        self.out.push('>');
        self.depth += 1;
    }

    pub fn end_empty(&mut self) {
        self.out.push_str("/>");
    }

    /// Ends an element that holds elements.
    pub fn end(&mut self, name: &str) {
        self.depth -= 1;
        self.line();
        self.close(name);
    }

    /// The element holds this text and ends.
    pub fn text(&mut self, name: &str, text: &str) {
        self.out.push('>');
        escape(&mut self.out, text);
        self.close(name);
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.depth {
            self.out.push_str("    ");
        }
    }

    /// What was made since the last call.
    pub fn made(&self) -> &[u8] {
        self.out.as_bytes()
    }

    /// Forgets what was made, and keeps its room.
    pub fn forget(&mut self) {
        self.out.clear();
    }
}

/// Characters with a meaning become references; those that no XML text can hold (XML 1.0, 2.2) are left out.
fn escape(out: &mut String, text: &str) {
    let special = |b: &u8| matches!(b, b'<' | b'>' | b'&' | b'"' | b'\'' | ..b' ' | 0xef);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| special(&b)) {
        out.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        match chars.next() {
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('&') => out.push_str("&amp;"),
            Some('"') => out.push_str("&quot;"),
            Some('\'') => out.push_str("&apos;"),
            Some('\r') => out.push_str("&#13;"),
            Some(c @ ('\n' | '\t')) => out.push(c),
            Some('\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') | None => {}
            Some(other) => out.push(other),
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_what_no_xml_can_hold_is_left_out() {
        let mut out = String::new();
        escape(&mut out, "a<b>&\"'\0\u{1b}\u{ffff}\u{fffe}\u{feff}\u{fffd}é\r\n\tz");
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;&apos;\u{feff}\u{fffd}é&#13;\n\tz");
    }

    #[test]
    fn elements_stand_on_lines_of_their_own_and_texts_within_theirs() {
        let mut xml = Xml::default();
        xml.start("a").attribute("b", "<").seconds("time", 1_042).inside();
        xml.start("c").number("n", 3).end_empty();
        xml.start("d").text("d", "x & y");
        xml.end("a");
        assert_eq!(
            xml.made(),
            b"\n<a b=\"&lt;\" time=\"1.042\">\n    <c n=\"3\"/>\n    <d>x &amp; y</d>\n</a>" as &[u8]
        );
    }
}
