//! The HTML report: one file that asks for nothing else, and is whole without JavaScript.

mod budget;
mod causes;
mod conversation;
mod drift;
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

use crate::model::report::RunReport;

use templates::Templates;

/// Writes the page around the list of scenarios, and the list one scenario at a time.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let templates = Templates::new()?;
    templates.around("page.html", &summary::page(report), out, &mut |out| list::write(&templates, report, out))
}
