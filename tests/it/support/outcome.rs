//! The binary, started, and how it ended.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How a command ended and what it said.
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// Whatever happened, it was no panic.
    pub fn of(output: &Output) -> Outcome {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "{stderr}");
        let code = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}\n{stderr}", output.status));
        Outcome { code, stdout, stderr }
    }

    /// All that was said, for the message of an assertion.
    pub fn said(&self) -> String {
        format!("exit {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Outcome {
        assert_eq!(self.code, code, "{}", self.said());
        self
    }

    /// Standard error has all of these.
    #[track_caller]
    pub fn complains(self, words: &[&str]) -> Outcome {
        for word in words {
            assert!(self.stderr.contains(word), "no `{word}` in:\n{}", self.said());
        }
        self
    }

    /// Standard output has all of these.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Outcome {
        for word in words {
            assert!(self.stdout.contains(word), "no `{word}` in:\n{}", self.said());
        }
        self
    }
}

/// The binary in a folder, without the environment of whoever runs the tests.
pub fn command(folder: &Path) -> Command {
    // Another build of it, as an optimised one, may be named.
    let binary = std::env::var_os("TRUELINE_TEST_BINARY").map(PathBuf::from);
    let mut command = Command::new(binary.unwrap_or_else(|| assert_cmd::cargo::cargo_bin!("trueline").to_owned()));
    command.current_dir(folder).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

pub fn trueline_in(folder: &Path, args: &[&str]) -> Outcome {
    Outcome::of(&command(folder).args(args).output().unwrap())
}

/// The binary where no project is.
pub fn trueline(args: &[&str]) -> Outcome {
    trueline_in(tempfile::tempdir().unwrap().path(), args)
}
