//! Compliance templates, and to which clients they apply.

use crate::reference::prelude::*;

use super::clients::Clients;

pub const AREA: Area = Area::new(
    "compliance",
    &[
        get("/api/v1/compliance/templates", list).needs("compliance:read"),
        post("/api/v1/compliance/templates", create).needs("compliance:write"),
        delete("/api/v1/compliance/templates/{id}", remove).needs("compliance:write"),
        get("/api/v1/compliance/assignments", list_assignments).needs("compliance:read"),
        post("/api/v1/compliance/assignments", assign).needs("compliance:write"),
        delete("/api/v1/compliance/assignments/{id}", unassign).needs("compliance:write"),
    ],
)
.tenant(&[], begin);

const CHECKS: &[&str] = &["disk_encrypted", "firewall_on", "antivirus_current", "patches_current", "screen_locks"];

/// What an organisation keeps of compliance.
#[derive(Default)]
struct Compliance {
    templates: Shelf<Template>,
    assignments: Shelf<Assignment>,
}

struct Template {
    name: String,
    checks: Vec<String>,
    /// Shipped with the product.
    built_in: bool,
}

struct Assignment {
    template: Uuid,
    /// The whole organisation where there is none.
    client: Option<Uuid>,
}

impl Template {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "name": self.name, "checks": self.checks, "built_in": self.built_in })
    }
}

impl Assignment {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "template_id": self.template, "client_id": self.client })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn list(call: &mut Call<'_>) -> Answer {
    let templates: Vec<Value> = call.state::<Compliance>()?.templates.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "templates": templates }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (name, checks) = (body.text("name")?, body.texts("checks")?);
    if let Some(unknown) = checks.iter().find(|check| !CHECKS.contains(&check.as_str())) {
        return Err(invalid(format!("there is no check {unknown}")));
    }
    let id = Uuid::new_v4();
    let template = Template { name, checks, built_in: false };
    created(call.state::<Compliance>()?.templates.insert(id, template).shown(id))
}

/// Deletes a template and its assignments.
fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let compliance: &mut Compliance = call.state()?;
    let template = compliance.templates.get(id);
    let template = template.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such template."))?;
    if template.built_in {
        return Err(refuse(422, "BUILTIN_TEMPLATE", "The templates of the product itself cannot be deleted."));
    }
    compliance.templates.remove(id);
    let theirs = compliance.assignments.iter().filter(|(_, it)| it.template == id).map(|(id, _)| id);
    for assignment in theirs.collect::<Vec<Uuid>>() {
        compliance.assignments.remove(assignment);
    }
    done()
}

fn list_assignments(call: &mut Call<'_>) -> Answer {
    let assignments = call.state::<Compliance>()?.assignments.iter().map(|(id, it)| it.shown(id));
    ok(json!({ "assignments": assignments.collect::<Vec<Value>>() }))
}

fn assign(call: &mut Call<'_>) -> Answer {
    let wrong = |why: &str| refuse(400, "INVALID_ASSIGNMENT", why);
    let body = call.json(invalid)?;
    let (template, client) = (body.id("template_id")?, body.opt_id("client_id")?);
    if !call.state::<Compliance>()?.templates.contains(template) {
        return Err(wrong("There is no such template."));
    }
    let clients = &call.state::<Clients>()?.all;
    if client.is_some_and(|client| !clients.contains(client)) {
        return Err(wrong("There is no such client."));
    }
    let id = Uuid::new_v4();
    created(call.state::<Compliance>()?.assignments.insert(id, Assignment { template, client }).shown(id))
}

fn unassign(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let assignment = call.state::<Compliance>()?.assignments.remove(id);
    assignment.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such assignment."))?;
    done()
}

fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let id = tenant.seed_id("compliance template");
    let checks = CHECKS.iter().map(|check| (*check).to_owned()).collect();
    let template = Template { name: "Essentials".into(), checks, built_in: true };
    tenant.state::<Compliance>().templates.pin(id, template);
    tenant.publish("builtin_template_id", id.to_string());
}
