//! Bitdefender GravityZone: a company there for each client who has it.

pub mod clients;

use crate::reference::prelude::*;

use super::{Provider, address, invalid, secret};
use crate::reference::areas::clients::Clients;

pub(super) const PROVIDER: Provider = Provider {
    name: "bitdefender",
    connected: |call| Ok(call.state::<Bitdefender>()?.connection.is_some()),
    show,
    save,
    remove,
    test,
    organisations,
    sync,
};

/// What we keep of Bitdefender for an organisation.
#[derive(Default)]
pub struct Bitdefender {
    connection: Option<Connection>,
    /// By client.
    clients: Shelf<Switch>,
}

#[derive(Clone)]
struct Connection {
    endpoint: String,
    api_key: String,
}

#[derive(Default)]
struct Switch {
    enabled: bool,
    company: Option<Company>,
}

/// A client as a company at GravityZone.
struct Company {
    id: Uuid,
    /// GravityZone takes its time to set one up.
    ready: Millis,
    /// As the last sync of installers found them: platform and address.
    installers: Vec<(&'static str, String)>,
}

/// The vendor's side: what GravityZone holds for an organisation.
#[derive(Default)]
pub struct GravityZone {
    api_key: String,
    machines: Shelf<Machine>,
}

struct Machine {
    company: Uuid,
    hostname: String,
}

/// Where GravityZone can be reached. Nothing listens anywhere else.
const ENDPOINTS: &[&str] = &["https://cloud.gravityzone.example/api", "https://cloudgz.gravityzone.example/api"];

/// Whether a client has Bitdefender.
pub(super) fn is_on(call: &mut Call<'_>, client: Uuid) -> Result<bool, Refusal> {
    Ok(call.state::<Bitdefender>()?.clients.get(client).is_some_and(|switch| switch.enabled))
}

/// The connection, which has to be there.
fn connected(call: &mut Call<'_>) -> Result<Connection, Refusal> {
    let connection = call.state::<Bitdefender>()?.connection.clone();
    connection.ok_or_else(|| refuse(404, "BITDEFENDER_NOT_CONNECTED", "Bitdefender GravityZone is not connected."))
}

/// Asks GravityZone for its companies.
fn try_out(call: &mut Call<'_>, connection: &Connection) -> Result<(), Refusal> {
    let failed = |why: &str| Err(refuse(502, "TEST_FAILED", format!("The test of the connection failed: {why}.")));
    let mode = call.upstream(Service::GravityZone);
    if mode == Mode::Unreachable || !ENDPOINTS.contains(&connection.endpoint.as_str()) {
        return failed("the connection was refused");
    }
    if mode != Mode::Working {
        return failed("GravityZone answered with an error");
    }
    match call.state::<GravityZone>()?.api_key == connection.api_key {
        true => Ok(()),
        false => failed("GravityZone does not accept the key"),
    }
}

fn show(call: &mut Call<'_>) -> Answer {
    let endpoint = call.state::<Bitdefender>()?.connection.as_ref().map(|it| &it.endpoint);
    ok(json!({ "name": "bitdefender", "connected": endpoint.is_some(), "endpoint": endpoint }))
}

fn read(body: &Fields) -> Result<Connection, Refusal> {
    let endpoint = address(body, "endpoint")?.ok_or_else(|| invalid("endpoint is required".into()))?;
    Ok(Connection { endpoint, api_key: body.text("api_key")? })
}

/// Keeps a connection that works. Its key is stored encrypted under a key of the organisation.
fn save(call: &mut Call<'_>) -> Answer {
    let connection = read(&call.json(invalid)?)?;
    try_out(call, &connection)?;
    if call.broken(Component::KeyDerivation).is_some() {
        return Err(refuse(500, "CRYPTO_ERROR", "The key could not be encrypted, so it was not saved."));
    }
    call.state::<Bitdefender>()?.connection = Some(connection);
    show(call)
}

fn remove(call: &mut Call<'_>) -> Answer {
    call.state::<Bitdefender>()?.connection = None;
    done()
}

/// Tries what the body says, or what is stored.
fn test(call: &mut Call<'_>) -> Answer {
    let connection = if call.bytes().is_empty() { connected(call)? } else { read(&call.json(invalid)?)? };
    try_out(call, &connection)?;
    ok(json!({ "ok": true }))
}

fn organisations(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    try_out(call, &connection)?;
    let switches = call.state::<Bitdefender>()?.clients.iter();
    let companies: Vec<(Uuid, Uuid)> = switches.filter_map(|(id, it)| Some((id, it.company.as_ref()?.id))).collect();
    let clients = &call.state::<Clients>()?.all;
    // A company outlives the client that it was made for; it belongs to nobody then.
    let shown = |(client, id)| clients.get(client).map(|it| json!({ "id": id, "client_id": client, "name": it.name }));
    ok(json!({ "organisations": companies.into_iter().filter_map(shown).collect::<Vec<Value>>() }))
}

/// Fetches the addresses of the installers of all companies that are set up.
fn sync(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    try_out(call, &connection)?;
    let (now, mut companies) = (call.now(), 0);
    for company in call.state::<Bitdefender>()?.clients.values_mut().filter_map(|it| it.company.as_mut()) {
        if company.ready <= now {
            let link = |os| (os, format!("https://downloads.gravityzone.example/{}/{os}", company.id.simple()));
            company.installers = ["windows", "macos", "linux"].map(link).into();
            companies += 1;
        }
    }
    accepted(json!({ "companies": companies }))
}

pub(super) fn begin(tenant: &mut Tenant, spec: &Spec) {
    let api_key = secret(tenant, "bitdefender");
    tenant.state::<GravityZone>().api_key.clone_from(&api_key);
    if spec.on("bitdefender") {
        let endpoint = ENDPOINTS[0].to_owned();
        tenant.state::<Bitdefender>().connection = Some(Connection { endpoint, api_key });
    }
}
