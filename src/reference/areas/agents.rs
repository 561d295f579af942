//! Agents: devices that registered themselves with a token.

use crate::reference::prelude::*;

use super::clients::Sites;

pub const AREA: Area = Area::new(
    "agents",
    &[
        post("/api/v1/registration-tokens", create_token).needs("agents:write"),
        delete("/api/v1/registration-tokens/{id}", revoke_token).needs("agents:write"),
        post("/api/v1/agents/register", register).open(),
        get("/api/v1/agents", list).needs("agents:read"),
        get("/api/v1/agents/{id}", show).needs("agents:read"),
        delete("/api/v1/agents/{id}", release).needs("agents:write"),
    ],
);

/// The agents of an organisation.
#[derive(Default)]
pub struct Agents {
    pub all: Shelf<Agent>,
}

pub struct Agent {
    pub hostname: String,
    pub hardware_id: String,
    pub site: Option<Uuid>,
    /// What the agent signs in with.
    token: String,
}

/// Tokens for registration, over all organisations: a device knows nothing but its token.
#[derive(Default)]
struct RegistrationTokens(Shelf<RegistrationToken>);

struct RegistrationToken {
    tenant: Uuid,
    site: Option<Uuid>,
    secret: String,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

// ---- registration

fn create_token(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let site = body.opt_id("site_id")?;
    if let Some(site) = site
        && !call.state::<Sites>()?.all.contains(site)
    {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such site."));
    }
    let (id, tenant, secret) = (Uuid::new_v4(), call.tenant_id()?, World::fresh_token("reg"));
    let answer = json!({ "id": id, "site_id": site, "token": secret });
    call.world.state::<RegistrationTokens>().0.insert(id, RegistrationToken { tenant, site, secret });
    created(answer)
}

fn revoke_token(call: &mut Call<'_>) -> Answer {
    let (id, tenant) = (call.id()?, call.tenant_id()?);
    let tokens = &mut call.world.state::<RegistrationTokens>().0;
    if tokens.get(id).is_none_or(|token| token.tenant != tenant) {
        return Err(refuse(404, "NOT_FOUND", "There is no such registration token."));
    }
    tokens.remove(id);
    done()
}

fn register(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let secret = body.opt_text("token")?;
    let secret = secret.ok_or_else(|| refuse(400, "NO_TOKEN", "A device registers with a registration token."))?;
    let (hostname, hardware_id) = (body.text("hostname")?, body.text("hardware_id")?);
    let unknown = || refuse(401, "TOKEN_INVALID", "There is no such registration token.");
    let tokens = &call.world.state::<RegistrationTokens>().0;
    let found = tokens.values().find(|it| it.secret == secret).map(|it| (it.tenant, it.site));
    let (tenant, site) = found.ok_or_else(unknown)?;
    let (id, token) = (Uuid::new_v4(), World::fresh_token("agent"));
    let agents = &mut call.world.tenant_mut(tenant).ok_or_else(unknown)?.state::<Agents>().all;
    agents.insert(id, Agent { hostname, hardware_id, site, token: token.clone() });
    call.world.issue(token.clone(), Credential::Agent(Holder { tenant, subject: id }));
    created(json!({ "agent_id": id, "auth_token": token }))
}

// ---- the agents of an organisation

fn shown(id: Uuid, agent: &Agent) -> Value {
    json!({ "id": id, "hostname": agent.hostname, "hardware_id": agent.hardware_id, "site_id": agent.site })
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such agent.")
}

fn list(call: &mut Call<'_>) -> Answer {
    let agents: Vec<Value> = call.state::<Agents>()?.all.iter().map(|(id, agent)| shown(id, agent)).collect();
    ok(json!({ "agents": agents }))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let agents = &call.state::<Agents>()?.all;
    ok(shown(id, agents.get(id).ok_or_else(unknown)?))
}

/// Lets a device go: it can be registered anew, here or elsewhere.
fn release(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let agent = call.state::<Agents>()?.all.remove(id).ok_or_else(unknown)?;
    call.world.revoke(&agent.token);
    done()
}
