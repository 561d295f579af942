//! Targets as `trueline.toml` has them, checked.

use serde_json::Value;

use super::settings::{Checker, below, is_header_name};
use super::{path_of, url};
use crate::model::complaint::Seg;
use crate::model::project::{BasicSpec, Control, ControlSpec, CredentialSpec, HeaderSpec, Setting, Target, TargetSpec};
use crate::model::scenario::Ordered;

/// All targets, in the file's order.
pub fn targets(checker: &mut Checker<'_>, specs: Ordered<TargetSpec>) -> Vec<Target> {
    let names: Vec<String> = specs.names().map(str::to_owned).collect();
    specs.0.into_iter().map(|(name, spec)| target(checker, &names, &name, spec)).collect()
}

fn target(checker: &mut Checker<'_>, names: &[String], name: &str, spec: TargetSpec) -> Target {
    let path = path_of(&["targets", name]);
    let address = address(checker, &path, &spec);
    // Nobody else can hear what is sent to the machine itself.
    let local = spec.embedded || url::is_loopback(&address);
    deployments(checker, &path, names, name, &spec.deployments);
    vars(checker, &path, &spec.vars, local);
    for (credential, spec) in spec.credentials.iter() {
        let path = below(&below(&path, "credentials"), credential);
        if credential == "anonymous" {
            checker
                .add(checker.key(&path, "`anonymous` is the name of having no credential").help("choose another name"));
        }
        one_scheme(checker, &path, spec, true);
        schemes(checker, &path, spec, local);
    }
    let rate = spec.rate_limit.as_deref().map(str::parse);
    Target {
        name: name.into(),
        embedded: spec.embedded,
        brought: false,
        effects: spec.effects,
        rate: rate.and_then(|rate| checker.quantity(&below(&path, "rate_limit"), rate)),
        deployments: spec.deployments.0.into_iter().map(|(name, target)| (name.into(), target.into())).collect(),
        capabilities: spec.capabilities.into_iter().map(Into::into).collect(),
        control: spec.control.map(|control| control_of(checker, &below(&path, "control"), control)),
        without: spec.without.into_iter().map(Into::into).collect(),
        vars: spec.vars.0.into_iter().map(|(name, setting)| (name.into(), setting)).collect(),
        credentials: spec.credentials.0.into_iter().map(|(name, spec)| (name.into(), spec)).collect(),
        url: address,
    }
}

fn address(checker: &mut Checker<'_>, path: &[Seg], spec: &TargetSpec) -> Box<str> {
    match (&spec.url, spec.embedded) {
        (Some(written), true) => served(checker, &below(path, "url"), written),
        (None, true) => "".into(),
        (Some(written), false) => checked_url(checker, &below(path, "url"), written),
        (None, false) => {
            let neither = checker.key(path, "a target needs a `url`");
            checker.add(neither.help("write `url = \"https://staging.example.com\"`, or `embedded = true`"));
            "".into()
        }
    }
}

/// Where a `trueline serve` listens: on this machine, with its other deployments on the ports after this one.
fn served(checker: &mut Checker<'_>, path: &[Seg], written: &str) -> Box<str> {
    let address = checked_url(checker, path, written);
    let port =
        address.strip_prefix("http://").and_then(|rest| rest.rsplit_once(':')).map(|(_, port)| port.parse::<u16>());
    let is_one = matches!(port, Some(Ok(_))) && url::is_loopback(&address);
    if !is_one && !address.is_empty() {
        let text = "the `url` of an embedded target is the address at which `trueline serve` listens on this machine";
        checker.add(checker.value(path, text).help("write it like `http://127.0.0.1:7300`, or leave out `embedded`"));
    }
    address
}

fn checked_url(checker: &mut Checker<'_>, path: &[Seg], written: &str) -> Box<str> {
    url::base(written).unwrap_or_else(|(text, help)| {
        let complaint = checker.value(path, text);
        checker.add(match help {
            Some(help) => complaint.help(help),
            None => complaint,
        });
        "".into()
    })
}

fn deployments(checker: &mut Checker<'_>, path: &[Seg], names: &[String], own: &str, deployments: &Ordered<String>) {
    for (deployment, target) in deployments.iter() {
        let path = below(&below(path, "deployments"), deployment);
        if target == own {
            checker.add(checker.value(&path, "a target is not a deployment beside itself").help("name another target"));
        } else if !names.contains(target) {
            let unknown = checker.value(&path, format!("there is no target `{target}`"));
            checker.add(unknown.did_you_mean(target, names.iter().map(String::as_str)));
        }
    }
}

fn vars(checker: &mut Checker<'_>, path: &[Seg], vars: &Ordered<Setting>, local: bool) {
    for (name, setting) in vars.iter() {
        let path = below(&below(path, "vars"), name);
        check_env(checker, &path, setting);
        let literal = matches!(setting, Setting::Literal(value) if !is_filled(value));
        if literal && !local && sounds_secret(name) {
            literal_secret(checker, &path, name);
        }
    }
}

