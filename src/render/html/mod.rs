//! The HTML report: one file that asks for nothing else, and is whole without JavaScript.

mod budget;
mod causes;
mod conversation;
mod drift;
mod history;
mod list;
mod map;
mod scenario;
mod summary;
mod templates;

#[cfg(test)]
pub(in crate::render) mod samples;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::model::history::Past;
use crate::model::report::RunReport;

use summary::Page;
use templates::Templates;

/// Writes the page without a history.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    write_with(report, None, out)
}

/// Writes the page around the list of scenarios, and the list one scenario at a time. `past` is the history of the
/// target, this run included.
pub fn write_with(report: &RunReport, past: Option<&Past>, out: &mut dyn Write) -> io::Result<()> {
    let templates = Templates::new()?;
    let page = Page { history: past.and_then(history::drawn), ..summary::page(report) };
    templates.around("page.html", &page, out, &mut |out| list::write(&templates, report, out))
}
