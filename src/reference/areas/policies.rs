//! RMM policies: what agents do, set for the organisation, a client, a site or one endpoint.

use std::collections::BTreeMap;

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "policies",
    &[
        get("/api/v1/policies", list).needs("policies:read"),
        post("/api/v1/policies", create).needs("policies:write"),
        get("/api/v1/policies/{id}", show).needs("policies:read"),
        delete("/api/v1/policies/{id}", remove).needs("policies:write"),
    ],
);

const LEVELS: &[&str] = &["tenant", "client", "site", "endpoint"];
const SETTINGS: &[&str] = &["monitoring", "patching", "connect", "auto_install", "self_service"];

/// The RMM policies of an organisation.
#[derive(Default)]
struct Policies(Shelf<Policy>);

struct Policy {
    name: String,
    level: String,
    settings: BTreeMap<String, &'static str>,
}

impl Policy {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "name": self.name, "level": self.level, "settings": self.settings })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "INVALID_BODY", why)
}

fn list(call: &mut Call<'_>) -> Answer {
    let policies: Vec<Value> = call.state::<Policies>()?.0.iter().map(|(id, policy)| policy.shown(id)).collect();
    ok(json!({ "policies": policies }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (name, level) = (body.text("name")?, body.opt_text("level")?.unwrap_or_else(|| "tenant".into()));
    if !LEVELS.contains(&level.as_str()) {
        return Err(invalid(format!("there is no level {level}")));
    }
    let settings = settings(&body.object("settings")?)?;
    let id = Uuid::new_v4();
    created(call.state::<Policies>()?.0.insert(id, Policy { name, level, settings }).shown(id))
}

/// Each setting is on, off, or left to the level above.
fn settings(body: &Fields) -> Result<BTreeMap<String, &'static str>, Refusal> {
    let mut settings = BTreeMap::new();
    for name in body.names() {
        if !SETTINGS.contains(&name) {
            return Err(invalid(format!("there is no setting {name}")));
        }
        let value = match body.text(name)?.as_str() {
            "inherit" => "inherit",
            "on" => "on",
            "off" => "off",
            _ => return Err(invalid(format!("{name} has to be inherit, on or off"))),
        };
        settings.insert(name.to_owned(), value);
    }
    Ok(settings)
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let policy = call.state::<Policies>()?.0.get(id);
    ok(policy.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such policy."))?.shown(id))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let policy = call.state::<Policies>()?.0.remove(id);
    policy.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such policy."))?;
    done()
}
