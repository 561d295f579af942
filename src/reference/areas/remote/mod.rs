//! Remote access to devices: who may, sessions, the connection program, and chats with the person there.

mod chats;
mod policy;
mod sessions;

use crate::reference::prelude::*;

use super::agents::{Agent, Os, enrol};
use super::clients::Clients;

pub const AREA: Area = Area::new(
    "remote",
    &[
        get("/api/v1/agents/{id}/remote-policy", policy::show).needs("remote:read"),
        put("/api/v1/agents/{id}/remote-policy", policy::change).needs("remote:write"),
        put("/api/v1/agents/{id}/connect-policy", policy::switch_connect).needs("remote:write"),
        get("/api/v1/agents/{id}/rustdesk", policy::rustdesk).needs("remote:read"),
        post("/api/v1/agents/{id}/remote-sessions", sessions::open).needs("remote:execute"),
        get("/api/v1/remote-sessions", sessions::list).needs("remote:read"),
        delete("/api/v1/remote-sessions/{id}", sessions::end).needs("remote:execute"),
        post("/api/v1/agents/{id}/chats", chats::open).needs("remote:execute"),
        get("/api/v1/chats/{id}", chats::show).needs("remote:read").agent(),
        post("/api/v1/chats/{id}/accept", chats::accept).needs("remote:execute").agent(),
        post("/api/v1/chats/{id}/messages", chats::say).needs("remote:execute").agent(),
        post("/api/v1/chats/{id}/end", chats::end).needs("remote:execute").agent(),
    ],
)
.tenant(&[], begin);

/// What an organisation keeps of remote access.
#[derive(Default)]
struct Remote {
    /// By agent; one that is not there follows the organisation.
    policies: Shelf<policy::Policy>,
    sessions: Shelf<sessions::Open>,
    chats: Shelf<chats::Chat>,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// A device that only owners and administrators may reach.
fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let Some(it) = world.tenant_mut(tenant) else { return };
    let Some(client) = it.state::<Clients>().all.iter().next().map(|(id, _)| id) else { return };
    let (id, host) = (it.seed_id("restricted_agent"), format!("restricted-agent-{}", it.slug));
    let roles = vec![it.seed_id("role/owner"), it.seed_id("role/admin")];
    it.state::<Remote>().policies.pin(id, policy::Policy { roles: Some(roles), ..Default::default() });
    it.publish("restricted_agent_id", id.to_string());
    let mut agent = Agent::new(&host, Os::Windows, client, &format!("seed-{id}"));
    (agent.online, agent.tray) = (true, true);
    enrol(world, tenant, id, agent, true);
}