fn control_of(checker: &mut Checker<'_>, path: &[Seg], spec: ControlSpec) -> Control {
    let url = checked_url(checker, &below(path, "url"), &spec.url);
    let credential = CredentialSpec { bearer: spec.bearer, basic: spec.basic, header: spec.header, login: Vec::new() };
    one_scheme(checker, path, &credential, false);
    schemes(checker, path, &credential, url::is_loopback(&url));
    Control { url, credential }
}

fn one_scheme(checker: &mut Checker<'_>, path: &[Seg], spec: &CredentialSpec, needed: bool) {
    let CredentialSpec { bearer, basic, header, login: _ } = spec;
    let written = [("bearer", bearer.is_some()), ("basic", basic.is_some()), ("header", header.is_some())];
    let mut written = written.iter().filter(|(_, there)| *there).map(|(scheme, _)| *scheme);
    match (written.next(), written.next()) {
        (None, _) if needed => {
            let none = checker.key(path, "a credential needs `bearer`, `basic` or `header`");
            checker.add(none.help("write `bearer = { env = \"STAGING_KEY\" }`"));
        }
        (Some(first), Some(second)) => {
            let text = format!("one credential has both `{first}` and `{second}`");
            checker.add(checker.key(&below(path, second), text).help("make two credentials of it"));
        }
        _ => {}
    }
}

fn schemes(checker: &mut Checker<'_>, path: &[Seg], spec: &CredentialSpec, local: bool) {
    if let Some(setting) = &spec.bearer {
        secret(checker, &below(path, "bearer"), setting, local);
    }
    if let Some(BasicSpec { username, password }) = &spec.basic {
        let path = below(path, "basic");
        check_env(checker, &below(&path, "username"), username);
        secret(checker, &below(&path, "password"), password, local);
    }
    if let Some(HeaderSpec { name, value }) = &spec.header {
        let path = below(path, "header");
        if !is_header_name(name) {
            checker.add(checker.value(&below(&path, "name"), format!("`{name}` is not the name of a header")));
        }
        secret(checker, &below(&path, "value"), value, local);
    }
    for (index, step) in spec.login.iter().enumerate() {
        let path = below(&below(path, "login"), index);
        if let Some(json) = &step.json {
            secrets_within(checker, &below(&path, "json"), json, local);
        }
        for (name, value) in step.form.iter().flat_map(Ordered::iter) {
            named_secret(checker, &below(&below(&path, "form"), name), name, value, local);
        }
    }
}

/// A value that is a secret by its place.
fn secret(checker: &mut Checker<'_>, path: &[Seg], setting: &Setting, local: bool) {
    check_env(checker, path, setting);
    match setting {
        Setting::Literal(Value::String(text)) if text.is_empty() => {
            checker.add(checker.value(path, "the credential is empty"));
        }
        Setting::Literal(value) if !value.is_string() => {
            checker.add(checker.value(path, "a credential is a text, or `{ env = \"NAME\" }`"));
        }
        Setting::Literal(value) if !local && !is_filled(value) => literal_secret(checker, path, &last(path)),
        _ => {}
    }
}

/// Values within a login request that are secrets by their names.
fn secrets_within(checker: &mut Checker<'_>, path: &[Seg], value: &Value, local: bool) {
    if let Value::Object(map) = value {
        for (name, value) in map {
            let path = below(path, name.as_str());
            named_secret(checker, &path, name, value, local);
            secrets_within(checker, &path, value, local);
        }
    }
}

fn named_secret(checker: &mut Checker<'_>, path: &[Seg], name: &str, value: &Value, local: bool) {
    if !local && value.is_string() && !is_filled(value) && sounds_secret(name) {
        literal_secret(checker, path, name);
    }
}

fn literal_secret(checker: &mut Checker<'_>, path: &[Seg], name: &str) {
    let text = format!("`{name}` is a secret; written out it is accepted for a loopback target only");
    checker.add(checker.key(path, text).help("take it from the environment: `{ env = \"NAME_OF_A_VARIABLE\" }`"));
}

fn last(path: &[Seg]) -> String {
    match path.last() {
        Some(Seg::Key(key)) => key.to_string(),
        _ => "this".to_owned(),
    }
}

fn check_env(checker: &mut Checker<'_>, path: &[Seg], setting: &Setting) {
    match setting {
        Setting::Env(name) if name.is_empty() || name.contains(['=', '\0', ' ']) => {
            checker.add(checker.value(&below(path, "env"), "this is not the name of an environment variable"));
        }
        Setting::Literal(value) if value.is_array() || value.is_null() => {
            checker.add(checker.value(path, "expected one value, or `{ env = \"NAME\" }`"));
        }
        _ => {}
    }
}

/// Whether a text is made of variables, as what a login captured.
fn is_filled(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("{{"))
}

/// Whether a name promises a secret.
pub fn sounds_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace('-', "_");
    ["password", "passwd", "passphrase", "secret", "api_key", "apikey", "private_key", "token"]
        .iter()
        .any(|end| name.ends_with(end))
}
