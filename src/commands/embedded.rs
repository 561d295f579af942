//! The embedded reference deployment as targets of a project, and its life beside a run.
//! It runs on a thread and a runtime of its own, as another process would.

use std::io;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::model::plan::{Plan, PlannedTarget};
use crate::model::project::{BasicSpec, Control, CredentialSpec, HeaderSpec, Project, Setting, Target};
use crate::model::scenario::Effects;
use crate::reference::{Credential, Deployed, Options, describe, start};

/// The deployments, running. They stop when this is dropped.
pub struct Embedded {
    pub deployments: Vec<Deployed>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Embedded {
    /// Starts the deployments and waits until they listen.
    pub fn start(options: Options) -> io::Result<Embedded> {
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, started) = std::sync::mpsc::channel::<io::Result<Vec<Deployed>>>();
        let thread = std::thread::Builder::new().name("reference".into()).spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(error))),
            };
            runtime.block_on(async {
                match start(options).await {
                    Ok(running) => {
                        let _ = ready.send(Ok(running.deployments().to_vec()));
                        let _ = stopped.await;
                    }
                    Err(error) => drop(ready.send(Err(error))),
                }
            });
        })?;
        let ended = || io::Error::other("the reference deployment ended before it listened");
        let deployments = started.recv().map_err(|_| ended())??;
        Ok(Embedded { deployments, stop: Some(stop), thread: Some(thread) })
    }

    /// Blocks until the deployments end by themselves.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Gives every embedded target of the project its credentials, variables, deployments, control and capabilities.
/// What the file itself says wins.
pub fn furnish(project: &mut Project) {
    if !project.targets.iter().any(|target| target.embedded) {
        return;
    }
    let deployed = describe();
    let mut others = Vec::new();
    for target in project.targets.iter_mut().filter(|target| target.embedded) {
        for (index, facts) in deployed.iter().enumerate() {
            if index == 0 {
                furnish_one(target, facts);
                let url = target.url.clone();
                place(target, &url, index, facts.name);
            } else if !target.deployments.iter().any(|(name, _)| **name == *facts.name) {
                let name: Box<str> = format!("{}/{}", target.name, facts.name).into();
                target.deployments.push((facts.name.into(), name.clone()));
                let (effects, rate) = (target.effects, target.rate);
                let mut other = Target { name, embedded: true, brought: true, effects, rate, ..Target::default() };
                furnish_one(&mut other, facts);
                place(&mut other, &target.url, index, facts.name);
                others.push(other);
            }
        }
    }
    project.targets.extend(others);
}

fn furnish_one(target: &mut Target, facts: &Deployed) {
    target.effects.get_or_insert(Effects::Disruptive);
    for (name, value) in &facts.vars {
        if !target.vars.iter().any(|(own, _)| **own == **name) {
            target.vars.push((name.as_str().into(), Setting::Literal(value.as_str().into())));
        }
    }
    for (name, credential) in &facts.credentials {
        if !target.credentials.iter().any(|(own, _)| **own == **name) {
            target.credentials.push((name.as_str().into(), credential_spec(credential)));
        }
    }
    target.capabilities.extend(facts.capabilities.iter().map(|&name| name.into()));
    if target.control.is_none() {
        target.control =
            Some(Control { url: facts.control_url.as_str().into(), credential: credential_spec(&facts.control) });
    }
}

/// Where a deployment of a `trueline serve` listens; one that is started for the run has no address yet.
fn place(target: &mut Target, url: &str, index: usize, name: &str) {
    if let Some((own, control_url)) = served(url, index, name) {
        target.url = own;
        if let Some(control) = &mut target.control {
            control.url = control_url;
        }
    }
}

fn credential_spec(credential: &Credential) -> CredentialSpec {
    let literal = |text: &String| Setting::Literal(text.as_str().into());
    match credential {
        Credential::Bearer(token) => CredentialSpec { bearer: Some(literal(token)), ..CredentialSpec::default() },
        Credential::Basic { user, password } => CredentialSpec {
            basic: Some(BasicSpec { username: literal(user), password: literal(password) }),
            ..CredentialSpec::default()
        },
        Credential::Header { name, value } => CredentialSpec {
            header: Some(HeaderSpec { name: name.clone(), value: literal(value) }),
            ..CredentialSpec::default()
        },
    }
}

/// Where `--url` moves an embedded target, the deployments beside it and its control service move along.
pub fn follow(plan: &mut Plan, url: &str) {
    if !plan.targets.first().is_some_and(|target| target.embedded) {
        return;
    }
    let deployed = describe();
    for target in plan.targets.iter_mut().filter(|target| target.embedded) {
        let index = deployed.iter().position(|facts| *facts.name == *target.deployment).unwrap_or(0);
        if let Some((own, control_url)) = served(url.trim_end_matches('/'), index, deployed[index].name) {
            target.url = own;
            if let Some(control) = &mut target.control {
                control.url = control_url;
            }
        }
    }
}

/// Starts the reference deployment if the plan needs it, and writes its addresses into the plan. A target that has a
/// `url` is one that `trueline serve` runs already.
pub fn start_for(plan: &mut Plan) -> io::Result<Option<Embedded>> {
    let to_start = |target: &PlannedTarget| target.embedded && target.url.is_empty();
    if !plan.targets.iter().any(to_start) {
        return Ok(None);
    }
    let embedded = Embedded::start(Options::default())?;
    for target in plan.targets.iter_mut().filter(|target| to_start(target)) {
        let facts = embedded.deployments.iter().find(|it| *it.name == *target.deployment);
        if let Some(facts) = facts.or(embedded.deployments.first()) {
            target.url = facts.url.as_str().into();
            if let Some(control) = &mut target.control {
                control.url = facts.control_url.as_str().into();
            }
        }
    }
    Ok(Some(embedded))
}

/// The addresses of the deployments of a `trueline serve`, which follow from that of the first.
fn served(url: &str, index: usize, name: &str) -> Option<(Box<str>, Box<str>)> {
    let (host, port) = url.rsplit_once(':')?;
    let port: u16 = port.parse().ok()?;
    let own = port.checked_add(u16::try_from(index).ok()?)?;
    let control = port.checked_add(3)?;
    Some((format!("{host}:{own}").into(), format!("{host}:{control}/{name}").into()))
}
