//! Reads the text of a page as it was copied from a browser: columns may run together, be parted by tabs or blanks, or
//! stand one below the other.

mod heads;
mod split;

use super::Words;
use super::code::{is_code, is_word};
use super::columns::{self, Chosen, is_status_cell};
use crate::load::catalogue::page::{Page, Row, Table, single_spaced};
use crate::model::complaint::{At, Complaint};

/// A line with something in it.
#[derive(Debug, Clone, Copy)]
struct Line<'t> {
    number: u32,
    /// Without blanks around it; tabs before it are kept, for they end empty cells.
    text: &'t str,
}

/// The tables of a page, and what is said about it.
pub(super) fn read(page: &str, text: &str) -> (Page, Words) {
    let lines = lines(text);
    let mut reader = Reader {
        lines: &lines,
        at: 0,
        page: Page { headings: vec!["".into()], tables: Vec::new() },
        words: Words::new(page),
        section: None,
        tabs: None,
        stack: None,
        fresh: true,
    };
    while reader.at < lines.len() {
        reader.step();
    }
    (reader.page, reader.words)
}

/// Whether a text has a line that is read as a row.
pub(super) fn has_rows(text: &str) -> bool {
    let lines = lines(text);
    (0..lines.len()).any(|at| {
        let line = lines[at].text;
        split::split(line).is_some() || tabbed(line, None).is_some() || stacked(&lines[at..], None).is_some()
    })
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.split('\n').zip(1..).map(|(line, number)| {
        let line = line.trim_end();
        Line { number, text: line.trim_start_matches(|c: char| c.is_whitespace() && c != '\t') }
    });
    numbered.filter(|line| !line.text.is_empty()).collect()
}

/// The cells of a row.
struct Cells {
    code: String,
    statuses: String,
    meaning: String,
}

struct Reader<'a> {
    lines: &'a [Line<'a>],
    at: usize,
    page: Page,
    words: Words,
    /// The last line that may head a section.
    section: Option<&'a str>,
    /// The columns of lines with tabs, where headings said them.
    tabs: Option<Chosen>,
    /// How many lines a row takes up and which are the two, where headings said it.
    stack: Option<(usize, Chosen)>,
    /// The next row begins a table.
    fresh: bool,
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        let (line, rest) = (self.lines[self.at], &self.lines[self.at..]);
        if let Some(found) = heads::stacked(rest) {
            self.head(found.0);
            self.stack = Some(found);
        } else if let Some(chosen) = head_with_tabs(line.text) {
            self.head(1);
            self.tabs = Some(chosen);
        } else if let Some(cells) = tabbed(line.text, self.tabs) {
            self.add(line.number, cells, 1);
        } else if let Some(split) = split::split(line.text) {
            if split.doubtful {
                self.doubt(line.number, &split);
            }
            let (code, statuses) = (split.code.to_owned(), split.statuses.to_owned());
            self.add(line.number, Cells { code, statuses, meaning: single_spaced(split.meaning) }, 1);
        } else if heads::in_one_line(line.text) {
            self.head(1);
        } else if let Some((cells, taken)) = stacked(rest, self.stack) {
            self.add(line.number, cells, taken);
        } else {
            self.other(line);
        }
    }

    /// Headings of columns begin a table.
    fn head(&mut self, taken: usize) {
        (self.tabs, self.stack, self.fresh) = (None, None, true);
        self.at += taken;
    }

    fn add(&mut self, line: u32, cells: Cells, taken: usize) {
        if let Some(section) = self.section.take() {
            self.page.headings.push(single_spaced(section).into());
            self.fresh = true;
        }
        if self.fresh {
            let heading = self.page.headings.len() - 1;
            let columns = ["Code", "HTTP status", "Meaning"].map(str::to_owned).to_vec();
            self.page.tables.push(Table { heading, line, columns, rows: Vec::new() });
            self.fresh = false;
        }
        if let Some(table) = self.page.tables.last_mut() {
            table.rows.push(Row { line, cells: vec![cells.code, cells.statuses, cells.meaning], written: 3 });
        }
        self.at += taken;
    }

    /// A line that is no row: more of the row above, the heading of a section, or text beside the tables.
    fn other(&mut self, line: Line<'a>) {
        self.at += 1;
        if self.goes_on(line) {
            let row = self.page.tables.last_mut().and_then(|table| table.rows.last_mut());
            if let Some(meaning) = row.and_then(|row| row.cells.last_mut()) {
                meaning.push(' ');
                meaning.push_str(&single_spaced(line.text));
            }
            return;
        }
        if heads::is_section(line.text) {
            self.section = Some(line.text);
        } else if let Some(number) = split::other_number(line.text) {
            let text =
                format!("this line is left out: `{number}` behind the code is no status of an error (4xx or 5xx)");
            self.words.list.push(Complaint::error(&self.words.page, At::Line(line.number), text));
        } else if is_code(line.text) && line.text.contains('_') {
            let text = "this line is left out: it looks like a code, but no status follows";
            self.words.list.push(Complaint::notice(&self.words.page, At::Line(line.number), text));
        }
    }

    /// Whether a line stands between two rows, with no empty line between.
    fn goes_on(&self, line: Line<'_>) -> bool {
        let before = self.at.checked_sub(2).map(|before| self.lines[before]);
        let after = self.lines.get(self.at);
        let touches = |above: u32, below: u32| above.saturating_add(1) == below;
        let row = |line: &Line<'_>| split::split(line.text).is_some() || tabbed(line.text, self.tabs).is_some();
        !self.fresh
            && self.section.is_none()
            && before.is_some_and(|before| touches(before.number, line.number) && row(&before))
            && after.is_some_and(|after| touches(line.number, after.number) && row(after))
    }

    fn doubt(&mut self, line: u32, split: &split::Split<'_>) {
        let meaning: String = split.meaning.chars().take(30).collect();
        let text = format!(
            "digits run together here; read as the code `{}`, status {} and a meaning that begins `{meaning}`",
            split.code, split.statuses
        );
        self.words.list.push(Complaint::notice(&self.words.page, At::Line(line), text));
    }
}

