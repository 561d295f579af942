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
