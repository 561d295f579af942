//! Which target a run is against, and whether the targets are sound.

use std::collections::HashSet;

use super::logins;
use super::names::{BUILT_IN, World};
use super::notes::Notes;
use super::templates::{has_variable, is_name};
use crate::model::complaint::{At, Complaint};
use crate::model::project::{CredentialSpec, Setting, Target};
use crate::model::template::plain;

/// A target as a run uses it.
#[derive(Debug, Clone)]
pub(super) struct Chosen<'t> {
    pub target: &'t Target,
    /// Replaced by `--url`.
    pub url: Box<str>,
    pub embedded: bool,
    /// What `--url` alone stands for: nobody has said anything of it.
    pub ad_hoc: bool,
    /// What the run's target calls it; empty for the run's target itself.
    pub deployment: Box<str>,
    pub vars: HashSet<&'t str>,
    pub credentials: HashSet<&'t str>,
}

impl<'t> Chosen<'t> {
    pub fn new(world: &World<'t>, target: &'t Target, deployment: &str) -> Self {
        let asked = world.asked.vars.iter().map(|(name, _)| name.as_str());
        Chosen {
            target,
            url: target.url.clone(),
            embedded: target.embedded,
            ad_hoc: false,
            deployment: deployment.into(),
            vars: target.vars.iter().map(|(name, _)| &**name).chain(asked).collect(),
            credentials: target.credentials.iter().map(|(name, _)| &**name).collect(),
        }
    }

    /// Whether the target says itself that it lacks this.
    pub fn admits(&self, name: &str) -> bool {
        self.target.without.iter().any(|lacking| &**lacking == name)
    }
}

/// What `--url` alone stands for.
pub(super) fn ad_hoc() -> Target {
    Target { name: "url".into(), ..Target::default() }
}

/// The target of the run.
pub(super) fn choose<'t>(world: &World<'t>, ad_hoc: &'t Target) -> Result<Chosen<'t>, Complaint> {
    let asked = world.asked;
    let target = match (&asked.target, &asked.url) {
        (None, Some(_)) => ad_hoc,
        (Some(name), _) => named(world, name, None)?,
        (None, None) => unnamed(world)?,
    };
    let mut chosen = Chosen::new(world, target, "");
    if let Some(url) = &asked.url {
        chosen.ad_hoc = asked.target.is_none();
        chosen.url = base_url(url)?;
        literals_stay_here(target, &chosen.url)?;
    }
    Ok(chosen)
}

fn named<'t>(world: &World<'t>, name: &str, written: Option<At>) -> Result<&'t Target, Complaint> {
    let project = &world.inputs.project;
    project.target(name).ok_or_else(|| {
        let text = if name.is_empty() {
            "the name of the target is empty".to_owned()
        } else {
            format!("there is no target `{name}`")
        };
        let complaint = match written {
            Some(at) => Complaint::error(&project.file, at, text),
            None => Complaint::error("", At::File, text),
        };
        complaint.help(choice(world)).did_you_mean(name, written_down(world).map(|t| &*t.name))
    })
}

fn unnamed<'t>(world: &World<'t>) -> Result<&'t Target, Complaint> {
    let project = &world.inputs.project;
    if let Some(name) = &project.default_target {
        return named(world, name, Some(At::Value(vec!["run".into(), "target".into()])));
    }
    let mut targets = written_down(world);
    match (targets.next(), targets.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Complaint::error(&project.file, At::File, "no target is defined")
            .help("add `[targets.NAME]` with a `url`, or give one with `--url`")),
        (Some(_), Some(_)) => {
            Err(Complaint::error(&project.file, At::File, "several targets are defined, and none is named")
                .help(choice(world)))
        }
    }
}

/// The targets of the file, without the deployments that an embedded one brings along.
fn written_down<'t>(world: &World<'t>) -> impl Iterator<Item = &'t Target> {
    world.inputs.project.targets.iter().filter(|target| !target.brought)
}

fn choice(world: &World<'_>) -> String {
    let names: Vec<&str> = written_down(world).map(|t| &*t.name).collect();
    match names.as_slice() {
        [] => "no target is defined; give one with `--url`".to_owned(),
        names => format!("name one with `--target`: {}", names.join(", ")),
    }
}

/// The target that this one names as a deployment.
pub(super) fn deployment<'t>(world: &World<'t>, of: &Target, name: &str) -> Option<Chosen<'t>> {
    let (_, target) = of.deployments.iter().find(|(deployment, _)| &**deployment == name)?;
    Some(Chosen::new(world, world.inputs.project.target(target)?, name))
}

