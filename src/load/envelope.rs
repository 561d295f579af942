//! The JSON Schema of the envelope: read, and searched for keywords that no validator knows.

use serde_json::{Map, Value};

use super::home::Home;
use crate::model::complaint::{At, Complaint, Seg};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema, if it can be read at all.
pub fn read(home: &Home, path: &str, complaints: &mut Vec<Complaint>) -> Option<Value> {
    let text = home.text(path).map_err(|complaint| complaints.push(complaint)).ok()?;
    parse(path, &text)
        .map(|(schema, said)| {
            complaints.extend(said);
            schema
        })
        .map_err(|complaint| complaints.push(complaint))
        .ok()
}

fn parse(path: &str, text: &str) -> Result<(Value, Vec<Complaint>), Complaint> {
    let json = text.trim_start_matches('\u{feff}');
    if json.trim().is_empty() {
        return Err(Complaint::error(path, At::File, "the file is empty"));
    }
    let schema: Value = serde_json::from_str(json).map_err(|error| syntax(path, text, &error))?;
    if !schema.is_object() {
        return Err(Complaint::error(path, At::File, "a JSON Schema is an object"));
    }
    let mut said = Vec::new();
    match schema.get("$schema").map(|dialect| dialect.as_str().unwrap_or_default()) {
        Some(dialect) if dialect.trim_end_matches('#') != DIALECT => {
            let at = At::Value(vec![Seg::from("$schema")]);
            let text = "the schema is of another draft than 2020-12";
            said.push(Complaint::error(path, at, text).help(format!("write \"{DIALECT}\"")));
        }
        _ => {}
    }
    search(path, &schema, &mut Vec::new(), &mut said);
    Ok((schema, said))
}

fn syntax(path: &str, text: &str, error: &serde_json::Error) -> Complaint {
    let start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let start = start + error.column().saturating_sub(1);
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Complaint::error(path, At::Bytes(start..start + 1), format!("this is not JSON: {message}"))
}

/// Keywords whose value is a schema, a list of schemas, or a mapping of names to schemas.
const ONE: [&str; 11] = [
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
const LIST: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const NAMED: [&str; 5] = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];
const OTHER: [&str; 38] = [
    "$anchor",
    "$comment",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "const",
    "contentEncoding",
    "contentMediaType",
    "default",
    "dependentRequired",
    "deprecated",
    "description",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
];

/// An unknown keyword is allowed and checks nothing: nearly always a slip, and then the promise is not checked.
fn search(path: &str, schema: &Value, at: &mut Vec<Seg>, out: &mut Vec<Complaint>) {
    let Value::Object(map) = schema else { return };
    for (keyword, value) in map {
        at.push(Seg::from(keyword.as_str()));
        let word = keyword.as_str();
        if ONE.contains(&word) {
            search(path, value, at, out);
        } else if LIST.contains(&word) {
            let items = value.as_array().into_iter().flatten().enumerate();
            items.for_each(|(index, item)| inner(path, item, Seg::from(index), at, out));
        } else if NAMED.contains(&word) {
            let named = value.as_object().into_iter().flat_map(Map::iter);
            named.for_each(|(name, item)| inner(path, item, Seg::from(name.as_str()), at, out));
        } else if !OTHER.contains(&word) && !word.starts_with("x-") {
            let text = format!("`{word}` is no keyword of JSON Schema, so it checks nothing");
            let known = ONE.iter().chain(&LIST).chain(&NAMED).chain(&OTHER).copied();
            out.push(Complaint::notice(path, At::Key(at.clone()), text).did_you_mean(word, known));
        }
        at.pop();
    }
}

fn inner(path: &str, schema: &Value, seg: Seg, at: &mut Vec<Seg>, out: &mut Vec<Complaint>) {
    at.push(seg);
    search(path, schema, at, out);
    at.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_keyword_is_noticed_and_a_property_of_that_name_is_not() {
        let text = r#"{ "requierd": ["a"], "properties": { "requierd": { "typ": "string" } }, "x-note": 1 }"#;
        let (_, said) = parse("e.json", text).unwrap();
        let said: Vec<String> = said.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        e.json: `requierd` is no keyword of JSON Schema, so it checks nothing (did you mean `required`?)
        e.json: `typ` is no keyword of JSON Schema, so it checks nothing (did you mean `type`?)
        ");
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        let said = |text| match parse("e.json", text) {
            Ok((_, said)) => said.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            Err(complaint) => complaint.to_string(),
        };
        insta::assert_snapshot!(said(""), @"e.json: the file is empty");
        insta::assert_snapshot!(said("[]"), @"e.json: a JSON Schema is an object");
        insta::assert_snapshot!(said("{\"a\": }"), @"e.json: this is not JSON: expected value");
        insta::assert_snapshot!(said(r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#), @r#"e.json: the schema is of another draft than 2020-12 (write "https://json-schema.org/draft/2020-12/schema")"#);
    }

    #[test]
    fn the_envelope_of_this_project_has_no_unknown_keyword() {
        let text = include_str!("../../schemas/error-envelope.json");
        assert_eq!(parse("e.json", text).unwrap().1, []);
    }
}
