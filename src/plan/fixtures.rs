//! Fixtures: steps with a name, put together once and copied into every scenario that uses them.

use std::sync::Arc;

use super::library::Library;
use super::notes::{Crumb, Notes};
use super::remap::{Shift, remap};
use super::scope::{Binding, Scope, Slot, Wanted, index};
use super::steps::{MOST_STEPS, Place};
use super::texts::Composer;
use crate::model::complaint::At;
use crate::model::plan::Step;
use crate::model::scenario::{AsSpec, CaptureSpec, Fixture, StepSpec};

/// A step, and whether it takes the `as` of what it becomes a part of.
#[derive(Debug, Clone)]
pub(super) struct DraftStep {
    pub step: Step,
    pub inherits: bool,
}

/// An `as` and its place in the file.
pub(super) type Stated<'i> = (&'i AsSpec, Vec<Crumb<'i>>);

/// The clean-up of a fixture that is used, and the `as` beside its `use`.
#[derive(Debug)]
pub(super) struct Tail<'i> {
    steps: Vec<DraftStep>,
    stated: Option<Stated<'i>>,
}

/// Steps in the making.
#[derive(Debug, Default)]
pub(super) struct Assembled<'i> {
    pub steps: Vec<DraftStep>,
    /// The clean-up of each fixture used, in order of use.
    pub tails: Vec<Tail<'i>>,
}

impl Assembled<'_> {
    /// Steps so far, clean-up included.
    pub fn count(&self) -> usize {
        self.steps.len() + self.tails.iter().map(|tail| tail.steps.len()).sum::<usize>()
    }
}