/// The URL of `--url`, without a trailing slash.
fn base_url(url: &str) -> Result<Box<str>, Complaint> {
    let refuse = |why: &str| {
        // A user may stand before the last `@`, with any sign in the password, and a key in the query.
        let end = url.find(['?', '#']).unwrap_or(url.len());
        let start = url[..end].find("://").map_or(0, |at| at + 3);
        let shown = match url[start..].rfind('@') {
            Some(at) => format!("{}***{}", &url[..start], &url[start + at..]),
            None => url.to_owned(),
        };
        let shown = shown.split(['?', '#']).next().unwrap_or_default();
        let text = format!("`{shown}` cannot be the URL of a target: {why}");
        Complaint::error("", At::File, text).help("write it like `https://staging.example.com`")
    };
    let parsed: http::Uri = url.parse().map_err(|_| refuse("it is not a URL"))?;
    if !matches!(parsed.scheme_str(), Some("http" | "https")) {
        return Err(refuse("it begins with neither `http://` nor `https://`"));
    }
    if parsed.authority().is_none_or(|authority| authority.host().is_empty()) {
        return Err(refuse("it has no host"));
    }
    if parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(refuse("a password in it would end up in reports; use `--header`"));
    }
    if parsed.query().is_some() || url.contains('#') {
        return Err(refuse("it has a query or a fragment"));
    }
    Ok(url.trim_end_matches('/').into())
}

/// A secret that is written out is for a loopback target only, also when `--url` moves the target elsewhere.
fn literals_stay_here(target: &Target, url: &str) -> Result<(), Complaint> {
    let written_out = target.credentials.iter().find(|(_, credential)| has_literal_secret(credential));
    match written_out {
        Some((name, _)) if !is_loopback(url) => {
            let text = format!(
                "the credential `{name}` of target `{}` is written out, and `{url}` is not this machine",
                target.name
            );
            Err(Complaint::error("", At::File, text).help("take it from the environment with `{ env = \"NAME\" }`"))
        }
        _ => Ok(()),
    }
}

fn has_literal_secret(credential: &CredentialSpec) -> bool {
    let settings = [
        credential.bearer.as_ref(),
        credential.basic.as_ref().map(|basic| &basic.password),
        credential.header.as_ref().map(|header| &header.value),
    ];
    settings.into_iter().flatten().any(|setting| match setting {
        Setting::Literal(value) => !has_variable(&plain(value)),
        Setting::Env(_) => false,
    })
}

fn is_loopback(url: &str) -> bool {
    let Ok(url) = url.parse::<http::Uri>() else { return false };
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The most variables and credentials of a target.
const MOST_VALUES: usize = 10_000;

/// Complaints about all targets, used or not.
pub(super) fn check<'i>(world: &World<'i>, notes: &mut Notes<'i>) {
    for target in &world.inputs.project.targets {
        notes.open(&world.inputs.project.file);
        notes.enter("targets");
        notes.enter(&*target.name);
        names(target, notes);
        deployments(world, target, notes);
        logins::check(world, target, notes);
    }
    for (name, _) in &world.asked.vars {
        if let Err((text, help)) = variable(name) {
            notes.push(Complaint::error("", At::File, format!("--var: {text}")).help(help));
        }
    }
}

fn names<'i>(target: &'i Target, notes: &mut Notes<'i>) {
    if target.vars.len() + target.credentials.len() > MOST_VALUES {
        let text = format!("a target has at most {MOST_VALUES} variables and credentials");
        notes.add(notes.here(), text, "take those out that nothing uses");
    }
    notes.enter("vars");
    for (name, _) in &target.vars {
        if let Err((text, help)) = variable(name) {
            notes.add(notes.key(&**name), text, help);
        }
    }
    notes.leave();
    if target.credentials.iter().any(|(name, _)| &**name == super::credentials::ANONYMOUS) {
        notes.enter("credentials");
        let text = "`anonymous` is the name of no credential at all";
        notes.add(notes.key(super::credentials::ANONYMOUS), text, "choose another name");
        notes.leave();
    }
}

fn variable(name: &str) -> Result<(), (String, &'static str)> {
    if !is_name(name) {
        let help = "a name begins with a letter and has letters, digits, `_` and `-`";
        return Err((format!("`{name}` cannot be the name of a variable"), help));
    }
    if BUILT_IN.contains(&name) {
        return Err((format!("`{name}` is built in and cannot mean something else"), "choose another name"));
    }
    Ok(())
}

fn deployments<'i>(world: &World<'i>, target: &'i Target, notes: &mut Notes<'i>) {
    notes.enter("deployments");
    for (name, of) in &target.deployments {
        if world.inputs.project.target(of).is_none() {
            let complaint = notes.error(notes.value(&**name), format!("there is no target `{of}`"));
            let names = world.inputs.project.targets.iter().map(|t| &*t.name);
            notes.push(complaint.help(format!("add `[targets.{of}]`")).did_you_mean(of, names));
        }
    }
    notes.leave();
}
