//! An HTML page as a row of tags and texts, each with its line. A page is passed once, whatever it nests or leaves open.

use std::borrow::Cow;

/// A tag or a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// With its entities decoded.
    Text(Cow<'t, str>),
    Open(Tag<'t>),
    Close(Name),
}

/// A tag, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    pub name: Name,
    /// What stands behind the name.
    attributes: &'t str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Table,
    /// `thead`, `tbody`, `tfoot`
    Part,
    Row,
    HeadCell,
    Cell,
    Heading,
    Code,
    /// `br` and what begins a new line.
    Block,
    /// What is no text of the page: buttons, drawings, templates.
    Apart,
    Superscript,
    Link,
    Other,
}

impl Name {
    fn of(name: &str) -> Name {
        match name {
            "table" => Name::Table,
            "thead" | "tbody" | "tfoot" => Name::Part,
            "tr" => Name::Row,
            "th" => Name::HeadCell,
            "td" => Name::Cell,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Name::Heading,
            "code" | "kbd" | "samp" | "tt" => Name::Code,
            "br" | "p" | "div" | "li" | "ul" | "ol" | "dl" | "dt" | "dd" | "pre" | "hr" | "section" | "blockquote" => {
                Name::Block
            }
            "button" | "svg" | "template" | "select" => Name::Apart,
            "sup" => Name::Superscript,
            "a" => Name::Link,
            _ => Name::Other,
        }
    }
}

impl Tag<'_> {
    /// The value of an attribute that is a number.
    pub fn number(&self, name: &str) -> Option<u32> {
        let mut rest = self.attributes;
        while let Some((attribute, value, after)) = attribute(rest) {
            if attribute.eq_ignore_ascii_case(name) {
                let digits = value.trim_start();
                let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                return digits[..end].parse().ok();
            }
            rest = after;
        }
        None
    }
}

/// The first attribute of these, its value, and what is behind it.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    if text.is_empty() {
        return None;
    }
    let ends_name = |(at, c): (usize, char)| c.is_ascii_whitespace() || c == '/' || (c == '=' && at > 0);
    let end = text.char_indices().find(|found| ends_name(*found)).map_or(text.len(), |(at, _)| at);
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else { return Some((name, "", rest)) };
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            let (value, rest) = inner.split_once(quote).unwrap_or((inner, ""));
            return Some((name, value, rest));
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
    Some((name, &value[..end], &value[end..]))
}

/// The pieces of a page, each with the line where it begins.
pub(super) struct Pieces<'t> {
    rest: &'t str,
    line: u32,
    /// The element whose content is no markup, until its end tag.
    raw: Option<&'static str>,
}

/// Elements whose content is no markup, and no text of the page either.
const RAW: [&str; 8] = ["script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"];

impl<'t> Pieces<'t> {
    pub fn of(text: &'t str) -> Self {
        Pieces { rest: text, line: 1, raw: None }
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        let ends = taken.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.rest = rest;
        taken
    }

    fn skip_raw(&mut self, name: &str) {
        let ends = |at: &usize| {
            let rest = &self.rest.as_bytes()[at + 2..];
            rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        };
        let end = self.rest.match_indices("</").map(|(at, _)| at).find(ends);
        self.take(end.unwrap_or(self.rest.len()));
    }

    /// The tag that begins here, if one does; comments and the like are none.
    fn tag(&mut self) -> Option<Piece<'t>> {
        let rest = self.rest;
        let after = &rest[1..];
        if after.starts_with("!--") {
            let end = rest[4..].find("-->").map_or(rest.len(), |at| at + 7);
            self.take(end);
            return None;
        }
        if after.starts_with(['!', '?']) {
            self.take(rest.find('>').map_or(rest.len(), |at| at + 1));
            return None;
        }
        let closing = after.starts_with('/');
        let length = tag_length(rest);
        let whole = self.take(length);
        let inner = whole[1 + usize::from(closing)..].trim_end_matches('>');
        let ends_name = |c: char| c.is_ascii_whitespace() || c == '/';
        let (name, attributes) = inner.split_at(inner.find(ends_name).unwrap_or(inner.len()));
        let name = if name.len() <= 16 { name.to_ascii_lowercase() } else { String::new() };
        if closing {
            return Some(Piece::Close(Name::of(&name)));
        }
        self.raw = RAW.into_iter().find(|raw| *raw == name);
        Some(Piece::Open(Tag { name: Name::of(&name), attributes }))
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = (Piece<'t>, u32);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(name) = self.raw.take() {
                self.skip_raw(name);
            }
            if self.rest.is_empty() {
                return None;
            }
            let line = self.line;
            let length = text_length(self.rest);
            if length > 0 {
                let text = self.take(length);
                return Some((Piece::Text(html_escape::decode_html_entities(text)), line));
            }
            if let Some(piece) = self.tag() {
                return Some((piece, line));
            }
        }
    }
}

/// How far it is to the next tag or comment.
fn text_length(text: &str) -> usize {
    let begins = |at: &usize| {
        let mut behind = text.as_bytes()[at + 1..].iter();
        match behind.next() {
            Some(b'/') => behind.next().is_some_and(u8::is_ascii_alphabetic),
            Some(b'!' | b'?') => true,
            next => next.is_some_and(u8::is_ascii_alphabetic),
        }
    };
    text.match_indices('<').map(|(at, _)| at).find(begins).unwrap_or(text.len())
}

/// How long the tag is, its `>` included; a `>` within a quoted value does not end it.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            _ => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let one = |(piece, line)| match piece {
            Piece::Text(text) => format!("{line} {text}"),
            Piece::Open(tag) => format!("{line} <{:?}>", tag.name),
            Piece::Close(name) => format!("{line} </{name:?}>"),
        };
        Pieces::of(text).map(one).collect()
    }

    #[test]
    fn tags_and_texts_have_their_lines() {
        assert_eq!(told("a\n<TD\n x='>'>b</td>\n"), ["1 a\n", "2 <Cell>", "3 b", "3 </Cell>", "3 \n"]);
    }

    #[test]
    fn entities_are_decoded_and_comments_scripts_and_doctypes_passed_over() {
        let page = "<!doctype html><!-- <td> --><script>if (a<b) \"<td>\"</script>&lt;a&nbsp;&#38;&eacute; <style><td></STYLE>";
        assert_eq!(told(page), ["1 <Other>", "1 </Other>", "1 <a\u{a0}&é ", "1 <Other>", "1 </Other>"]);
    }

    #[test]
    fn a_sign_that_begins_no_tag_is_text() {
        assert_eq!(told("1 < 2 <3 </ >"), ["1 1 < 2 <3 </ >"]);
    }

    #[test]
    fn spans_are_read_however_they_are_written() {
        for tag in ["<td colspan=3>", "<td class='colspan=9' COLSPAN = \"3\" x>", "<td x=\"a b\" colspan='3 '/>"] {
            let Some((Piece::Open(tag), _)) = Pieces::of(tag).next() else { panic!("{tag}") };
            assert_eq!((tag.number("colspan"), tag.number("rowspan")), (Some(3), None));
        }
    }
}
