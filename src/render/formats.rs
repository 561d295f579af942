//! The formats that a report has as a file. All are made from one list of results.

use std::io::{self, Write};

use super::{ctrf, html, junit, markdown, run_json, sarif};
use crate::model::history::Past;
use crate::model::report::RunReport;

/// A format.
pub struct Format {
    /// As in the flag `--report-ID`.
    pub id: &'static str,
    /// Its name in the folder for reports, if it is written without being asked for.
    pub name: Option<&'static str>,
    write: Fill,
}

/// What a report needs to know beside itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Aside<'a> {
    /// Where the project lies in its repository: empty, or with a slash at its end.
    pub folder: &'a str,
    /// The history of the target, this run included.
    pub past: Option<&'a Past>,
}

type Fill = fn(&RunReport, Aside<'_>, &mut dyn Write) -> io::Result<()>;

impl Format {
    pub fn write(&self, report: &RunReport, aside: Aside<'_>, out: &mut dyn Write) -> io::Result<()> {
        (self.write)(report, aside, out)
    }
}

pub const ALL: [Format; 6] = [
    Format { id: "junit", name: Some("junit.xml"), write: |report, _, out| junit::write(report, out) },
    Format { id: "json", name: Some("run.json"), write: |report, _, out| run_json::write(report, out) },
    Format { id: "html", name: None, write: |report, aside, out| html::write_with(report, aside.past, out) },
    Format { id: "markdown", name: None, write: |report, _, out| markdown::write(report, out) },
    Format { id: "sarif", name: None, write: |report, aside, out| sarif::write(report, aside.folder, out) },
    Format { id: "ctrf", name: None, write: |report, _, out| ctrf::write(report, out) },
];
