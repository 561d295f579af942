//! Devices that are there from the start, and those that the control side makes and changes.

use crate::reference::prelude::*;

use super::registration::{self, Token};
use super::{Agent, Agents, Behaviour, Os, Pool, Sample, fleet, invalid};
use crate::reference::areas::clients::Clients;

const LONG: Millis = 10 * 366 * 86_400_000;

/// Adds a device to an organisation. Seeds are never dropped for want of room.
pub fn enrol(world: &mut World, tenant: Uuid, id: Uuid, agent: Agent, seed: bool) {
    let lasting = seed && world.tenant(tenant).is_some_and(|it| it.seeded);
    fleet::claim(world, &agent.hardware, tenant, id, lasting);
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let agents = &mut tenant.state::<Agents>().all;
    match seed {
        true => agents.pin(id, agent),
        false => agents.insert(id, agent),
    };
}

/// What every organisation has: name of the variable, system, connected, with tray, behaviour.
const DEVICES: &[(&str, Os, bool, bool, Behaviour)] = &[
    ("agent", Os::Windows, true, true, Behaviour::Normal),
    ("offline_agent", Os::Windows, false, true, Behaviour::Normal),
    ("linux_agent", Os::Linux, true, false, Behaviour::Normal),
    ("mac_agent", Os::MacOs, true, true, Behaviour::Normal),
    ("freebsd_agent", Os::FreeBsd, true, false, Behaviour::Normal),
    ("failing_agent", Os::Windows, true, true, Behaviour::Error),
    ("refusing_agent", Os::Windows, true, true, Behaviour::Refusing),
    ("silent_agent", Os::Windows, true, true, Behaviour::Silent),
    ("garbled_agent", Os::Windows, true, true, Behaviour::Garbage),
    ("installer_failing_agent", Os::Windows, true, true, Behaviour::InstallerFails),
];

pub fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let at = world.now(tenant);
    let Some(it) = world.tenant_mut(tenant) else { return };
    let Some(client) = it.state::<Clients>().all.iter().next().map(|(id, _)| id) else { return };
    let slug = it.slug.clone();
    for (label, os, online, tray, behaviour) in DEVICES {
        let id = Tenant::seed_id_of(&slug, label);
        let hostname = format!("{}-{slug}", label.replace('_', "-"));
        let mut agent = Agent::new(&hostname, *os, client, &format!("seed-{id}"));
        (agent.online, agent.tray, agent.behaviour) = (*online, *tray, *behaviour);
        agent.samples.push_back(Sample { at, cpu: 12, memory: 48, disk: 61 });
        if *os == Os::Windows {
            agent.recovery_keys.push("314159-265358-979323-846264-338327-950288-419716-939937".into());
        }
        enrol(world, tenant, id, agent, true);
        if let Some(it) = world.tenant_mut(tenant) {
            it.publish(&format!("{label}_id"), id.to_string());
        }
    }
    token(world, tenant, client, "registration_token", at + LONG);
}

pub fn seed(seeds: &mut Seeds<'_>) {
    let main = seeds.main();
    let Some(tenant) = seeds.world.tenant_mut(main) else { return };
    let Some(client) = tenant.state::<Clients>().all.iter().next().map(|(id, _)| id) else { return };
    let text = token(seeds.world, main, client, "expired_registration_token", 0);
    seeds.var("expired_registration_token", text);
}

fn token(world: &mut World, tenant: Uuid, client: Uuid, label: &str, expires: Millis) -> String {
    let Some(it) = world.tenant_mut(tenant) else { return String::new() };
    let id = it.seed_id(label);
    let text = registration::token_text(tenant, id);
    let name = label.replace('_', " ");
    let token = Token { name, client, site: None, expires, most: None, used: 0, revoked: false };
    it.state::<Agents>().tokens.pin(id, token);
    it.publish(label, text.clone());
    text
}

// ---- the control side

/// Connects a device to an organisation as if it had registered, or a whole pool of alike ones.
pub fn make(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let tenant = body.id("tenant")?;
    if call.world.tenant(tenant).is_none() {
        return Err(invalid("there is no such organisation".into()));
    }
    call.caller.tenant = Some(tenant);
    let (client, site) = registration::place(call, &body)?;
    if let Some(devices) = body.opt_int("count", 1..=1_000_000)? {
        return pool(call, tenant, client, &body, devices);
    }
    let id = Uuid::new_v4();
    let hostname = body.opt_text("hostname")?.unwrap_or_else(|| format!("device-{}", id.simple()));
    let mut agent = Agent::new(&hostname, Os::Windows, client, &format!("made-{id}"));
    (agent.online, agent.tray, agent.site) = (true, true, site);
    adjust(&mut agent, &body)?;
    let token = registration::issue(call.world, tenant, id);
    agent.token = Some(token.clone());
    let mut answer = agent.shown(id);
    answer["token"] = json!(token);
    enrol(call.world, tenant, id, agent, false);
    created(answer)
}

fn pool(call: &mut Call<'_>, tenant: Uuid, client: Uuid, body: &Fields, devices: i64) -> Answer {
    const MOST_POOLS: usize = 100;
    let os = os(body)?.unwrap_or(Os::Windows);
    let Some(tenant) = call.world.tenant_mut(tenant) else { return Err(invalid("it is gone already".into())) };
    let pools = &mut tenant.state::<Agents>().pools;
    if pools.len() >= MOST_POOLS {
        return Err(invalid("the organisation has too many pools".into()));
    }
    pools.push(Pool { os, client, devices: devices.unsigned_abs() });
    created(json!({ "devices": devices }))
}

fn os(body: &Fields) -> Result<Option<Os>, Refusal> {
    let named = |name: String| Os::named(&name).ok_or_else(|| invalid(format!("there is no system {name}")));
    body.opt_text("os")?.map(named).transpose()
}

fn adjust(agent: &mut Agent, body: &Fields) -> Result<(), Refusal> {
    agent.os = os(body)?.unwrap_or(agent.os);
    agent.online = body.flag("online", agent.online)?;
    agent.tray = body.flag("tray", agent.tray)?;
    if let Some(name) = body.opt_text("behaviour")? {
        agent.behaviour = Behaviour::named(&name).ok_or_else(|| invalid(format!("there is no behaviour {name}")))?;
    }
    Ok(())
}

/// The organisation of the agent that the path means.
fn home(call: &mut Call<'_>) -> Result<(Uuid, Uuid), Refusal> {
    let gone = || refuse(404, "NOT_FOUND", "There is no such agent.");
    let id = call.id()?;
    let tenant = fleet::home(call.world, id).ok_or_else(gone)?;
    let there = call.world.tenant_mut(tenant).is_some_and(|it| it.state::<Agents>().all.contains(id));
    there.then_some((tenant, id)).ok_or_else(gone)
}

/// Changes a device: connection, behaviour, system, tray.
pub fn change(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (tenant, id) = home(call)?;
    call.caller.tenant = Some(tenant);
    let agent = super::asking::agent(call, id)?;
    adjust(agent, &body)?;
    ok(agent.shown(id))
}

/// Takes a device away.
pub fn unmake(call: &mut Call<'_>) -> Answer {
    let (tenant, _) = home(call)?;
    call.caller.tenant = Some(tenant);
    super::requests::release(call)
}
