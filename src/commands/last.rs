//! Reading a `run.json` again.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use crate::model::complaint::{At, Complaint};
use crate::model::report::{RunReport, VERSION};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 << 30;

/// The report in this file, or what is wrong with it.
pub fn read(path: &Path) -> Result<RunReport, Complaint> {
    let complain = |text: String| Complaint::error("", At::File, format!("{}: {text}", path.display()));
    let file = File::open(path).map_err(|error| complain(format!("cannot be read: {error}")))?;
    let report: RunReport = serde_json::from_reader(BufReader::new(file.take(LARGEST)))
        .map_err(|error| complain(format!("is not the run.json of a run: {error}")))?;
    if report.version > VERSION {
        return Err(complain(format!("is of version {}; this trueline reads up to {VERSION}", report.version)));
    }
    Ok(report)
}
