//! How a device joins: registration tokens, the installer, registering and checking in.

use crate::reference::prelude::*;

use super::{Agent, Agents, Os, Sample, fleet, invalid};
use crate::reference::areas::clients::{Clients, Sites};

const TOKEN_FOR: i64 = 30 * 86_400;
const INGEST: &str = "ingest-eu.opsmerge.example";
const MOST_SAMPLES: usize = 200;

/// Lets devices register in an organisation.
pub struct Token {
    pub name: String,
    pub client: Uuid,
    pub site: Option<Uuid>,
    pub expires: Millis,
    pub most: Option<i64>,
    pub used: i64,
    pub revoked: bool,
}

impl Token {
    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "name": self.name,
            "client_id": self.client,
            "site_id": self.site,
            "expires_at": stamp(self.expires),
            "max_uses": self.most,
            "uses": self.used,
            "revoked": self.revoked,
        })
    }
}

/// A token names its organisation, because whoever shows it says nothing else of where they belong.
pub(super) fn token_text(tenant: Uuid, id: Uuid) -> String {
    format!("reg_{}{}", tenant.simple(), id.simple())
}

/// The token that a device or an installer link shows. From here on the call is about its organisation.
fn shown_token<'a>(call: &'a mut Call<'_>, text: &str) -> Option<(Uuid, &'a mut Token)> {
    let (tenant, id) = text.strip_prefix("reg_")?.split_at_checked(32)?;
    let (tenant, id) = (Uuid::parse_str(tenant).ok()?, Uuid::parse_str(id).ok()?);
    call.world.tenant(tenant)?;
    call.caller.tenant = Some(tenant);
    Some((id, call.state::<Agents>().ok()?.tokens.get_mut(id)?))
}

// ---- tokens

pub fn list_tokens(call: &mut Call<'_>) -> Answer {
    let tokens: Vec<Value> = call.state::<Agents>()?.tokens.iter().map(|(id, token)| token.shown(id)).collect();
    ok(json!({ "registration_tokens": tokens }))
}

pub fn create_token(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (client, site) = place(call, &body)?;
    let token = Token {
        name: body.opt_text("name")?.unwrap_or_else(|| "unnamed".into()),
        client,
        site,
        expires: call.now() + body.opt_int("expires_in_seconds", 1..=366 * 86_400)?.unwrap_or(TOKEN_FOR) * 1_000,
        most: body.opt_int("max_uses", 1..=100_000)?,
        used: 0,
        revoked: false,
    };
    if !call.world.profile.ingest_host {
        return Err(refuse(500, "CONFIG_ERROR", "The server does not know the host that agents connect to."));
    }
    let id = Uuid::new_v4();
    let text = token_text(call.tenant_id()?, id);
    let mut answer = token.shown(id);
    answer["token"] = json!(text);
    answer["install_command"] = json!(format!("opsmerge-agent install --host {INGEST} --token {text}"));
    call.state::<Agents>()?.tokens.insert(id, token);
    created(answer)
}

/// Where a body puts devices: the site it names and the client of that, the client it names, or the first client.
pub(super) fn place(call: &mut Call<'_>, body: &Fields) -> Result<(Uuid, Option<Uuid>), Refusal> {
    let (client, site) = (body.opt_id("client_id")?, body.opt_id("site_id")?);
    let owner = match site {
        Some(site) => call.state::<Sites>()?.all.get(site).map(|site| site.client),
        None => {
            let clients = &call.state::<Clients>()?.all;
            clients.iter().map(|(id, _)| id).find(|id| client.is_none_or(|client| client == *id))
        }
    };
    let owner = owner.filter(|owner| client.is_none_or(|client| client == *owner));
    let owner = owner.ok_or_else(|| refuse(400, "INVALID_REFERENCE", "There is no such client or site."))?;
    Ok((owner, site))
}

pub fn revoke_token(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let token = call.state::<Agents>()?.tokens.get_mut(id);
    token.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such registration token."))?.revoked = true;
    done()
}

// ---- installing

/// The installer of a platform, with the token inside.
pub fn install(call: &mut Call<'_>) -> Answer {
    let text = call.path("id").to_owned();
    let os = call.query("platform").unwrap_or_else(|| "windows".into());
    let os = Os::named(&os).ok_or_else(|| invalid(format!("there is no platform {os}")))?;
    let gone = || refuse(410, "TOKEN_INVALID", "This link does not work any more. Ask for a new one.");
    let (_, token) = shown_token(call, &text).ok_or_else(gone)?;
    if token.revoked {
        return Err(gone());
    }
    let expires = token.expires;
    if expires <= call.now() {
        return Err(expired());
    }
    if !call.world.profile.installer_stub || os == Os::FreeBsd {
        return Err(refuse(404, "VERSION_NOT_FOUND", "No installer has been published for this platform."));
    }
    file("application/octet-stream", format!("OPSMERGE-INSTALLER {} {INGEST} {text}", os.name()).into_bytes())
}

