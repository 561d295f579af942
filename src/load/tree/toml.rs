//! TOML as a tree.

use serde_json::Number;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Key, Kind, Node};

/// Reads as much as can be read, with every mistake of syntax.
pub fn read(text: &str) -> (Node, Vec<toml::de::Error>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let span = table.span();
    (Node { span, kind: entries(table.get_ref()) }, errors)
}

fn entries(table: &DeTable<'_>) -> Kind {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key: &Spanned<std::borrow::Cow<'_, str>> = key;
        (Key { span: key.span(), text: key.get_ref().to_string(), odd: false }, node(value))
    };
    let mut entries: Vec<_> = table.iter().map(entry).collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    Kind::Map(entries)
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(text.to_string()),
        DeValue::Integer(integer) => integer_kind(integer.as_str(), integer.radix()),
        DeValue::Float(float) => {
            float.as_str().parse().ok().and_then(Number::from_f64).map_or(Kind::Null, Kind::Number)
        }
        DeValue::Boolean(value) => Kind::Bool(*value),
        DeValue::Datetime(datetime) => Kind::Text(datetime.to_string()),
        DeValue::Array(items) => Kind::List(items.iter().map(node).collect()),
        DeValue::Table(table) => entries(table),
    };
    Node { span: value.span(), kind }
}

fn integer_kind(digits: &str, radix: u32) -> Kind {
    match i64::from_str_radix(digits, radix) {
        Ok(number) => Kind::Number(number.into()),
        Err(_) => digits.parse().ok().and_then(Number::from_f64).map_or(Kind::Null, Kind::Number),
    }
}
