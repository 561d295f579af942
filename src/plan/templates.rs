//! The grammar of texts: where a `{{ name }}` is, and what is only braces.

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Sent as it stands.
    Text(&'t str),
    Variable(Variable<'t>),
}

/// `{{ name }}` or `{{ totp(name) }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Variable<'t> {
    pub name: &'t str,
    /// Whether the one-time password of the value is meant.
    pub totp: bool,
    /// As it stands in the text, braces included.
    pub written: &'t str,
}

/// The stretches of a text, in order.
pub(super) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text, waiting: None }
}

pub(super) struct Pieces<'t> {
    rest: &'t str,
    waiting: Option<Piece<'t>>,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        if let Some(piece) = self.waiting.take() {
            return Some(piece);
        }
        if self.rest.is_empty() {
            return None;
        }
        let (start, end, found) = next_special(self.rest).unwrap_or((self.rest.len(), self.rest.len(), None));
        let (before, after) = (&self.rest[..start], &self.rest[end..]);
        self.rest = after;
        match found {
            Some(piece) if before.is_empty() => Some(piece),
            found => {
                self.waiting = found;
                Some(Piece::Text(before))
            }
        }
    }
}

/// The first variable or escape: where it starts, where it ends, and what it is.
fn next_special(text: &str) -> Option<(usize, usize, Option<Piece<'_>>)> {
    let mut from = 0;
    while let Some(start) = braces(text, from) {
        let here = &text[start..];
        if let Some(escaped) = here.strip_prefix("{{").filter(|inner| inner.starts_with("{{"))
            && let Some(variable) = variable(escaped)
        {
            return Some((start, start + 2 + variable.written.len(), Some(Piece::Text(variable.written))));
        }
        if let Some(variable) = variable(here) {
            return Some((start, start + variable.written.len(), Some(Piece::Variable(variable))));
        }
        from = start + 1;
    }
    None
}

/// Where the first two braces from here on are. Most texts have none, and a search for one letter is the quickest.
fn braces(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let opened = |at: &usize| bytes.get(from + at + 1) == Some(&b'{');
    memchr::memchr_iter(b'{', &bytes[from..]).find(opened).map(|at| from + at)
}

/// The variable that the text begins with.
fn variable(text: &str) -> Option<Variable<'_>> {
    let inner = text.strip_prefix("{{")?.trim_start_matches(BLANK);
    let (word, after) = name(inner)?;
    let called = after.trim_start_matches(BLANK).strip_prefix('(');
    let (name, totp, after) = match called {
        Some(argument) if word == "totp" => {
            let (argument, after) = name(argument.trim_start_matches(BLANK))?;
            (argument, true, after.trim_start_matches(BLANK).strip_prefix(')')?)
        }
        _ => (word, false, after),
    };
    let rest = after.trim_start_matches(BLANK).strip_prefix("}}")?;
    Some(Variable { name, totp, written: &text[..text.len() - rest.len()] })
}

const BLANK: [char; 2] = [' ', '\t'];

/// The name that the text begins with, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(())?;
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
    Some(text.split_at(end))
}

/// Whether this can be the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    name(text).is_some_and(|(_, rest)| rest.is_empty())
}

/// The variable, if the text is nothing else.
pub(super) fn only_variable(text: &str) -> Option<Variable<'_>> {
    if !text.starts_with("{{") {
        return None;
    }
    let mut pieces = pieces(text);
    match (pieces.next(), pieces.next()) {
        (Some(Piece::Variable(variable)), None) => Some(variable),
        _ => None,
    }
}

/// Whether the text holds a variable at all.
pub(super) fn has_variable(text: &str) -> bool {
    pieces(text).any(|piece| matches!(piece, Piece::Variable(_)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The text as it is sent, with variables shown as `<name>`.
    fn shown(text: &str) -> String {
        pieces(text)
            .map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Variable(v) if v.totp => format!("<totp {}>", v.name),
                Piece::Variable(v) => format!("<{}>", v.name),
            })
            .collect()
    }

    #[test]
    fn a_name_in_double_braces_is_a_variable_with_or_without_blanks() {
        assert_eq!(shown("a {{ x }}{{y}} {{  z-1_a }} b"), "a <x><y> <z-1_a> b");
        assert_eq!(shown("{{ totp(seed) }}{{totp( seed )}}"), "<totp seed><totp seed>");
        assert_eq!(shown("{{ totp }}"), "<totp>");
    }

    #[test]
    fn any_other_use_of_braces_is_text() {
        for text in [
            "{{7*7}}",
            "{{ 7 }}",
            "{%",
            "{{.requester.email}}",
            "{{#if}}",
            "{{ a b }}",
            "{{}}",
            "{{",
            "}}",
            "{x}",
            "{{ x }",
            "{{ sha(x) }}",
            "{{ totp() }}",
            "{{ totp(a, b) }}",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn four_braces_send_two() {
        assert_eq!(shown("a {{{{ name }} b"), "a {{ name }} b");
        assert_eq!(shown("{{{{name}}}}"), "{{name}}}}");
        assert_eq!(shown("{{{{ totp(x) }}"), "{{ totp(x) }}");
        assert_eq!(shown("{{{{ 7 }}"), "{{{{ 7 }}");
    }

    #[test]
    fn a_brace_beside_a_variable_is_text() {
        assert_eq!(shown("{\"a\":{{ x }}}"), "{\"a\":<x>}");
        assert_eq!(shown("{{{ x }}}"), "{<x>}");
    }

    #[test]
    fn a_text_that_is_only_a_variable_is_told_from_one_that_holds_it() {
        assert_eq!(only_variable("{{ x }}").map(|v| v.name), Some("x"));
        assert_eq!(only_variable(" {{ x }}"), None);
        assert_eq!(only_variable("{{ x }}{{ y }}"), None);
        assert_eq!(only_variable("{{{{ x }}"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_without_a_panic(text in "[{} a-z(){{}}%é\\n]{0,40}|.{0,40}") {
            let _ = shown(&text);
        }

        #[test]
        fn a_text_without_a_variable_or_an_escape_is_unchanged(text in "([{} a(*.#%é]|\\{\\{7\\*7\\}\\}){0,40}") {
            prop_assume!(!has_variable(&text) && !text.contains("{{{{"));
            prop_assert_eq!(shown(&text), text);
        }

        #[test]
        fn a_text_with_an_escaped_variable_comes_out_as_written(name in "[a-z][a-z0-9_-]{0,8}") {
            let written = format!("{{{{ {name} }}}}");
            prop_assert_eq!(shown(&format!("{{{{{written}")), written);
        }
    }
}