fn expired() -> Refusal {
    refuse(401, "TOKEN_EXPIRED", "The registration token is past its expiry.")
}

// ---- registering

pub fn register(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let text = body.opt_text("token")?.filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| refuse(400, "NO_TOKEN", "A device registers with a registration token."))?;
    let unknown = || refuse(401, "TOKEN_INVALID", "There is no such registration token.");
    let (token_id, token) = shown_token(call, &text).ok_or_else(unknown)?;
    if token.revoked {
        return Err(unknown());
    }
    let (expires, exhausted) = (token.expires, token.most.is_some_and(|most| token.used >= most));
    let (client, site) = (token.client, token.site);
    if expires <= call.now() {
        return Err(expired());
    }
    if exhausted {
        return Err(refuse(401, "TOKEN_EXHAUSTED", "The registration token has been used as often as it allows."));
    }
    let (client, site) = match body.has("site_id") {
        true => place(call, &body)?,
        false => (client, site),
    };
    let device = device(&body, client, site)?;
    let tenant = call.tenant_id()?;
    let known = fleet::holder(call.world, &device.hardware);
    if known.is_some_and(|(holder, _)| holder != tenant) {
        return Err(refuse(409, "AGENT_CROSS_TENANT", "This device belongs to another organisation."));
    }
    let id = known.map_or_else(Uuid::new_v4, |(_, agent)| agent);
    fleet::claim(call.world, &device.hardware, tenant, id, false);
    let secret = issue(call.world, tenant, id);
    let agents: &mut Agents = call.state()?;
    if let Some(token) = agents.tokens.get_mut(token_id) {
        token.used += 1;
    }
    let former = agents.all.get_mut(id).and_then(|agent| agent.token.take());
    let device = agents.all.insert(id, Agent { token: Some(secret.clone()), ..device });
    let answer = json!({ "agent_id": id, "agent_token": secret, "client_id": device.client, "site_id": device.site });
    if let Some(former) = former {
        call.world.revoke(&former);
    }
    created(answer)
}

fn device(body: &Fields, client: Uuid, site: Option<Uuid>) -> Result<Agent, Refusal> {
    let os = body.opt_text("os")?.unwrap_or_else(|| "windows".into());
    let os = Os::named(&os).ok_or_else(|| invalid(format!("there are no agents for {os}")))?;
    let agent = Agent::new(&body.text("hostname")?, os, client, &body.text("hardware_id")?);
    Ok(Agent { site, tray: body.flag("tray", false)?, ..agent })
}

/// Makes a token with which an agent calls.
pub(super) fn issue(world: &mut World, tenant: Uuid, agent: Uuid) -> String {
    let token = World::fresh_token("agt");
    world.issue(token.clone(), Credential::Agent(Holder { tenant, subject: agent }));
    token
}

// ---- checking in

/// An agent says that it is there, and how its device is doing.
pub fn check_in(call: &mut Call<'_>) -> Answer {
    let unknown = || refuse(401, "AUTH_INVALID", "This is not the token of an agent.");
    let credential = call.bearer().and_then(|token| call.world.credential(token));
    let Some(Credential::Agent(holder)) = credential.cloned() else { return Err(unknown()) };
    call.caller.tenant = Some(holder.tenant);
    let at = call.now();
    let report = match call.bytes().is_empty() {
        true => None,
        false => Some(call.json(invalid)?),
    };
    let agent = call.state::<Agents>()?.all.get_mut(holder.subject).ok_or_else(unknown)?;
    if let Some(report) = report {
        note(agent, &report, at)?;
    }
    agent.online = true;
    ok(json!({ "log_level": agent.log_level, "next_seconds": 60 }))
}

fn note(agent: &mut Agent, report: &Fields, at: Millis) -> Result<(), Refusal> {
    if let Some(identity) = report.opt_text("rustdesk_id")? {
        agent.rustdesk = Some(identity);
    }
    if report.has("cpu") {
        let percent = |name| report.int(name, 0..=100);
        agent.samples.push_back(Sample {
            at,
            cpu: percent("cpu")?,
            memory: percent("memory")?,
            disk: percent("disk")?,
        });
    }
    if agent.samples.len() > MOST_SAMPLES {
        agent.samples.pop_front();
    }
    Ok(())
}
