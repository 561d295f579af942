//! Finds the tables of a page and the headings above them.

use std::rc::Rc;

use super::grid::{Cell, Grid, MOST_CARRIED, Row};
use super::pieces::{Name, Piece, Pieces, Tag};
use crate::load::catalogue::page::single_spaced;

/// A table, or the part of one below a heading inside it.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Tables are numbered as they begin.
    pub table: usize,
    /// The table in a cell of which it stands.
    pub outer: Option<usize>,
    pub heading: usize,
    pub line: u32,
    /// Empty where there are none.
    pub headings: Vec<String>,
    pub rows: Vec<Vec<Rc<Cell>>>,
}

#[derive(Debug)]
pub(super) struct Found {
    /// The first is empty and stands for none.
    pub headings: Vec<String>,
    pub sheets: Vec<Sheet>,
    /// Spans were cut off.
    pub overfull: bool,
}

/// Tables within tables, and no more.
const DEEPEST: usize = 50;

/// Characters that are told of a cell of a table within a cell, and bytes after which no further cell is.
const MOST_TOLD: usize = 4000;

pub(super) fn find(text: &str) -> Found {
    let mut walk = Walk { budget: MOST_CARRIED, ..Walk::default() };
    for (piece, line) in Pieces::of(text) {
        match piece {
            Piece::Text(text) => walk.text(&text, line),
            Piece::Open(tag) => walk.open(&tag, line),
            Piece::Close(name) => walk.close(name),
        }
    }
    while !walk.tables.is_empty() {
        walk.end_table();
    }
    walk.found.overfull = walk.budget == 0;
    walk.found
}

impl Default for Found {
    fn default() -> Self {
        Found { headings: vec![String::new()], sheets: Vec::new(), overfull: false }
    }
}

/// A table that is not closed yet.
#[derive(Default)]
struct Open {
    number: usize,
    /// The beginning of what its cells hold, for the cell that it stands in.
    told: String,
    heading: usize,
    line: u32,
    grid: Grid,
    row: Vec<(Cell, u32, u32)>,
    cell: Option<(Cell, u32, u32)>,
}

#[derive(Default)]
struct Walk {
    found: Found,
    budget: usize,
    tables: Vec<Open>,
    /// Tables that have begun.
    begun: usize,
    /// Tables that stand too deep to be read.
    too_deep: usize,
    /// The heading that is being read.
    heading: Option<String>,
    /// Elements open that are no text of the page.
    apart: u32,
    in_code: bool,
    /// The text ended with a `<code>`, so that another may go on with it.
    after_code: bool,
    superscript: bool,
    /// A link in a superscript: the mark of a footnote.
    mark: bool,
}

impl Walk {
    fn text(&mut self, text: &str, line: u32) {
        if self.apart > 0 || self.mark {
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.push_str(text);
        } else if let Some((cell, ..)) = self.tables.last_mut().and_then(|table| table.cell.as_mut()) {
            if cell.text.is_empty() {
                let blank = &text[..text.len() - text.trim_start().len()];
                let ends = blank.bytes().filter(|byte| *byte == b'\n').count();
                cell.line = line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
            }
            cell.text.push_str(text);
            if self.in_code {
                match cell.codes.last_mut() {
                    Some(code) => code.push_str(text),
                    None => cell.codes.push(text.to_owned()),
                }
            } else {
                self.after_code = false;
            }
        }
    }

    fn open(&mut self, tag: &Tag<'_>, line: u32) {
        match tag.name {
            Name::Table if self.tables.len() >= DEEPEST => self.too_deep += 1,
            Name::Table => {
                self.end_heading();
                let heading = self.found.headings.len() - 1;
                self.tables.push(Open { number: self.begun, heading, line, ..Open::default() });
                self.begun += 1;
            }
            Name::Part => {
                self.end_row();
                if let Some(table) = self.tables.last_mut() {
                    table.grid.end_part();
                }
            }
            Name::Row => self.end_row(),
            Name::Cell | Name::HeadCell => self.begin_cell(tag, line),
            Name::Heading if !self.in_cell() => {
                self.end_heading();
                self.heading = Some(String::new());
            }
            Name::Code => {
                let cell = self.tables.last_mut().and_then(|table| table.cell.as_mut());
                if let Some((cell, ..)) = cell.filter(|_| !self.in_code && !self.after_code) {
                    cell.codes.push(String::new());
                }
                self.in_code = true;
            }
            Name::Block | Name::Heading => self.text(" ", line),
            Name::Apart => self.apart += 1,
            Name::Superscript => self.superscript = true,
            Name::Link => self.mark = self.superscript,
            Name::Other => {}
        }
    }

