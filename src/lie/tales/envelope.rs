//! Lies about the envelope.

use serde_json::{Map, Value};

use crate::lie::truth::parted;
use crate::lie::{Statement, Truth};

/// Stands for the repeated key until the body is text, for no object can hold a key twice.
const SECOND: &str = "trueline: this key is there already";

pub fn no_message(truth: &Truth<'_>) -> Option<Statement> {
    let pointer = truth.message_pointer()?;
    let (holder, name) = parted(&pointer)?;
    truth.altered(|body| body.pointer_mut(holder)?.as_object_mut()?.shift_remove(&name).map(drop))
}

/// What the first step to the code leads to, in place of the envelope.
pub fn unwrapped(truth: &Truth<'_>) -> Option<Statement> {
    let code = truth.promises.code.strip_prefix('/')?;
    let (first, _) = code.split_once('/')?;
    truth.altered(|body| {
        let envelope = body.pointer_mut(truth.base())?;
        *envelope = envelope.pointer(&format!("/{first}"))?.clone();
        Some(())
    })
}

pub fn in_list(truth: &Truth<'_>) -> Option<Statement> {
    truth.altered(|body| {
        let envelope = body.pointer_mut(truth.base())?;
        *envelope = Value::Array(vec![envelope.take()]);
        Some(())
    })
}

/// The key that leads to the code twice: first with something else, so that a reader who keeps the last notices nothing.
pub fn repeated(truth: &Truth<'_>) -> Option<Statement> {
    let pointer = truth.code_pointer();
    let (holder, key) = innermost_object(truth.json.as_ref()?, &pointer)?;
    let before = truth.altered(|body| {
        let members = body.pointer_mut(holder)?.as_object_mut()?;
        let mut doubled = Map::new();
        for (name, value) in std::mem::take(members) {
            if name == key {
                doubled.insert(SECOND.to_owned(), Value::from("SOMETHING_ELSE"));
            }
            doubled.insert(name, value);
        }
        *members = doubled;
        Some(())
    })?;
    let body = std::str::from_utf8(&before.body).ok()?;
    let marker = Value::from(SECOND).to_string();
    (body.matches(&marker).count() == 1).then(|| before.with_body(body.replace(&marker, &Value::from(key).to_string())))
}

/// The deepest object on the way to the code, and the key that leads on from it.
fn innermost_object<'p>(body: &Value, pointer: &'p str) -> Option<(&'p str, String)> {
    let mut rest = pointer;
    while let Some((holder, key)) = parted(rest) {
        if body.pointer(holder).is_some_and(Value::is_object) {
            return Some((holder, key));
        }
        rest = holder;
    }
    None
}
