//! Binds scenarios to the values and credentials of their targets: only what is used is in the plan.

use std::collections::{HashMap, HashSet};

use super::locks::Locks;
use super::logins;
use super::names::World;
use super::notes::Notes;
use super::remap::{Shift, remap};
use super::scenarios::Draft;
use super::scope::{Wanted, index};
use super::skip::skip;
use super::targets::{self, Chosen};
use crate::model::plan::{
    Act, Plan, Planned, PlannedControl, PlannedCredential, PlannedFile, PlannedTarget, PlannedValue, ValueFrom, Work,
};
use crate::model::project::Setting;
use crate::model::template::Template;

/// Environment variables that are needed, each with what needs it.
#[derive(Debug, Default)]
struct Environment {
    list: Vec<(Box<str>, Box<str>)>,
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
struct Book<'t> {
    chosen: Chosen<'t>,
    /// Index into the plan's targets, once used.
    place: Option<u16>,
    planned: PlannedTarget,
    values: HashMap<(u8, &'t str, &'static str), u16>,
    credentials: HashMap<&'t str, u16>,
}

impl<'t> Book<'t> {
    fn new(world: &World<'t>, chosen: Chosen<'t>) -> Self {
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
            control |= step.to == crate::model::plan::Destination::Control;
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
    fn bind(&mut self, world: &World<'t>, draft: &mut Draft<'t>, environment: &mut Environment) {
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
        let Work { given, when, finally, .. } = &mut draft.work;
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

/// The plan of the scenarios selected.
pub(super) fn plan<'t>(world: &World<'t>, run: Chosen<'t>, drafts: Vec<Draft<'t>>) -> Plan {
    let mut binder = Binder {
        world,
        books: vec![Book::new(world, run)],
        deployments: HashMap::new(),
        environment: Environment::default(),
        locks: Locks::default(),
        files: HashMap::new(),
        plan: Plan::default(),
    };
    binder.books[0].place = Some(0);
    let mut used = vec![0];
    for draft in drafts {
        binder.scenario(draft, &mut used);
    }
    binder.finish(used)
}

struct Binder<'a, 't> {
    world: &'a World<'t>,
    /// The run's target, then its deployments.
    books: Vec<Book<'t>>,
    deployments: HashMap<&'t str, Option<usize>>,
    environment: Environment,
    locks: Locks<'t>,
    files: HashMap<usize, u32>,
    plan: Plan,
}

impl<'t> Binder<'_, 't> {
    fn scenario(&mut self, mut draft: Draft<'t>, used: &mut Vec<usize>) {
        let book = draft.spec.deployment.as_deref().map_or(Some(0), |name| self.deployment(name));
        let file = self.file(draft.file);
        let act = match skip(&draft, &self.books[0].chosen, book.map(|book| &self.books[book].chosen)) {
            Some(skip) => Act::Skip(skip),
            None => {
                let book = book.unwrap_or(0);
                self.books[book].bind(self.world, &mut draft, &mut self.environment);
                let target = *self.books[book].place.get_or_insert_with(|| {
                    used.push(book);
                    index(used.len() - 1)
                });
                let lock = self.locks.of(draft.spec);
                Act::Fire(Box::new(Work { target, lock, ..std::mem::take(&mut draft.work) }))
            }
        };
        let Draft { spec, name, expect, effects, .. } = draft;
        let tags = spec.tags.iter().map(|tag| tag.as_str().into()).collect();
        self.plan.scenarios.push(Planned { file, line: spec.name.line, name, expect, effects, tags, act });
    }

    fn deployment(&mut self, name: &'t str) -> Option<usize> {
        if let Some(known) = self.deployments.get(name) {
            return *known;
        }
        let chosen = targets::deployment(self.world, self.books[0].chosen.target, name);
        let found = chosen.map(|chosen| {
            self.books.push(Book::new(self.world, chosen));
            self.books.len() - 1
        });
        self.deployments.insert(name, found);
        found
    }

    fn file(&mut self, file: usize) -> u32 {
        let (files, source) = (&mut self.plan.files, &self.world.inputs.files[file]);
        *self.files.entry(file).or_insert_with(|| {
            let area = source.content.area.as_deref().unwrap_or_default();
            files.push(PlannedFile { path: source.path.clone(), area: area.into() });
            files.len() as u32 - 1
        })
    }

    fn finish(mut self, used: Vec<usize>) -> Plan {
        let mut books: Vec<Option<PlannedTarget>> = self.books.into_iter().map(|book| Some(book.planned)).collect();
        self.plan.targets = used.into_iter().filter_map(|book| books[book].take()).collect();
        for (at, target) in self.plan.targets.iter_mut().enumerate() {
            headers(self.world, target, at == 0);
        }
        self.plan.locks = self.locks.names;
        self.plan.environment = self.environment.list;
        self.plan
    }
}

/// `--header`: for every deployment, but a credential goes to the target it was given for and nowhere else.
fn headers(world: &World<'_>, target: &mut PlannedTarget, of_the_run: bool) {
    for (name, value) in &world.asked.headers {
        let credential = super::flags::is_credential(name);
        if credential && !of_the_run {
            continue;
        }
        let template = if credential {
            super::flags::credential(name, value, &mut target.values)
        } else {
            Template::text(value.as_str())
        };
        target.headers.push((name.as_str().into(), template));
    }
}
