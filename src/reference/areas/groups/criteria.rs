//! What a smart group asks of devices.

use crate::reference::prelude::*;

use super::super::agents::Os;

/// A tree of conditions on devices.
#[derive(Clone)]
pub enum Criteria {
    All(Vec<Criteria>),
    Any(Vec<Criteria>),
    Is(Field, Operator, Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Hostname,
    Os,
    Client,
    Online,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equals,
    Differs,
    Contains,
    StartsWith,
}

const FIELDS: &[(&str, Field)] =
    &[("hostname", Field::Hostname), ("os", Field::Os), ("client_id", Field::Client), ("online", Field::Online)];
const OPERATORS: &[(&str, Operator)] = &[
    ("equals", Operator::Equals),
    ("not_equals", Operator::Differs),
    ("contains", Operator::Contains),
    ("starts_with", Operator::StartsWith),
];
const DEEPEST: usize = 8;

/// What criteria look at.
pub struct Device<'a> {
    pub hostname: &'a str,
    pub os: Os,
    pub client: Uuid,
    pub online: bool,
}

impl Criteria {
    pub fn read(value: &Value, depth: usize) -> Result<Self, Refusal> {
        let wrong = |why: String| refuse(400, "CRITERIA_INVALID", why);
        if depth > DEEPEST {
            return Err(wrong("the criteria are nested too deeply".into()));
        }
        type Branches = Result<Vec<Criteria>, Refusal>;
        let branches =
            |items: &Vec<Value>| -> Branches { items.iter().map(|item| Criteria::read(item, depth + 1)).collect() };
        match (value.get("all"), value.get("any")) {
            (Some(Value::Array(items)), None) => return Ok(Criteria::All(branches(items)?)),
            (None, Some(Value::Array(items))) => return Ok(Criteria::Any(branches(items)?)),
            _ => {}
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let field = named(FIELDS, text("field")).ok_or_else(|| wrong(format!("no field {}", text("field"))))?;
        let operator = named(OPERATORS, text("operator"));
        let operator = operator.ok_or_else(|| wrong(format!("no operator {}", text("operator"))))?;
        if field != Field::Hostname && matches!(operator, Operator::Contains | Operator::StartsWith) {
            return Err(wrong(format!("{} does not go with {}", text("operator"), text("field"))));
        }
        let sought = value.get("value").cloned().unwrap_or_default();
        if sought.is_boolean() != (field == Field::Online) || !(sought.is_boolean() || sought.is_string()) {
            return Err(wrong(format!("the value does not go with {}", text("field"))));
        }
        Ok(Criteria::Is(field, operator, sought))
    }

    pub fn meet(&self, device: &Device<'_>) -> bool {
        match self {
            Criteria::All(all) => all.iter().all(|it| it.meet(device)),
            Criteria::Any(any) => any.iter().any(|it| it.meet(device)),
            Criteria::Is(field, operator, sought) => {
                let (text, client) = (sought.as_str().unwrap_or_default(), device.client.to_string());
                let has = match field {
                    Field::Online => {
                        return (Some(device.online) == sought.as_bool()) == (*operator == Operator::Equals);
                    }
                    Field::Hostname => device.hostname,
                    Field::Os => device.os.name(),
                    Field::Client => &client,
                };
                match operator {
                    Operator::Equals => has == text,
                    Operator::Differs => has != text,
                    Operator::Contains => has.contains(text),
                    Operator::StartsWith => has.starts_with(text),
                }
            }
        }
    }

    pub fn shown(&self) -> Value {
        let all = |items: &[Criteria]| items.iter().map(Criteria::shown).collect::<Vec<Value>>();
        match self {
            Criteria::All(items) => json!({ "all": all(items) }),
            Criteria::Any(items) => json!({ "any": all(items) }),
            Criteria::Is(field, operator, value) => {
                json!({ "field": name(FIELDS, *field), "operator": name(OPERATORS, *operator), "value": value })
            }
        }
    }
}

fn named<T: Copy>(all: &[(&str, T)], text: &str) -> Option<T> {
    all.iter().find(|(name, _)| *name == text).map(|(_, it)| *it)
}

fn name<T: PartialEq>(all: &[(&'static str, T)], which: T) -> &'static str {
    all.iter().find(|(_, it)| *it == which).map_or("", |(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(criteria: Value) -> Result<Criteria, Refusal> {
        Criteria::read(&criteria, 0)
    }

    #[test]
    fn criteria_are_met_by_the_devices_that_they_describe() {
        let desk = Device { hostname: "desk-7", os: Os::Windows, client: Uuid::nil(), online: false };
        let met = |criteria| read(criteria).unwrap().meet(&desk);
        assert!(met(json!({ "all": [] })) && !met(json!({ "any": [] })));
        assert!(met(json!({ "field": "hostname", "operator": "starts_with", "value": "desk-" })));
        assert!(met(json!({ "field": "online", "operator": "not_equals", "value": true })));
        assert!(!met(json!({ "field": "os", "operator": "equals", "value": "linux" })));
    }

    #[test]
    fn an_operator_or_value_that_does_not_fit_the_field_is_refused() {
        assert!(read(json!({ "field": "online", "operator": "contains", "value": true })).is_err());
        assert!(read(json!({ "field": "online", "operator": "equals", "value": "yes" })).is_err());
        assert!(read(json!({ "field": "os", "operator": "equals", "value": 10 })).is_err());
        let deep = (0..20).fold(json!({ "all": [] }), |inner, _| json!({ "any": [inner] }));
        assert!(read(deep).is_err());
    }
}
