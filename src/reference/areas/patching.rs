//! Patch jobs, and the devices that are left out of them.

use crate::reference::prelude::*;

use super::agents::Agents;

pub const AREA: Area = Area::new(
    "patching",
    &[
        get("/api/v1/patch-exclusions", list_exclusions).needs("patching:read"),
        post("/api/v1/patch-exclusions", exclude).needs("patching:write"),
        delete("/api/v1/patch-exclusions/{id}", remove_exclusion).needs("patching:write"),
        post("/api/v1/patch-jobs", create_job).needs("patching:execute"),
        get("/api/v1/patch-jobs/{id}", show_job).needs("patching:read"),
    ],
);

const MOST_DEVICES: usize = 1_000;

/// What an organisation keeps of patching.
#[derive(Default)]
struct Patching {
    exclusions: Shelf<Exclusion>,
    jobs: Shelf<Job>,
}

/// Devices that are not patched, and why.
struct Exclusion {
    agents: Vec<Uuid>,
    reason: String,
}

struct Job {
    agents: Vec<Uuid>,
    excluded: usize,
}

impl Exclusion {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "agent_ids": self.agents, "reason": self.reason })
    }
}

impl Job {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "agent_ids": self.agents, "excluded": self.excluded, "status": "queued" })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// The devices that a body names: at least one, all of the caller's organisation.
fn devices(call: &mut Call<'_>, body: &Fields) -> Result<Vec<Uuid>, Refusal> {
    let agents = body.ids("agent_ids")?;
    if agents.is_empty() || agents.len() > MOST_DEVICES {
        return Err(invalid(format!("agent_ids has to name 1 to {MOST_DEVICES} devices")));
    }
    let all = &call.state::<Agents>()?.all;
    match agents.iter().all(|agent| all.contains(*agent)) {
        true => Ok(agents),
        false => Err(refuse(400, "INVALID_REFERENCE", "agent_ids names a device that does not exist.")),
    }
}

fn list_exclusions(call: &mut Call<'_>) -> Answer {
    let exclusions = call.state::<Patching>()?.exclusions.iter().map(|(id, it)| it.shown(id));
    ok(json!({ "patch_exclusions": exclusions.collect::<Vec<Value>>() }))
}

fn exclude(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let exclusion = Exclusion { agents: devices(call, &body)?, reason: body.text("reason")? };
    let id = Uuid::new_v4();
    created(call.state::<Patching>()?.exclusions.insert(id, exclusion).shown(id))
}

fn remove_exclusion(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let exclusion = call.state::<Patching>()?.exclusions.remove(id);
    exclusion.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such exclusion."))?;
    done()
}

fn create_job(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let mut agents = devices(call, &body)?;
    let patching: &mut Patching = call.state()?;
    let named = agents.len();
    agents.retain(|agent| !patching.exclusions.values().any(|exclusion| exclusion.agents.contains(agent)));
    if agents.is_empty() {
        return Err(refuse(400, "ALL_EXCLUDED", "All of these devices are left out of patching."));
    }
    let job = Job { excluded: named - agents.len(), agents };
    let id = Uuid::new_v4();
    accepted(patching.jobs.insert(id, job).shown(id))
}

fn show_job(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let job = call.state::<Patching>()?.jobs.get(id);
    ok(job.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such patch job."))?.shown(id))
}
