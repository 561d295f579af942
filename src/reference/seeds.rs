//! What a deployment holds when it starts: organisations in every condition, and named credentials.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::areas;
use super::tenant::{Spec, Standing, Tier};
use super::world::World;

/// Collects what the areas put into a new deployment, and what its users are told about it.
pub struct Seeds<'a> {
    pub world: &'a mut World,
    pub(super) credentials: BTreeMap<String, String>,
    pub(super) vars: BTreeMap<String, String>,
}

impl Seeds<'_> {
    /// Names a token: a credential of the target.
    pub fn credential(&mut self, name: &str, token: &str) {
        self.credentials.insert(name.to_owned(), token.to_owned());
    }

    /// Names a value: a variable of the target.
    pub fn var(&mut self, name: &str, value: impl Into<String>) {
        self.vars.insert(name.to_owned(), value.into());
    }

    /// Founds an organisation. What its areas publish is named after its slug, but for the main one.
    pub fn tenant(&mut self, spec: &Spec) -> Uuid {
        let id = self.world.found(spec).expect("seeded organisations have different slugs");
        let tenant = self.world.tenant(id).expect("it was founded on the line before");
        let prefix = if spec.slug == "main" { String::new() } else { format!("{}_", spec.slug) };
        for (name, token) in &tenant.published_tokens {
            self.credentials.insert(format!("{prefix}{name}"), token.clone());
        }
        for (name, value) in &tenant.published_vars {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            self.vars.insert(format!("{prefix}{name}"), text);
        }
        id
    }

    /// The organisation that most scenarios work in.
    pub fn main(&self) -> Uuid {
        self.world.tenant_by_slug("main").expect("the main organisation is seeded first")
    }
}

/// Fills a new deployment.
pub(super) fn plant(world: &mut World) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let mut seeds = Seeds { world, credentials: BTreeMap::new(), vars: BTreeMap::new() };
    for spec in organisations() {
        seeds.tenant(&spec);
    }
    for area in areas::ALL {
        (area.seed)(&mut seeds);
    }
    let (credentials, vars) = (seeds.credentials, seeds.vars);
    world.seeded();
    (credentials, vars)
}

fn organisations() -> [Spec; 8] {
    let standing = |slug: &str, standing| Spec { standing, ..Spec::new(slug) };
    [
        Spec { name: "Northwind IT".into(), ..Spec::new("main") },
        Spec { name: "Second Site".into(), ..Spec::new("second") },
        Spec { country: "US".into(), name: "Overseas IT".into(), ..Spec::new("overseas") },
        Spec { plain: true, ..Spec::new("plain") },
        Spec { tier: Tier::EaseIn, ..Spec::new("lower") },
        standing("trial", Standing::TrialEnded),
        standing("suspended", Standing::Suspended),
        standing("unpaid", Standing::NoBilling),
    ]
}
