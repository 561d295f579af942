//! A target of a plan, filled with the values and credentials that scenarios come to use.

use std::collections::{HashMap, HashSet};

use super::logins;
use super::names::World;
use super::notes::Notes;
use super::remap::{Shift, remap};
use super::scenarios::Draft;
use super::scope::{Wanted, index};
use super::targets::Chosen;
use crate::model::plan::{
    Destination, PlannedControl, PlannedCredential, PlannedTarget, PlannedValue, ValueFrom, Work,
};
use crate::model::project::Setting;

/// Environment variables that are needed, each with what needs it.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub list: Vec<(Box<str>, Box<str>)>,
    seen: HashSet<Box<str>>,
}

impl Environment {
    fn need(&mut self, name: &str, by: impl FnOnce() -> String) {
        if self.seen.insert(name.into()) {
            self.list.push((name.into(), by().into()));
        }
    }
}

/// A target, filled as scenarios come to use it.
pub(super) struct Book<'t> {
    pub chosen: Chosen<'t>,
    /// Index into the plan's targets, once used.
    pub place: Option<u16>,
    pub planned: PlannedTarget,
    values: HashMap<(u8, &'t str, &'static str), u16>,
    credentials: HashMap<&'t str, u16>,
}

impl<'t> Book<'t> {
    pub fn new(world: &World<'t>, chosen: Chosen<'t>) -> Self {
        let planned = PlannedTarget {
            name: chosen.target.name.clone(),
            embedded: chosen.embedded,
            deployment: chosen.deployment.clone(),
            url: chosen.url.clone(),
            rate: world.asked.settings.rate.or(chosen.target.rate),
            ..PlannedTarget::default()
        };
        Book { chosen, place: None, planned, values: HashMap::new(), credentials: HashMap::new() }
    }

    /// Where a value is, added if it is new. `by` says what needs it.
    fn value(
        &mut self,
        world: &World<'t>,
        (wanted, secret): (Wanted<'t>, bool),
        by: &dyn Fn() -> String,
        environment: &mut Environment,
    ) -> u16 {
        let values = &mut self.planned.values;
        if let Some(found) = self.values.get(&wanted.identity()) {
            values[usize::from(*found)].secret |= secret;
            return *found;
        }
        let (name, value): (Box<str>, ValueFrom) = match wanted {
            Wanted::Env(name) => (name.into(), ValueFrom::Env(name.into())),
            Wanted::Secret { of, part: "", value } => (of.into(), ValueFrom::Literal(value.clone())),
            Wanted::Secret { of, part, value } => (format!("{of}.{part}").into(), ValueFrom::Literal(value.clone())),
            Wanted::Var(name) => (name.into(), variable(world, &self.chosen, name)),
        };
        if let ValueFrom::Env(name) = &value {
            environment.need(name, by);
        }
        let secret = secret || matches!(value, ValueFrom::Env(_));
        values.push(PlannedValue { name, value, secret });
        let at = index(values.len() - 1);
        self.values.insert(wanted.identity(), at);
        at
    }

    fn credential(&mut self, world: &World<'t>, name: &'t str, environment: &mut Environment) -> u16 {
        if let Some(found) = self.credentials.get(name) {
            return *found;
        }
        let target = self.chosen.target;
        let planned = target.credentials.iter().find(|(n, _)| **n == *name).and_then(|(_, spec)| {
            // Its mistakes were complained about when all targets were checked.
            let ready = logins::credential(world, target, name, spec, &mut Notes::default());
            self.credential_bound(world, name, ready, environment)
        });
        // Sound targets have it: scenarios whose credential is lacking are skipped.
        self.planned.credentials.extend(planned);
        let at = index(self.planned.credentials.len().saturating_sub(1));
        self.credentials.insert(name, at);
        at
    }

    fn credential_bound(
        &mut self,
        world: &World<'t>,
        name: &str,
        ready: logins::Ready<'t>,
        environment: &mut Environment,
    ) -> Option<PlannedCredential> {
        let target = self.chosen.target;
        let by = || format!("credential {name} of target {}", target.name);
        let values: Vec<u16> = ready.wanted.iter().map(|wanted| self.value(world, *wanted, &by, environment)).collect();
        let shift = Shift { slots: 0, values: &values, credentials: &[] };
        let mut planned = ready.planned(name)?;
        shift.scheme(&mut planned.scheme);
        let login = planned.login.iter_mut().flat_map(|login| &mut login.steps);
        let mut control = false;
        for step in login {
            remap(step, &shift);
            control |= step.to == Destination::Control;
        }
        if control {
            self.control(world, environment);
        }
        Some(planned)
    }

    fn control(&mut self, world: &World<'t>, environment: &mut Environment) {
        let target = self.chosen.target;
        let (None, Some(control)) = (&self.planned.control, &target.control) else { return };
        let ready = logins::control(world, target, &mut Notes::default());
        let by = || format!("the control service of target {}", target.name);
        let scheme = ready.and_then(|ready| {
            let values: Vec<u16> =
                ready.wanted.iter().map(|wanted| self.value(world, *wanted, &by, environment)).collect();
            let mut scheme = ready.scheme?;
            Shift { slots: 0, values: &values, credentials: &[] }.scheme(&mut scheme);
            Some(scheme)
        });
        self.planned.control = Some(PlannedControl { url: control.url.clone(), scheme });
    }

    /// Gives a scenario's work the indexes of this target.
    pub fn bind(&mut self, world: &World<'t>, draft: &mut Draft<'t>, environment: &mut Environment) {
        let target = self.chosen.target;
        let mut values = Vec::with_capacity(draft.wanted.len());
        for wanted in &draft.wanted {
            let by = || match wanted.0 {
                Wanted::Var(name) => format!("variable {name} of target {}", target.name),
                Wanted::Env(name) | Wanted::Secret { of: name, .. } => format!("{name} of target {}", target.name),
            };
            values.push(self.value(world, *wanted, &by, environment));
        }
        let credentials: Vec<u16> =
            draft.credentials.iter().map(|name| self.credential(world, name, environment)).collect();
        if draft.control {
            self.control(world, environment);
        }
        let shift = Shift { slots: 0, values: &values, credentials: &credentials };
        let Work { given, when, finally, .. } = &mut *draft.work;
        given.iter_mut().chain([when]).chain(finally).for_each(|step| remap(step, &shift));
    }
}

/// What the command line or the target says that a variable is.
fn variable(world: &World<'_>, chosen: &Chosen<'_>, name: &str) -> ValueFrom {
    if let Some((_, value)) = world.asked.vars.iter().rev().find(|(n, _)| n == name) {
        return ValueFrom::Literal(value.as_str().into());
    }
    match chosen.target.vars.iter().find(|(n, _)| **n == *name) {
        Some((_, Setting::Env(name))) => ValueFrom::Env(name.as_str().into()),
        Some((_, Setting::Literal(value))) => ValueFrom::Literal(value.clone()),
        // Not reached: scenarios whose variable is lacking are skipped.
        None => ValueFrom::Literal(serde_json::Value::Null),
    }
}
