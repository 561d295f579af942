//! ThreatDown on devices: endpoints of OneView, the agents that they are, installing and scanning.

use crate::reference::prelude::*;

use super::super::invalid;
use super::oneview::{Machine, OneView};
use super::{Endpoint, ThreatDown, clients, signed_in};
use crate::reference::areas::agents::{Agents, Behaviour, Os, find, reach};

fn shown(id: Uuid, endpoint: &Endpoint) -> Value {
    json!({
        "id": id,
        "hostname": endpoint.hostname,
        "site_id": endpoint.site,
        "account_id": endpoint.account,
        "agent_id": endpoint.agent,
    })
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let hostname = call.query("hostname");
    let named = |it: &Endpoint| hostname.as_ref().is_none_or(|name| it.hostname == *name);
    let endpoints = call.state::<ThreatDown>()?.endpoints.iter().filter(|(_, it)| named(it));
    let endpoints: Vec<Value> = endpoints.map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "endpoints": endpoints }))
}

fn endpoint<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Endpoint), Refusal> {
    let id = call.id()?;
    let endpoint = call.state::<ThreatDown>()?.endpoints.get_mut(id);
    Ok((id, endpoint.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such ThreatDown endpoint."))?))
}

/// Says which agent an endpoint is. An agent is one endpoint only.
pub fn link(call: &mut Call<'_>) -> Answer {
    let agent = call.json(invalid)?.id("agent_id")?;
    let site = endpoint(call)?.1.site;
    let client = clients::owner(call, site)?;
    let client = client
        .ok_or_else(|| refuse(400, "ENDPOINT_NO_CLIENT", "The site of this endpoint is matched to no client."))?;
    let theirs = call.state::<Agents>()?.all.get(agent).map(|agent| agent.client);
    match theirs.ok_or_else(|| refuse(400, "INVALID_REFERENCE", "There is no such agent."))? {
        theirs if theirs == client => {}
        _ => return Err(refuse(400, "AGENT_MISMATCH", "Endpoint and agent belong to different clients.")),
    }
    for other in call.state::<ThreatDown>()?.endpoints.values_mut() {
        other.agent = other.agent.filter(|it| *it != agent);
    }
    let (id, endpoint) = endpoint(call)?;
    endpoint.agent = Some(agent);
    ok(shown(id, endpoint))
}

pub fn unlink(call: &mut Call<'_>) -> Answer {
    endpoint(call)?.1.agent = None;
    done()
}

/// Lets the agent on a device install ThreatDown.
pub fn install(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let device = call.state::<Agents>()?.all.get(id).map(|it| (it.client, it.os, it.hostname.clone(), it.behaviour));
    let (client, os, hostname, behaviour) =
        device.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such agent."))?;
    let site = clients::matched(call, client)?;
    if os != Os::Windows {
        return Err(refuse(400, "PLATFORM_UNSUPPORTED", "Agents install ThreatDown on Windows only."));
    }
    clients::installer_token(call, client)?;
    reach(call, id)?;
    if behaviour == Behaviour::InstallerFails {
        return Err(refuse(502, "INSTALL_FAILED", "The installer of ThreatDown ended with exit code 1603."));
    }
    // From here the device reports to OneView by itself.
    let machines = &mut call.state::<OneView>()?.machines;
    if !machines.values().any(|it| it.site == site && it.hostname == hostname) {
        machines.insert(Uuid::new_v4(), Machine::new(&hostname, site));
    }
    accepted(json!({ "agent_id": id, "status": "installed" }))
}

/// Asks OneView to scan a device.
pub fn scan(call: &mut Call<'_>) -> Answer {
    let agent = find(call)?;
    signed_in(call)?;
    let endpoints = call.state::<ThreatDown>()?.endpoints.iter();
    let linked = endpoints.filter(|(_, it)| it.agent == Some(agent)).map(|(id, it)| (id, it.account.is_some())).next();
    let (endpoint, account) =
        linked.ok_or_else(|| refuse(404, "TD_NOT_LINKED", "The agent is linked to no ThreatDown endpoint."))?;
    if !account {
        return Err(refuse(400, "TD_NO_ACCOUNT", "The record of the endpoint has no account at OneView."));
    }
    let working = call.upstream(Service::OneView) == Mode::Working;
    let machine = call.state::<OneView>()?.machines.get_mut(endpoint).filter(|_| working);
    let machine = machine.ok_or_else(|| refuse(502, "TD_SCAN_ERROR", "OneView did not take the scan job."))?;
    machine.scans += 1;
    accepted(json!({ "agent_id": agent, "endpoint_id": endpoint, "scan": machine.scans }))
}
