//! Monitoring workflows: what is to happen when a device or a check changes. They belong to the higher tier.

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "workflows",
    &[
        get("/api/v1/workflows", list).from_tier(Tier::CrackOn).needs("monitoring:read"),
        post("/api/v1/workflows", create).from_tier(Tier::CrackOn).needs("monitoring:write"),
        get("/api/v1/workflows/{id}", show).from_tier(Tier::CrackOn).needs("monitoring:read"),
        delete("/api/v1/workflows/{id}", remove).from_tier(Tier::CrackOn).needs("monitoring:write"),
    ],
);

const TRIGGERS: [&str; 4] = ["check_failure", "agent_status", "eventlog", "schedule"];

/// The workflows of an organisation.
#[derive(Default)]
struct Workflows(Shelf<Workflow>);

struct Workflow {
    name: String,
    trigger: String,
    enabled: bool,
    cooldown_minutes: i64,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such workflow.")
}

fn shown(id: Uuid, it: &Workflow) -> Value {
    json!({ "id": id, "name": it.name, "trigger": it.trigger, "enabled": it.enabled,
        "cooldown_minutes": it.cooldown_minutes })
}

fn list(call: &mut Call<'_>) -> Answer {
    let workflows: Vec<Value> = call.state::<Workflows>()?.0.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "workflows": workflows }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let workflow = Workflow {
        name: body.text("name")?,
        trigger: body.text("trigger")?,
        enabled: body.flag("enabled", true)?,
        cooldown_minutes: body.opt_int("cooldown_minutes", 0..=1_440)?.unwrap_or(5),
    };
    if !TRIGGERS.contains(&workflow.trigger.as_str()) {
        return Err(invalid(format!("trigger is one of {}", TRIGGERS.join(", "))));
    }
    let id = Uuid::new_v4();
    created(shown(id, call.state::<Workflows>()?.0.insert(id, workflow)))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown(id, call.state::<Workflows>()?.0.get(id).ok_or_else(unknown)?))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    call.state::<Workflows>()?.0.remove(id).ok_or_else(unknown)?;
    done()
}
