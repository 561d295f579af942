//! Every mistake of a file at once: its tree against the schema of its type. Runs only where the one quick pass failed.

mod branch;
mod refuse;
mod words;

use std::collections::{HashMap, HashSet};

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::LocationSegment;
use serde_json::Value;

use super::schema::Checked;
use super::tree::{self, Node};
use super::yaml;
use crate::model::complaint::{At, Complaint, Seg};

/// No more complaints than this are made of one file.
pub const MOST: usize = 1000;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A plain scalar is a text where a text is due.
    Yaml,
    Toml,
}

/// Every mistake that the tree and the schema show.
pub fn check(file: &str, node: &Node, checked: &Checked, language: Language) -> Vec<Complaint> {
    let mut keys = Vec::new();
    keys_of(file, node, &mut keys);
    let mut pass = Pass { file, schema: &checked.schema, language, found: Vec::new() };
    if let Some(validator) = &checked.validator {
        let value = node.value();
        for error in validator.iter_errors(&value).take(MOST) {
            pass.explain(&error);
        }
    }
    let mut found = pass.finish();
    keys.append(&mut found);
    keys.truncate(MOST);
    keys
}

/// Keys that stand there twice, and those that are no scalars.
fn keys_of(file: &str, node: &Node, out: &mut Vec<Complaint>) {
    if out.len() >= MOST {
        return;
    }
    match &node.kind {
        tree::Kind::List(items) => items.iter().for_each(|item| keys_of(file, item, out)),
        tree::Kind::Map(entries) => {
            let mut seen = HashSet::with_capacity(entries.len());
            for (key, value) in entries {
                let at = At::Bytes(key.span.clone());
                if key.odd {
                    out.push(Complaint::error(file, at, "a key must be a text").help(yaml::BRACES));
                } else if !seen.insert(&key.text) {
                    let text = format!("the key `{}` stands here a second time", key.text);
                    out.push(Complaint::error(file, at, text));
                }
                keys_of(file, value, out);
            }
        }
        _ => {}
    }
}

struct Pass<'s> {
    file: &'s str,
    schema: &'s Value,
    language: Language,
    found: Vec<Found>,
}

/// A complaint with what is needed to join it with others about the same mapping.
struct Found {
    path: Vec<Seg>,
    what: What,
    complaint: Complaint,
}

#[derive(PartialEq)]
enum What {
    Missing(String),
    /// With the key that was meant, if one is near.
    Unknown(Option<String>),
    Other,
}

impl<'s> Pass<'s> {
    fn explain(&mut self, error: &ValidationError<'_>) {
        let path = segments(error);
        let schema_path = error.schema_path().as_str();
        let parent = schema_path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let here = self.schema.pointer(parent).unwrap_or(self.schema);
        match error.kind() {
            Kind::AdditionalProperties { unexpected } => {
                let named = unexpected.iter().filter(|key| *key != tree::ODD_KEY);
                named.take(MOST).for_each(|key| self.unknown(&path, key, here));
            }
            Kind::Required { property } => self.missing(&path, property.as_str().unwrap_or_default(), here),
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                let chosen = branch::chosen(error, context);
                if chosen.is_empty() {
                    self.wrong(error, path, here);
                }
                chosen.iter().for_each(|inner| self.explain(inner));
            }
            _ => self.wrong(error, path, here),
        }
    }

    fn unknown(&mut self, path: &[Seg], key: &str, here: &Value) {
        let known = words::keys(here);
        let whole: Vec<Seg> = path.iter().cloned().chain([Seg::from(key)]).collect();
        let at = At::Key(whole);
        let text = format!("unknown key `{}`", words::short(key));
        let complaint = Complaint::error(self.file, at.clone(), text).did_you_mean(key, known.iter().copied());
        let meant = crate::model::complaint::nearest(key, known.iter().copied()).map(str::to_owned);
        let complaint = match refuse::reason(path, key) {
            Some((text, help)) => Complaint::error(self.file, at, text).help(help),
            None if complaint.help.is_some() => complaint,
            None => match refuse::home(self.schema, key) {
                Some(home) => complaint.help(format!("`{key}` stands {home}")),
                None => complaint.help(words::known_keys(&known)),
            },
        };
        self.found.push(Found { path: path.to_vec(), what: What::Unknown(meant), complaint });
    }

    fn missing(&mut self, path: &[Seg], key: &str, here: &Value) {
        let text = format!("{} needs `{key}`", words::owner(path));
        let complaint = Complaint::error(self.file, At::Value(path.to_vec()), text);
        let complaint = match words::about(here, key) {
            Some(about) => complaint.help(format!("add `{key}`: {about}")),
            None => complaint.help(format!("add `{key}`")),
        };
        self.found.push(Found { path: path.to_vec(), what: What::Missing(key.to_owned()), complaint });
    }

    fn wrong(&mut self, error: &ValidationError<'_>, path: Vec<Seg>, here: &Value) {
        let takes = words::takes(self.schema, here, self.language);
        if error.instance().as_object().is_some_and(|map| map.contains_key(tree::ODD_KEY)) {
            return; // said of the key already
        }
        if self.language == Language::Yaml && words::reads_anyway(&takes.types, error.instance()) {
            return;
        }
        let (text, help) = words::mistake(error, &path, &takes, self.language);
        let complaint = Complaint::error(self.file, At::Value(path.clone()), text);
        let help = help.or_else(|| self.left_out(error.instance(), &path));
        let complaint = match help {
            Some(help) => complaint.help(help),
            None => complaint,
        };
        self.found.push(Found { path, what: What::Other, complaint });
    }

    /// What to do with a key that has no value, if it can be left out.
    fn left_out(&self, value: &Value, path: &[Seg]) -> Option<String> {
        match path.last() {
            Some(Seg::Key(key)) if value.is_null() && words::can_be_left_out(self.schema, key) => {
                Some(format!("give `{key}` a value, or leave it out"))
            }
            _ => None,
        }
    }

    /// A key that is misspelt is missing too: that is one mistake, not two.
    fn finish(self) -> Vec<Complaint> {
        let mut meant: HashMap<Vec<Seg>, Vec<String>> = HashMap::new();
        for found in &self.found {
            if let What::Unknown(Some(key)) = &found.what {
                meant.entry(found.path.clone()).or_default().push(key.clone());
            }
        }
        let misspelt = |found: &Found| match &found.what {
            What::Missing(key) => meant.get(&found.path).is_some_and(|keys| keys.contains(key)),
            _ => false,
        };
        self.found.into_iter().filter(|found| !misspelt(found)).map(|found| found.complaint).collect()
    }
}

fn segments(error: &ValidationError<'_>) -> Vec<Seg> {
    let seg = |segment: LocationSegment<'_>| match segment {
        LocationSegment::Property(name) => Seg::Key(name.as_ref().into()),
        LocationSegment::Index(index) => Seg::Index(index),
    };
    error.instance_path().into_iter().map(seg).collect()
}
