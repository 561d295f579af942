//! ThreatDown OneView: sites matched to clients, endpoints linked to agents.

pub mod clients;
pub mod devices;
pub mod oneview;

use std::collections::HashSet;

use crate::reference::prelude::*;

use super::{Provider, invalid, secret};
use oneview::{Machine, OneView, Site};

pub(super) const PROVIDER: Provider = Provider {
    name: "threatdown",
    connected: |call| Ok(call.state::<ThreatDown>()?.keys.is_some()),
    show,
    save,
    remove,
    test,
    organisations,
    sync,
};

/// What we keep of ThreatDown for an organisation.
#[derive(Default)]
pub struct ThreatDown {
    keys: Option<Keys>,
    /// The switches, by client.
    clients: Shelf<Switch>,
    /// The machines at OneView as the last sync found them, under the identifiers that they have there.
    endpoints: Shelf<Endpoint>,
}

/// What OneView is signed in to with.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    client_id: String,
    client_secret: String,
}

/// Whether a client has ThreatDown, and which site at OneView is theirs.
#[derive(Default, Clone, Copy)]
struct Switch {
    enabled: bool,
    site: Option<Uuid>,
}

struct Endpoint {
    hostname: String,
    site: Uuid,
    account: Option<String>,
    agent: Option<Uuid>,
}

impl Endpoint {
    fn of(machine: &Machine) -> Self {
        let (hostname, account) = (machine.hostname.clone(), machine.account.clone());
        Endpoint { hostname, site: machine.site, account, agent: None }
    }
}

/// Whether a client has ThreatDown.
pub(super) fn is_on(call: &mut Call<'_>, client: Uuid) -> Result<bool, Refusal> {
    Ok(call.state::<ThreatDown>()?.clients.get(client).is_some_and(|switch| switch.enabled))
}

// ---- the connection

fn not_configured() -> Refusal {
    refuse(400, "TD_NOT_CONFIGURED", "Save the credentials of ThreatDown OneView first.")
}

/// Gets a token from OneView.
fn sign_in(call: &mut Call<'_>, keys: &Keys) -> Result<(), Refusal> {
    if call.upstream(Service::OneView) == Mode::Unreachable {
        return Err(refuse(502, "TD_API_ERROR", "ThreatDown OneView cannot be reached."));
    }
    match call.state::<OneView>()?.accepts(keys) {
        true => Ok(()),
        false => Err(refuse(502, "TD_AUTH_ERROR", "ThreatDown OneView does not accept these credentials.")),
    }
}

/// OneView, signed in to with the stored credentials.
fn signed_in<'a>(call: &'a mut Call<'_>) -> Result<&'a mut OneView, Refusal> {
    let keys = call.state::<ThreatDown>()?.keys.clone().ok_or_else(not_configured)?;
    sign_in(call, &keys)?;
    call.state()
}

/// The same for what is only read there.
fn reading<'a>(call: &'a mut Call<'_>) -> Result<&'a mut OneView, Refusal> {
    signed_in(call)?;
    if call.upstream(Service::OneView) != Mode::Working {
        return Err(refuse(502, "TD_API_ERROR", "ThreatDown OneView answered with an error."));
    }
    call.state()
}

fn show(call: &mut Call<'_>) -> Answer {
    let keys = call.state::<ThreatDown>()?.keys.as_ref();
    ok(json!({ "name": "threatdown", "connected": keys.is_some(), "client_id": keys.map(|keys| &keys.client_id) }))
}

fn read(body: &Fields) -> Result<Keys, Refusal> {
    Ok(Keys { client_id: body.text("client_id")?, client_secret: body.text("client_secret")? })
}

/// Credentials are tried before they are kept.
fn save(call: &mut Call<'_>) -> Answer {
    let keys = read(&call.json(invalid)?)?;
    sign_in(call, &keys)?;
    call.state::<ThreatDown>()?.keys = Some(keys);
    show(call)
}

fn remove(call: &mut Call<'_>) -> Answer {
    call.state::<ThreatDown>()?.keys = None;
    done()
}

fn test(call: &mut Call<'_>) -> Answer {
    let sites = reading(call)?.sites.len();
    ok(json!({ "ok": true, "organisations": sites }))
}

fn organisations(call: &mut Call<'_>) -> Answer {
    let sites: Vec<Value> = reading(call)?.sites.iter().map(|(id, site)| site.shown(id)).collect();
    ok(json!({ "organisations": sites }))
}

/// Takes over what OneView has. Links to agents stay.
fn sync(call: &mut Call<'_>) -> Answer {
    let machines = &reading(call)?.machines;
    let found: Vec<(Uuid, Endpoint)> = machines.iter().map(|(id, machine)| (id, Endpoint::of(machine))).collect();
    let there: HashSet<Uuid> = found.iter().map(|(id, _)| *id).collect();
    let endpoints = &mut call.state::<ThreatDown>()?.endpoints;
    let gone: Vec<Uuid> = endpoints.iter().map(|(id, _)| id).filter(|id| !there.contains(id)).collect();
    for id in gone {
        endpoints.remove(id);
    }
    for (id, endpoint) in found {
        let agent = endpoints.get(id).and_then(|known| known.agent);
        endpoints.insert(id, Endpoint { agent, ..endpoint });
    }
    accepted(json!({ "endpoints": there.len() }))
}

/// Sites at OneView from the start: name, a machine there, the variable that it is published as.
const SITES: [(&str, &str, &str); 2] =
    [("Alder & Sons", "alder-reception", "threatdown_endpoint_id"), ("Old Mill", "oldmill-till", "stray_endpoint_id")];

/// Where ThreatDown is connected, the first site is matched to the first client.
pub(super) fn begin(tenant: &mut Tenant, client: Uuid, spec: &Spec) {
    let keys = Keys { client_id: format!("oneview-{}", tenant.slug), client_secret: secret(tenant, "threatdown") };
    tenant.publish("threatdown_client_id", keys.client_id.clone());
    tenant.state::<OneView>().keys = Some(keys.clone());
    if !spec.on("threatdown") {
        return;
    }
    tenant.state::<ThreatDown>().keys = Some(keys);
    for (at, (name, hostname, label)) in SITES.into_iter().enumerate() {
        let (site, machine) = (tenant.seed_id(name), tenant.seed_id(hostname));
        let vendor = tenant.state::<OneView>();
        vendor.sites.pin(site, Site::new(name));
        let endpoint = Endpoint::of(vendor.machines.pin(machine, Machine::new(hostname, site)));
        let ours = tenant.state::<ThreatDown>();
        ours.endpoints.pin(machine, endpoint);
        if at == 0 {
            ours.clients.pin(client, Switch { enabled: true, site: Some(site) });
            tenant.publish("threatdown_site_id", site.to_string());
        }
        tenant.publish(label, machine.to_string());
    }
}
