//! Binds scenarios to the values and credentials of their targets: only what is used is in the plan.

use std::collections::HashMap;

use super::book::{Book, Environment};
use super::locks::Locks;
use super::names::World;
use super::scenarios::Draft;
use super::scope::index;
use super::skip::skip;
use super::targets::{self, Chosen};
use crate::model::plan::{Act, Plan, Planned, PlannedFile, PlannedTarget};
use crate::model::template::Template;

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
    binder.plan.scenarios.reserve_exact(drafts.len());
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
        let (spec, expect, effects) = (draft.spec, draft.expect.clone(), draft.effects);
        let name = std::mem::take(&mut draft.name);
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
                draft.work.target = target;
                draft.work.lock = lock;
                Act::Fire(draft.work)
            }
        };
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
            files.push(PlannedFile { path: (*source.path).into(), area: area.into() });
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
