//! Complaints: what is wrong with our own files, and where.

use std::fmt;

/// A step on the way from a file's root to a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Seg {
    Key(Box<str>),
    Index(usize),
}

impl From<&str> for Seg {
    fn from(key: &str) -> Self {
        Seg::Key(key.into())
    }
}

impl From<usize> for Seg {
    fn from(index: usize) -> Self {
        Seg::Index(index)
    }
}

/// Where in a file a complaint points.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum At {
    /// The file as a whole.
    #[default]
    File,
    /// The value at this path (its parent, where it does not exist).
    Value(Vec<Seg>),
    /// The last key of this path, not its value.
    Key(Vec<Seg>),
    /// A part of the text of the scalar at this path, found by searching for it.
    Within(Vec<Seg>, Box<str>),
    /// A byte range of the file.
    Bytes(std::ops::Range<usize>),
    /// A line, from 1.
    Line(u32),
}

/// Whether a complaint stops the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Error,
    Notice,
}

/// One mistake in a file of the project, an argument or the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub weight: Weight,
    /// Path as shown, with forward slashes, relative to the project; empty if no file is concerned.
    pub file: Box<str>,
    pub at: At,
    /// One sentence: what is wrong.
    pub text: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Complaint {
    pub fn error(file: &str, at: At, text: impl Into<String>) -> Self {
        Complaint { weight: Weight::Error, file: file.into(), at, text: text.into(), help: None }
    }

    pub fn notice(file: &str, at: At, text: impl Into<String>) -> Self {
        Complaint { weight: Weight::Notice, ..Complaint::error(file, at, text) }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a "did you mean" if one of the candidates is near.
    pub fn did_you_mean<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(written, candidates) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// What `did_you_mean` has found.
    pub fn meant(&self) -> Option<&str> {
        self.help.as_deref()?.strip_prefix("did you mean `")?.strip_suffix("`?")
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}: ", self.file)?;
        }
        f.write_str(&self.text)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

/// The candidate nearest to what was written, if it is near enough to be a slip:
/// at most a third of the letters differ (optimal string alignment distance, case ignored).
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written_lower = written.to_lowercase();
    let allowed = (written.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|c| (distance(&written_lower, &c.to_lowercase()), c))
        .filter(|(d, _)| *d <= allowed)
        .min_by_key(|(d, _)| *d)
        .map(|(_, c)| c)
}

fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(256).collect(), b.chars().take(256).collect());
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let substitution = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substitution.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        assert_eq!(nearest("ALREDY_CLOSED", ["ALREADY_CLOSED", "CHAT_ACTIVE"]), Some("ALREADY_CLOSED"));
        assert_eq!(nearest("expcet", ["expect", "each"]), Some("expect"));
    }

    #[test]
    fn a_different_word_finds_nothing() {
        assert_eq!(nearest("banana", ["expect", "each"]), None);
    }
}
