//! `capture` and `until`: what is taken from an answer, and what is waited for.

use std::time::Duration;

use serde_json::Value;

use super::names::BUILT_IN;
use super::templates::{has_variable, is_name};
use super::texts::Composer;
use crate::model::plan::{Capture, CaptureFrom, Until};
use crate::model::scenario::{CaptureDetail, CaptureSpec, Ordered, StepSpec};
use crate::model::units;

/// How long `until` waits where the step does not say.
const WITHIN: Duration = Duration::from_secs(10);

/// What is wrong with a JSON Pointer (RFC 6901), if anything.
pub(super) fn pointer(text: &str) -> Result<(), String> {
    if !text.is_empty() && !text.starts_with('/') {
        let slashed = text.replace('.', "/");
        return Err(format!("a JSON Pointer begins with `/`: write `/{}`", slashed.trim_start_matches(['$', '/'])));
    }
    let sound = text.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    if sound { Ok(()) } else { Err("in a JSON Pointer `~` is written `~0` and `/` within a name `~1`".to_owned()) }
}

impl<'i> Composer<'_, 'i> {
    /// Complains, at the value below this key, about what is no JSON Pointer.
    pub fn pointer(&mut self, text: &str) {
        if let Err(help) = pointer(text) {
            self.notes.add(self.notes.here(), format!("`{text}` is not a JSON Pointer"), help);
        }
    }

    /// A duration that is not nothing, at the value below this key.
    pub fn duration(&mut self, key: &'static str, text: &str) -> Option<Duration> {
        match units::duration(text) {
            Ok(duration) if !duration.is_zero() => return Some(duration),
            Ok(_) => {
                let text = format!("`{key}` of no time at all lets nothing happen");
                self.notes.add(self.notes.value(key), text, "give it some time, such as `5s`");
            }
            Err(error) => self.notes.push(self.notes.error(self.notes.value(key), error.0)),
        }
        None
    }

    /// The captures of a step that sends a request.
    pub fn captures(&mut self, captures: &'i Ordered<CaptureSpec>) -> Vec<Capture> {
        let mut list = Vec::with_capacity(captures.len());
        self.notes.enter("capture");
        for (name, spec) in captures.iter() {
            self.notes.enter(name);
            self.variable_name(name);
            let (from, detail) = match spec {
                CaptureSpec::From(text) => {
                    self.capture_pointer(text);
                    (CaptureFrom::Body(text.as_str().into()), None)
                }
                CaptureSpec::Detail(detail) => (self.capture_from(detail), Some(detail)),
            };
            let pattern = detail.and_then(|d| d.pattern.as_deref());
            if let Some(pattern) = pattern {
                self.pattern_compiles(pattern);
            }
            let secret = detail.is_some_and(|d| d.secret);
            let slot = self.scope.capture(name, secret, Some(self.notes.crumbs()));
            let (pattern, decode) = (pattern.map(Into::into), detail.and_then(|d| d.decode));
            list.push(Capture { slot, from, pattern, decode, secret });
            self.notes.leave();
        }
        self.notes.leave();
        list
    }

    /// Complains about a name that a variable cannot have; the notes stand at its value.
    pub fn variable_name(&mut self, name: &'i str) {
        self.notes.on_key(true);
        if !is_name(name) {
            let text = format!("`{name}` cannot be the name of a variable");
            self.notes.add(self.notes.here(), text, "a name begins with a letter and has letters, digits, `_` and `-`");
        } else if BUILT_IN.contains(&name) {
            let text = format!("`{name}` is built in and cannot mean something else");
            self.notes.add(self.notes.here(), text, "choose another name");
        } else if self.scope.row.is_some_and(|row| row.values.get(name).is_some()) {
            let text = format!("`{name}` is a variable of `each`, which would hide this one");
            self.notes.add(self.notes.here(), text, "choose another name");
        }
        self.notes.on_key(false);
    }

    fn capture_pointer(&mut self, text: &str) {
        if let Err(help) = pointer(text) {
            let text = format!("`{text}` is not a JSON Pointer");
            self.notes.add(
                self.notes.here(),
                text,
                format!("{help}; a header is captured with `{{ header: Location }}`"),
            );
        }
    }

    fn capture_from(&mut self, detail: &'i CaptureDetail) -> CaptureFrom {
        match (&detail.at, &detail.header) {
            (Some(at), None) => {
                self.notes.enter("at");
                self.pointer(at);
                self.notes.leave();
                CaptureFrom::Body(at.as_str().into())
            }
            (None, Some(header)) => {
                self.header_name(header, "header");
                CaptureFrom::Header(header.as_str().into())
            }
            _ => {
                let text = "a capture takes exactly one of `at` and `header`";
                self.notes.add(self.notes.here(), text, "write `{ at: /pointer }` or `{ header: Location }`");
                CaptureFrom::Body("".into())
            }
        }
    }

    fn pattern_compiles(&mut self, pattern: &'i str) {
        if self.patterns.contains(pattern) {
            return;
        }
        match regex::Regex::new(pattern) {
            Ok(_) => {
                self.patterns.insert(pattern);
            }
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
                let text = format!("`{pattern}` is not a regular expression: {reason}");
                self.notes.add(self.notes.value("match"), text, "write it like `([^/]+)$`; quote it with '…' in YAML");
            }
        }
    }

    /// `until` and `within` of a step.
    pub fn until(&mut self, spec: &'i StepSpec) -> Option<Box<Until>> {
        let within = spec.within.as_deref().and_then(|text| self.duration("within", text));
        let Some(until) = &spec.until else {
            if spec.within.is_some() {
                let help = "add `until: { /pointer: [value] }`, or use `timeout`";
                self.notes.add(
                    self.notes.key("within"),
                    "`within` says how long `until` may take, and there is none",
                    help,
                );
            }
            return None;
        };
        self.notes.enter("until");
        if until.is_empty() {
            self.notes.add(
                self.notes.here(),
                "`until` names nothing to wait for",
                "write `until: { /status: [succeeded] }`",
            );
        }
        let mut values = Vec::with_capacity(until.len());
        for (at, wanted) in until.iter() {
            self.notes.enter(at);
            self.notes.on_key(true);
            self.pointer(at);
            self.notes.on_key(false);
            self.waited_for(wanted);
            values.push((at.into(), wanted.clone()));
            self.notes.leave();
        }
        self.notes.leave();
        Some(Box::new(Until { values, within: within.unwrap_or(WITHIN) }))
    }

    fn waited_for(&mut self, wanted: &'i [Value]) {
        if wanted.is_empty() {
            self.notes.add(
                self.notes.here(),
                "no value is listed, so this would never end",
                "list the values to wait for",
            );
        }
        for (at, value) in wanted.iter().enumerate() {
            if value.as_str().is_some_and(has_variable) {
                let text = "the values of `until` are compared as they are written, without variables";
                self.notes.add(self.notes.value(at), text, "write the value out");
            }
        }
    }
}
