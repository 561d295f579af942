//! The figures that the short form holds a build against, kept in the repository.

use std::fs;
use std::path::PathBuf;

/// Instructions in the process's own code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Of one scenario more.
    pub per_scenario: u64,
    /// Of a run with one scenario, start-up included.
    pub one_scenario: u64,
}

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/cost/figures.txt"))
}

pub fn kept() -> Result<Figures, String> {
    let text = fs::read_to_string(path()).map_err(|e| format!("{}: {e}", path().display()))?;
    let figure = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.ok_or_else(|| format!("{} has no figure `{name}`", path().display()))
    };
    Ok(Figures { per_scenario: figure("per-scenario")?, one_scenario: figure("one-scenario")? })
}

pub fn keep(figures: Figures) -> Result<(), String> {
    let text = format!(
        "# Instructions of a release build, as `cargo bench -- --short --keep` counted them.\nper-scenario {}\none-scenario {}\n",
        figures.per_scenario, figures.one_scenario
    );
    fs::write(path(), text).map_err(|e| format!("{}: {e}", path().display()))
}
