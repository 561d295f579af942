//! The report as Markdown: for the summary of a CI job, or a comment.

mod failures;
mod parts;
mod sheet;
mod text;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::model::report::RunReport;

use sheet::Sheet;

/// The most bytes: a summary on GitHub has at most 1 MiB, and one that has more is refused as a whole.
pub const MOST: usize = 1_000_000;

const SHORT: &str = "\nThis page is limited, and more was told than it holds: run.json has everything.\n";

pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(report, MOST).as_bytes())
}

/// The page in at most so many bytes; nothing where there is not even room for how it ended. What matters most is first.
pub fn page(report: &RunReport, most: usize) -> String {
    let mut sheet = Sheet::new(most);
    if !sheet.add(&parts::head(report)) {
        return String::new();
    }
    parts::causes(&mut sheet, report);
    parts::drift(&mut sheet, report);
    parts::known(&mut sheet, report);
    parts::coverage(&mut sheet, report);
    parts::warnings(&mut sheet, report);
    parts::skips(&mut sheet, report);
    parts::facts(&mut sheet, report);
    failures::each(&mut sheet, report);
    sheet.end(SHORT)
}
