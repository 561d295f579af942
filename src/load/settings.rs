//! What `trueline.toml` says, checked: quantities, rules, pointers, waivers.

use std::collections::HashMap;

use super::path_of;
use super::targets;
use crate::model::complaint::{At, Complaint, Seg};
use crate::model::project::{
    EnvelopePlace, EnvelopeSpec, MOST_JOBS, Project, ProjectSpec, RunSettings, RunSpec, Waiver,
};
use crate::model::rule::{Outcome, Rule, Severity};
use crate::model::scenario::Ordered;
use crate::model::units::{self, UnitError};

pub const CATALOGUE: &str = "catalogue.md";
pub const SCENARIOS: &str = "scenarios";
pub const REPORTS: &str = "reports";
pub const SCHEMA: &str = "schemas/error-envelope.json";
const CODE: &str = "/error/code";
const MESSAGE: &str = "/error/message";

/// Gathers complaints about one file.
pub struct Checker<'f> {
    file: &'f str,
    pub complaints: Vec<Complaint>,
}

impl<'f> Checker<'f> {
    pub fn new(file: &'f str) -> Self {
        Checker { file, complaints: Vec::new() }
    }

    pub fn add(&mut self, complaint: Complaint) {
        self.complaints.push(complaint);
    }

    pub fn value(&self, path: &[Seg], text: impl Into<String>) -> Complaint {
        Complaint::error(self.file, At::Value(path.to_vec()), text)
    }

    pub fn key(&self, path: &[Seg], text: impl Into<String>) -> Complaint {
        Complaint::error(self.file, At::Key(path.to_vec()), text)
    }

    /// The value of a quantity, or a complaint and nothing.
    pub fn quantity<T>(&mut self, path: &[Seg], read: Result<T, UnitError>) -> Option<T> {
        read.map_err(|error| self.complaints.push(self.value(path, error.0))).ok()
    }
}

/// The path of a key below another.
pub fn below(path: &[Seg], key: impl Into<Seg>) -> Vec<Seg> {
    path.iter().cloned().chain([key.into()]).collect()
}

/// The project and what is wrong with it; where something is, the project is not to be used.
pub fn project(file: &str, spec: ProjectSpec) -> (Project, Vec<Complaint>) {
    let mut checker = Checker::new(file);
    let names: Vec<&str> = spec.targets.names().collect();
    let default_target = spec.run.target.as_deref().map(Box::from);
    if let Some(target) = spec.run.target.as_deref().filter(|target| !names.contains(target)) {
        let unknown = checker.value(&path_of(&["run", "target"]), format!("there is no target `{target}`"));
        checker.add(unknown.did_you_mean(target, names.iter().copied()));
    }
    let project = Project {
        file: file.into(),
        catalogue: place(&mut checker, &["catalogue"], spec.catalogue, CATALOGUE),
        scenarios: place(&mut checker, &["scenarios"], spec.scenarios, SCENARIOS),
        reports: place(&mut checker, &["reports"], spec.reports, REPORTS),
        envelope: envelope(&mut checker, spec.envelope),
        run: run(&mut checker, &spec.run),
        default_target,
        severities: severities(&mut checker, &spec.rules),
        required_headers: required_headers(&mut checker, spec.required_headers),
        waivers: spec
            .waivers
            .0
            .into_iter()
            .map(|(pair, waiver)| {
                if waiver.reason.trim().is_empty() {
                    let path = path_of(&["waivers", &pair, "reason"]);
                    checker.add(checker.value(&path, "a waiver needs a reason"));
                }
                Waiver { pair: pair.into(), reason: waiver.reason.into(), until: waiver.until }
            })
            .collect(),
        targets: targets::targets(&mut checker, spec.targets),
    };
    (project, checker.complaints)
}

fn place(checker: &mut Checker<'_>, key: &[&str], written: Option<String>, default: &str) -> Box<str> {
    match written {
        Some(path) if path.trim().is_empty() => {
            checker.add(checker.value(&path_of(key), "the path is empty").help(format!("write `{default}`")));
            default.into()
        }
        Some(path) => path.trim_start_matches("./").trim_end_matches('/').into(),
        None => default.into(),
    }
}

