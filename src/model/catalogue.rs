//! The catalogue: the documented table of error codes.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A status as the documentation states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// `404`
    Exact(u16),
    /// `4xx`; holds the first digit.
    Class(u8),
    /// The documentation does not say; written `*`. Any 4xx or 5xx is covered.
    Unstated,
}

impl Status {
    /// Whether an answer with this status keeps the documented promise.
    pub fn covers(self, status: u16) -> bool {
        match self {
            Status::Exact(exact) => exact == status,
            Status::Class(class) => u16::from(class) == status / 100,
            Status::Unstated => (400..600).contains(&status),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Exact(exact) => write!(f, "{exact}"),
            Status::Class(class) => write!(f, "{class}xx"),
            Status::Unstated => f.write_str("*"),
        }
    }
}

/// Index of an entry of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeId(pub u32);

/// One status of a code and the line of the page that documents it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentedStatus {
    pub status: Status,
    /// Line in the page, from 1.
    pub line: u32,
}

/// One documented code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As written in the page; an integer code is its decimal text.
    pub code: Arc<str>,
    /// In the page's order: the first is the most common. Never empty.
    pub statuses: Vec<DocumentedStatus>,
    /// Index into [`Catalogue::sections`].
    pub section: u32,
    /// The remaining columns, as plain text.
    pub meaning: Box<str>,
    /// Line of the code's first row in the page, from 1.
    pub line: u32,
}

impl Entry {
    /// The documented status that this answer's status falls under, exact ones first.
    pub fn documented(&self, status: u16) -> Option<&DocumentedStatus> {
        let exact = |d: &&DocumentedStatus| d.status == Status::Exact(status);
        let covering = |d: &&DocumentedStatus| d.status.covers(status);
        self.statuses.iter().find(exact).or_else(|| self.statuses.iter().find(covering))
    }

    /// The documented status that a pin means: `404` may be documented as `4xx`.
    pub fn pinned(&self, pin: Status) -> Option<&DocumentedStatus> {
        match pin {
            Status::Exact(status) => self.documented(status),
            pin => self.statuses.iter().find(|d| d.status == pin),
        }
    }
}

/// One code with one of its documented statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    pub code: CodeId,
    pub status: Status,
}

/// The documentation page, read. Entries keep the page's order.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Path of the page as findings show it, with forward slashes.
    pub page: Box<str>,
    pub sections: Vec<Box<str>>,
    /// Whether rows are left out for their mistakes: what is not here may be on the page all the same.
    pub is_partial: bool,
    entries: Vec<Entry>,
    by_code: HashMap<Arc<str>, CodeId>,
}

impl Catalogue {
    pub fn new(page: &str) -> Self {
        Catalogue { page: page.into(), ..Catalogue::default() }
    }

    /// Adds an entry; the id of an entry with the same code, unchanged, if there is one.
    pub fn add(&mut self, entry: Entry) -> Result<CodeId, CodeId> {
        if let Some(id) = self.find(&entry.code) {
            return Err(id);
        }
        let id = CodeId(self.entries.len() as u32);
        self.by_code.insert(entry.code.clone(), id);
        self.entries.push(entry);
        Ok(id)
    }

    pub fn entry_mut(&mut self, id: CodeId) -> &mut Entry {
        &mut self.entries[id.0 as usize]
    }

    pub fn find(&self, code: &str) -> Option<CodeId> {
        self.by_code.get(code).copied()
    }

    pub fn entry(&self, id: CodeId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    pub fn section_of(&self, entry: &Entry) -> &str {
        self.sections.get(entry.section as usize).map_or("", |s| s)
    }

    pub fn entries(&self) -> impl ExactSizeIterator<Item = (CodeId, &Entry)> {
        self.entries.iter().enumerate().map(|(i, e)| (CodeId(i as u32), e))
    }

    /// Every pair, in the page's order, with the line that documents it.
    pub fn pairs(&self) -> impl Iterator<Item = (Pair, u32)> + '_ {
        self.entries()
            .flat_map(|(code, entry)| entry.statuses.iter().map(move |d| (Pair { code, status: d.status }, d.line)))
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
