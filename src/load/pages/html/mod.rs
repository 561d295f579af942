//! Reads the tables of an HTML page.
//!
//! The page is read tag by tag and no tree is built: every cell keeps its line, and a page that nests a million
//! elements takes no longer than another of its length.

mod grid;
mod pieces;
mod tables;

use std::collections::HashSet;
use std::rc::Rc;

use super::Words;
use super::columns::{self, Chosen};
use crate::load::catalogue::page::{Page, Row, Table};
use crate::model::complaint::{At, Complaint};

use grid::Cell;
use tables::Sheet;

/// The tables of a page, and what is said about it.
pub(super) fn read(page: &str, text: &str) -> (Page, Words) {
    let found = tables::find(text);
    let mut words = Words::new(page);
    if found.overfull {
        let text = "the cells of this page span far more rows and columns than it has; spans are not read to the end";
        words.list.push(Complaint::error(page, At::File, text));
    }
    let chosen: Vec<Option<Chosen>> = found.sheets.iter().map(choose).collect();
    // What stands in a cell of a table of codes explains one of them, unless its headings say that it lists codes too.
    let of_codes: HashSet<usize> =
        found.sheets.iter().zip(&chosen).filter(|(_, chosen)| chosen.is_some()).map(|(sheet, _)| sheet.table).collect();
    let mut tables = Vec::new();
    for (sheet, chosen) in found.sheets.iter().zip(chosen) {
        let explains = sheet.outer.is_some_and(|outer| of_codes.contains(&outer));
        if explains && chosen.is_none_or(|chosen| chosen.by_content) {
            continue;
        }
        tables.extend(table(sheet, chosen, &mut words));
    }
    (Page { headings: found.headings.into_iter().map(String::into_boxed_str).collect(), tables }, words)
}

fn choose(sheet: &Sheet) -> Option<Chosen> {
    let texts: Vec<Vec<String>> =
        sheet.rows.iter().map(|row| row.iter().map(|cell| cell.text.clone()).collect()).collect();
    columns::choose(&sheet.headings, texts.iter().map(Vec::as_slice))
}

/// A sheet as the catalogue's own reader takes it; none without a row.
fn table(sheet: &Sheet, chosen: Option<Chosen>, words: &mut Words) -> Option<Table> {
    let mut headings = sheet.headings.clone();
    let width = sheet.rows.iter().map(Vec::len).chain([headings.len()]).max()?;
    headings.resize(width, String::new());
    let Some(chosen) = chosen else {
        let rows = Vec::new();
        return Some(Table { heading: sheet.heading, line: sheet.line, columns: headings, rows });
    };
    if chosen.by_content {
        words.list.push(columns::said(&words.page, sheet.line, &sheet.headings, chosen));
    }
    columns::name(&mut headings, chosen);
    Some(Table { heading: sheet.heading, line: sheet.line, columns: headings, rows: rows(sheet, chosen) })
}

/// The rows; those that share one code cell are one, and one whose cell has several `<code>` is several.
fn rows(sheet: &Sheet, chosen: Chosen) -> Vec<Row> {
    let same = |a: &Vec<Rc<Cell>>, b: &Vec<Rc<Cell>>| match (a.get(chosen.code), b.get(chosen.code)) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        _ => false,
    };
    let mut rows = Vec::new();
    for group in sheet.rows.chunk_by(same) {
        let code = group[0].get(chosen.code);
        let line = code.map_or(sheet.line, |cell| cell.line);
        let cells = together(group, chosen);
        let codes = code.map(|cell| cell.codes.as_slice()).unwrap_or_default();
        let one = |code: Option<&String>| {
            let mut cells = cells.clone();
            if let Some(code) = code {
                cells[chosen.code] = code.clone();
            }
            Row { line, written: cells.len(), cells }
        };
        match codes {
            [] => rows.push(one(None)),
            codes => rows.extend(codes.iter().map(|code| one(Some(code)))),
        }
    }
    rows
}

/// The texts of rows that share a code, column by column; what spans several of them is there once.
fn together(group: &[Vec<Rc<Cell>>], chosen: Chosen) -> Vec<String> {
    let width = group.iter().map(Vec::len).max().unwrap_or(0).max(chosen.code + 1).max(chosen.status + 1);
    let column = |place: usize| {
        let mut text = String::new();
        let mut last: Option<&Rc<Cell>> = None;
        for row in group {
            let Some(cell) = row.get(place) else { continue };
            // What spans several columns or rows is told once.
            let beside = place > 0 && Rc::ptr_eq(&row[place - 1], cell);
            if beside || last.is_some_and(|last| Rc::ptr_eq(last, cell)) || cell.text.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push_str(if place == chosen.status { " / " } else { " " });
            }
            text.push_str(&cell.text);
            last = Some(cell);
        }
        text
    };
    (0..width).map(column).collect()
}

#[cfg(test)]
mod tests;