/// A fixture, put together. Indexes are its own.
#[derive(Debug)]
pub(super) struct Ready<'i> {
    steps: Vec<DraftStep>,
    finally: Vec<DraftStep>,
    pub slots: Vec<Slot<'i>>,
    exports: Vec<(&'i str, u16)>,
    wanted: Vec<(Wanted<'i>, bool)>,
    credentials: Vec<&'i str>,
    /// Where its own captures are written, by slot.
    pub places: Vec<(u16, Vec<Crumb<'i>>)>,
}

/// Complains about a captured variable that nothing refers to.
pub(super) fn unused_capture(place: &[Crumb<'_>], notes: &mut Notes<'_>) {
    let Some(Crumb::Key(name)) = place.last() else { return };
    let path: Vec<_> = place
        .iter()
        .map(|crumb| match crumb {
            Crumb::Key(key) => (*key).into(),
            Crumb::Index(index) => (*index).into(),
        })
        .collect();
    let text = format!("the variable `{name}` is captured and never used");
    notes.add(At::Key(path), text, "use it in a later step, or take the capture out");
}

impl<'i> Composer<'_, 'i> {
    /// Puts one fixture together; the notes stand at its file.
    pub fn fixture(mut self, spec: &'i Fixture, name: &'i str, library: &Library<'i>) -> Ready<'i> {
        let mut made = Assembled::default();
        self.notes.enter("fixtures");
        self.notes.enter(name);
        if spec.steps.is_empty() {
            self.notes.add(
                self.notes.here(),
                format!("the fixture `{name}` has no steps"),
                "give it some, or take it out",
            );
        }
        self.notes.enter("steps");
        self.setup(&spec.steps, library, &mut made);
        self.notes.leave();
        self.notes.enter("finally");
        let mut finally = self.requests(&spec.finally, Place::Finally);
        self.notes.leave();
        self.notes.leave();
        self.notes.leave();
        self.tails(made.tails, &mut finally);
        let label: Arc<str> = name.into();
        for step in made.steps.iter_mut().chain(&mut finally) {
            step.step.fixture.get_or_insert_with(|| label.clone());
        }
        let Scope { bindings, slots, wanted, credentials, .. } = self.scope;
        let exports = bindings.iter().map(|b| (b.name, b.slot)).collect();
        let places = bindings.into_iter().filter_map(|b| Some((b.slot, b.place?)));
        let places = places.filter(|(slot, _)| slots[usize::from(*slot)].origin.is_none()).collect();
        Ready { steps: made.steps, finally, slots, exports, wanted, credentials, places }
    }

    /// Adds the fixtures' clean-up after one's own, the latest first.
    pub fn tails(&mut self, tails: Vec<Tail<'i>>, finally: &mut Vec<DraftStep>) {
        for mut tail in tails.into_iter().rev() {
            self.inherit(&mut tail.steps, tail.stated.as_ref());
            finally.append(&mut tail.steps);
        }
    }

    /// Gives every step that states no `as` the one beside its `use`, or else the scenario's.
    fn inherit(&mut self, steps: &mut [DraftStep], beside: Option<&Stated<'i>>) {
        let Some(stated) = beside.cloned().or_else(|| self.scope.stated.clone()) else { return };
        for draft in steps.iter_mut().filter(|draft| draft.inherits) {
            draft.step.auth = self.auth_at(&stated);
            draft.inherits = false;
        }
    }

    /// Copies a fixture's steps into the ones in the making; the notes stand at the step that says `use`.
    pub fn use_fixture(&mut self, spec: &'i StepSpec, library: &Library<'i>, made: &mut Assembled<'i>) {
        self.beside_use(spec);
        let name = spec.fixture.as_deref().unwrap_or_default();
        let ready = self.find_fixture(name, library).and_then(|id| Some((id, library.ready(id)?)));
        let Some((id, ready)) = ready else {
            self.scope.open = true;
            for (name, _) in spec.capture.iter() {
                self.scope.capture(name, false, None);
            }
            return;
        };
        self.scope.fixtures.push(id);
        if made.count() + ready.steps.len() + ready.finally.len() > MOST_STEPS {
            let text = format!("with this fixture there are more than {MOST_STEPS} steps");
            self.notes.add(self.notes.value("use"), text, "make several scenarios of it");
            self.scope.open = true;
            return;
        }
        let (mut steps, tail) = self.copy(id, &ready);
        let first = self.scope.bindings.len();
        let stated = spec.credential.as_ref().map(|auth| {
            let mut place = self.notes.crumbs();
            place.push(Crumb::Key("as"));
            (auth, place)
        });
        // Before its variables can be seen: its steps are sent before they are all captured.
        self.inherit(&mut steps, stated.as_ref());
        made.steps.append(&mut steps);
        made.tails.push(Tail { steps: tail, stated });
        let base = index(self.scope.slots.len() - ready.slots.len());
        for (name, slot) in &ready.exports {
            self.scope.bindings.push(Binding { name, slot: base.saturating_add(*slot), used: false, place: None });
        }
        self.rename(spec, name, first);
    }

    /// The steps and the clean-up, with slots, values and credentials of their new owner.
    fn copy(&mut self, id: usize, ready: &Ready<'i>) -> (Vec<DraftStep>, Vec<DraftStep>) {
        let base = index(self.scope.slots.len());
        for (at, slot) in ready.slots.iter().enumerate() {
            let origin = Some((id, index(at)));
            self.scope.slots.push(Slot { name: slot.name, secret: slot.secret, used: false, origin });
        }
        let wanted: Vec<u16> = ready.wanted.iter().map(|(wanted, secret)| self.scope.want(*wanted, *secret)).collect();
        let credentials: Vec<u16> = ready.credentials.iter().map(|name| self.scope.credential(name)).collect();
        let shift = Shift { slots: base, values: &wanted, credentials: &credentials };
        let copied = |steps: &[DraftStep]| -> Vec<DraftStep> {
            let mut steps = steps.to_vec();
            steps.iter_mut().for_each(|draft| remap(&mut draft.step, &shift));
            steps
        };
        (copied(&ready.steps), copied(&ready.finally))
    }

    /// `capture` beside `use`: the fixture's variables under further names. Its own bindings begin at `from`.
    fn rename(&mut self, spec: &'i StepSpec, fixture: &str, from: usize) {
        self.notes.enter("capture");
        let until = self.scope.bindings.len();
        for (name, of) in spec.capture.iter() {
            self.notes.enter(name);
            self.variable_name(name);
            let theirs = &self.scope.bindings[from..until];
            let found = match of {
                CaptureSpec::From(of) => theirs.iter().rev().find(|b| b.name == of.as_str()).map(|b| b.slot),
                CaptureSpec::Detail(_) => None,
            };
            match found {
                Some(slot) => {
                    let place = Some(self.notes.crumbs());
                    self.scope.slots[usize::from(slot)].name = name;
                    self.scope.bindings.push(Binding { name, slot, used: false, place });
                }
                None => {
                    let written = if let CaptureSpec::From(of) = of { of.as_str() } else { "" };
                    let names: Vec<&str> = theirs.iter().map(|b| b.name).collect();
                    let complaint = self.notes.error(
                        self.notes.here(),
                        "beside `use`, `capture` takes the name of a variable of the fixture",
                    );
                    let help = format!("`{fixture}` has {}", listed(&names));
                    self.notes.push(complaint.help(help).did_you_mean(written, names.iter().copied()));
                    self.scope.capture(name, false, None);
                }
            }
            self.notes.leave();
        }
        self.notes.leave();
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
