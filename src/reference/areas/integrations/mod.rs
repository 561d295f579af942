//! Integrations with other people's systems, all below one address: `/api/v1/integrations/NAME`.
//!
//! What the vendors hold (sites, companies, keys that they accept) is state of its own beside ours. The API
//! reaches it only the way it would call the vendor; the control side can change it like the vendor's console.

mod bitdefender;
mod cipp;
mod msp360;
mod telecom;
mod threatdown;

use crate::reference::prelude::*;

use super::clients::{Client, Clients};

pub const AREA: Area = Area::new(
    "integrations",
    &[
        get("/api/v1/integrations", list).needs("integrations:read"),
        get("/api/v1/integrations/{id}", |call| (provider(call)?.show)(call)).needs("integrations:read"),
        put("/api/v1/integrations/{id}", |call| (provider(call)?.save)(call)).needs("integrations:write"),
        delete("/api/v1/integrations/{id}", |call| (provider(call)?.remove)(call)).needs("integrations:write"),
        post("/api/v1/integrations/{id}/test", |call| (provider(call)?.test)(call)).needs("integrations:execute"),
        get("/api/v1/integrations/{id}/organisations", |call| (provider(call)?.organisations)(call))
            .needs("integrations:read"),
        post("/api/v1/integrations/{id}/sync", |call| (provider(call)?.sync)(call)).needs("integrations:execute"),
        get("/api/v1/integrations/threatdown/endpoints", threatdown::devices::list).needs("integrations:read"),
        post("/api/v1/integrations/threatdown/endpoints/{id}/link", threatdown::devices::link)
            .needs("integrations:write"),
        delete("/api/v1/integrations/threatdown/endpoints/{id}/link", threatdown::devices::unlink)
            .needs("integrations:write"),
        get("/api/v1/clients/{id}/threatdown", threatdown::clients::show).needs("integrations:read"),
        put("/api/v1/clients/{id}/threatdown", threatdown::clients::switch).needs("integrations:write"),
        post("/api/v1/clients/{id}/threatdown/site", threatdown::clients::create_site).needs("integrations:write"),
        post("/api/v1/clients/{id}/threatdown/subscription", threatdown::clients::subscribe)
            .needs("integrations:write"),
        get("/api/v1/clients/{id}/threatdown/installer", threatdown::clients::installer).needs("integrations:read"),
        post("/api/v1/agents/{id}/threatdown/install", threatdown::devices::install).needs("agents:execute"),
        post("/api/v1/agents/{id}/threatdown/scan", threatdown::devices::scan).needs("agents:execute"),
        get("/api/v1/clients/{id}/bitdefender", bitdefender::clients::show).needs("integrations:read"),
        put("/api/v1/clients/{id}/bitdefender", bitdefender::clients::switch).needs("integrations:write"),
        post("/api/v1/clients/{id}/bitdefender/provision", bitdefender::clients::provision).needs("integrations:write"),
        post("/api/v1/clients/{id}/bitdefender/reconcile", bitdefender::clients::reconcile)
            .needs("integrations:execute"),
        get("/api/v1/clients/{id}/bitdefender/installers", bitdefender::clients::installers).needs("integrations:read"),
        post("/api/v1/agents/{id}/bitdefender/install", bitdefender::clients::install).needs("agents:execute"),
        get("/api/v1/telecom/usage", telecom::usage).needs("integrations:read"),
    ],
)
.tenant(&["threatdown", "bitdefender", "cipp", "msp360", "telecom", "telecom_feature"], begin)
.control(&[
    post("/oneview/endpoints", threatdown::oneview::add_machine),
    put("/oneview/sites/{id}", threatdown::oneview::change_site),
]);

/// One integration, with what can be asked of each of them.
struct Provider {
    name: &'static str,
    connected: fn(&mut Call<'_>) -> Result<bool, Refusal>,
    show: Handler,
    save: Handler,
    remove: Handler,
    test: Handler,
    organisations: Handler,
    sync: Handler,
}

type Handler = fn(&mut Call<'_>) -> Answer;

const PROVIDERS: &[Provider] =
    &[bitdefender::PROVIDER, cipp::PROVIDER, msp360::PROVIDER, telecom::PROVIDER, threatdown::PROVIDER];

fn provider(call: &Call<'_>) -> Result<&'static Provider, Refusal> {
    let named = PROVIDERS.iter().find(|it| it.name == call.path("id"));
    named.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no integration of this name."))
}

fn list(call: &mut Call<'_>) -> Answer {
    let shown = |it: &Provider| Ok(json!({ "name": it.name, "connected": (it.connected)(call)? }));
    let integrations = PROVIDERS.iter().map(shown).collect::<Result<Vec<Value>, Refusal>>()?;
    ok(json!({ "integrations": integrations }))
}

/// Not every vendor knows organisations.
fn no_organisations(_: &mut Call<'_>) -> Answer {
    Err(refuse(404, "NOT_FOUND", "This integration has no organisations to match."))
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// An address that begins with https://, without a slash at its end.
fn address(body: &Fields, name: &str) -> Result<Option<String>, Refusal> {
    let Some(text) = body.opt_text(name)? else { return Ok(None) };
    match text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        true => Ok(Some(text.trim_end_matches('/').to_owned())),
        false => Err(invalid(format!("{name} has to be an address that begins with https://"))),
    }
}

/// The client that the path means.
fn client(call: &mut Call<'_>) -> Result<Uuid, Refusal> {
    let id = call.uuid("id");
    let id = id.ok_or_else(|| refuse(400, "INVALID_ID", "The identifier of a client is a UUID."))?;
    match call.state::<Clients>()?.all.contains(id) {
        true => Ok(id),
        false => Err(refuse(404, "CLIENT_NOT_FOUND", "There is no such client.")),
    }
}

/// Two scanners on one device fight each other, so a client has one of them.
fn only_one(other_is_on: bool) -> Result<(), Refusal> {
    match other_is_on {
        true => Err(refuse(409, "ENDPOINT_SECURITY_CONFLICT", "The client has another endpoint security on.")),
        false => Ok(()),
    }
}

/// What the vendors know of an organisation: its accounts with them, and the secrets that they accept.
fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let Some(first) = tenant.state::<Clients>().all.iter().next().map(|(id, _)| id) else { return };
    let id = tenant.seed_id("client/unprotected");
    let client = Client { name: "Cedar Dental".into(), domain: None, email: None, archived: false };
    tenant.state::<Clients>().all.pin(id, client);
    tenant.publish("unprotected_client_id", id.to_string());
    threatdown::begin(tenant, first, spec);
    bitdefender::begin(tenant, spec);
    cipp::begin(tenant, first, spec);
    msp360::begin(tenant, spec);
    telecom::begin(tenant, spec);
}

/// A secret that a vendor gave to an organisation.
fn secret(tenant: &mut Tenant, vendor: &str) -> String {
    let secret = format!("{}-{vendor}-secret", tenant.slug);
    tenant.publish(&format!("{vendor}_secret"), secret.clone());
    secret
}
