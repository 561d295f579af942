//! Processes and what they cost.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// What a process cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Of the process, in its own code and in the system's.
    pub cpu: Duration,
    pub wall: Duration,
    /// The most memory that it held, in bytes.
    pub memory: u64,
}

/// The program that is measured: the one built with this benchmark, unless another is named by its path.
pub fn program() -> PathBuf {
    let named = std::env::var_os("TRUELINE_COST_OF").filter(|path| !path.is_empty());
    let path = named.map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_trueline")), PathBuf::from);
    std::fs::canonicalize(&path).unwrap_or(path)
}

/// A command of trueline in this folder.
pub fn trueline(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(args).current_dir(folder);
    for name in ["CI", "TRUELINE_TARGET", "TRUELINE_URL", "TRUELINE_LOG", "http_proxy", "HTTP_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command
}

/// The same on one core, where the system can do that.
pub fn pinned(command: Command) -> Command {
    let can = Command::new("taskset").args(["-c", "0", "true"]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        return command;
    }
    let mut on_one = Command::new("taskset");
    on_one.args(["-c", "0"]);
    wrapped(on_one, &command)
}

/// A command that starts another one as its last arguments.
pub fn wrapped(mut around: Command, inner: &Command) -> Command {
    around.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => around.env(name, value),
            None => around.env_remove(name),
        };
    }
    if let Some(folder) = inner.get_current_dir() {
        around.current_dir(folder);
    }
    around
}

/// Runs it to its end; one that fails is no measurement.
pub fn cost(mut command: Command) -> Result<Cost, String> {
    let shown = format!("{:?}", command.get_program());
    let start = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let ended = child.and_then(|mut child| child.wait4()).map_err(|e| format!("{shown}: {e}"))?;
    let wall = start.elapsed();
    if !ended.status.success() {
        return Err(format!("{shown} ended with {}", ended.status));
    }
    let usage = ended.rusage;
    Ok(Cost { cpu: usage.utime + usage.stime, wall, memory: usage.maxrss })
}

pub fn median<T: Copy + PartialOrd>(values: impl IntoIterator<Item = T>) -> T {
    let mut sorted: Vec<T> = values.into_iter().collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    sorted[sorted.len() / 2]
}
