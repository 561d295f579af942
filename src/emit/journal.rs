//! The journal of a run: a line for each scenario as it ends, so that a run that is killed loses nothing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Beside the reports while a run goes on; gone when they are written.
pub const NAME: &str = "run.journal";

/// A file that is only added to. What is written is the system's at once, so that even `kill -9` loses no whole line.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Begins anew in this folder, with the line that says what the run is.
    pub fn begin(folder: &Path, head: &[u8]) -> io::Result<Journal> {
        fs::create_dir_all(folder)?;
        let path = folder.join(NAME);
        let mut journal = Journal { file: File::create(&path)?, path };
        journal.add(head)?;
        Ok(journal)
    }

    /// Adds a line.
    pub fn add(&mut self, line: &[u8]) -> io::Result<()> {
        let mut whole = Vec::with_capacity(line.len() + 1);
        whole.extend_from_slice(line);
        whole.push(b'\n');
        self.file.write_all(&whole)
    }

    /// The reports are written: nothing is left to recover.
    pub fn end(self) {
        // One that stays is read again by nobody but who asks for it.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_was_not_ended_has_every_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), b"{}").unwrap();
        journal.add(b"one").unwrap();
        journal.add(b"two").unwrap();
        let path = folder.path().join(NAME);
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}\none\ntwo\n");
        journal.end();
        assert!(!path.exists());
    }
}
