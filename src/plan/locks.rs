//! `exclusive` and `shared`: scenarios that must not overlap.

use std::collections::HashMap;

use super::notes::Notes;
use super::scope::index;
use crate::model::plan::Lock;
use crate::model::scenario::{ScenarioSpec, SourceFile};

/// Names of locks in the making of a plan.
#[derive(Debug, Default)]
pub(super) struct Locks<'i> {
    pub names: Vec<Box<str>>,
    known: HashMap<&'i str, u16>,
}

impl<'i> Locks<'i> {
    pub fn of(&mut self, spec: &'i ScenarioSpec) -> Option<Lock> {
        let exclusive = spec.exclusive.as_deref().map(|name| self.id(name));
        let shared = spec.shared.as_deref().map(|name| self.id(name));
        match (exclusive, shared) {
            (Some(exclusive), Some(shared)) => Some(Lock::Both(exclusive, shared)),
            (Some(exclusive), None) => Some(Lock::Exclusive(exclusive)),
            (None, Some(shared)) => Some(Lock::Shared(shared)),
            (None, None) => None,
        }
    }

    fn id(&mut self, name: &'i str) -> u16 {
        let names = &mut self.names;
        *self.known.entry(name).or_insert_with(|| {
            names.push(name.into());
            index(names.len() - 1)
        })
    }
}

/// Complains about locks that say nothing; the notes stand at the scenario.
pub(super) fn sound<'i>(spec: &'i ScenarioSpec, notes: &mut Notes<'i>) {
    for (key, name) in [("exclusive", &spec.exclusive), ("shared", &spec.shared)] {
        if name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            notes.add(notes.value(key), "a lock has a name", format!("write it like `{key}: clock`"));
        }
    }
    if spec.exclusive.is_some() && spec.exclusive == spec.shared {
        let text = "a scenario that has a lock exclusively shares it with nobody";
        notes.add(notes.key("shared"), text, "leave `shared` out");
    }
}

/// Notices locks that keep nobody out: a name with a slip in it guards nothing.
pub(super) fn lonely<'i>(files: &'i [SourceFile], notes: &mut Notes<'i>) {
    let mut users: HashMap<&str, (usize, bool)> = HashMap::new();
    let all = || files.iter().flat_map(|file| file.content.scenarios.iter());
    for spec in all() {
        let rows = spec.each.len().max(1);
        for (name, exclusive) in [(&spec.exclusive, true), (&spec.shared, false)] {
            if let Some(name) = name.as_deref() {
                let user = users.entry(name).or_default();
                *user = (user.0 + rows, user.1 | exclusive);
            }
        }
    }
    let names: Vec<&str> = users.keys().copied().collect();
    for file in files {
        notes.open(&file.path);
        notes.enter("scenarios");
        for (at, spec) in file.content.scenarios.iter().enumerate() {
            notes.enter(at);
            for (key, name) in [("exclusive", spec.exclusive.as_deref()), ("shared", spec.shared.as_deref())] {
                let Some((count, exclusive)) = name.and_then(|name| users.get(name)) else { continue };
                let name = name.unwrap_or_default();
                let text = match (count, exclusive) {
                    (1, _) => format!("no other scenario names the lock `{name}`, so it keeps nobody out"),
                    (_, false) => format!("no scenario has the lock `{name}` exclusively, so it keeps nobody out"),
                    _ => continue,
                };
                let others = names.iter().copied().filter(|other| *other != name);
                let complaint = crate::model::complaint::Complaint::notice(&file.path, notes.value(key), text);
                notes.push(complaint.help("name it in the scenarios that must not overlap").did_you_mean(name, others));
            }
            notes.leave();
        }
    }
}
