//! The names that exist: what targets define, what is built in, what the catalogue documents.

use std::collections::HashSet;

use crate::model::catalogue::Status;
use crate::model::inputs::{Asked, Inputs};
use crate::model::template::Source;

/// Variables that every scenario has.
pub(super) const BUILT_IN: [&str; 4] = ["unique", "uuid", "now", "today"];

pub(super) fn built_in(name: &str) -> Option<Source> {
    match name {
        "unique" => Some(Source::Unique),
        "uuid" => Some(Source::Uuid),
        "now" => Some(Source::Now),
        "today" => Some(Source::Today),
        _ => None,
    }
}

/// All that was read and asked, with what every file may name.
#[derive(Debug)]
pub(super) struct World<'i> {
    pub inputs: &'i Inputs,
    pub asked: &'i Asked,
    /// Variables that some target or the command line defines, or that a target says it lacks.
    pub vars: HashSet<&'i str>,
    pub credentials: HashSet<&'i str>,
    pub capabilities: HashSet<&'i str>,
    pub deployments: HashSet<&'i str>,
    /// Per status from 0: whether some code documents it.
    statuses: Vec<bool>,
}

impl<'i> World<'i> {
    pub fn new(inputs: &'i Inputs, asked: &'i Asked) -> Self {
        let targets = &inputs.project.targets;
        let lacking = || targets.iter().flat_map(|t| t.without.iter().map(|n| &**n));
        let mut vars: HashSet<&str> = lacking().collect();
        vars.extend(targets.iter().flat_map(|t| t.vars.iter().map(|(n, _)| &**n)));
        vars.extend(asked.vars.iter().map(|(n, _)| n.as_str()));
        let mut credentials: HashSet<&str> = lacking().collect();
        credentials.extend(targets.iter().flat_map(|t| t.credentials.iter().map(|(n, _)| &**n)));
        let mut capabilities: HashSet<&str> = lacking().collect();
        capabilities.extend(targets.iter().flat_map(|t| t.capabilities.iter().map(|n| &**n)));
        let mut deployments: HashSet<&str> = lacking().collect();
        deployments.extend(targets.iter().flat_map(|t| t.deployments.iter().map(|(n, _)| &**n)));
        let statuses = documented_statuses(inputs);
        World { inputs, asked, vars, credentials, capabilities, deployments, statuses }
    }

    /// Whether some code is documented with this status.
    pub fn documents(&self, status: u16) -> bool {
        self.statuses.get(usize::from(status)).copied().unwrap_or(false)
    }
}

fn documented_statuses(inputs: &Inputs) -> Vec<bool> {
    let mut stated: Vec<Status> = inputs.catalogue.pairs().map(|(pair, _)| pair.status).collect();
    stated.sort_unstable();
    stated.dedup();
    (0..600).map(|status| stated.iter().any(|s| s.covers(status))).collect()
}
