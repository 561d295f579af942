//! Where the reading of a file is, and what was found wrong there.

use std::collections::HashSet;

use crate::model::complaint::{At, Complaint, Seg};
use crate::model::units::UnitError;

/// A step on the way into a file, borrowed: most ways are walked without a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crumb<'i> {
    Key(&'i str),
    Index(usize),
}

impl<'i> From<&'i str> for Crumb<'i> {
    fn from(key: &'i str) -> Self {
        Crumb::Key(key)
    }
}

impl From<usize> for Crumb<'_> {
    fn from(index: usize) -> Self {
        Crumb::Index(index)
    }
}

impl From<Crumb<'_>> for Seg {
    fn from(crumb: Crumb<'_>) -> Self {
        match crumb {
            Crumb::Key(key) => Seg::Key(key.into()),
            Crumb::Index(index) => Seg::Index(index),
        }
    }
}

fn owned(crumbs: &[Crumb<'_>]) -> Vec<Seg> {
    crumbs.iter().map(|crumb| Seg::from(*crumb)).collect()
}

/// Complaints, and the place that the next one is about.
#[derive(Debug, Default)]
pub(super) struct Notes<'i> {
    file: &'i str,
    crumbs: Vec<Crumb<'i>>,
    /// Whether the key itself is looked at, and not its value.
    on_key: bool,
    pub list: Vec<Complaint>,
}

impl<'i> Notes<'i> {
    /// Goes to the root of a file.
    pub fn open(&mut self, file: &'i str) {
        self.file = file;
        self.crumbs.clear();
    }

    pub fn enter(&mut self, crumb: impl Into<Crumb<'i>>) {
        self.crumbs.push(crumb.into());
    }

    pub fn leave(&mut self) {
        self.crumbs.pop();
    }

    /// Goes elsewhere in the same file; the place left is returned, for coming back.
    pub fn go(&mut self, crumbs: Vec<Crumb<'i>>) -> Vec<Crumb<'i>> {
        std::mem::replace(&mut self.crumbs, crumbs)
    }

    pub fn file(&self) -> &'i str {
        self.file
    }

    pub fn crumbs(&self) -> Vec<Crumb<'i>> {
        self.crumbs.clone()
    }

    /// Looks at the key of this place instead of its value, until told otherwise; what was so far is returned.
    pub fn on_key(&mut self, on_key: bool) -> bool {
        std::mem::replace(&mut self.on_key, on_key)
    }

    pub fn here(&self) -> At {
        if self.on_key { At::Key(owned(&self.crumbs)) } else { At::Value(owned(&self.crumbs)) }
    }

    pub fn value(&self, key: impl Into<Crumb<'i>>) -> At {
        At::Value(self.below(key.into()))
    }

    pub fn key(&self, key: impl Into<Crumb<'i>>) -> At {
        At::Key(self.below(key.into()))
    }

    pub fn within(&self, part: &str) -> At {
        if self.on_key { self.here() } else { At::Within(owned(&self.crumbs), part.into()) }
    }

    fn below(&self, crumb: Crumb<'i>) -> Vec<Seg> {
        let mut path = owned(&self.crumbs);
        path.extend(owned(&[crumb]));
        path
    }

    pub fn error(&self, at: At, text: impl Into<String>) -> Complaint {
        Complaint::error(self.file, at, text)
    }

    pub fn push(&mut self, complaint: Complaint) {
        self.list.push(complaint);
    }

    /// A mistake and what to write instead.
    pub fn add(&mut self, at: At, text: impl Into<String>, help: impl Into<String>) {
        self.list.push(Complaint::error(self.file, at, text).help(help));
    }

    pub fn notice(&mut self, at: At, text: impl Into<String>, help: impl Into<String>) {
        self.list.push(Complaint::notice(self.file, at, text).help(help));
    }

    /// A quantity that could not be read; what to write instead follows a semicolon in its message.
    pub fn unit(&mut self, at: At, error: &UnitError) {
        let (text, help) = error.0.split_once("; ").unwrap_or((&error.0, "give a smaller one"));
        self.add(at, text, help);
    }

    /// Drops what was already said since the list had this length: rows of one scenario make the same mistakes.
    pub fn forget_repeats(&mut self, since: usize) {
        if self.list.len() - since < 2 {
            return;
        }
        let mut said = HashSet::new();
        let mut first = |c: &Complaint| said.insert((format!("{:?}", c.at), c.text.clone()));
        let latest = self.list.split_off(since);
        self.list.extend(latest.into_iter().filter(|c| first(c)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_stands_where_the_reading_is() {
        let mut notes = Notes::default();
        notes.open("a.yaml");
        notes.enter("scenarios");
        notes.enter(3);
        assert_eq!(notes.value("expect"), At::Value(vec!["scenarios".into(), 3.into(), "expect".into()]));
        notes.leave();
        assert_eq!(notes.within("{{ x }}"), At::Within(vec!["scenarios".into()], "{{ x }}".into()));
    }

    #[test]
    fn the_same_mistake_of_two_rows_is_said_once() {
        let mut notes = Notes::default();
        for text in ["before", "a", "b", "a", "c", "b"] {
            notes.add(At::File, text, "");
        }
        notes.forget_repeats(1);
        assert_eq!(notes.list.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["before", "a", "b", "c"]);
    }
}
