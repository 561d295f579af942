//! Reads the catalogue from the documentation page itself.

mod columns;
pub(in crate::load) mod page;
pub(in crate::load) mod status;
mod words;

use std::collections::HashMap;

use crate::model::catalogue::{Catalogue, CodeId, DocumentedStatus, Entry, Status};
use crate::model::complaint::Complaint;

use columns::Columns;
use page::{Page, Row, Table};
use words::Complaints;

/// Reads a Markdown page. `page` is its path as complaints and findings show it.
///
/// Every table with a `Code` column and a `HTTP status` or `Status` column adds its rows. What
/// cannot be read is refused with its line; a refused row still adds what it says clearly, so that
/// one mistake in the page is not followed by others in the scenarios that rely on it.
pub fn read(page: &str, text: &str) -> (Catalogue, Vec<Complaint>) {
    of_tables(page, &page::read(text))
}

/// Reads the tables of a page of any kind.
pub(in crate::load) fn of_tables(page: &str, tables: &Page) -> (Catalogue, Vec<Complaint>) {
    let Page { headings, tables } = tables;
    let mut reader = Reader {
        headings,
        catalogue: Catalogue::new(page),
        complaints: Complaints::new(page),
        heading: None,
        first_table: None,
    };
    for table in tables {
        match Columns::of(&table.columns) {
            Columns::Codes { code, status } => reader.table(table, code, status),
            Columns::Half { has, lacks } => reader.complaints.half_a_table(table.line, has, lacks),
            Columns::Other => {}
        }
    }
    reader.finish(tables)
}

struct Reader<'a> {
    headings: &'a [Box<str>],
    catalogue: Catalogue,
    complaints: Complaints,
    /// The heading that the last section of the catalogue was made from.
    heading: Option<usize>,
    /// Line of the first table of codes.
    first_table: Option<u32>,
}

impl Reader<'_> {
    fn table(&mut self, table: &Table, code: usize, status: usize) {
        self.first_table.get_or_insert(table.line);
        let mut lines_by_code: HashMap<&str, u32> = HashMap::with_capacity(table.rows.len());
        for row in &table.rows {
            self.complaints.cells(row, table.columns.len());
            // A row has a cell for each column; an absent one would be an empty one.
            let cell = |place: usize| row.cells.get(place).map_or("", String::as_str);
            let written = cell(code);
            if written.is_empty() {
                self.complaints.no_code(row.line);
                continue;
            }
            self.complaints.doubts(row.line, written);
            let statuses = self.statuses(row.line, cell(status));
            if let Some(first) = lines_by_code.get(written) {
                self.complaints.twice(row.line, written, *first);
                continue;
            }
            lines_by_code.insert(written, row.line);
            let section = self.section(table);
            let meaning = meaning(row, code, status).into();
            self.add(Entry { code: written.into(), statuses, section, meaning, line: row.line });
        }
    }

    /// The statuses of a row; what is no status is refused. Never empty.
    fn statuses(&mut self, line: u32, cell: &str) -> Vec<DocumentedStatus> {
        let read = status::read(cell);
        for word in read.refused {
            self.complaints.no_status(line, word);
        }
        for (first, last) in read.ranges {
            self.complaints.range(line, first, last);
        }
        let mut statuses = read.statuses;
        if statuses.is_empty() {
            statuses.push(Status::Unstated);
        }
        statuses.into_iter().map(|status| DocumentedStatus { status, line }).collect()
    }

    /// Adds an entry, or its statuses to the entry that another table made.
    fn add(&mut self, entry: Entry) {
        let Some(id) = self.catalogue.find(&entry.code) else {
            // It was just looked for, so that it cannot be there.
            let _ = self.catalogue.add(entry);
            return;
        };
        let (line, first) = (entry.line, self.catalogue.entry(id).line);
        let added = self.merge(id, entry);
        self.complaints.again(line, &self.catalogue.entry(id).code, first, &added);
    }

    /// The statuses that were new. One that is stated takes the place of none stated.
    fn merge(&mut self, id: CodeId, other: Entry) -> Vec<Status> {
        let entry = self.catalogue.entry_mut(id);
        if entry.meaning.is_empty() {
            entry.meaning = other.meaning;
        }
        let mut added = Vec::new();
        for documented in other.statuses {
            let known = entry.statuses.iter().any(|d| d.status == documented.status);
            if documented.status != Status::Unstated && !known {
                entry.statuses.retain(|d| d.status != Status::Unstated);
                added.push(documented.status);
                entry.statuses.push(documented);
            }
        }
        added
    }

    /// The section of a table; tables under one heading share it.
    fn section(&mut self, table: &Table) -> u32 {
        if self.heading != Some(table.heading) {
            self.heading = Some(table.heading);
            self.catalogue.sections.push(self.headings[table.heading].clone());
        }
        self.catalogue.sections.len() as u32 - 1
    }

    fn finish(mut self, tables: &[Table]) -> (Catalogue, Vec<Complaint>) {
        // Where every row was refused, that has been said already.
        if self.catalogue.is_empty() && !self.complaints.has_errors() {
            match (self.first_table, tables.first()) {
                (Some(line), _) => self.complaints.no_rows(line),
                (None, Some(table)) => self.complaints.other_tables(table),
                (None, None) => self.complaints.no_table(),
            }
        }
        (self.catalogue, self.complaints.list)
    }
}

/// The remaining cells of a row, those with text, joined.
fn meaning(row: &Row, code: usize, status: usize) -> String {
    let rest = row.cells.iter().enumerate().filter(|(place, _)| *place != code && *place != status);
    let texts: Vec<&str> = rest.map(|(_, cell)| cell.as_str()).filter(|cell| !cell.is_empty()).collect();
    texts.join(" · ")
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
