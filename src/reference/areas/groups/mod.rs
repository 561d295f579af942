//! Smart groups: devices that meet criteria, whichever these are at the moment.

mod criteria;

use crate::reference::prelude::*;

use super::agents::Agents;
use super::scripts::targets_group;
use criteria::{Criteria, Device};

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
