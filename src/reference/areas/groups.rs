//! Smart groups: devices that meet criteria, whichever these are at the moment.

use crate::reference::prelude::*;

use super::agents::{Agents, Os};
use super::scripts::targets_group;

pub const AREA: Area = Area::new(
    "groups",
    &[
        get("/api/v1/smart-groups", list).needs("groups:read"),
        post("/api/v1/smart-groups", create).needs("groups:write"),
        get("/api/v1/smart-groups/{id}", show).needs("groups:read"),
        patch("/api/v1/smart-groups/{id}", change).needs("groups:write"),
        delete("/api/v1/smart-groups/{id}", remove).needs("groups:write"),
    ],
)
.tenant(&[], begin);

/// The smart groups of an organisation.
#[derive(Default)]
struct Groups(Shelf<Group>);

struct Group {
    name: String,
    criteria: Criteria,
    /// Shipped with the product.
    system: bool,
}

impl Group {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "name": self.name, "criteria": self.criteria.shown(), "system": self.system })
    }
}

/// A tree of conditions on devices.
#[derive(Clone)]
enum Criteria {
    All(Vec<Criteria>),
    Any(Vec<Criteria>),
    Is(Field, Operator, Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Hostname,
    Os,
    Client,
    Online,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
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
struct Device<'a> {
    hostname: &'a str,
    os: Os,
    client: Uuid,
    online: bool,
}

impl Criteria {
    fn read(value: &Value, depth: usize) -> Result<Self, Refusal> {
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

    fn meet(&self, device: &Device<'_>) -> bool {
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

    fn shown(&self) -> Value {
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

/// Who is in a group. Pools of alike devices count, but are not listed.
pub struct Members {
    pub count: u64,
    pub agents: Vec<Uuid>,
}

/// The members of a group of the caller's organisation, if there is such a group.
pub fn members(call: &mut Call<'_>, group: Uuid) -> Result<Option<Members>, Refusal> {
    let Some(group) = call.state::<Groups>()?.0.get(group) else { return Ok(None) };
    let criteria = group.criteria.clone();
    let fleet: &mut Agents = call.state()?;
    let agents: Vec<Uuid> = fleet
        .all
        .iter()
        .filter(|(_, it)| {
            criteria.meet(&Device { hostname: &it.hostname, os: it.os, client: it.client, online: it.online })
        })
        .map(|(id, _)| id)
        .collect();
    let pooled = fleet
        .pools
        .iter()
        .filter(|it| criteria.meet(&Device { hostname: "pool", os: it.os, client: it.client, online: true }));
    let count = agents.len() as u64 + pooled.map(|pool| pool.devices).sum::<u64>();
    Ok(Some(Members { count, agents }))
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn list(call: &mut Call<'_>) -> Answer {
    let groups: Vec<Value> = call.state::<Groups>()?.0.iter().map(|(id, group)| group.shown(id)).collect();
    ok(json!({ "smart_groups": groups }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let name = body.text("name")?;
    let criteria = body.get("criteria").ok_or_else(|| invalid("criteria is required".into()))?;
    let criteria = Criteria::read(criteria, 0)?;
    let id = Uuid::new_v4();
    created(call.state::<Groups>()?.0.insert(id, Group { name, criteria, system: false }).shown(id))
}

/// A group, with the size that it has now.
fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let mut answer = group(call, id)?.shown(id);
    answer["members"] = json!(members(call, id)?.map(|members| members.count));
    ok(answer)
}

fn group<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Group, Refusal> {
    let group = call.state::<Groups>()?.0.get_mut(id);
    group.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such smart group."))
}

/// A group that can be changed.
fn own<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Group, Refusal> {
    let group = group(call, id)?;
    match group.system {
        true => Err(refuse(422, "SYSTEM_READONLY", "The groups of the product itself cannot be changed.")),
        false => Ok(group),
    }
}

fn change(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let body = call.json(invalid)?;
    let group = own(call, id)?;
    if let Some(criteria) = body.get("criteria") {
        group.criteria = Criteria::read(criteria, 0)?;
    }
    if body.has("name") {
        group.name = body.text("name")?;
    }
    ok(group.shown(id))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    own(call, id)?;
    if targets_group(call, id)? {
        return Err(refuse(409, "GROUP_IN_USE", "A scheduled task is for this group."));
    }
    call.state::<Groups>()?.0.remove(id);
    done()
}

fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let id = tenant.seed_id("system group");
    let group = Group { name: "All devices".into(), criteria: Criteria::All(Vec::new()), system: true };
    tenant.state::<Groups>().0.pin(id, group);
    tenant.publish("system_group_id", id.to_string());
}
