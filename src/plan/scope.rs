//! The variables that can be seen from a step, and what a scenario needs of its target.

use serde_json::Value;

use super::names::{BUILT_IN, World, built_in};
use super::notes::{Crumb, Notes};
use super::templates::Variable;
use crate::model::complaint::nearest;
use crate::model::project::Target;
use crate::model::scenario::{AsSpec, Ordered};
use crate::model::template::Source;

/// What is being put together.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'i> {
    Scenario,
    Fixture,
    /// The login steps of a credential of this target.
    Login(&'i Target),
}

/// Something that a target has to give.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'i> {
    Var(&'i str),
    Env(&'i str),
    /// A credential that is written out, and which part of it.
    Secret {
        of: &'i str,
        part: &'static str,
        value: &'i Value,
    },
}

impl<'i> Wanted<'i> {
    /// What makes it the same as another.
    pub fn identity(self) -> (u8, &'i str, &'static str) {
        match self {
            Wanted::Var(name) => (0, name, ""),
            Wanted::Env(name) => (1, name, ""),
            Wanted::Secret { of, part, .. } => (2, of, part),
        }
    }
}

/// A place for a captured value.
#[derive(Debug, Clone)]
pub(super) struct Slot<'i> {
    pub name: &'i str,
    pub secret: bool,
    pub used: bool,
    /// The fixture that it comes from, and its index there.
    pub origin: Option<(usize, u16)>,
}

/// A name that stands for a slot from here on.
#[derive(Debug, Clone)]
pub(super) struct Binding<'i> {
    pub name: &'i str,
    pub slot: u16,
    pub used: bool,
    /// Where the file says so; none for the variables of a fixture.
    pub place: Option<Vec<Crumb<'i>>>,
}

/// A row of `each`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'i> {
    /// Which of the rows it is.
    pub at: usize,
    pub values: &'i Ordered<Value>,
}

