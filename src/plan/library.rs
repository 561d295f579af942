//! All fixtures of the project: which one a name means, and which ones nothing uses.

use std::collections::HashMap;
use std::rc::Rc;

use super::fixtures::{Ready, unused_capture};
use super::notes::{Crumb, Notes};
use super::scope::Slot;
use crate::model::scenario::{Fixture, LeftOut, SourceFile};

/// The most fixtures that can be nested in each other.
const DEEPEST: usize = 8;

#[derive(Debug)]
struct Entry<'i> {
    file: &'i str,
    name: &'i str,
    spec: &'i Fixture,
    ready: Option<Rc<Ready<'i>>>,
    used: bool,
    /// Slots that a user of the fixture refers to.
    used_slots: Vec<bool>,
}

/// All fixtures of the project.
#[derive(Debug, Default)]
pub(super) struct Library<'i> {
    entries: Vec<Entry<'i>>,
    by_file: HashMap<&'i str, HashMap<&'i str, usize>>,
    /// The file whose fixtures serve all others.
    shared: &'i str,
    /// In order of being put together: nested ones come before those that use them.
    order: Vec<usize>,
    /// Of the files with mistakes, what could not be read.
    left_out: Vec<(&'i str, &'i LeftOut)>,
}

/// Puts one fixture together: the fixture, its file, its name.
type Compose<'f, 'i> = &'f mut dyn FnMut(&Library<'i>, &mut Notes<'i>, &'i Fixture, &'i str, &'i str) -> Ready<'i>;

impl<'i> Library<'i> {
    pub fn new(shared: &'i str, files: &'i [SourceFile]) -> Self {
        let broken = files.iter().filter(|file| !file.content.left_out.is_nothing());
        let left_out = broken.map(|file| (&*file.path, &file.content.left_out)).collect();
        Library { shared, left_out, ..Library::default() }
    }

    /// Whether a part that could not be read may define this fixture for the file.
    pub fn may_define(&self, file: &str, name: &str) -> bool {
        self.left_out.iter().any(|(of, left_out)| (*of == file || self.is_for_all(of)) && left_out.mentions(name))
    }

    /// Whether a part that could not be read may use this name of a fixture of the file.
    fn may_use(&self, file: &str, name: &str) -> bool {
        self.left_out.iter().any(|(of, left_out)| (*of == file || file == self.shared) && left_out.mentions(name))
    }

    fn is_for_all(&self, file: &str) -> bool {
        !self.shared.is_empty() && file == self.shared
    }

    pub fn add(&mut self, file: &'i str, name: &'i str, spec: &'i Fixture) {
        let id = self.entries.len();
        self.entries.push(Entry { file, name, spec, ready: None, used: false, used_slots: Vec::new() });
        self.by_file.entry(file).or_default().insert(name, id);
    }

    /// The fixture that a file means by this name.
    pub fn find(&self, file: &str, name: &str) -> Option<usize> {
        let own = self.by_file.get(file).and_then(|names| names.get(name));
        own.or_else(|| self.by_file.get(self.shared)?.get(name)).copied()
    }

    pub fn is_shared(&self, name: &str) -> bool {
        self.by_file.get(self.shared).is_some_and(|names| names.contains_key(name))
    }

    /// The fixture, put together; none while it is in the making, which only one that uses itself meets.
    pub fn ready(&self, id: usize) -> Option<Rc<Ready<'i>>> {
        self.entries[id].ready.clone()
    }

    pub fn names<'s>(&'s self, file: &str) -> impl Iterator<Item = &'i str> + 's {
        let own = self.by_file.get(file).into_iter().flat_map(|names| names.keys().copied());
        own.chain(self.by_file.get(self.shared).into_iter().flat_map(|names| names.keys().copied()))
    }

    /// Puts every fixture together, nested ones first.
    pub fn assemble(&mut self, notes: &mut Notes<'i>, compose: Compose<'_, 'i>) {
        for id in 0..self.entries.len() {
            self.visit(id, &mut Vec::new(), notes, compose);
        }
    }

    fn visit(&mut self, id: usize, path: &mut Vec<usize>, notes: &mut Notes<'i>, compose: Compose<'_, 'i>) {
        if self.entries[id].ready.is_some() {
            return;
        }
        let Entry { file, name, spec, .. } = self.entries[id];
        path.push(id);
        for (at, step) in spec.steps.iter().enumerate() {
            let Some(next) = step.fixture.as_deref().and_then(|used| self.find(file, used)) else { continue };
            let wrong = if path.contains(&next) {
                Some(("a fixture cannot use itself, not even by way of others", "take one of the steps out"))
            } else if path.len() >= DEEPEST && self.entries[next].ready.is_none() {
                Some(("fixtures are nested more than 8 deep", "write the steps out"))
            } else {
                None
            };
            match wrong {
                None => self.visit(next, path, notes, compose),
                Some((text, help)) => {
                    self.entries[next].used = true;
                    notes.open(file);
                    let crumbs = ["fixtures", name, "steps"].map(Crumb::Key).into_iter();
                    notes.go(crumbs.chain([Crumb::Index(at)]).collect());
                    notes.add(notes.value("use"), text, help);
                }
            }
        }
        path.pop();
        let ready = compose(self, notes, spec, file, name);
        self.entries[id].used_slots = vec![false; ready.slots.len()];
        self.entries[id].ready = Some(Rc::new(ready));
        self.order.push(id);
    }

    /// Notes what a scenario used of the fixtures' variables.
    pub fn note_use(&mut self, slots: &[Slot<'i>]) {
        for (fixture, slot) in slots.iter().filter(|slot| slot.used).filter_map(|slot| slot.origin) {
            self.entries[fixture].used_slots[usize::from(slot)] = true;
        }
    }

    pub fn note_used(&mut self, fixture: usize) {
        self.entries[fixture].used = true;
    }

    /// Complains about fixtures that nothing uses, and about captures of the others that nothing uses.
    pub fn unused(&mut self, notes: &mut Notes<'i>) {
        for id in self.order.clone().into_iter().rev() {
            let Entry { file, name, spec, ready: Some(ready), used, used_slots, .. } = &self.entries[id] else {
                continue;
            };
            let (file, name, spec, ready) = (*file, *name, *spec, ready.clone());
            notes.open(file);
            if !used && !self.may_use(file, name) {
                notes.enter("fixtures");
                let of = if file == self.shared { "no scenario of the project" } else { "no scenario of this file" };
                notes.add(notes.key(name), format!("{of} uses the fixture `{name}`"), "use it, or take it out");
                continue;
            }
            let used_slots = used_slots.clone();
            for (slot, place) in &ready.places {
                let inner = &ready.slots[usize::from(*slot)];
                if !used_slots[usize::from(*slot)] && !inner.used && !self.may_use(file, inner.name) {
                    unused_capture(place, notes);
                }
            }
            // What this one's users refer to may come from a fixture that it uses itself.
            let through = |(slot, used): (&Slot<'i>, bool)| slot.origin.filter(|_| used || slot.used);
            for (inner, slot) in ready.slots.iter().zip(used_slots).filter_map(through) {
                self.entries[inner].used_slots[usize::from(slot)] = true;
            }
            for step in &spec.steps {
                if let Some(inner) = step.fixture.as_deref().and_then(|used| self.find(file, used)) {
                    self.entries[inner].used = true;
                }
            }
        }
    }
}
