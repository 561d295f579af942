//! What else is wrong with a project file whose types are wrong: the wrong parts left out, the rest is checked as ever.

use serde_json::Value;

use super::settings;
use super::tree::Node;
use crate::model::complaint::{At, Complaint, Seg};
use crate::model::project::{Project, ProjectSpec};

/// What the sound parts say, and mistakes of their values beside those already found in the types.
pub fn mistakes(file: &str, tree: &Node, found: &[Complaint]) -> Option<(Project, Vec<Complaint>)> {
    let mut value = tree.value();
    let mut wrong: Vec<(&[Seg], bool)> = Vec::new();
    for complaint in found {
        match &complaint.at {
            At::Value(path) => wrong.push((path, false)),
            At::Key(path) => wrong.push((path, true)),
            _ => return None,
        }
    }
    // What a wrong part stands in may need it, a misspelt key more likely than any other, and then it goes too.
    for (keys, values) in [(0, 0), (1, 0), (1, 1)] {
        let cut = |(path, is_key): &(_, bool)| shorter(path, if *is_key { keys } else { values });
        let left_out: Vec<&[Seg]> = wrong.iter().map(cut).collect();
        left_out.iter().for_each(|path| remove(&mut value, path));
        if let Ok(spec) = serde_json::from_value::<ProjectSpec>(value.clone()) {
            let (project, said) = settings::project(file, spec);
            return Some((project, said.into_iter().filter(|complaint| !follows(complaint, &left_out)).collect()));
        }
    }
    None
}

fn shorter<'p>(path: &&'p [Seg], by: usize) -> &'p [Seg] {
    if path.len() > by { &path[..path.len() - by] } else { path }
}

fn remove(value: &mut Value, path: &[Seg]) {
    let Some((last, parents)) = path.split_last() else { return };
    let parent = parents.iter().try_fold(value, |value, seg| match seg {
        Seg::Key(key) => value.get_mut(&**key),
        Seg::Index(index) => value.get_mut(*index),
    });
    match (parent, last) {
        (Some(Value::Object(map)), Seg::Key(key)) => {
            map.shift_remove(&**key);
        }
        // Other items keep their places.
        (Some(Value::Array(items)), Seg::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                *item = Value::Null;
            }
        }
        _ => {}
    }
}

/// Whether a complaint is about a part that something was left out of, or that refers to one.
fn follows(complaint: &Complaint, left_out: &[&[Seg]]) -> bool {
    let (At::Value(path) | At::Key(path)) = &complaint.at else { return false };
    let refers = complaint.text.starts_with("there is no target");
    left_out.iter().any(|gone| gone.starts_with(path) || refers && gone.first() == Some(&Seg::from("targets")))
}
