//! `as`: whose credential a request carries.

use super::scope::Kind;
use super::texts::Composer;
use crate::model::plan::{Auth, Scheme};
use crate::model::scenario::{AsDetail, AsSpec};
use crate::model::template::{Encoding, Source, Template};

pub(super) const ANONYMOUS: &str = "anonymous";

impl<'i> Composer<'_, 'i> {
    /// Reads an `as`, at which the notes stand.
    pub fn auth(&mut self, spec: &'i AsSpec) -> Auth {
        match spec {
            AsSpec::Named(name) => self.named(name),
            AsSpec::Captured(detail) => {
                self.scheme(detail).map_or(Auth::Anonymous, |scheme| Auth::Captured(Box::new(scheme)))
            }
        }
    }

    /// A credential by its name alone, if targets have it: nothing is to be said of it.
    pub fn known(&mut self, name: &'i str) -> Option<Auth> {
        let plain = self.scope.row.is_none() && name != ANONYMOUS && !matches!(self.scope.kind, Kind::Login(_));
        (plain && self.world.credentials.contains(name)).then(|| Auth::Named(self.scope.credential(name)))
    }

    fn named(&mut self, written: &'i str) -> Auth {
        let name = self.row_text(written).unwrap_or(written);
        if name == ANONYMOUS {
            return Auth::Anonymous;
        }
        if let Kind::Login(_) = self.scope.kind {
            let text = "a login step cannot use a credential of the target: it fetches one";
            self.notes.add(self.notes.here(), text, "leave `as` out, or give what an earlier step captured");
            return Auth::Anonymous;
        }
        if self.world.credentials.contains(name) {
            return Auth::Named(self.scope.credential(name));
        }
        let complaint = self.notes.error(self.written_at(written), format!("no target has a credential `{name}`"));
        let complaint = if name.contains("{{") {
            complaint.help(format!("for a token captured on the way write `as: {{ bearer: \"{name}\" }}`"))
        } else {
            let complaint = complaint.help(format!(
                "add it under `credentials` of a target, or list `{name}` in `without` of a target that lacks it"
            ));
            complaint.did_you_mean(name, self.world.credentials.iter().copied().chain([ANONYMOUS]))
        };
        self.notes.push(complaint);
        Auth::Anonymous
    }

    fn scheme(&mut self, detail: &'i AsDetail) -> Option<Scheme> {
        let given = [detail.bearer.is_some(), detail.basic.is_some(), detail.header.is_some()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            let text = "a credential is exactly one of `bearer`, `basic` and `header`";
            self.notes.add(self.notes.here(), text, "write it like `as: { bearer: \"{{ session }}\" }`");
            return None;
        }
        let scheme = if let Some(token) = &detail.bearer {
            Scheme::Bearer(self.secret("bearer", token))
        } else if let Some(basic) = &detail.basic {
            self.notes.enter("basic");
            let (username, password) =
                (self.secret("username", &basic.username), self.secret("password", &basic.password));
            self.notes.leave();
            Scheme::Basic { username, password }
        } else {
            let header = detail.header.as_ref()?;
            self.notes.enter("header");
            let sound = self.header_name(&header.name, "name");
            let value = self.secret("value", &header.value);
            self.notes.leave();
            sound.then(|| Scheme::Header { name: header.name.as_str().into(), value })?
        };
        Some(scheme)
    }

    fn secret(&mut self, key: &'static str, text: &'i str) -> Template {
        self.notes.enter(key);
        let template = self.text(text, Encoding::Plain);
        self.header_value(&template);
        self.notes.leave();
        self.keep_secret(&template);
        template
    }

    /// What flows into a credential is a secret wherever it came from.
    pub fn keep_secret(&mut self, template: &Template) {
        for source in template.sources() {
            match source {
                Source::Slot(slot) => self.scope.slots[usize::from(*slot)].secret = true,
                Source::Target(wanted) => self.scope.wanted[usize::from(*wanted)].1 = true,
                _ => {}
            }
        }
    }
}