/// The cells of a line with tabs: where headings said it, or by what they hold.
fn tabbed(line: &str, chosen: Option<Chosen>) -> Option<Cells> {
    if !line.contains('\t') {
        return None;
    }
    let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
    let (code, status) = match chosen {
        Some(chosen) if cells.len() > chosen.code.max(chosen.status) => (chosen.code, chosen.status),
        _ => {
            let status = cells.iter().position(|cell| is_status_cell(cell))?;
            (cells.iter().position(|cell| is_code(cell))?, status)
        }
    };
    Some(self::cells(&cells, code, status))
}

fn cells(cells: &[&str], code: usize, status: usize) -> Cells {
    let rest = cells.iter().enumerate().filter(|(at, cell)| *at != code && *at != status && !cell.is_empty());
    let meaning: Vec<&str> = rest.map(|(_, cell)| *cell).collect();
    Cells {
        code: single_spaced(cells[code]),
        statuses: single_spaced(cells[status]),
        meaning: single_spaced(&meaning.join(" · ")),
    }
}

fn head_with_tabs(line: &str) -> Option<Chosen> {
    let cells: Vec<String> = line.split('\t').map(|cell| cell.trim().to_owned()).collect();
    if cells.len() < 2 { None } else { columns::by_headings(&cells) }
}

/// A row with one cell in each line, and how many lines it takes up.
fn stacked(lines: &[Line<'_>], known: Option<(usize, Chosen)>) -> Option<(Cells, usize)> {
    let (width, chosen) = known.unwrap_or((3, Chosen { code: 0, status: 1, by_content: true }));
    let is_one = |code: &str| if known.is_some() { is_word(code) } else { is_code(code) };
    let begins = |lines: &[Line<'_>]| {
        lines.get(chosen.code).is_some_and(|line| is_one(line.text))
            && lines.get(chosen.status).is_some_and(|line| heads::is_stated_or_not(line.text))
    };
    if !begins(lines) {
        return None;
    }
    let least = chosen.code.max(chosen.status) + 1;
    // A cell at the end may be empty, and then it is no line.
    let taken = (least..width).find(|taken| begins(&lines[*taken..])).unwrap_or(width).min(lines.len());
    let texts: Vec<&str> = lines[..taken].iter().map(|line| line.text.trim()).collect();
    Some((cells(&texts, chosen.code, chosen.status), taken))
}

#[cfg(test)]
mod tests;
