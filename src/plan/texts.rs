//! Texts and JSON to templates, every variable looked up.

use std::collections::HashSet;
use std::fmt::Write;

use serde_json::Value;

use super::names::World;
use super::notes::{Crumb, Notes};
use super::scope::{Kind, Resolved, Scope, Wanted};
use super::templates::{Piece, Variable, has_variable, only_variable, pieces};
use crate::model::complaint::{At, Seg};
use crate::model::template::{self, Encoding, Part, Source, Template};

/// What is at hand while one scenario, fixture or login is put together.
pub(super) struct Composer<'a, 'i> {
    pub world: &'a World<'i>,
    pub notes: &'a mut Notes<'i>,
    /// Regular expressions that are known to compile: to compile one costs more than all else in a step.
    pub patterns: &'a mut HashSet<&'i str>,
    pub scope: Scope<'i>,
}

/// A template in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    parts: Vec<Part>,
    text: String,
}

/// Room for a body of ordinary length.
const ROOM: usize = 120;

impl Draft {
    pub fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Text, written as a value would be at this place.
    fn text(&mut self, text: &str, encoding: Encoding) {
        match encoding {
            Encoding::Plain => self.text.push_str(text),
            _ => template::write_text(&mut self.text, text, encoding),
        }
    }

    pub fn value(&mut self, source: Source, encoding: Encoding) {
        self.flush();
        self.parts.push(Part::Value { source, encoding });
    }

    /// The room of the text is used again for the next one.
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(self.text.as_str().into()));
            self.text.clear();
        }
    }

    pub fn done(mut self) -> Template {
        if self.parts.is_empty() && !self.text.is_empty() {
            return Template::text(self.text);
        }
        self.flush();
        self.parts.shrink_to_fit();
        Template { parts: self.parts }
    }
}

