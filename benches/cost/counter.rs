//! Counting instructions: the one figure that a busy machine does not change.

use std::path::Path;
use std::process::{Command, Stdio};

use super::process::wrapped;

/// What counts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// The processor itself.
    Perf,
    /// A simulated one, some fifty times slower.
    Callgrind,
}

impl Counter {
    /// The first that works on this machine.
    pub fn find() -> Option<Counter> {
        [Counter::Perf, Counter::Callgrind].into_iter().find(|counter| counter.count(Command::new("true")).is_ok())
    }

    pub fn name(self) -> &'static str {
        match self {
            Counter::Perf => "perf",
            Counter::Callgrind => "callgrind",
        }
    }

    /// Instructions of this command in its own code.
    pub fn count(self, command: Command) -> Result<u64, String> {
        let kept = std::env::temp_dir().join(format!("trueline-count-{}", std::process::id()));
        let mut counting = wrapped(self.around(&kept), &command);
        let output = counting.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
        let output = output.map_err(|e| format!("{}: {e}", self.name()))?;
        let said = match self {
            Counter::Perf => std::fs::read_to_string(&kept).unwrap_or_default(),
            Counter::Callgrind => String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        let _ = std::fs::remove_file(&kept);
        if !output.status.success() {
            return Err(format!("{} ended with {}:\n{said}", self.name(), output.status));
        }
        self.read(&said).ok_or_else(|| format!("{} counted nothing", self.name()))
    }

    fn around(self, kept: &Path) -> Command {
        let mut around = Command::new(if self == Counter::Perf { "perf" } else { "valgrind" });
        match self {
            Counter::Perf => around.args(["stat", "-x,", "-e", "instructions:u", "-o"]).arg(kept),
            Counter::Callgrind => {
                around.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", kept.display()))
            }
        };
        around
    }

    fn read(self, said: &str) -> Option<u64> {
        match self {
            Counter::Perf => said.lines().find(|line| line.contains("instructions"))?.split(',').next()?.parse().ok(),
            Counter::Callgrind => said.lines().find_map(|line| line.split_once("Collected : "))?.1.trim().parse().ok(),
        }
    }
}
