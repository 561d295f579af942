//! What is remembered of runs beside their reports: `failed.json`, by which `--failed` goes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::console::Console;
use super::last;
use super::session::Session;
use crate::emit::files;
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::memory::{Memory, VERSION};
use crate::model::report::RunReport;
use crate::record::memory::{forget, remember};
use crate::render::words::counted;

/// Its name in the folder for reports.
const NAME: &str = "failed.json";

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Scenarios named that are not there any more.
const GONE: usize = 20;

/// What is remembered, and where.
pub struct Kept {
    path: PathBuf,
    pub memory: Memory,
    /// What is wrong with the file.
    trouble: Option<String>,
}

impl Kept {
    pub fn open(session: &Session, reports: Option<&Path>) -> Kept {
        let path = session.reports(reports).join(NAME);
        match read(&path) {
            Ok(memory) => Kept { path, memory, trouble: None },
            Err(trouble) => Kept { path, memory: Memory::default(), trouble: Some(trouble) },
        }
    }

    /// With the last run, where that is newer than what is remembered: it may have come from another machine.
    pub fn with_last_run(mut self, console: &Console, json: &Path) -> Result<Kept, Exit> {
        if let Some(trouble) = &self.trouble {
            console.say(&self.told(trouble));
        }
        match last::read(json) {
            Ok(report) => remember(&mut self.memory, &report),
            Err(_) if !self.memory.targets.is_empty() => {}
            Err(complaint) => {
                let help = "`--failed` goes by the run.json that the last run has written; run without it first";
                return Err(console.refuse(None, &[complaint.help(help)]));
            }
        }
        Ok(self)
    }

    /// Ids of what did not conform when it last ran against this target.
    pub fn failed(&self, console: &Console, target: &str) -> Result<BTreeSet<String>, Exit> {
        if let Some(of_target) = self.memory.of(target) {
            return Ok(of_target.keys().cloned().collect());
        }
        let others: Vec<String> = self.memory.targets.keys().map(|name| format!("`--target {name}`")).collect();
        let text = format!("no run against `{target}` is remembered, so `--failed` has nothing to go by");
        let help = format!("run without it first, or go by the runs of {}", others.join(" or "));
        Err(console.refuse(None, &[Complaint::error("", At::File, text).help(help)]))
    }

    fn told(&self, trouble: &str) -> String {
        let path = self.path.to_string_lossy().replace('\\', "/");
        format!("{path}: {trouble}; what failed in earlier runs is not remembered")
    }
}

/// Adds a run, unless it is a part of one; gives what should be said of it. A file is only begun where there is
/// something to remember.
pub fn add(session: &Session, reports: Option<&Path>, report: &RunReport, gone: &BTreeSet<String>) -> Option<String> {
    if report.shard.is_some() {
        return None;
    }
    let Kept { path, mut memory, trouble } = Kept::open(session, reports);
    let before = memory.clone();
    remember(&mut memory, report);
    forget(&mut memory, &report.target.name, gone);
    if memory == before || (memory.is_empty() && !path.exists()) {
        return None;
    }
    let text = serde_json::to_string_pretty(&memory).unwrap_or_default() + "\n";
    let written = files::write(&path, |out| out.write_all(text.as_bytes()));
    written.err().map(|unwritten| unwritten.to_string()).or(trouble.map(|trouble| {
        let path = path.to_string_lossy().replace('\\', "/");
        format!("{path}: {trouble}; it is begun anew")
    }))
}

/// What is still to be run again beside what this run has judged.
pub fn more(session: &Session, reports: Option<&Path>, report: &RunReport) -> Option<String> {
    let memory = Kept::open(session, reports).memory;
    let mut more: BTreeSet<&String> = memory.of(&report.target.name)?.keys().collect();
    report.scenarios.iter().for_each(|scenario| {
        more.remove(&scenario.id);
    });
    let scenarios = counted(more.len(), "further scenario");
    (!more.is_empty()).then(|| {
        format!(
            "{scenarios} that had no part in this run did not conform before; `trueline run --failed` takes them too"
        )
    })
}

/// Names what failed and is in the project no more.
pub fn named(gone: &BTreeSet<String>) -> impl Iterator<Item = String> {
    gone.iter().take(GONE).map(|id| format!("did not conform in the last run, and is not in the project now: {id}"))
}

fn read(path: &Path) -> Result<Memory, String> {
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file.take(LARGEST).read_to_string(&mut text).map_err(|error| format!("cannot be read: {error}"))?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Memory::default()),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    let memory: Memory = serde_json::from_str(&text).map_err(|error| format!("is damaged: {error}"))?;
    if memory.version > VERSION {
        return Err(format!("was written by a newer trueline, in version {}", memory.version));
    }
    Ok(memory)
}