impl<'i> Composer<'_, 'i> {
    /// A text with its variables, in this encoding; the text around them is encoded too.
    pub fn text(&mut self, text: &'i str, encoding: Encoding) -> Template {
        if encoding == Encoding::Plain && !text.is_empty() && !text.contains('{') {
            return Template::text(text);
        }
        let mut draft = Draft::default();
        self.pour(&mut draft, text, encoding, true);
        draft.done()
    }

    /// A scalar of a header, query or form; of a login also `{ env }`.
    pub fn scalar(&mut self, value: &'i Value, encoding: Encoding, what: &str) -> Template {
        let mut draft = Draft::default();
        match value {
            Value::String(text) => self.pour(&mut draft, text, encoding, true),
            Value::Number(_) | Value::Bool(_) => draft.text(&template::plain(value), encoding),
            other => match self.env(other) {
                Some(source) => draft.value(source, encoding),
                None => {
                    let text = format!("a {what} is a text, a number, or true or false");
                    self.notes.add(self.notes.here(), text, "put the value in quotes, or `\"\"` for an empty one");
                }
            },
        }
        draft.done()
    }

    /// JSON as one text.
    pub fn json(&mut self, value: &'i Value) -> Template {
        let mut draft = Draft { text: String::with_capacity(ROOM), ..Draft::default() };
        self.pour_json(&mut draft, value, true);
        draft.done()
    }

    pub fn resolve(&mut self, variable: Variable<'i>, rows: bool) -> Resolved<'i> {
        self.scope.resolve(variable, rows, self.world, self.notes)
    }

    fn pour(&mut self, draft: &mut Draft, text: &'i str, encoding: Encoding, rows: bool) {
        if !text.contains('{') {
            return draft.text(text, encoding);
        }
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => draft.text(text, encoding),
                Piece::Variable(variable) => self.pour_variable(draft, variable, encoding, rows),
            }
        }
    }

    pub fn pour_variable(&mut self, draft: &mut Draft, variable: Variable<'i>, encoding: Encoding, rows: bool) {
        match self.resolve(variable, rows) {
            Resolved::Literal(value) => self.pour_row(draft, variable.name, value, encoding),
            Resolved::Source(source) => draft.value(source, encoding),
            Resolved::Nothing => {}
        }
    }

    /// A value of the row; what is wrong with it is wrong there.
    fn pour_row(&mut self, draft: &mut Draft, name: &'i str, value: &'i Value, encoding: Encoding) {
        let place = self.row_place(name).unwrap_or_else(|| self.notes.crumbs());
        let back = self.notes.go(place);
        let on_key = self.notes.on_key(false);
        match value {
            value if encoding == Encoding::Json => self.pour_json(draft, value, false),
            Value::String(text) => self.pour(draft, text, encoding, false),
            value => template::write(&mut draft.text, value, encoding),
        }
        self.notes.on_key(on_key);
        self.notes.go(back);
    }

    fn pour_json(&mut self, draft: &mut Draft, value: &'i Value, rows: bool) {
        match value {
            Value::String(text) => self.pour_json_string(draft, text, rows),
            Value::Array(items) => {
                draft.raw("[");
                for (at, item) in items.iter().enumerate() {
                    draft.raw(if at == 0 { "" } else { "," });
                    self.notes.enter(at);
                    self.pour_json(draft, item, rows);
                    self.notes.leave();
                }
                draft.raw("]");
            }
            Value::Object(members) => match self.env(value) {
                Some(source) => draft.value(source, Encoding::Json),
                None => self.pour_members(draft, members, rows),
            },
            scalar => {
                let from = draft.text.len();
                let _ = write!(draft.text, "{scalar}"); // a String takes all that is written to it
                if scalar.is_number() && draft.text[from..].contains('e') {
                    self.inexact(&draft.text[from..]);
                }
            }
        }
    }

    /// YAML's numbers have 64 bits, and digits beyond them are lost.
    fn inexact(&mut self, sent: &str) {
        let help = "to send all its digits, write the JSON as a text with `body`, and its Content-Type among `headers`";
        self.notes.notice(self.notes.here(), format!("this number is sent as {sent}"), help);
    }

    fn pour_members(&mut self, draft: &mut Draft, members: &'i serde_json::Map<String, Value>, rows: bool) {
        draft.raw("{");
        for (at, (key, member)) in members.iter().enumerate() {
            draft.raw(if at == 0 { "\"" } else { ",\"" });
            self.notes.enter(key.as_str());
            self.notes.on_key(true);
            self.pour(draft, key, Encoding::JsonString, rows);
            self.notes.on_key(false);
            draft.raw("\":");
            self.pour_json(draft, member, rows);
            self.notes.leave();
        }
        draft.raw("}");
    }

    /// A string that is only a variable takes the type of its value.
    fn pour_json_string(&mut self, draft: &mut Draft, text: &'i str, rows: bool) {
        if let Some(variable) = only_variable(text) {
            return self.pour_variable(draft, variable, Encoding::Json, rows);
        }
        draft.raw("\"");
        self.pour(draft, text, Encoding::JsonString, rows);
        draft.raw("\"");
    }

    /// `{ env: NAME }` in the steps of a login.
    fn env(&mut self, value: &'i Value) -> Option<Source> {
        let (Kind::Login(_), Value::Object(map)) = (self.scope.kind, value) else { return None };
        match (map.len(), map.get("env")) {
            (1, Some(Value::String(name))) => Some(Source::Target(self.scope.want(Wanted::Env(name), true))),
            _ => None,
        }
    }

    /// A text in which only values of the row may stand, for what has to be known before anything is sent.
    pub fn fixed(&mut self, text: &'i str, what: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        if !has_variable(text) {
            return self.text(text, Encoding::Plain).literal().unwrap_or(text).to_owned();
        }
        let before = self.notes.list.len();
        let filled = self.text(text, Encoding::Plain);
        match filled.literal() {
            Some(filled) => filled.to_owned(),
            None => {
                if self.notes.list.len() == before {
                    let said =
                        format!("{what} is known before anything is sent, so only a value of `each` can stand in it");
                    self.notes.add(
                        self.notes.here(),
                        said,
                        "write it out; four braces `{{{{` in front send the braces",
                    );
                }
                text.to_owned()
            }
        }
    }

    /// The value of the row that a text names, if it is nothing but its variable.
    pub fn row_text(&mut self, text: &'i str) -> Option<&'i str> {
        self.scope.row?;
        let variable = only_variable(text).filter(|v| !v.totp)?;
        self.scope.row_value(variable.name)?.as_str()
    }

    /// Where such a text is written: in the row, or else where the notes stand.
    pub fn written_at(&self, text: &'i str) -> At {
        let place = only_variable(text).and_then(|variable| self.row_place(variable.name));
        place.map_or_else(|| self.notes.here(), |place| At::Value(place.into_iter().map(Seg::from).collect()))
    }

    /// The place of a value of the row.
    fn row_place(&self, name: &'i str) -> Option<Vec<Crumb<'i>>> {
        let row = self.scope.row.filter(|row| row.values.get(name).is_some())?;
        let scenario = self.notes.crumbs().into_iter().take(2);
        Some(scenario.chain([Crumb::Key("each"), Crumb::Index(row.at), Crumb::Key(name)]).collect())
    }
}
