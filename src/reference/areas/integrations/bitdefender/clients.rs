//! Bitdefender for a client: the switch, the company at GravityZone, installers and devices.

use std::collections::HashSet;

use crate::reference::prelude::*;

use super::super::{client, invalid, only_one, threatdown};
use super::{Bitdefender, Company, GravityZone, Machine, Switch, connected};
use crate::reference::areas::agents::{Agents, Os, find, reach};

/// How long GravityZone takes to set a company up.
const SET_UP: Millis = 3 * 60_000;

fn shown(client: Uuid, switch: &Switch, now: Millis) -> Value {
    let status = match &switch.company {
        None => "not_provisioned",
        Some(company) if company.ready > now => "creating",
        Some(_) => "ready",
    };
    json!({ "client_id": client, "enabled": switch.enabled, "company": status })
}

fn answer(call: &mut Call<'_>, client: Uuid) -> Result<Value, Refusal> {
    let now = call.now();
    let switches = &call.state::<Bitdefender>()?.clients;
    Ok(switches.get(client).map_or_else(|| shown(client, &Switch::default(), now), |it| shown(client, it, now)))
}

/// Bitdefender has to be connected, and on for a client.
fn enabled(call: &mut Call<'_>, client: Uuid) -> Result<(), Refusal> {
    connected(call)?;
    match super::is_on(call, client)? {
        true => Ok(()),
        false => Err(refuse(409, "BITDEFENDER_DISABLED_FOR_CLIENT", "Bitdefender is off for this client.")),
    }
}

/// The company of a client who has Bitdefender.
fn company<'a>(call: &'a mut Call<'_>, client: Uuid) -> Result<&'a mut Company, Refusal> {
    enabled(call, client)?;
    let company = call.state::<Bitdefender>()?.clients.get_mut(client).and_then(|it| it.company.as_mut());
    company.ok_or_else(|| refuse(400, "BITDEFENDER_NOT_PROVISIONED", "The client has no company at Bitdefender yet."))
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    ok(answer(call, client)?)
}

pub fn switch(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    let enabled = call.json(invalid)?.flag("enabled", true)?;
    connected(call)?;
    let other = threatdown::is_on(call, client)?;
    only_one(enabled && other)?;
    let switches = &mut call.state::<Bitdefender>()?.clients;
    let company = switches.remove(client).and_then(|it| it.company);
    switches.insert(client, Switch { enabled, company });
    ok(answer(call, client)?)
}

/// Orders a company at GravityZone for a client.
pub fn provision(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    enabled(call, client)?;
    if company(call, client).is_ok() {
        return Err(refuse(409, "CONFLICT", "The client has a company at Bitdefender already."));
    }
    if call.upstream(Service::GravityZone) != Mode::Working {
        return Err(refuse(502, "BITDEFENDER_PROVISION_FAILED", "GravityZone did not create the company."));
    }
    let ready = call.now() + SET_UP;
    if let Some(switch) = call.state::<Bitdefender>()?.clients.get_mut(client) {
        switch.company = Some(Company { id: Uuid::new_v4(), ready, installers: Vec::new() });
    }
    accepted(answer(call, client)?)
}

/// Compares our devices with those in the inventory of GravityZone, by host name.
pub fn reconcile(call: &mut Call<'_>) -> Answer {
    let (client, now) = (client(call)?, call.now());
    let company = company(call, client)?;
    let id = company.id;
    if company.ready > now {
        return Err(refuse(400, "BITDEFENDER_NOT_READY", "Bitdefender is still creating the company."));
    }
    if call.upstream(Service::GravityZone) != Mode::Working {
        return Err(refuse(502, "BITDEFENDER_RECON_FAILED", "The inventory of GravityZone could not be read."));
    }
    let machines = call.state::<GravityZone>()?.machines.values().filter(|it| it.company == id);
    let there: HashSet<String> = machines.map(|it| it.hostname.clone()).collect();
    let agents = call.state::<Agents>()?.all.values().filter(|it| it.client == client);
    let ours: HashSet<String> = agents.map(|it| it.hostname.clone()).collect();
    let only = |one: &HashSet<String>, other: &HashSet<String>| one.difference(other).count();
    ok(json!({
        "protected": ours.intersection(&there).count(),
        "unprotected": only(&ours, &there),
        "unknown": only(&there, &ours),
    }))
}

pub fn installers(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    let installers = &company(call, client)?.installers;
    if installers.is_empty() {
        return Err(no_installers());
    }
    let shown = |(os, url): &(&str, String)| json!({ "platform": os, "url": url });
    ok(json!({ "client_id": client, "installers": installers.iter().map(shown).collect::<Vec<Value>>() }))
}

fn no_installers() -> Refusal {
    refuse(400, "BITDEFENDER_NO_INSTALLERS", "No installers are known for this client yet.")
}

/// Lets the agent on a device install Bitdefender.
pub fn install(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let device = call.state::<Agents>()?.all.get(id).map(|it| (it.client, it.os, it.hostname.clone()));
    let (client, os, hostname) = device.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such agent."))?;
    enabled(call, client)?;
    if os == Os::FreeBsd {
        return Err(refuse(400, "BITDEFENDER_PLATFORM_UNSUPPORTED", "Bitdefender has no package for this system."));
    }
    let company = company(call, client)?;
    let (company, known) = (company.id, company.installers.iter().any(|(platform, _)| *platform == os.name()));
    if !known {
        return Err(no_installers());
    }
    reach(call, id)?;
    let machines = &mut call.state::<GravityZone>()?.machines;
    if !machines.values().any(|it| it.company == company && it.hostname == hostname) {
        machines.insert(Uuid::new_v4(), Machine { company, hostname });
    }
    accepted(json!({ "agent_id": id, "status": "installed" }))
}