    fn close(&mut self, name: Name) {
        match name {
            Name::Table if self.too_deep > 0 => self.too_deep -= 1,
            Name::Table => self.end_table(),
            Name::Part => {
                self.end_row();
                if let Some(table) = self.tables.last_mut() {
                    table.grid.end_part();
                }
            }
            Name::Row => self.end_row(),
            Name::Cell | Name::HeadCell => self.end_cell(),
            Name::Heading => self.end_heading(),
            Name::Code => {
                self.after_code = self.in_code;
                self.in_code = false;
            }
            Name::Apart => self.apart = self.apart.saturating_sub(1),
            Name::Superscript => (self.superscript, self.mark) = (false, false),
            Name::Link => self.mark = false,
            Name::Block => self.text(" ", 0),
            Name::Other => {}
        }
    }

    fn in_cell(&self) -> bool {
        self.tables.last().is_some_and(|table| table.cell.is_some())
    }

    /// Marks that were left open end where a cell or heading does.
    fn settle(&mut self) {
        (self.apart, self.in_code, self.after_code, self.superscript, self.mark) = (0, false, false, false, false);
    }

    fn begin_cell(&mut self, tag: &Tag<'_>, line: u32) {
        self.end_cell();
        let head = tag.name == Name::HeadCell;
        let columns = tag.number("colspan").unwrap_or(1).clamp(1, 1000);
        // None at all reaches to the end of its part of the table.
        let rows = match tag.number("rowspan").unwrap_or(1) {
            0 => u32::MAX,
            rows => rows,
        };
        if let Some(table) = self.tables.last_mut() {
            table.cell = Some((Cell { line, head, ..Cell::default() }, columns, rows));
        }
    }

    fn end_cell(&mut self) {
        if let Some(table) = self.tables.last_mut()
            && let Some((mut cell, columns, rows)) = table.cell.take()
        {
            cell.text = single_spaced(&cell.text);
            cell.codes = cell.codes.iter().map(|code| single_spaced(code)).filter(|code| !code.is_empty()).collect();
            if table.told.len() < MOST_TOLD {
                table.told.push(' ');
                table.told.extend(cell.text.chars().take(MOST_TOLD));
            }
            table.row.push((cell, columns, rows));
            self.settle();
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(table) = self.tables.last_mut() {
            let row = std::mem::take(&mut table.row);
            let in_head = !row.is_empty() && row.iter().all(|(cell, ..)| cell.head);
            if !row.is_empty() {
                table.grid.add(row, in_head, &mut self.budget);
            }
        }
    }

    fn end_table(&mut self) {
        self.end_row();
        if let Some(mut table) = self.tables.pop() {
            let told = std::mem::take(&mut table.told);
            let (line, has_codes) = (table.line, self.split(table));
            // A table of other things is part of what the cell says that it stands in.
            if !has_codes && self.in_cell() {
                self.text(&format!("{told} "), line);
            }
        }
    }

    fn end_heading(&mut self) {
        if let Some(heading) = self.heading.take() {
            // What site generators put behind a heading to link to it.
            let heading = single_spaced(&heading);
            self.found.headings.push(heading.trim_end_matches([' ', '¶', '#', '§', '🔗']).to_owned());
            self.settle();
        }
    }

    /// The sheets of a table: the rows of column headings, and a new sheet after a row that is one heading. Gives
    /// whether its headings say that it has codes.
    fn split(&mut self, table: Open) -> bool {
        let outer = self.tables.last().map(|outer| outer.number);
        let new = Sheet { table: table.number, outer, line: table.line, ..Sheet::default() };
        let mut sheet = Sheet { heading: table.heading, ..new };
        let mut has_codes = false;
        for (at, row) in table.grid.rows.into_iter().enumerate() {
            if let Some(title) = title(&row) {
                let (line, headings) = (row.cells[0].line, sheet.headings.clone());
                let next = Sheet { line, headings, table: sheet.table, outer, ..Sheet::default() };
                self.found.headings.push(title);
                self.keep(std::mem::replace(&mut sheet, next));
                sheet.heading = self.found.headings.len() - 1;
            } else if row.in_head && sheet.rows.is_empty() || at == 0 && is_headed(&row) {
                sheet.headings = row.cells.iter().map(|cell| cell.text.clone()).collect();
                has_codes |= super::columns::by_headings(&sheet.headings).is_some();
            } else {
                sheet.rows.push(row.cells);
            }
        }
        self.keep(sheet);
        has_codes
    }

    fn keep(&mut self, sheet: Sheet) {
        if !sheet.rows.is_empty() || super::columns::by_headings(&sheet.headings).is_some() {
            self.found.sheets.push(sheet);
        }
    }
}

/// A row with one cell over the whole width.
fn title(row: &Row) -> Option<String> {
    (row.own == 1 && row.widest > 1 && row.cells.len() as u64 <= u64::from(row.widest) && !row.cells[0].text.is_empty())
        .then(|| row.cells[0].text.clone())
}

/// The first row of a table without `<th>` may be headings all the same.
fn is_headed(row: &Row) -> bool {
    let texts: Vec<String> = row.cells.iter().map(|cell| cell.text.clone()).collect();
    super::columns::by_headings(&texts).is_some()
}