fn envelope(checker: &mut Checker<'_>, spec: EnvelopeSpec) -> EnvelopePlace {
    // Another place of the code says nothing about the message.
    let default_message = spec.code.is_none().then(|| MESSAGE.to_owned());
    let message = spec.message.or(default_message);
    let code = spec.code.unwrap_or_else(|| CODE.to_owned());
    pointer(checker, "code", &code);
    if let Some(message) = &message {
        pointer(checker, "message", message);
    }
    EnvelopePlace {
        schema: place(checker, &["envelope", "schema"], spec.schema, SCHEMA),
        code: code.into(),
        message: message.map(Into::into),
    }
}

fn pointer(checker: &mut Checker<'_>, key: &str, pointer: &str) {
    let path = path_of(&["envelope", key]);
    if !pointer.is_empty() && !pointer.starts_with('/') {
        let complaint = checker.value(&path, format!("`{pointer}` is no JSON Pointer: it begins with `/`"));
        checker.add(complaint.help(format!("write `/{}`", pointer.trim_start_matches("$.").replace('.', "/"))));
    } else if pointer.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
        let complaint = checker.value(&path, format!("`{pointer}` is no JSON Pointer: a `~` stands alone"));
        checker.add(complaint.help("write `~0` for `~` and `~1` for `/`"));
    }
}

fn run(checker: &mut Checker<'_>, spec: &RunSpec) -> RunSettings {
    let mut settings = RunSettings::default();
    if let Some(jobs) = spec.jobs {
        if (1..=MOST_JOBS).contains(&jobs) {
            settings.jobs = jobs;
        } else {
            let text = format!("`jobs` is {jobs}; it takes 1 to {MOST_JOBS}");
            checker.add(checker.value(&path_of(&["run", "jobs"]), text));
        }
    }
    let durations = [
        ("timeout", &spec.timeout, &mut settings.timeout),
        ("connect_timeout", &spec.connect_timeout, &mut settings.connect_timeout),
        ("max_wait", &spec.max_wait, &mut settings.max_wait),
    ];
    for (key, written, setting) in durations {
        let Some(written) = written else { continue };
        let path = path_of(&["run", key]);
        match checker.quantity(&path, units::duration(written)) {
            Some(time) if time.is_zero() && key != "max_wait" => {
                checker.add(checker.value(&path, format!("with `{key} = \"{written}\"` nothing could be heard")));
            }
            Some(time) => *setting = time,
            None => {}
        }
    }
    let size = spec.max_body.as_deref().map(units::size);
    if let Some(size) = size.and_then(|size| checker.quantity(&path_of(&["run", "max_body"]), size)) {
        settings.max_body = size;
    }
    settings.history = spec.history.unwrap_or(settings.history);
    settings
}

fn severities(checker: &mut Checker<'_>, rules: &Ordered<String>) -> HashMap<Rule, Severity> {
    let settable = || Rule::ALL.into_iter().filter(|rule| rule.outcome() == Outcome::Warning).map(Rule::id);
    let list = || settable().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    let mut severities = HashMap::new();
    for (id, written) in rules.iter() {
        let path = path_of(&["rules", id]);
        let Some(rule) = Rule::from_id(id) else {
            let unknown = checker.key(&path, format!("there is no rule `{id}`"));
            let unknown = unknown.help(format!("the rules that can be set are {}", list()));
            checker.add(unknown.did_you_mean(id, settable()));
            continue;
        };
        if rule.outcome() != Outcome::Warning {
            let fixed = checker.key(&path, format!("`{id}` cannot be set: it decides whether the contract is kept"));
            checker.add(fixed.help(format!("the rules that can be set are {}", list())));
            continue;
        }
        let known = [Severity::Error, Severity::Warning, Severity::Off];
        match known.into_iter().find(|severity| severity.id() == written) {
            Some(severity) => {
                severities.insert(rule, severity);
            }
            None => {
                let text = format!("`{id}` takes `error`, `warning` or `off`, not `{written}`");
                let complaint = checker.value(&path, text);
                checker.add(complaint.did_you_mean(written, known.into_iter().map(Severity::id)));
            }
        }
    }
    severities
}

fn required_headers(checker: &mut Checker<'_>, spec: Ordered<Vec<String>>) -> Ordered<Vec<String>> {
    for (code, headers) in spec.iter() {
        for (index, header) in headers.iter().enumerate() {
            if !is_header_name(header) {
                let path = below(&path_of(&["required-headers", code]), index);
                checker.add(checker.value(&path, format!("`{header}` is not the name of a header")));
            }
        }
    }
    spec
}

/// Whether this can be the name of a header.
pub fn is_header_name(name: &str) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok()
}
