//! Gives the indexes of a step a new meaning: those of the scenario that a fixture's step goes into, those of the target.

use crate::model::plan::{Auth, Body, PartContent, Scheme, Step};
use crate::model::template::{Part, Source, Template};

/// From old indexes to new ones.
#[derive(Debug)]
pub(super) struct Shift<'a> {
    /// Added to slots.
    pub slots: u16,
    pub values: &'a [u16],
    pub credentials: &'a [u16],
}

impl Shift<'_> {
    fn source(&self, source: &mut Source) {
        match source {
            Source::Slot(slot) => *slot = slot.saturating_add(self.slots),
            Source::Target(value) => *value = self.values[usize::from(*value)],
            Source::Totp(inner) => self.source(inner),
            Source::Unique | Source::Uuid | Source::Now | Source::Today => {}
        }
    }

    pub fn template(&self, template: &mut Template) {
        for part in &mut template.parts {
            if let Part::Value { source, .. } = part {
                self.source(source);
            }
        }
    }

    pub fn scheme(&self, scheme: &mut Scheme) {
        match scheme {
            Scheme::Bearer(token) => self.template(token),
            Scheme::Basic { username, password } => {
                self.template(username);
                self.template(password);
            }
            Scheme::Header { value, .. } => self.template(value),
        }
    }

    fn pairs(&self, pairs: &mut [(Template, Template)]) {
        for (name, value) in pairs {
            self.template(name);
            self.template(value);
        }
    }

    fn body(&self, body: &mut Body) {
        match body {
            Body::Json(text) | Body::Text(text) => self.template(text),
            Body::Form(fields) => self.pairs(fields),
            Body::Multipart(parts) => {
                for part in parts {
                    self.template(&mut part.name);
                    part.filename.iter_mut().for_each(|filename| self.template(filename));
                    if let PartContent::Text(text) = &mut part.content {
                        self.template(text);
                    }
                }
            }
            Body::None | Body::Bytes(_) | Body::File(_) | Body::Filler(_) => {}
        }
    }
}

pub(super) fn remap(step: &mut Step, shift: &Shift) {
    shift.template(&mut step.path);
    shift.pairs(&mut step.query);
    step.headers.iter_mut().for_each(|(_, value)| shift.template(value));
    shift.body(&mut step.body);
    match &mut step.auth {
        Auth::Named(credential) => *credential = shift.credentials[usize::from(*credential)],
        Auth::Captured(scheme) => shift.scheme(scheme),
        Auth::Anonymous => {}
    }
    step.capture.iter_mut().for_each(|capture| capture.slot = capture.slot.saturating_add(shift.slots));
}
