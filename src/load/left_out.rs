//! What is sound of a file with mistakes, so that all the others in it are said at the same time.

use std::ops::Range;

use super::mended;
use super::tree::{Key, Kind, Node};
use crate::model::complaint::{At, Complaint, Seg};
use crate::model::scenario::{Fixture, LeftOut, Ordered, ScenarioFile, SourceFile};

/// A file that could not be read at all.
pub fn whole(path: &str, text: &str) -> SourceFile {
    let left_out = LeftOut { head: true, texts: vec![text.into()], ..LeftOut::default() };
    SourceFile { path: path.into(), content: ScenarioFile { left_out, ..ScenarioFile::default() } }
}

/// The parts of a file that none of these complaints is about.
pub fn rest(path: &str, tree: &Node, found: &[Complaint]) -> SourceFile {
    let mut content = ScenarioFile::default();
    let Kind::Map(entries) = &tree.kind else { return SourceFile { path: path.into(), content } };
    for (key, node) in entries {
        let here = [Seg::from(key.text.as_str())];
        match (&*key.text, &node.kind) {
            ("area", Kind::Text(area)) if sound(key, &here, node, found) => content.area = Some(area.clone()),
            ("fixtures", Kind::Map(fixtures)) => read_fixtures(fixtures, found, &mut content),
            ("scenarios", Kind::List(items)) => read_scenarios(items, found, &mut content),
            _ => {
                content.left_out.head = true;
                content.left_out.texts.push(key.text.as_str().into());
                texts(node, &mut content.left_out.texts);
            }
        }
    }
    SourceFile { path: path.into(), content }
}

fn read_fixtures(fixtures: &[(Key, Node)], found: &[Complaint], content: &mut ScenarioFile) {
    let mut read: Ordered<Fixture> = Ordered::default();
    for (name, node) in fixtures {
        let here = ["fixtures", &name.text].map(Seg::from);
        let fixture = sound(name, &here, node, found).then(|| serde_json::from_value(node.value()).ok()).flatten();
        match fixture {
            Some(fixture) if read.get(&name.text).is_none() => read.0.push((name.text.clone(), fixture)),
            _ => {
                content.left_out.texts.push(name.text.as_str().into());
                texts(node, &mut content.left_out.texts);
            }
        }
    }
    content.fixtures = read;
}

fn read_scenarios(items: &[Node], found: &[Complaint], content: &mut ScenarioFile) {
    for (at, node) in items.iter().enumerate() {
        let here = [Seg::from("scenarios"), at.into()];
        let about: Vec<&Complaint> = found.iter().filter(|complaint| is_about(complaint, &here, node)).collect();
        let mended = mended::scenario(&here, node.value(), &about);
        let scenario = mended.and_then(|(value, texts)| Some((serde_json::from_value(value).ok()?, texts)));
        match scenario {
            Some((scenario, texts)) => {
                content.scenarios.push(scenario);
                content.left_out.texts.extend(texts);
            }
            None => {
                content.left_out.scenarios.push(at);
                texts(node, &mut content.left_out.texts);
            }
        }
    }
}

fn sound(key: &Key, here: &[Seg], node: &Node, found: &[Complaint]) -> bool {
    let on_key = |complaint: &Complaint| matches!(&complaint.at, At::Bytes(bytes) if *bytes == key.span);
    !found.iter().any(|complaint| on_key(complaint) || is_about(complaint, here, node))
}

fn is_about(complaint: &Complaint, here: &[Seg], node: &Node) -> bool {
    match &complaint.at {
        At::Value(path) | At::Key(path) | At::Within(path, _) => path.starts_with(here),
        At::Bytes(bytes) => has_key(node, bytes),
        At::File | At::Line(_) => false,
    }
}

fn has_key(node: &Node, bytes: &Range<usize>) -> bool {
    match &node.kind {
        Kind::List(items) => items.iter().any(|item| has_key(item, bytes)),
        Kind::Map(entries) => entries.iter().any(|(key, value)| key.span == *bytes || has_key(value, bytes)),
        _ => false,
    }
}

/// All that is written below a node.
fn texts(node: &Node, out: &mut Vec<Box<str>>) {
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| texts(item, out)),
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
            out.push(key.text.as_str().into());
            texts(value, out);
        }),
        Kind::Text(text) => out.push(text.as_str().into()),
        _ => {}
    }
}
