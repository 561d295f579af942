//! Documentation pages of all kinds, read into a catalogue.

mod code;
mod columns;
mod html;
mod openapi;
mod pasted;
mod source;

use crate::load::catalogue::of_tables;
use crate::load::catalogue::page::{self, Page};
use crate::model::catalogue::Catalogue;
use crate::model::complaint::{At, Complaint, Weight};

pub use source::text;

/// What a page is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    Markdown,
    Html,
    /// The text of a page as it was copied from a browser.
    Text,
    OpenApi,
}

impl PageKind {
    pub fn name(self) -> &'static str {
        match self {
            PageKind::Markdown => "Markdown",
            PageKind::Html => "HTML",
            PageKind::Text => "the text of a page",
            PageKind::OpenApi => "OpenAPI",
        }
    }

    /// Goes by what the page holds first, then by the ending of its name.
    pub fn of(name: &str, text: &str) -> PageKind {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let begins = |sign: &str| text.get(..sign.len()).is_some_and(|head| head.eq_ignore_ascii_case(sign));
        if begins("<!doctype html") || begins("<html") || ["html", "htm", "xhtml"].contains(&ending.as_str()) {
            return PageKind::Html;
        }
        if ["json", "yaml", "yml"].contains(&ending.as_str()) || openapi::says_so(head(text)) {
            return PageKind::OpenApi;
        }
        if text.lines().any(is_rule_of_a_table) {
            return PageKind::Markdown;
        }
        if has_a_table(text) {
            return PageKind::Html;
        }
        let markdown = ["md", "markdown"].contains(&ending.as_str());
        if markdown && !pasted::has_rows(text) { PageKind::Markdown } else { PageKind::Text }
    }
}

/// Where a file says what it is.
fn head(text: &str) -> &str {
    const LONGEST: usize = 4096;
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// `|---|:-:|`
fn is_rule_of_a_table(line: &str) -> bool {
    let line = line.trim();
    line.contains('|') && line.contains('-') && line.bytes().all(|byte| b"|-: \t>".contains(&byte))
}

fn has_a_table(text: &str) -> bool {
    text.match_indices('<')
        .any(|(at, _)| text.as_bytes()[at + 1..].get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case(b"table")))
}

/// A page, read.
#[derive(Debug)]
pub struct ReadPage {
    pub kind: PageKind,
    pub catalogue: Catalogue,
    /// Errors are what was refused.
    pub complaints: Vec<Complaint>,
}

impl ReadPage {
    pub fn refused(&self) -> usize {
        self.complaints.iter().filter(|complaint| complaint.weight == Weight::Error).count()
    }
}

/// What is said about a page before its tables are read.
struct Words {
    page: Box<str>,
    list: Vec<Complaint>,
}

impl Words {
    fn new(page: &str) -> Self {
        Words { page: page.into(), list: Vec::new() }
    }
}

/// Reads a page. `name` is how complaints show it; `code_at` is the JSON Pointer to the code in an error answer, for
/// OpenAPI.
pub fn read(name: &str, text: &str, kind: Option<PageKind>, code_at: Option<&str>) -> ReadPage {
    let kind = kind.unwrap_or_else(|| PageKind::of(name, text));
    let (tables, words) = match kind {
        PageKind::Markdown => markdown(name, text),
        PageKind::Html => html::read(name, text),
        PageKind::Text => pasted::read(name, text),
        PageKind::OpenApi => openapi::read(name, text, code_at.map(pointer).as_deref()),
    };
    let mut complaints = words.list;
    let wrong = complaints.iter().any(|complaint| complaint.weight == Weight::Error);
    let catalogue = if tables.tables.is_empty() && kind != PageKind::Markdown {
        if !wrong {
            complaints.push(no_codes(name, kind));
        }
        Catalogue::new(name)
    } else {
        let (catalogue, said) = of_tables(name, &tables);
        complaints.extend(said);
        catalogue
    };
    ReadPage { kind, catalogue, complaints }
}

fn no_codes(name: &str, kind: PageKind) -> Complaint {
    let (text, help) = match kind {
        PageKind::Html => {
            ("the page has no table with rows", "a page that a script fills is saved as text from the browser instead")
        }
        _ => (
            "no line of the page is read as a code with its statuses",
            "rows are read like `NOT_FOUND404The record...`, with tabs or blanks between, or one cell in each line",
        ),
    };
    Complaint::error(name, At::File, text)
        .help(format!("read as {}; name another kind with `--kind`; {help}", kind.name()))
}

/// The tables of a Markdown page, with the columns of other pages' names too.
fn markdown(name: &str, text: &str) -> (Page, Words) {
    let (mut page, mut words) = (page::read(text), Words::new(name));
    for table in &mut page.tables {
        let rows = table.rows.iter().map(|row| row.cells.as_slice());
        let Some(chosen) = columns::choose(&table.columns, rows) else { continue };
        if chosen.by_content {
            words.list.push(columns::said(name, table.line, &table.columns, chosen));
        }
        columns::name(&mut table.columns, chosen);
    }
    (page, words)
}

/// The members that a JSON Pointer leads through.
fn pointer(written: &str) -> Vec<String> {
    written.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

#[cfg(test)]
mod tests;
