//! A text as a tree that knows where everything stands. Made only to say where a mistake is.

mod toml;
mod yaml;

use std::ops::Range;

use serde_json::{Map, Number, Value};

use crate::model::complaint::{At, Seg, nearest};

pub use self::toml::read as read_toml;
pub use self::yaml::read as read_yaml;

/// A value and the bytes that it takes up.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub span: Range<usize>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    /// In the order of the text; a key may stand there twice.
    Map(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub span: Range<usize>,
    pub text: String,
    /// Not a scalar: what an unquoted `{{ name }}` becomes.
    pub odd: bool,
}

/// The text that stands for a key that is a mapping or a list.
pub const ODD_KEY: &str = "{...}";

impl Node {
    /// The value without its places; of a key that stands there twice the first counts.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::value).collect()),
            Kind::Map(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, value) in entries {
                    if !map.contains_key(&key.text) {
                        map.insert(key.text.clone(), value.value());
                    }
                }
                Value::Object(map)
            }
        }
    }

    /// The bytes that a complaint about this text points at.
    pub fn range(&self, at: &At, text: &str) -> Option<Range<usize>> {
        match at {
            At::Value(path) => Some(self.walk(path).value_range()),
            At::Key(path) => {
                let found = self.walk(path);
                Some(found.key.map_or_else(|| found.value_range(), |key| key.span.clone()))
            }
            At::Within(path, part) => {
                let whole = self.walk(path).value_range();
                Some(within(text, whole.clone(), part).unwrap_or(whole))
            }
            At::File | At::Bytes(_) | At::Line(_) => None,
        }
    }

    /// The node at a path; where the path ends early, the last one on the way.
    pub fn walk(&self, path: &[Seg]) -> Found<'_> {
        let mut found = Found { key: None, node: self };
        for seg in path {
            match found.node.child(seg) {
                Some((key, node)) => found = Found { key, node },
                None => break,
            }
        }
        found
    }

    fn child(&self, seg: &Seg) -> Option<(Option<&Key>, &Node)> {
        match (&self.kind, seg) {
            (Kind::List(items), Seg::Index(index)) => items.get(*index).map(|node| (None, node)),
            (Kind::Map(entries), Seg::Key(name)) => entry(entries, name),
            (Kind::Map(entries), Seg::Index(index)) => entry(entries, &index.to_string()),
            _ => None,
        }
    }
}

fn entry<'n>(entries: &'n [(Key, Node)], name: &str) -> Option<(Option<&'n Key>, &'n Node)> {
    let of = |name: &str| entries.iter().find(|(key, _)| key.text == name).map(|(key, node)| (Some(key), node));
    // What is misspelt is looked at as what was meant.
    of(name).or_else(|| of(nearest(name, entries.iter().map(|(key, _)| &*key.text))?))
}

/// A node with the key that leads to it, if it is the value of one.
#[derive(Debug, Clone, Copy)]
pub struct Found<'n> {
    pub key: Option<&'n Key>,
    pub node: &'n Node,
}

impl Found<'_> {
    // A mapping or list can take up hundreds of lines, and nothing takes up no bytes: their key stands for them.
    fn value_range(&self) -> Range<usize> {
        let own = match &self.node.kind {
            Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) if !self.node.span.is_empty() => Some(&self.node.span),
            _ => self.key.map(|key| &key.span),
        };
        let first = match &self.node.kind {
            Kind::Map(entries) => entries.first().map(|(key, _)| &key.span),
            _ => None,
        };
        own.or(first).unwrap_or(&self.node.span).clone()
    }
}

/// Where a part stands in the raw text of a scalar, as a word of its own if possible.
fn within(text: &str, whole: Range<usize>, part: &str) -> Option<Range<usize>> {
    let raw = text.get(whole.clone())?;
    if part.is_empty() {
        return None;
    }
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let is_word = |start: usize| {
        let before = raw[..start].chars().next_back().is_some_and(joins);
        let after = raw[start + part.len()..].chars().next().is_some_and(joins);
        !before && !after
    };
    let places = || raw.match_indices(part).map(|(start, _)| start);
    let start = whole.start + places().find(|start| is_word(*start)).or_else(|| places().next())?;
    Some(start..start + part.len())
}
