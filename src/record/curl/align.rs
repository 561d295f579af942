//! Laying a template over the text that was made of it, to find which part came from where.

use std::borrow::Cow;

use serde_json::Value;

use super::shell::{Piece, variable};
use super::suffix;
use crate::model::plan::{Plan, Planned, PlannedTarget, ValueFrom};
use crate::model::secret::NamedSecret;
use crate::model::template::{self, Encoding, Part, Source, Template};
use crate::model::verdict::Fired;

/// What is known of the values of sources.
pub struct Known<'a> {
    slots: &'a [Box<str>],
    captured: &'a [Option<Value>],
    target: Option<&'a PlannedTarget>,
    secrets: &'a [NamedSecret],
}

/// A value at its place in a text.
enum Place {
    /// Stands for itself, under a name if it has one.
    Text(String, Option<String>),
    /// Of unknown value: its name if it has one, its length in characters if that is fixed.
    Open(Option<String>, Option<usize>),
}

impl<'a> Known<'a> {
    pub fn new(plan: &'a Plan, planned: &'a Planned, fired: &'a Fired, secrets: &'a [NamedSecret]) -> Self {
        let work = planned.work();
        let target = work.and_then(|work| plan.targets.get(usize::from(work.target)));
        Known { slots: work.map_or(&[], |w| &w.slots), captured: &fired.captured, target, secrets }
    }

    /// Captured values that are long enough to be searched for, with the variables that stand for them.
    pub fn captured(&self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = Vec::new();
        for (slot, value) in self.slots.iter().zip(self.captured) {
            if let Some(Value::String(text)) = value
                && text.len() >= 6
            {
                found.push((variable(slot), text.clone()));
            }
        }
        found.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        found
    }

    /// The variable of the secret that has this value.
    pub fn secret_equal(&self, value: &str) -> Option<String> {
        let equal = |s: &&NamedSecret| !value.is_empty() && s.value.reveal() == value;
        self.secrets.iter().find(equal).map(|s| variable(&s.name))
    }

    /// A template with a variable for every value, where the text that was sent is not at hand.
    pub fn placeholders(&self, template: &Template) -> Vec<Piece> {
        let piece = |part: &Part| match part {
            Part::Text(text) => Piece::Text(text.to_string()),
            Part::Value { source, encoding } => match (self.place(source, *encoding), source) {
                (Place::Text(_, Some(name)) | Place::Open(Some(name), _), _) => Piece::Env(name),
                (Place::Text(text, None), _) => Piece::Text(text),
                (_, Source::Unique) => Piece::Env("UNIQUE".to_owned()),
                (_, Source::Uuid) => Piece::Env("UUID".to_owned()),
                (_, Source::Now) => Piece::Env("NOW".to_owned()),
                (_, Source::Today) => Piece::Env("TODAY".to_owned()),
                _ => Piece::Env("VALUE".to_owned()),
            },
        };
        template.parts.iter().map(piece).collect()
    }

    fn place(&self, source: &Source, encoding: Encoding) -> Place {
        match source {
            Source::Slot(index) => {
                let name = self.slots.get(usize::from(*index)).map(|n| variable(n));
                match self.captured.get(usize::from(*index)) {
                    Some(Some(value)) => written(value, encoding, name),
                    _ => Place::Open(name, None),
                }
            }
            Source::Target(index) => self.of_target(*index, encoding),
            Source::Unique => Place::Open(None, Some(8)),
            Source::Uuid => Place::Open(None, Some(36)),
            Source::Today => Place::Open(None, Some(10)),
            Source::Now => Place::Open(None, None),
            Source::Totp(_) => Place::Open(Some("TOTP".to_owned()), None),
        }
    }

    fn of_target(&self, index: u16, encoding: Encoding) -> Place {
        let Some(value) = self.target.and_then(|t| t.values.get(usize::from(index))) else {
            return Place::Open(None, None);
        };
        let name = match &value.value {
            ValueFrom::Env(name) => variable(name),
            ValueFrom::Literal(_) => variable(&value.name),
        };
        match &value.value {
            ValueFrom::Literal(literal) => written(literal, encoding, value.secret.then_some(name)),
            ValueFrom::Env(env) => {
                let named = |s: &&NamedSecret| *s.name == **env || *s.name == *value.name;
                match self.secrets.iter().find(named) {
                    Some(s) => written(&Value::from(s.value.reveal()), encoding, Some(name)),
                    None => Place::Open(Some(name), None),
                }
            }
        }
    }
}

fn written(value: &Value, encoding: Encoding, name: Option<String>) -> Place {
    let mut text = String::new();
    template::write(&mut text, value, encoding);
    let same = template::plain(value) == text || encoding == Encoding::Json;
    Place::Text(text, name.map(|name| if same { name } else { name + suffix(encoding) }))
}

/// The pieces of a text that a template was filled to; `None` if the two do not fit each other. `encode` is what was
/// done to the filled text afterwards.
pub fn align<'t>(
    template: &'t Template,
    text: &str,
    known: &Known,
    encode: &dyn Fn(&str) -> Cow<'_, str>,
) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut open: Option<(Option<String>, Option<usize>)> = None;
    for part in &template.parts {
        let (due, name, quoted) = match part {
            Part::Text(text) => (encode(text).into_owned(), None, false),
            Part::Value { source, encoding } => match known.place(source, *encoding) {
                Place::Text(text, name) => {
                    let quoted = *encoding == Encoding::Json && text.starts_with('"');
                    (encode(&text).into_owned(), name, quoted)
                }
                Place::Open(name, length) => {
                    rest = close(open.take(), rest, None, &mut pieces)?;
                    open = Some((name, length));
                    continue;
                }
            },
        };
        rest = close(open.take(), rest, Some(&due), &mut pieces)?.strip_prefix(due.as_str())?;
        push(&mut pieces, due, name, quoted);
    }
    let rest = close(open, rest, Some(""), &mut pieces)?;
    rest.is_empty().then_some(pieces)
}

/// Gives an open value its part of the text: as long as it always is, or up to what is due next.
fn close<'t>(
    open: Option<(Option<String>, Option<usize>)>,
    rest: &'t str,
    next: Option<&str>,
    pieces: &mut Vec<Piece>,
) -> Option<&'t str> {
    let Some((name, length)) = open else { return Some(rest) };
    let end = match (length, next) {
        (Some(length), _) => rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at),
        (None, Some("")) => rest.len(),
        (None, Some(next)) => rest.find(next)?,
        // Two open values side by side cannot be told apart.
        (None, None) => return None,
    };
    match name {
        Some(name) => pieces.push(Piece::Env(name)),
        None => pieces.push(Piece::Text(rest[..end].to_owned())),
    }
    Some(&rest[end..])
}

fn push(pieces: &mut Vec<Piece>, text: String, name: Option<String>, quoted: bool) {
    match name {
        None => pieces.push(Piece::Text(text)),
        Some(name) if quoted => {
            // A variable holds the text itself, unless JSON would write it differently.
            let inner = &text[1..text.len() - 1];
            let name = if inner.contains('\\') { name + "_JSON" } else { name };
            pieces.extend([Piece::Text("\"".into()), Piece::Env(name), Piece::Text("\"".into())]);
        }
        Some(name) => pieces.push(Piece::Env(name)),
    }
}
