//! The journal of a run: a line for each scenario that is to come, and another when it has ended, so that a run that is
//! killed loses next to nothing.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Beside the reports while a run goes on; gone when they are written.
pub const NAME: &str = "run.journal";

/// Lines wait here until there are so many bytes of them, or until [`Journal::flush`].
const ENOUGH: usize = 16 << 10;

/// A file that is only added to. What is flushed is the system's, so that even `kill -9` loses no line of it.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    waiting: Vec<u8>,
}

impl Journal {
    /// Begins anew in this folder, with the line that says what the run is.
    pub fn begin(folder: &Path, head: &[u8]) -> io::Result<Journal> {
        fs::create_dir_all(folder)?;
        let path = folder.join(NAME);
        let mut journal = Journal { file: File::create(&path)?, path, waiting: Vec::with_capacity(2 * ENOUGH) };
        journal.add(|line| line.write_all(head))?;
        journal.flush()?;
        Ok(journal)
    }

    /// Adds a line; one that cannot be filled is left out.
    pub fn add(&mut self, fill: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
        let before = self.waiting.len();
        match fill(&mut self.waiting) {
            Ok(()) => self.waiting.push(b'\n'),
            Err(_) => self.waiting.truncate(before),
        }
        if self.waiting.len() >= ENOUGH { self.flush() } else { Ok(()) }
    }

    /// Writes the lines that wait.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let written = self.file.write_all(&self.waiting);
        self.waiting.clear();
        // One long line is no reason to keep its room.
        self.waiting.shrink_to(2 * ENOUGH);
        written
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
    fn a_journal_that_was_not_ended_has_every_line_that_was_flushed() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::begin(folder.path(), b"{}").unwrap();
        let path = folder.path().join(NAME);
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n");
        journal.add(|line| line.write_all(b"one")).unwrap();
        journal.add(|_| Err(io::ErrorKind::Other.into())).unwrap();
        journal.add(|line| line.write_all(b"two")).unwrap();
        journal.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}\none\ntwo\n");
        journal.add(|line| line.write_all(&[b'x'; ENOUGH])).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with("xx\n"), "much does not wait");
        journal.end();
        assert!(!path.exists());
    }
}
