//! Which members of an envelope the schema names.

use serde_json::{Map, Value};

/// How many references and combinations are followed below one another.
const DEPTH: usize = 16;

/// What a schema names at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    members: Vec<(Box<str>, Named)>,
    /// What is named of each item of a list.
    items: Option<Box<Named>>,
    /// Whether the schema says itself what further members may be, so that none is extra.
    says_more: bool,
    /// Whether no further members may be.
    closed: bool,
}

impl Named {
    pub fn of(schema: &Value) -> Self {
        let mut named = Named::default();
        named.read(schema, schema, DEPTH);
        named
    }

    fn read(&mut self, schema: &Value, root: &Value, depth: usize) {
        let (Value::Object(keywords), Some(depth)) = (schema, depth.checked_sub(1)) else {
            self.says_more = true;
            return;
        };
        self.read_references(keywords, root, depth);
        for (name, member) in members_of(keywords.get("properties")) {
            self.member_mut(name).read(member, root, depth);
        }
        for list in ["allOf", "anyOf", "oneOf"] {
            for part in keywords.get(list).and_then(Value::as_array).into_iter().flatten() {
                self.read(part, root, depth);
            }
        }
        if let Some(items) = keywords.get("items") {
            self.items.get_or_insert_default().read(items, root, depth);
        }
        for further in ["additionalProperties", "unevaluatedProperties"] {
            self.says_more |= keywords.contains_key(further);
            self.closed |= keywords.get(further) == Some(&Value::Bool(false));
        }
        let others = ["patternProperties", "prefixItems", "if", "dependentSchemas", "$dynamicRef", "$recursiveRef"];
        self.says_more |= others.iter().any(|keyword| keywords.contains_key(*keyword));
    }

    fn read_references(&mut self, keywords: &Map<String, Value>, root: &Value, depth: usize) {
        let Some(Value::String(reference)) = keywords.get("$ref") else { return };
        match reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(target) => self.read(target, root, depth),
            None => self.says_more = true,
        }
    }

    fn member_mut(&mut self, name: &str) -> &mut Named {
        let at = self.members.iter().position(|(n, _)| **n == *name).unwrap_or_else(|| {
            self.members.push((name.into(), Named::default()));
            self.members.len() - 1
        });
        &mut self.members[at].1
    }

    fn member(&self, name: &str) -> Option<&Named> {
        self.members.iter().find(|(n, _)| **n == *name).map(|(_, named)| named)
    }

    /// Whether any of what an envelope has is not named; costs nothing but the look.
    pub fn lacks_any(&self, value: &Value) -> bool {
        match value {
            Value::Object(members) if !self.says_nothing() => members
                .iter()
                .any(|(name, value)| self.member(name).map_or(!self.says_more, |named| named.lacks_any(value))),
            Value::Array(list) => {
                self.items.as_ref().is_some_and(|items| list.iter().any(|item| items.lacks_any(item)))
            }
            _ => false,
        }
    }

    /// The pointers of members that are not named, at most `most`.
    pub fn unnamed(&self, value: &Value, at: &str, most: usize, found: &mut Vec<String>) {
        match value {
            Value::Object(members) if !self.says_nothing() => {
                for (name, value) in members {
                    let at = format!("{at}/{}", super::pointer::escape(name));
                    match self.member(name) {
                        Some(named) => named.unnamed(value, &at, most, found),
                        None if !self.says_more && found.len() < most => found.push(at),
                        None => {}
                    }
                }
            }
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    if let Some(items) = &self.items {
                        items.unnamed(item, &format!("{at}/{index}"), most, found);
                    }
                }
            }
            _ => {}
        }
    }

    fn says_nothing(&self) -> bool {
        self.members.is_empty()
    }

    /// Where the schema rules out that a value can be at this pointer: the names that it has there instead.
    pub fn rules_out(&self, tokens: &[Box<str>]) -> Option<Vec<&str>> {
        let (token, rest) = tokens.split_first()?;
        if let Some(named) = self.member(token) {
            return named.rules_out(rest);
        }
        if let (Some(items), true) = (&self.items, token.bytes().all(|b| b.is_ascii_digit())) {
            return items.rules_out(rest);
        }
        (self.closed && !self.says_nothing()).then(|| self.members.iter().map(|(name, _)| &**name).collect())
    }
}

fn members_of(properties: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    properties.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn unnamed(schema: Value, value: Value) -> Vec<String> {
        let named = Named::of(&schema);
        let mut found = Vec::new();
        named.unnamed(&value, "", 10, &mut found);
        assert_eq!(named.lacks_any(&value), !found.is_empty());
        found
    }

    #[test]
    fn members_that_no_part_of_the_schema_names_are_found() {
        let schema = json!({
            "properties": { "error": { "$ref": "#/$defs/error" } },
            "$defs": { "error": { "allOf": [{ "properties": { "code": {} } }, { "properties": { "message": {} } }] } },
        });
        let value = json!({ "error": { "code": "X", "message": "m", "de/tail": 1 }, "request_id": 1 });
        assert_eq!(unnamed(schema, value), ["/error/de~1tail", "/request_id"]);
    }

    #[test]
    fn items_of_a_list_are_looked_at() {
        let schema = json!({ "properties": { "errors": { "items": { "properties": { "code": {} } } } } });
        assert_eq!(unnamed(schema, json!({ "errors": [{ "code": 1 }, { "kode": 1 }] })), ["/errors/1/kode"]);
    }

    #[test]
    fn a_schema_that_speaks_of_further_members_leaves_none_extra() {
        for further in [json!(true), json!(false), json!({ "type": "string" })] {
            let schema = json!({ "properties": { "code": {} }, "additionalProperties": further });
            assert_eq!(unnamed(schema, json!({ "code": 1, "more": 2 })), [""; 0]);
        }
        assert_eq!(unnamed(json!({ "type": "object" }), json!({ "more": 2 })), [""; 0]);
        assert_eq!(unnamed(json!({ "properties": { "details": {} } }), json!({ "details": { "a": 1 } })), [""; 0]);
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({ "properties": { "inner": { "$ref": "#" } } });
        assert_eq!(unnamed(schema, json!({ "inner": { "inner": { "other": 1 } } })), ["/inner/inner/other"]);
        assert!(!Named::of(&json!({ "$ref": "#" })).lacks_any(&json!({ "a": 1 })));
    }

    #[test]
    fn a_pointer_that_a_closed_schema_cannot_have_is_ruled_out() {
        let schema =
            json!({ "properties": { "error": { "properties": { "code": {} }, "additionalProperties": false } } });
        let named = Named::of(&schema);
        assert_eq!(named.rules_out(&["error".into(), "cod".into()]), Some(vec!["code"]));
        assert_eq!(named.rules_out(&["error".into(), "code".into()]), None);
        assert_eq!(named.rules_out(&["other".into()]), None);
    }
}
