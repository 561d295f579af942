//! Credentials of targets: what they are sent as, and the steps that fetch what they are made of.

use std::collections::HashSet;

use super::fixtures::unused_capture;
use super::names::World;
use super::notes::Notes;
use super::scenarios::slot_names;
use super::scope::{Kind, Scope, Wanted};
use super::steps::Place;
use super::templates::has_variable;
use super::texts::{Composer, Draft};
use crate::model::plan::{Destination, Login, PlannedCredential, Scheme};
use crate::model::project::{CredentialSpec, Setting, Target};
use crate::model::template::{Encoding, Source, Template, plain};

/// A credential, put together: [`Source::Target`] is an index into what it wants.
pub(super) struct Ready<'i> {
    pub scheme: Option<Scheme>,
    pub login: Option<Login>,
    pub wanted: Vec<(Wanted<'i>, bool)>,
}

impl Ready<'_> {
    pub fn planned(self, name: &str) -> Option<PlannedCredential> {
        Some(PlannedCredential { name: name.into(), scheme: self.scheme?, login: self.login })
    }
}

/// What the control service's credential is called where credentials have names.
const CONTROL: &str = "control";

/// Complaints about all credentials of a target; the notes stand at the target.
pub(super) fn check<'i>(world: &World<'i>, target: &'i Target, notes: &mut Notes<'i>) {
    notes.enter("credentials");
    for (name, spec) in &target.credentials {
        notes.enter(&**name);
        credential(world, target, name, spec, notes);
        notes.leave();
    }
    notes.leave();
    notes.enter("control");
    control(world, target, notes);
    notes.leave();
}

/// Puts a credential together; the notes stand at it.
pub(super) fn credential<'i>(
    world: &World<'i>,
    target: &'i Target,
    name: &'i str,
    spec: &'i CredentialSpec,
    notes: &mut Notes<'i>,
) -> Ready<'i> {
    let scope = Scope::new(Kind::Login(target), None);
    let mut composer = Composer { world, notes, patterns: &mut HashSet::new(), scope };
    let login = composer.login(target, spec);
    let scheme = composer.target_scheme(name, ["", "username", "password"], spec);
    composer.ready(scheme, login)
}

/// The credential of the control service; the notes stand at the service.
pub(super) fn control<'i>(world: &World<'i>, target: &'i Target, notes: &mut Notes<'i>) -> Option<Ready<'i>> {
    let spec = &target.control.as_ref()?.credential;
    let scope = Scope::new(Kind::Login(target), None);
    let mut composer = Composer { world, notes, patterns: &mut HashSet::new(), scope };
    let none = spec.bearer.is_none() && spec.basic.is_none() && spec.header.is_none();
    let parts = ["service", "service.username", "service.password"];
    let scheme = if none { None } else { composer.target_scheme(CONTROL, parts, spec) };
    Some(composer.ready(scheme, None))
}

impl<'i> Composer<'_, 'i> {
    fn ready(mut self, scheme: Option<Scheme>, login: Option<Login>) -> Ready<'i> {
        let slots = &self.scope.slots;
        let login = login.map(|mut login| {
            for capture in login.steps.iter_mut().flat_map(|step| &mut step.capture) {
                capture.secret |= slots[usize::from(capture.slot)].secret;
            }
            login.slots = slot_names(slots);
            login
        });
        let bindings = std::mem::take(&mut self.scope.bindings);
        for binding in bindings.iter().filter(|binding| !binding.used) {
            if let Some(place) = &binding.place {
                unused_capture(place, self.notes);
            }
        }
        Ready { scheme, login, wanted: self.scope.wanted }
    }

    fn login(&mut self, target: &Target, spec: &'i CredentialSpec) -> Option<Login> {
        if spec.login.is_empty() {
            return None;
        }
        self.notes.enter("login");
        let steps: Vec<_> = self.requests(&spec.login, Place::Login).into_iter().map(|draft| draft.step).collect();
        if target.control.is_none() && steps.iter().any(|step| step.to == Destination::Control) {
            let text = format!("target `{}` has no control service that this login could call", target.name);
            self.notes.add(self.notes.here(), text, "give the target a `control`");
        }
        self.notes.leave();
        Some(Login { steps, slots: Box::default() })
    }

    fn target_scheme(&mut self, of: &'i str, parts: [&'static str; 3], spec: &'i CredentialSpec) -> Option<Scheme> {
        match (&spec.bearer, &spec.basic, &spec.header) {
            (Some(token), None, None) => Some(Scheme::Bearer(self.setting("bearer", of, parts[0], token))),
            (None, Some(basic), None) => {
                self.notes.enter("basic");
                let username = self.setting("username", of, parts[1], &basic.username);
                let password = self.setting("password", of, parts[2], &basic.password);
                self.notes.leave();
                Some(Scheme::Basic { username, password })
            }
            (None, None, Some(header)) => {
                self.notes.enter("header");
                let sound = self.header_name(&header.name, "name");
                let value = self.setting("value", of, parts[0], &header.value);
                self.notes.leave();
                sound.then(|| Scheme::Header { name: header.name.as_str().into(), value })
            }
            _ => {
                let text = format!("`{of}` is exactly one of `bearer`, `basic` and `header`");
                self.notes.add(self.notes.here(), text, "write it like `{ bearer = { env = \"NAME\" } }`");
                None
            }
        }
    }

    fn setting(&mut self, key: &'static str, of: &'i str, part: &'static str, setting: &'i Setting) -> Template {
        self.notes.enter(key);
        let template = match setting {
            Setting::Env(name) => value(Source::Target(self.scope.want(Wanted::Env(name), true))),
            Setting::Literal(serde_json::Value::String(text)) if has_variable(text) => {
                let template = self.text(text, Encoding::Plain);
                self.keep_secret(&template);
                template
            }
            Setting::Literal(literal) => {
                self.header_value(&Template::text(&*plain(literal)));
                // The name of a user is no secret; it is seen in every log.
                let secret = !part.ends_with("username");
                value(Source::Target(self.scope.want(Wanted::Secret { of, part, value: literal }, secret)))
            }
        };
        self.notes.leave();
        template
    }
}

fn value(source: Source) -> Template {
    let mut draft = Draft::default();
    draft.value(source, Encoding::Plain);
    draft.done()
}
