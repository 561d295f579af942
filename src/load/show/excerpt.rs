//! The part of a line around a caret, fit for a terminal.

use std::borrow::Cow;
use std::ops::Range;

use super::page::Page;
use crate::model::visible::is_plain;

/// Characters shown before the caret, and from it on.
const BEFORE: usize = 60;
const AFTER: usize = 80;

pub struct Excerpt {
    pub text: String,
    /// Bytes of `text`.
    pub caret: Range<usize>,
    /// From 1, in the file.
    pub line: usize,
    /// From 1, in the file, in characters.
    pub column: usize,
}

impl Excerpt {
    /// The surroundings of a range that lies within one line.
    pub fn of(page: &Page, range: &Range<usize>) -> Excerpt {
        let (line, column) = page.line_and_column(range.start);
        let whole = page.start_of_line(range.start)..page.end_of_line(range.start).max(range.end);
        let shown = window(&page.text, &whole, range.start);
        let mut text = String::new();
        if shown.start > whole.start {
            text.push('…');
        }
        let caret = copy(page, &shown, range, &mut text);
        if shown.end < whole.end {
            text.push('…');
        }
        Excerpt { text, caret, line: line as usize, column: column as usize }
    }
}

fn window(text: &str, line: &Range<usize>, caret: usize) -> Range<usize> {
    if text[line.clone()].chars().nth(BEFORE + AFTER).is_none() {
        return line.clone();
    }
    let before = text[line.start..caret].char_indices().rev().nth(BEFORE - 1);
    let after = text[caret..line.end].char_indices().nth(AFTER);
    let start = before.map_or(line.start, |(offset, _)| line.start + offset);
    start..after.map_or(line.end, |(offset, _)| caret + offset)
}

/// Copies what is shown, with secrets masked and control characters made visible; returns where the caret comes to stand.
fn copy(page: &Page, shown: &Range<usize>, range: &Range<usize>, out: &mut String) -> Range<usize> {
    let (mut start, mut end) = (None, None);
    let mut masks = page.masks().iter().filter(|mask| mask.end > shown.start).peekable();
    let mut masked = false;
    for (offset, character) in page.text[shown.clone()].char_indices() {
        let at = shown.start + offset;
        if at >= range.start {
            start.get_or_insert(out.len());
        }
        if at >= range.end {
            end.get_or_insert(out.len());
        }
        while masks.next_if(|mask| mask.end <= at).is_some() {
            masked = false;
        }
        if masks.peek().is_some_and(|mask| mask.start <= at) {
            if !masked {
                out.push_str(if matches!(character, '"' | '\'') { "\"***\"" } else { "***" });
            }
            masked = true;
        } else {
            push(character, out);
        }
    }
    let start = start.unwrap_or(out.len());
    start..end.unwrap_or(out.len()).max(start)
}

fn push(character: char, out: &mut String) {
    match character {
        '\t' => out.push_str("    "),
        _ => out.push(visible(character)),
    }
}

/// A character as it may be written to a terminal: whatever moves the cursor or turns the text around is replaced.
fn visible(character: char) -> char {
    match character {
        '\u{7f}' => '␡',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('�'),
        other if !is_plain(other) => '�',
        other => other,
    }
}

/// A sentence that may quote what a file holds.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| visible(c) == c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c == '\n' { ' ' } else { visible(c) }).collect())
}
