//! What one run shares.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;

use super::FireError;
use super::client::Clients;
use super::proxies::Proxies;
use super::target::{Target, header_secrets};
use super::values::Dice;
use super::wire::Wires;
use crate::model::known_secrets::KnownSecrets;
use crate::model::plan::Plan;
use crate::model::project::{Environment, Network, RunSettings};
use crate::model::secret::NamedSecret;
use crate::model::template::Source;

/// The shared state of a run: its plan, clients, bound values, logins and rate limits.
#[derive(Debug)]
pub struct Firing {
    pub(super) plan: Arc<Plan>,
    pub(super) settings: RunSettings,
    pub(super) targets: Vec<Target>,
    pub(super) root: Option<PathBuf>,
    pub(super) dice: Dice,
    pub(super) wires: Wires,
    /// Secrets beside those of values and credentials: of headers given on the command line, of proxies.
    others: Vec<NamedSecret>,
    /// Those that come while the run goes on are told here the moment they are known.
    pub(super) known: KnownSecrets,
    patterns: Mutex<HashMap<Box<str>, Arc<Regex>>>,
}

impl Firing {
    /// Binds a plan. `project_root` is where the files of bodies are; proxies are taken from the process environment.
    pub fn new(
        plan: Arc<Plan>,
        settings: &RunSettings,
        network: &Network,
        environment: &Environment,
        project_root: Option<&Path>,
    ) -> Result<Firing, FireError> {
        let proxies = Proxies::new(network.proxy.as_deref(), |name| std::env::var(name).ok());
        let mut clients = Clients::new(network, settings, proxies);
        let dice = Dice::new();
        let mut targets = Vec::with_capacity(plan.targets.len());
        let mut others = Vec::new();
        for planned in &plan.targets {
            let target = Target::bind(planned, &plan, settings, &mut clients, environment, &dice)?;
            others.extend(header_secrets(planned, &target.values, &dice));
            targets.push(target);
        }
        dots(&plan, &targets)?;
        others.extend(clients.proxy_passwords().map(|password| NamedSecret::new("proxy", password)));
        Ok(Firing {
            settings: settings.clone(),
            targets,
            root: project_root.map(Path::to_owned),
            dice,
            wires: if clients.are_needed() { Wires::new(settings.jobs.max(1) as usize)? } else { Wires::none() },
            others,
            known: KnownSecrets::default(),
            patterns: Mutex::default(),
            plan,
        })
    }

    /// The same, telling what it comes to know to these: they count for all that is written from then on.
    pub fn telling(self, known: KnownSecrets) -> Self {
        Firing { known, ..self }
    }

    /// The secrets of the targets: values of the environment, credentials and what they are sent as, tokens of the
    /// logins done so far, headers given on the command line.
    pub fn secrets(&self) -> Vec<NamedSecret> {
        let mut secrets: Vec<NamedSecret> = Vec::new();
        for secret in self.targets.iter().flat_map(Target::secrets).chain(&self.others) {
            if !secrets.contains(secret) {
                secrets.push(secret.clone());
            }
        }
        secrets
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn jobs(&self) -> usize {
        self.settings.jobs.max(1) as usize
    }

    /// The pattern, compiled once.
    pub(super) fn pattern(&self, text: &str) -> Result<Arc<Regex>, String> {
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = patterns.get(text) {
            return Ok(pattern.clone());
        }
        let pattern = Regex::new(text).map_err(|_| format!("the pattern `{text}` is not a regular expression"))?;
        let pattern = Arc::new(pattern);
        patterns.insert(text.into(), pattern.clone());
        Ok(pattern)
    }
}

/// Refuses values that cannot be sent where they are needed, now that those of the environment are known.
fn dots(plan: &Plan, targets: &[Target]) -> Result<(), FireError> {
    let any = |target: &Target| (0..target.values.len()).any(|at| is_dots(target, at).is_some());
    let concerned: Vec<bool> = targets.iter().map(any).collect();
    for planned in plan.scenarios.iter().filter(|_| concerned.contains(&true)) {
        let Some(work) = planned.work().filter(|work| concerned[usize::from(work.target)]) else { continue };
        let (target, of) = (&targets[usize::from(work.target)], &plan.targets[usize::from(work.target)]);
        for step in work.given.iter().chain([&work.when]).chain(&work.finally) {
            let known = |source: &Source| match source {
                Source::Target(at) => is_dots(target, usize::from(*at)),
                _ => None,
            };
            if step.path.dot_segment(known).is_some() {
                let dotted = step.path.sources().find_map(|source| match source {
                    Source::Target(at) => is_dots(target, usize::from(*at)).and(of.values.get(usize::from(*at))),
                    _ => None,
                });
                let name = dotted.map_or_else(Box::default, |value| value.name.clone());
                return Err(FireError::Dots { name, target: of.name.clone(), scenario: plan.id(planned) });
            }
        }
    }
    Ok(())
}

/// The value of a target at this index, if it is dots and nothing else.
fn is_dots(target: &Target, at: usize) -> Option<&str> {
    let value = target.values.get(at).and_then(|bound| bound.value.as_str());
    value.filter(|value| matches!(*value, "." | ".."))
}
