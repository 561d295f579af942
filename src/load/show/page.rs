//! A file that complaints are about: its text, where its lines begin, and its tree once one is needed.

use std::cell::OnceCell;
use std::ops::Range;

use super::mask;
use crate::load::home::Home;
use crate::load::tree::{self, Node};
use crate::model::complaint::At;

pub struct Page {
    pub text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    language: Language,
    tree: OnceCell<Option<Node>>,
    masks: OnceCell<Vec<Range<usize>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Toml,
    Yaml,
    Other,
}

const MARK: char = '\u{feff}';

impl Page {
    /// `None` if the file cannot be read.
    pub fn read(home: &Home, file: &str) -> Option<Page> {
        let text = String::from_utf8_lossy(&home.bytes(file).ok()?).into_owned();
        let language = match file.rsplit('.').next() {
            _ if file == home.config_name() => Language::Toml,
            Some("toml") => Language::Toml,
            Some("yaml" | "yml" | "json") => Language::Yaml,
            _ => Language::Other,
        };
        Some(Page::new(text, language))
    }

    fn new(text: String, language: Language) -> Page {
        let mark = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
        let lines = std::iter::once(mark).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        Page { text, lines, language, tree: OnceCell::new(), masks: OnceCell::new() }
    }

    /// The bytes that a complaint points at, all within one line.
    pub fn locate(&self, at: &At) -> Option<Range<usize>> {
        let range = match at {
            At::File => return None,
            At::Bytes(range) => range.clone(),
            At::Line(line) => self.written(usize::try_from(*line).ok()?)?,
            At::Value(_) | At::Key(_) | At::Within(..) => self.tree()?.range(at, &self.text)?,
        };
        Some(self.within_line(range))
    }

    fn tree(&self) -> Option<&Node> {
        let read = || match self.language {
            Language::Toml => Some(tree::read_toml(&self.text).0),
            Language::Yaml => tree::read_yaml(&self.text).ok(),
            Language::Other => None,
        };
        self.tree.get_or_init(read).as_ref()
    }

    /// Secrets that stand written out in the file: they are never shown.
    pub fn masks(&self) -> &[Range<usize>] {
        let find = || match self.language {
            Language::Toml => mask::secrets(self.tree(), &self.text),
            Language::Yaml | Language::Other => Vec::new(),
        };
        self.masks.get_or_init(find)
    }

    /// A line, from 1, without the blanks around it.
    fn written(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.lines.get(line.checked_sub(1)?)?;
        let text = &self.text[start..self.end_of_line(start)];
        let start = start + text.len() - text.trim_start().len();
        Some(start..start + text.trim().len())
    }

    fn within_line(&self, range: Range<usize>) -> Range<usize> {
        let mut start = range.start.clamp(self.lines[0], self.text.len().max(self.lines[0]));
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = range.end.clamp(start, self.end_of_line(start));
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end
    }

    /// Where the line that this byte is in ends, its line break aside.
    pub fn end_of_line(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        if rest[..length].ends_with('\r') { at + length - 1 } else { at + length }
    }

    pub fn start_of_line(&self, at: usize) -> usize {
        self.lines[self.line_index(at)]
    }

    fn line_index(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Both from 1; the column counts characters.
    pub fn line_and_column(&self, at: usize) -> (u32, u32) {
        let line = self.line_index(at);
        let column = self.text[self.lines[line]..at].chars().count();
        let number = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
        (number(line), number(column))
    }
}
