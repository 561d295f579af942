//! `trueline.toml`: its text to what it says, with every mistake.

use super::check::{self, Language};
use super::home::Home;
use super::rest;
use super::tree::{self, Node};
use super::{Places, path_of, schema, settings};
use crate::model::complaint::{At, Complaint, Weight};
use crate::model::project::{Project, ProjectSpec};

/// What came of the file. The places are known even where the rest is wrong, so that the other files can be read.
pub struct Read {
    pub file: Box<str>,
    pub project: Option<Project>,
    /// What is sound of a project that is not.
    pub part: Option<Project>,
    pub places: Places,
    /// Which of the places the file names itself, as keys with points.
    pub named: Vec<String>,
}

/// Reads the file of this project.
pub fn read(home: &Home, complaints: &mut Vec<Complaint>) -> Read {
    let file: Box<str> = home.config_name().into();
    let text = home.text(&file).unwrap_or_else(|complaint| {
        complaints.push(complaint);
        String::new()
    });
    let unreadable = !complaints.is_empty();
    let (tree, syntax) = tree::read_toml(&text);
    let named = named(&tree);
    match toml::from_str::<ProjectSpec>(&text) {
        Ok(spec) => {
            let (project, said) = settings::project(&file, spec);
            let broken = unreadable || said.iter().any(|c| c.weight == Weight::Error);
            complaints.extend(said);
            let places = Places::of(&project);
            let (project, part) = if broken { (None, Some(project)) } else { (Some(project), None) };
            Read { file, project, part: part.filter(|_| !unreadable), places, named }
        }
        Err(error) => {
            let found = mistakes(&file, &tree, &syntax, &error);
            let mut part = None;
            if found.len() < check::MOST
                && let Some((project, said)) = rest::mistakes(&file, &tree, &found)
            {
                complaints.extend(said);
                part = Some(project);
            }
            complaints.extend(found);
            Read { places: places(&tree), file, project: None, part, named }
        }
    }
}

fn named(tree: &Node) -> Vec<String> {
    let keys: [&[&str]; 3] = [&["catalogue"], &["scenarios"], &["envelope", "schema"]];
    keys.into_iter().filter(|key| text_at(tree, key).is_some()).map(|key| key.join(".")).collect()
}

fn text_at<'n>(tree: &'n Node, keys: &[&str]) -> Option<&'n str> {
    let found = tree.walk(&path_of(keys));
    match &found.node.kind {
        tree::Kind::Text(text) if found.key.map(|key| &*key.text) == keys.last().copied() => Some(text),
        _ => None,
    }
}

fn places(tree: &Node) -> Places {
    let place = |keys: &[&str], default: &str| text_at(tree, keys).unwrap_or(default).into();
    Places {
        catalogue: place(&["catalogue"], settings::CATALOGUE),
        scenarios: place(&["scenarios"], settings::SCENARIOS),
        schema: place(&["envelope", "schema"], settings::SCHEMA),
    }
}

/// A file whose syntax is broken says only that: what follows from it would be noise.
fn mistakes(file: &str, tree: &Node, syntax: &[toml::de::Error], error: &toml::de::Error) -> Vec<Complaint> {
    if !syntax.is_empty() {
        return syntax.iter().take(10).map(|error| complaint(file, error)).collect();
    }
    let found = check::check(file, tree, &schema::PROJECT, Language::Toml);
    if found.is_empty() { vec![complaint(file, error)] } else { found }
}

pub(super) fn complaint(file: &str, error: &toml::de::Error) -> Complaint {
    let at = error.span().map_or(At::File, At::Bytes);
    let message = error.message();
    let mut lines = message.lines();
    let text = lines.next().unwrap_or("this is not TOML");
    let complaint = Complaint::error(file, at, text);
    match lines.next() {
        Some(expected) => complaint.help(expected),
        None => complaint,
    }
}
