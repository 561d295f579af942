//! Lies about the code.

use serde_json::Value;

use crate::lie::owed::of_code;
use crate::lie::truth::{parted, text};
use crate::lie::{Statement, Truth};

/// How far a free integer is looked for.
const FAR: i64 = 10_000;

/// A code that the catalogue does not have, of the same look: one that the schema lets pass, if there is one.
pub fn renamed(truth: &Truth<'_>) -> Option<Statement> {
    let unknown = |code: &Value| text(code).is_some_and(|text| truth.promises.catalogue.find(&text).is_none());
    let candidates: Vec<Value> = match truth.code()? {
        Value::String(code) => {
            let names = [format!("{code}_RENAMED"), format!("{code}X"), format!("{code}_renamed"), format!("{code}1")];
            names.into_iter().map(Value::from).filter(unknown).collect()
        }
        Value::Number(code) => {
            let code = code.as_i64()?;
            (1..FAR).map(|far| Value::from(code.saturating_add(far))).find(unknown).into_iter().collect()
        }
        _ => return None,
    };
    let code = candidates.iter().find(|code| truth.holds_with_code((*code).clone())).or(candidates.first())?;
    truth.with_code(code.clone())
}

/// The code that comes next in the catalogue, around its end: the first that is not as true as this one.
pub fn neighbour(truth: &Truth<'_>) -> Option<Statement> {
    let (id, _) = truth.entry()?;
    let own = truth.code()?;
    let entries = || truth.promises.catalogue.entries();
    let after = entries().skip(id.0 as usize + 1);
    let mut others = after.chain(entries().take(id.0 as usize)).map(|(_, entry)| &*entry.code);
    let other = others.find(|code| of_code(truth, code).is_some())?;
    let number = other.parse::<i64>().ok().filter(|_| own.is_number());
    truth.with_code(number.map_or_else(|| Value::from(other), Value::from))
}

pub fn case(truth: &Truth<'_>) -> Option<Statement> {
    let code = truth.code()?.as_str()?;
    let lower = code.to_lowercase();
    truth.with_code(if lower == code { code.to_uppercase() } else { lower })
}

/// A zero-width space after the first letter: no eye sees it.
pub fn zero_width(truth: &Truth<'_>) -> Option<Statement> {
    let code = truth.code()?.as_str()?;
    let first = code.chars().next()?.len_utf8();
    truth.with_code(format!("{}\u{200b}{}", &code[..first], &code[first..]))
}

pub fn null(truth: &Truth<'_>) -> Option<Statement> {
    truth.with_code(Value::Null)
}

/// A string for an integer or an integer for a string, unless that is as good; then a boolean.
pub fn other_type(truth: &Truth<'_>) -> Option<Statement> {
    let scalar = match truth.code()? {
        Value::String(code) => Value::from(code.parse::<i64>().unwrap_or(1)),
        Value::Number(code) => Value::from(code.to_string()),
        _ => return None,
    };
    let as_good = truth.holds_with_code(scalar.clone());
    truth.with_code(if as_good { Value::Bool(true) } else { scalar })
}

/// Without the member; where codes stand in a list, without what follows either, so that no other takes the place.
pub fn missing(truth: &Truth<'_>) -> Option<Statement> {
    let pointer = truth.code_pointer();
    let (holder, name) = parted(&pointer).filter(|_| !truth.promises.code.is_empty())?;
    truth.altered(|body| match body.pointer_mut(holder)? {
        Value::Object(members) => members.shift_remove(&name).map(drop),
        Value::Array(items) => name.parse().ok().map(|index| items.truncate(index)),
        _ => None,
    })
}
