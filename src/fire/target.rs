//! A target bound to its values: what requests to it need, made once.

use serde_json::Value;
use tokio::sync::OnceCell;

use super::FireError;
use super::client::Clients;
use super::credential::{Prepared, prepare};
use super::endpoint::Endpoint;
use super::pacer::Pacer;
use super::pulse::Pulse;
use super::values::{BoundValue, Dice, Unready, Variables};
use crate::model::plan::{Plan, PlannedTarget, PlannedValue, Scheme, ValueFrom};
use crate::model::project::{Environment, RunSettings};
use crate::model::secret::NamedSecret;
use crate::model::template::plain;

#[derive(Debug)]
pub(super) struct Target {
    pub(super) api: Endpoint,
    pub(super) control: Option<Control>,
    pub(super) values: Vec<BoundValue>,
    /// By index of [`PlannedTarget::credentials`].
    pub(super) credentials: Vec<Credential>,
    pub(super) pacer: Option<Pacer>,
    pub(super) pulse: Pulse,
}

#[derive(Debug)]
pub(super) struct Control {
    pub(super) endpoint: Endpoint,
    pub(super) credential: Option<Prepared>,
}

#[derive(Debug)]
pub(super) enum Credential {
    Ready(Prepared),
    /// Made of what a login gives, by the first scenario that needs it; or why that failed.
    Login(OnceCell<Result<Prepared, String>>),
}

impl Target {
    pub(super) fn bind(
        planned: &PlannedTarget,
        plan: &Plan,
        settings: &RunSettings,
        clients: &mut Clients,
        environment: &Environment,
        dice: &Dice,
    ) -> Result<Self, FireError> {
        let bound: Result<_, _> = planned.values.iter().map(|value| bind_value(value, plan, environment)).collect();
        let values: Vec<BoundValue> = bound?;
        let api = Endpoint::new(&planned.name, &planned.url, clients)?;
        let variables = Variables::new(&values, &[], dice);
        let ready = |scheme: &Scheme, credential: &str| {
            prepare(scheme, credential, &variables, || variables.take_carried()).map_err(|problem| {
                let problem = match problem {
                    Unready::Unset(unset) => variables.describe(&unset.0),
                    Unready::Because(problem) => problem,
                };
                FireError::Credential { target: planned.name.clone(), credential: credential.into(), problem }
            })
        };
        let control = match &planned.control {
            None => None,
            Some(control) => Some(Control {
                endpoint: Endpoint::new(&planned.name, &control.url, clients)?,
                credential: control.scheme.as_ref().map(|scheme| ready(scheme, "control")).transpose()?,
            }),
        };
        let credential = |credential: &crate::model::plan::PlannedCredential| match credential.login {
            Some(_) => Ok(Credential::Login(OnceCell::new())),
            None => ready(&credential.scheme, &credential.name).map(Credential::Ready),
        };
        let credentials = planned.credentials.iter().map(credential).collect::<Result<_, _>>()?;
        let pacer = settings.rate.or(planned.rate).map(Pacer::new);
        Ok(Target { api, control, values, credentials, pacer, pulse: Pulse::new(settings) })
    }

    /// Everything secret that is known of this target by now.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &NamedSecret> {
        let control = self.control.iter().filter_map(|control| control.credential.as_ref());
        let prepared = self.credentials.iter().filter_map(|credential| match credential {
            Credential::Ready(prepared) => Some(prepared),
            Credential::Login(login) => login.get()?.as_ref().ok(),
        });
        let of_credentials = control.chain(prepared).flat_map(|prepared| &prepared.secrets);
        self.values.iter().filter_map(|value| value.secret.as_ref()).chain(of_credentials)
    }
}

fn bind_value(planned: &PlannedValue, plan: &Plan, environment: &Environment) -> Result<BoundValue, FireError> {
    let (name, value) = match &planned.value {
        ValueFrom::Literal(value) => (&planned.name, value.clone()),
        ValueFrom::Env(variable) => {
            let secret = environment.get(&**variable).ok_or_else(|| FireError::Environment {
                name: variable.clone(),
                needed_by: plan
                    .environment
                    .iter()
                    .find(|(name, _)| name == variable)
                    .map_or_else(|| format!("`{}` needs it", planned.name).into(), |(_, why)| why.clone()),
            })?;
            (variable, Value::String(secret.reveal().to_owned()))
        }
    };
    let secret = planned.secret || matches!(planned.value, ValueFrom::Env(_));
    let secret = secret.then(|| NamedSecret::new(name, plain(&value)));
    Ok(BoundValue { value, secret })
}

/// Headers of the command line that are credentials.
pub(super) fn header_secrets(planned: &PlannedTarget, values: &[BoundValue], dice: &Dice) -> Vec<NamedSecret> {
    let variables = Variables::new(values, &[], dice);
    let filled = planned.headers.iter().filter_map(|(name, value)| Some((name, value.fill(&variables).ok()?)));
    let mut secrets = Vec::new();
    for (name, value) in filled {
        header_secret(name, &value, &mut secrets);
    }
    secrets
}

/// The secrets in one header of the command line.
pub(super) fn header_secret(name: &str, value: &str, secrets: &mut Vec<NamedSecret>) {
    let before = secrets.len();
    super::credential::written_secrets(name, value, secrets);
    if secrets.len() == before && super::credential::names_a_secret(name) {
        secrets.push(NamedSecret::new(&name.to_ascii_lowercase(), value));
    }
}
