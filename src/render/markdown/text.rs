//! Texts from outside as Markdown that is shown as that same text: no table, link, mention, issue, emoji or HTML comes of
//! them.

use std::fmt::Write;

use crate::model::visible::{visible, visible_lines};
use crate::render::escaped;
use crate::render::words::line;

/// A text in a sentence or a cell, on one line. One in which the readers of Markdown would find more than markup, such as
/// a mention or a bare link, is shown as code.
pub fn text(text: &str) -> String {
    let shown = line(text);
    if is_ordinary(&shown) { escaped::text(&shown) } else { entities(&shown) }
}

/// A short text as code: a code, a path, an id.
pub fn code(text: &str) -> String {
    let shown = line(text);
    let is_plain = !shown.is_empty()
        && !shown.contains(['`', '|', '\\', '<', '&'])
        && !shown.starts_with(' ')
        && !shown.ends_with(' ');
    if is_plain { format!("`{shown}`") } else { entities(&shown) }
}

/// A text inside of HTML, where Markdown is not read.
pub fn html(text: &str) -> String {
    entities(&line(text))
}

/// A block of lines as they are, between more backticks than are in it.
pub fn fence(text: &str, language: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let marks = "`".repeat(longest.max(2) + 1);
    format!("{marks}{language}\n{}\n{marks}\n", visible_lines(text).trim_end_matches('\n'))
}

/// Whether nothing in it is more than text and markup that can be escaped: GitHub and GitLab make mentions of `@`,
/// issues of `#1`, links of what looks like one, mathematics of `$`, pictures of `:word:`, and lists of what begins like
/// one.
fn is_ordinary(text: &str) -> bool {
    let lists = |c: char| c == '-' || c == '+' || c == '=';
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = number.len() < text.len() && number.starts_with(['.', ')']);
    let lower = || text.to_ascii_lowercase();
    !text.contains(['@', '$', '#', '<'])
        && !text.contains("://")
        && !lower().contains("www.")
        && !lower().contains("mailto:")
        && !lower().contains("gh-")
        && !text.trim_start().starts_with(lists)
        && !numbered
        && !has_picture(text)
}

/// `:word:`
fn has_picture(text: &str) -> bool {
    let mut parts = text.split(':');
    parts.next();
    let words: Vec<&str> = parts.collect();
    let is_name = |part: &&str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '+' || c == '-')
    };
    words.len() > 1 && words[..words.len() - 1].iter().any(|part| is_name(&part))
}

/// As code in HTML, every sign but the plainest as an entity: nothing is left that Markdown or GitHub could read.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    out.push_str("<code>");
    for c in visible(text).chars() {
        match c {
            c if c.is_ascii_punctuation() && !matches!(c, '-' | ',' | '(' | ')' | '/' | ';') => {
                // Writing to a string cannot fail.
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    const HOSTILE: [&str; 14] = [
        "a | b || c",
        "`` `x` ```",
        "<img src=x onerror=alert(1)><!-- ",
        "[link](http://evil.test) ![image](x) <http://evil.test>",
        "@octocat please, @org/team",
        "fixes #1, owner/repo#2, GH-3",
        "http://evil.test www.evil.test a@b.test",
        ":+1: :tada:",
        "$\\alpha$ $$x$$",
        "- [ ] a list",
        "1. a number",
        "# a heading\n\n---\n***",
        "</details></table><script>",
        "a \\| b \\",
    ];

    /// Everything, but what makes other signs of quotes and dashes.
    fn options() -> Options {
        Options::all().difference(Options::ENABLE_SMART_PUNCTUATION)
    }

    fn read(markdown: &str) -> (String, Vec<String>) {
        let (mut text, mut other) = (String::new(), Vec::new());
        for event in Parser::new_ext(markdown, options()) {
            match event {
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::InlineHtml(tag) if ["<code>", "</code>"].contains(&tag.trim()) => {}
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                event => other.push(format!("{event:?}")),
            }
        }
        (text, other)
    }

    #[test]
    fn hostile_text_is_shown_as_itself() {
        for hostile in HOSTILE {
            for markdown in [text(hostile), code(hostile), html(hostile)] {
                let (shown, other) = read(&markdown);
                assert_eq!((shown.trim(), other), (visible(hostile).trim(), vec![]), "{hostile}: {markdown}");
                assert!(!markdown.contains('\n'), "{markdown}");
            }
        }
    }

    #[test]
    fn a_cell_stays_one_cell() {
        for hostile in HOSTILE {
            let table = format!("| a | b |\n| --- | --- |\n| {} | {} |\n", text(hostile), code(hostile));
            let cells = Parser::new_ext(&table, options()).filter(|e| matches!(e, Event::Start(Tag::TableCell)));
            assert_eq!(cells.count(), 4, "{table}");
        }
    }

    #[test]
    fn what_makes_mentions_links_and_issues_is_within_code() {
        for hostile in HOSTILE {
            let markdown = text(hostile);
            let outside = markdown.split("<code>").map(|part| part.split("</code>").last().unwrap_or_default());
            let outside: String = outside.collect();
            assert!(!outside.contains('@') && !outside.contains("#1") && !outside.contains("://"), "{markdown}");
        }
        assert_eq!(text("expected 404 NOT_FOUND, got 409"), "expected 404 NOT_FOUND, got 409");
    }

    #[test]
    fn a_fence_is_longer_than_what_is_in_it() {
        let fenced = fence("a\n````\nb\n```sh\n", "text");
        assert!(fenced.starts_with("`````text\n") && fenced.ends_with("\n`````\n"), "{fenced}");
    }
}
