//! A scenario with unknown keys, as its author means it: what else is wrong in it is said at the same time.

use serde_json::{Map, Value};

use crate::model::complaint::{At, Complaint, Seg};

/// The value of the scenario with these mistakes mended, and all that is written in what is left out of it. Nothing if
/// there is a mistake of another kind, or if what is left might be wrong only for what is left out.
pub fn scenario(here: &[Seg], mut value: Value, about: &[&Complaint]) -> Option<(Value, Vec<Box<str>>)> {
    let mut texts = Vec::new();
    for complaint in about {
        let At::Key(path) = &complaint.at else { return None };
        let (Seg::Key(key), owners) = path.strip_prefix(here)?.split_last()? else { return None };
        let owner = owners.iter().try_fold(&mut value, |at, seg| match seg {
            Seg::Key(key) => at.get_mut(&**key),
            Seg::Index(index) => at.get_mut(*index),
        });
        let owner = owner?.as_object_mut()?;
        let written = owner.shift_remove(&**key)?;
        match complaint.meant() {
            Some(meant) if !owner.contains_key(meant) => drop(owner.insert(meant.to_owned(), written)),
            _ if stands_alone(owners, owner) => {
                texts.push(key.clone());
                texts_of(&written, &mut texts);
            }
            _ => return None,
        }
    }
    Some((value, texts))
}

/// Whether a mapping says enough without a key that is none of its own.
fn stands_alone(owners: &[Seg], owner: &Map<String, Value>) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| owner.contains_key(*key));
    match owners {
        [] => true,
        [Seg::Key(key)] if &**key == "expect" => has(&["code", "status"]),
        [Seg::Key(key)] if &**key == "when" => has(&["request"]),
        [Seg::Key(key), Seg::Index(_)] if matches!(&**key, "given" | "finally") => has(&["request", "use"]),
        _ => false,
    }
}

fn texts_of(value: &Value, out: &mut Vec<Box<str>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, out)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            out.push(key.as_str().into());
            texts_of(member, out);
        }),
        Value::String(text) => out.push(text.as_str().into()),
        _ => {}
    }
}
