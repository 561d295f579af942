//! The rows of an HTML table, with spans laid out.

use std::rc::Rc;

/// A cell of the source; every place that it spans has the same one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub text: String,
    /// What stands in it as `<code>`.
    pub codes: Vec<String>,
    pub line: u32,
    pub head: bool,
}

#[derive(Debug)]
pub(super) struct Row {
    pub cells: Vec<Rc<Cell>>,
    /// Cells of its own; one alone that spans the table is a heading in it.
    pub own: usize,
    pub widest: u32,
    pub in_head: bool,
}

/// As wide as HTML lets a cell be.
const WIDEST: usize = 1000;

/// So many cells may be carried into other rows and columns on one page.
pub(super) const MOST_CARRIED: usize = 2_000_000;

/// Lays cells out, row by row.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub rows: Vec<Row>,
    /// By column: the cell that reaches down, and into how many more rows.
    reaching: Vec<Option<(Rc<Cell>, u32)>>,
}

impl Grid {
    /// Adds a row; takes what it carries from the budget, and carries nothing once that is used up.
    pub fn add(&mut self, cells: Vec<(Cell, u32, u32)>, in_head: bool, budget: &mut usize) {
        let own = cells.len();
        let widest = cells.iter().map(|(_, columns, _)| *columns).max().unwrap_or(1);
        let mut row: Vec<Rc<Cell>> = Vec::with_capacity(own);
        for (cell, columns, rows) in cells {
            self.reach_down(&mut row, budget);
            if row.len() >= WIDEST {
                break;
            }
            let cell = Rc::new(cell);
            for column in 0..(columns.max(1) as usize).min(WIDEST - row.len()) {
                if column > 0 && !spend(budget) {
                    break;
                }
                let place = row.len();
                if rows > 1 {
                    self.reaching.resize_with(self.reaching.len().max(place + 1), || None);
                    self.reaching[place] = Some((cell.clone(), rows - 1));
                }
                row.push(cell.clone());
            }
        }
        self.reach_down(&mut row, budget);
        if !row.is_empty() {
            self.rows.push(Row { cells: row, own, widest, in_head });
        }
    }

    /// Takes the cells that reach into this row at its next places.
    fn reach_down(&mut self, row: &mut Vec<Rc<Cell>>, budget: &mut usize) {
        while let Some(reaching) = self.reaching.get_mut(row.len()) {
            let Some((cell, more)) = reaching else { return };
            if !spend(budget) {
                self.reaching.clear();
                return;
            }
            row.push(cell.clone());
            *more -= 1;
            if *more == 0 {
                *reaching = None;
            }
        }
    }

    /// A cell does not reach out of its `thead`, `tbody` or `tfoot`.
    pub fn end_part(&mut self) {
        self.reaching.clear();
    }
}

fn spend(budget: &mut usize) -> bool {
    match budget.checked_sub(1) {
        Some(rest) => {
            *budget = rest;
            true
        }
        None => false,
    }
}