/// What a name stands for.
#[derive(Debug)]
pub(super) enum Resolved<'i> {
    /// A value of the row: known now.
    Literal(&'i Value),
    Source(Source),
    /// Complained about.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Scope<'i> {
    pub kind: Kind<'i>,
    pub row: Option<Row<'i>>,
    /// Names of the row that were used.
    pub row_used: Vec<&'i str>,
    pub bindings: Vec<Binding<'i>>,
    pub slots: Vec<Slot<'i>>,
    /// Each with whether it is a secret by its use; [`Source::Target`] is an index into it.
    pub wanted: Vec<(Wanted<'i>, bool)>,
    pub credentials: Vec<&'i str>,
    /// Ids of the fixtures used.
    pub fixtures: Vec<usize>,
    /// A fixture could not be found, so that any name may be one of its variables.
    pub open: bool,
    /// The `as` that holds for every step that states none, and its place.
    pub stated: Option<(&'i AsSpec, Vec<Crumb<'i>>)>,
    /// Whether some step takes it.
    pub taken: bool,
    /// A step takes the `as` of its scenario: a variable may not have been captured yet.
    pub inheriting: bool,
}

/// An index as the plan has it. The lists are bounded by [`super::steps::MOST_STEPS`] and by the checks of targets.
pub(super) fn index(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

impl<'i> Scope<'i> {
    pub fn new(kind: Kind<'i>, row: Option<Row<'i>>) -> Self {
        Scope {
            kind,
            row,
            row_used: Vec::new(),
            bindings: Vec::new(),
            slots: Vec::new(),
            wanted: Vec::new(),
            credentials: Vec::new(),
            fixtures: Vec::new(),
            open: false,
            stated: None,
            taken: false,
            inheriting: false,
        }
    }

    pub fn want(&mut self, wanted: Wanted<'i>, secret: bool) -> u16 {
        let identity = wanted.identity();
        if let Some(found) = self.wanted.iter().position(|(w, _)| w.identity() == identity) {
            self.wanted[found].1 |= secret;
            return index(found);
        }
        // Most scenarios want one value and one credential, and no room is left over for others.
        if self.wanted.is_empty() {
            self.wanted.reserve_exact(1);
        }
        self.wanted.push((wanted, secret));
        index(self.wanted.len() - 1)
    }

    pub fn credential(&mut self, name: &'i str) -> u16 {
        let found = self.credentials.iter().position(|c| *c == name);
        index(found.unwrap_or_else(|| {
            if self.credentials.is_empty() {
                self.credentials.reserve_exact(1);
            }
            self.credentials.push(name);
            self.credentials.len() - 1
        }))
    }

    /// Binds a name to a new slot.
    pub fn capture(&mut self, name: &'i str, secret: bool, place: Option<Vec<Crumb<'i>>>) -> u16 {
        let slot = index(self.slots.len());
        self.slots.push(Slot { name, secret, used: false, origin: None });
        self.bindings.push(Binding { name, slot, used: false, place });
        slot
    }

    /// The value of the row under this name, noted as used.
    pub fn row_value(&mut self, name: &str) -> Option<&'i Value> {
        let (name, value) = self.row?.values.0.iter().find(|(n, _)| n == name)?;
        if !self.row_used.contains(&name.as_str()) {
            self.row_used.push(name);
        }
        Some(value)
    }

    fn slot(&mut self, name: &str) -> Option<Source> {
        let binding = self.bindings.iter_mut().rev().find(|b| b.name == name)?;
        binding.used = true;
        self.slots[usize::from(binding.slot)].used = true;
        Some(Source::Slot(binding.slot))
    }

    /// What a variable stands for: a value of the row, else the latest capture, else a variable of the target, else
    /// what is built in. `rows` is false within a row's own values.
    pub fn resolve(
        &mut self,
        variable: Variable<'i>,
        rows: bool,
        world: &World<'i>,
        notes: &mut Notes<'i>,
    ) -> Resolved<'i> {
        if rows && let Some(value) = self.row_value(variable.name) {
            if !variable.totp {
                return Resolved::Literal(value);
            }
            let text = format!("`{}` is a value of the row, and `totp` takes a secret of the target", variable.name);
            notes.add(
                notes.within(variable.written),
                text,
                "name a variable of the target, or one captured on the way",
            );
            return Resolved::Nothing;
        }
        let Some(source) = self.source(variable.name, world) else {
            if !self.open {
                self.complain(variable, world, notes);
            }
            return Resolved::Nothing;
        };
        Resolved::Source(if variable.totp { Source::Totp(Box::new(source)) } else { source })
    }

    fn source(&mut self, name: &'i str, world: &World<'i>) -> Option<Source> {
        if let Some(slot) = self.slot(name) {
            return Some(slot);
        }
        let known = match self.kind {
            Kind::Login(target) => {
                target.vars.iter().any(|(n, _)| &**n == name) || world.asked.vars.iter().any(|(n, _)| n == name)
            }
            _ => world.vars.contains(name),
        };
        if known { Some(Source::Target(self.want(Wanted::Var(name), false))) } else { built_in(name) }
    }

    fn complain(&mut self, variable: Variable<'i>, world: &World<'i>, notes: &mut Notes<'i>) {
        let name = variable.name;
        let text = format!("nothing defines the variable `{name}` here");
        let complaint = notes.error(notes.within(variable.written), text);
        let here = self.bindings.iter().map(|b| b.name);
        let row = self.row.into_iter().flat_map(|row| row.values.names());
        let of_targets: Vec<&str> = match self.kind {
            Kind::Login(target) => target.vars.iter().map(|(name, _)| &**name).collect(),
            _ => world.vars.iter().copied().collect(),
        };
        let near = nearest(name, here.chain(row).chain(of_targets).chain(BUILT_IN));
        // Otherwise the one that was meant would be called unused.
        if let Some(near) = near.filter(|near| self.slot(near).is_none()) {
            self.row_value(near);
        }
        let help = match (near, self.kind) {
            _ if self.inheriting => {
                "give the steps before the capture an `as` of their own, such as `as: anonymous`".to_owned()
            }
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Kind::Scenario) => {
                "capture it in an earlier step, or define it under `vars` of a target; \
                 four braces `{{{{` in front send the braces as they are"
                    .to_owned()
            }
            (None, Kind::Fixture) => {
                "a fixture sees what it captures itself, what the fixtures that it uses capture, and the `vars` of targets"
                    .to_owned()
            }
            (None, Kind::Login(target)) => {
                format!("capture it in an earlier login step, or define it under `vars` of target `{}`", target.name)
            }
        };
        notes.push(complaint.help(help));
    }
}
