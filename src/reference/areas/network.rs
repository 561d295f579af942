//! Devices on networks that have no agent themselves: found by a scan, polled by an agent next to them.

use std::net::IpAddr;

use crate::reference::prelude::*;

use super::agents::{Agents, reach};

pub const AREA: Area = Area::new(
    "network",
    &[
        get("/api/v1/network-devices", list).needs("network:read"),
        post("/api/v1/network-devices", create).needs("network:write"),
        patch("/api/v1/network-devices/{id}", change).needs("network:write"),
        delete("/api/v1/network-devices/{id}", remove).needs("network:write"),
        post("/api/v1/network-devices/{id}/poll", poll).needs("network:execute"),
        post("/api/v1/network-scans", scan).needs("network:execute"),
    ],
);

/// The network devices of an organisation.
#[derive(Default)]
struct Network(Shelf<Device>);

struct Device {
    name: String,
    address: IpAddr,
    /// The agent that polls it.
    agent: Option<Uuid>,
    polled: Option<Millis>,
}

impl Device {
    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "name": self.name,
            "address": self.address,
            "agent_id": self.agent,
            "polled_at": self.polled.map(stamp),
        })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn device<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Device, Refusal> {
    let device = call.state::<Network>()?.0.get_mut(id);
    device.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such network device."))
}

/// The agent that a body names, if it names one.
fn named_agent(call: &mut Call<'_>, body: &Fields) -> Result<Option<Uuid>, Refusal> {
    let agent = body.opt_id("agent_id")?;
    let agents = &call.state::<Agents>()?.all;
    match agent.is_none_or(|agent| agents.contains(agent)) {
        true => Ok(agent),
        false => Err(refuse(400, "INVALID_REFERENCE", "There is no such agent.")),
    }
}

fn list(call: &mut Call<'_>) -> Answer {
    let devices: Vec<Value> = call.state::<Network>()?.0.iter().map(|(id, device)| device.shown(id)).collect();
    ok(json!({ "network_devices": devices }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let address = body.text("address")?.parse().map_err(|_| invalid("address has to be an IP address".into()))?;
    let device = Device { name: body.text("name")?, address, agent: named_agent(call, &body)?, polled: None };
    let id = Uuid::new_v4();
    created(call.state::<Network>()?.0.insert(id, device).shown(id))
}

fn change(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let body = call.json(invalid)?;
    let agent = named_agent(call, &body)?;
    let device = device(call, id)?;
    device.agent = agent.or(device.agent);
    device.name = body.opt_text("name")?.unwrap_or_else(|| device.name.clone());
    ok(device.shown(id))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    device(call, id)?;
    call.state::<Network>()?.0.remove(id);
    done()
}

fn poll(call: &mut Call<'_>) -> Answer {
    let (id, now) = (call.id()?, call.now());
    let agent = device(call, id)?.agent;
    let agent =
        agent.ok_or_else(|| refuse(400, "NO_AGENT", "No agent has been assigned that could poll this device."))?;
    reach(call, agent)?;
    let device = device(call, id)?;
    device.polled = Some(now);
    ok(device.shown(id))
}

/// Looks for devices in a subnet.
fn scan(call: &mut Call<'_>) -> Answer {
    let wrong = |why: String| refuse(400, "SCAN_ERROR", why);
    let body = call.json(wrong)?;
    let subnet = body.text("subnet")?;
    let subnet = parse(&subnet).ok_or_else(|| wrong("subnet has to be written like 192.0.2.0/24".into()))?;
    let agent = named_agent(call, &body)?;
    if let Some(agent) = agent {
        reach(call, agent)?;
    }
    let known = call.state::<Network>()?.0.iter().filter(|(_, device)| holds(subnet, device.address));
    let found: Vec<Value> = known.map(|(id, device)| device.shown(id)).collect();
    accepted(json!({ "id": Uuid::new_v4(), "agent_id": agent, "found": found }))
}

/// A subnet in CIDR notation: network and length of its prefix.
fn parse(text: &str) -> Option<(IpAddr, u32)> {
    let (network, prefix) = text.split_once('/')?;
    let (network, prefix): (IpAddr, u32) = (network.parse().ok()?, prefix.parse().ok()?);
    (prefix <= if network.is_ipv4() { 32 } else { 128 }).then_some((network, prefix))
}

fn holds((network, prefix): (IpAddr, u32), address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            (network.to_bits() ^ address.to_bits()).checked_shr(32 - prefix).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            (network.to_bits() ^ address.to_bits()).checked_shr(128 - prefix).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_has_a_network_and_a_fitting_prefix() {
        assert!(parse("192.0.2.0/24").is_some() && parse("2001:db8::/32").is_some());
        assert!(parse("192.0.2.0/33").is_none() && parse("192.0.2.0").is_none() && parse("lan/24").is_none());
    }

    #[test]
    fn an_address_is_in_the_subnet_that_shares_its_prefix() {
        let subnet = parse("192.0.2.0/24").unwrap();
        assert!(holds(subnet, "192.0.2.77".parse().unwrap()));
        assert!(!holds(subnet, "192.0.3.77".parse().unwrap()) && !holds(subnet, "::1".parse().unwrap()));
        assert!(holds(parse("0.0.0.0/0").unwrap(), "203.0.113.9".parse().unwrap()));
    }
}
