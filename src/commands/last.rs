//! Reading a run again: its `run.json`, or the journal of one that was killed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use crate::model::complaint::{At, Complaint};
use crate::model::report::{RunReport, ScenarioReport, Totals, VERSION};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 << 30;

/// The report in this file, or what is wrong with it. A journal is the head of a report and a line for each scenario;
/// the last line of each says what it came to, and the last of all may be a half.
pub fn read(path: &Path) -> Result<RunReport, Complaint> {
    let complain = |text: String| Complaint::error("", At::File, format!("{}: {text}", path.display()));
    let file = File::open(path).map_err(|error| complain(format!("cannot be read: {error}")))?;
    read_from(BufReader::new(file.take(LARGEST))).map_err(complain)
}

fn read_from(text: impl Read) -> Result<RunReport, String> {
    let no_run = |error: serde_json::Error| format!("is neither the run.json nor the journal of a run: {error}");
    let mut values = serde_json::Deserializer::from_reader(text);
    let mut report: RunReport = serde::Deserialize::deserialize(&mut values).map_err(no_run)?;
    if report.version > VERSION {
        return Err(format!("is of version {}; this trueline reads up to {VERSION}", report.version));
    }
    let due = report.totals.scenarios;
    let mut places: HashMap<String, usize> = HashMap::new();
    for scenario in values.into_iter::<ScenarioReport>() {
        match scenario {
            Ok(scenario) => match places.get(&scenario.id) {
                Some(&at) => report.scenarios[at] = scenario,
                None => {
                    places.insert(scenario.id.clone(), report.scenarios.len());
                    report.scenarios.push(scenario);
                }
            },
            Err(error) if error.is_eof() => break,
            Err(error) => return Err(no_run(error)),
        }
    }
    if !places.is_empty() {
        // A journal: its run was killed, but may have come to the end of the last scenario.
        report.complete = report.scenarios.len() == due && !report.scenarios.iter().any(ScenarioReport::never_ran);
    }
    report.totals = Totals::of(&report.scenarios);
    Ok(report)
}
