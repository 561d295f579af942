//! What is said about a page that cannot be read as it stands.

use crate::model::catalogue::Status;
use crate::model::complaint::{At, Complaint, Weight};

use super::page::{Row, Table};

/// What a page of another shape is told to have.
const NEEDED: &str = "a table needs a column headed `Code` and one headed `HTTP status` or `Status`; \
                      the other columns are the meaning: `| Code | HTTP status | Meaning |`";

/// The complaints about one page, in the order in which they came up.
pub(super) struct Complaints {
    page: Box<str>,
    pub list: Vec<Complaint>,
}

impl Complaints {
    pub fn new(page: &str) -> Self {
        Complaints { page: page.into(), list: Vec::new() }
    }

    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|complaint| complaint.weight == Weight::Error)
    }

    pub fn no_code(&mut self, line: u32) {
        self.error(line, "this row has no code", "fill in its `Code` cell, or remove the row");
    }

    pub fn no_status(&mut self, line: u32, word: &str) {
        let help = "statuses are 100 to 599, or a class such as `4xx`; leave the cell empty if none is stated";
        self.error(line, format!("`{}` is no HTTP status", shown(word)), help);
    }

    pub fn twice(&mut self, line: u32, code: &str, first: u32) {
        let text = format!("`{}` is in this table twice, first on line {first}", shown(code));
        self.error(line, text, "write one row with all its statuses, such as `400 / 401`");
    }

    pub fn no_rows(&mut self, line: u32) {
        self.error(line, "the table of codes has no rows", "add a row for each code");
    }

    pub fn no_table(&mut self) {
        let complaint = Complaint::error(&self.page, At::File, "the page has no table of codes").help(NEEDED);
        self.list.push(complaint);
    }

    /// Said of the first table, where there are tables but none of codes.
    pub fn other_tables(&mut self, first: &Table) {
        let headed = shown(&first.columns.join(" | "));
        let text = format!("the page has no table of codes; the first table is headed `{headed}`");
        self.error(first.line, text, NEEDED);
    }

    pub fn range(&mut self, line: u32, first: u16, last: u16) {
        let text = format!("`{first}` and `{last}` are read as two statuses, not as a range");
        self.notice(line, text, "write every status, or a class such as `4xx`");
    }

    pub fn half_a_table(&mut self, line: u32, has: &str, lacks: &str) {
        let text = format!("this table has a column headed {has} but none headed {lacks}, and is not read");
        self.notice(line, text, format!("if it documents codes, head a column {lacks}"));
    }

    pub fn again(&mut self, line: u32, code: &str, first: u32, added: &[Status]) {
        let added: Vec<String> = added.iter().map(Status::to_string).collect();
        let adds = if added.is_empty() { "no status".to_string() } else { added.join(", ") };
        let text = format!("`{}` is documented on line {first} already; this row adds {adds}", shown(code));
        self.list.push(Complaint::notice(&self.page, At::Line(line), text));
    }

    /// A row with too many cells has lost some; one without any bar was perhaps meant as prose.
    pub fn cells(&mut self, row: &Row, columns: usize) {
        if row.written > columns {
            let text =
                format!("this row has {} cells and the table {columns} columns; the rest is not read", row.written);
            self.notice(row.line, text, "a `|` inside a cell is written `\\|`");
        } else if row.written == 0 {
            let text = "this line is read as a row of the table above";
            self.notice(row.line, text, "if it is prose, put an empty line before it");
        }
    }

    /// Codes are compared exactly, so what an answer is unlikely to hold is pointed out.
    pub fn doubts(&mut self, line: u32, code: &str) {
        if code.bytes().all(|byte| byte.is_ascii_graphic()) {
            return;
        }
        if let Some(hidden) = code.chars().find(|c| is_invisible(*c)) {
            let number = u32::from(hidden);
            let text = format!("the code `{}` contains an invisible character, U+{number:04X}", shown(code));
            self.notice(line, text, "remove it unless answers contain it too");
        }
        if code.contains(", ") || code.contains(" / ") {
            self.notice(line, format!("`{}` is read as one code", shown(code)), "write a row for each code");
        }
    }

    fn error(&mut self, line: u32, text: impl Into<String>, help: impl Into<String>) {
        self.list.push(Complaint::error(&self.page, At::Line(line), text).help(help));
    }

    fn notice(&mut self, line: u32, text: impl Into<String>, help: impl Into<String>) {
        self.list.push(Complaint::notice(&self.page, At::Line(line), text).help(help));
    }
}

/// A piece of the page as a message shows it: not longer than a line, nothing that a terminal obeys.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let visible = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut shown: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

fn is_invisible(c: char) -> bool {
    let hidden = ['\u{200b}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2060}'..='\u{2064}'];
    c.is_control() || c == '\u{ad}' || c == '\u{feff}' || hidden.iter().any(|range| range.contains(&c))
}
