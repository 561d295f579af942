//! Clients of an organisation with their sites and contacts: everything else belongs to one.

use crate::reference::prelude::*;

use super::agents::Agents;
use super::invoices::Invoices;
use super::tickets::Tickets;

pub mod contacts;
mod import;
pub mod sites;

pub use contacts::Contacts;
pub use sites::Sites;

pub const AREA: Area = Area::new(
    "clients",
    &[
        get("/api/v1/clients", list).needs("clients:read"),
        post("/api/v1/clients", create).needs("clients:write").grows(),
        post("/api/v1/clients/import", import::import).needs("clients:write"),
        get("/api/v1/clients/{id}", show).needs("clients:read"),
        patch("/api/v1/clients/{id}", update).needs("clients:write"),
        post("/api/v1/clients/{id}/archive", archive).needs("clients:write"),
        delete("/api/v1/clients/{id}", remove).needs("clients:write"),
        get("/api/v1/clients/{id}/sites", sites::list).needs("clients:read"),
        post("/api/v1/clients/{id}/sites", sites::create).needs("clients:write"),
        delete("/api/v1/sites/{id}", sites::remove).needs("clients:write"),
        get("/api/v1/clients/{id}/contacts", contacts::list).needs("clients:read"),
        post("/api/v1/clients/{id}/contacts", contacts::create).needs("clients:write"),
        get("/api/v1/contacts/{id}", contacts::show).needs("clients:read"),
        patch("/api/v1/contacts/{id}", contacts::update).needs("clients:write"),
        delete("/api/v1/contacts/{id}", contacts::remove).needs("clients:write"),
        post("/api/v1/contacts/{id}/portal-access", contacts::open_portal).needs("clients:write"),
        delete("/api/v1/contacts/{id}/portal-access", contacts::close_portal).needs("clients:write"),
    ],
)
.tenant(&[], begin)
.seed(contacts::seed);

/// The clients of an organisation.
#[derive(Default)]
pub struct Clients {
    pub all: Shelf<Client>,
}

pub struct Client {
    pub name: String,
    /// Mail from this domain belongs to the client.
    pub domain: Option<String>,
    pub email: Option<String>,
    pub archived: bool,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "BAD_REQUEST", why)
}

/// The client that the path names.
fn named(call: &mut Call<'_>) -> Result<Uuid, Refusal> {
    let id = call.uuid("id");
    let id = id.ok_or_else(|| refuse(400, "INVALID_ID", "The identifier of a client is a UUID."))?;
    match call.state::<Clients>()?.all.contains(id) {
        true => Ok(id),
        false => Err(refuse(404, "CLIENT_NOT_FOUND", "There is no such client.")),
    }
}

fn shown(id: Uuid, client: &Client) -> Value {
    let status = if client.archived { "archived" } else { "active" };
    json!({ "id": id, "name": client.name, "domain": client.domain, "email": client.email, "status": status })
}

/// What a handler of a named client answers with.
fn answer(call: &mut Call<'_>, id: Uuid, change: impl FnOnce(&mut Client)) -> Answer {
    let client = call.state::<Clients>()?.all.get_mut(id);
    let client = client.ok_or_else(|| refuse(404, "CLIENT_NOT_FOUND", "There is no such client."))?;
    change(client);
    ok(shown(id, client))
}

fn list(call: &mut Call<'_>) -> Answer {
    let clients: Vec<Value> = call.state::<Clients>()?.all.iter().map(|(id, client)| shown(id, client)).collect();
    ok(json!({ "clients": clients }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let name = body.text("name")?;
    let client = Client { name, domain: body.opt_text("domain")?, email: body.opt_text("email")?, archived: false };
    let id = Uuid::new_v4();
    created(shown(id, call.state::<Clients>()?.all.insert(id, client)))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    answer(call, id, |_| {})
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    let body = call.json(invalid)?;
    let name = body.has("name").then(|| body.text("name")).transpose()?;
    let (domain, email) = (body.opt_text("domain")?, body.opt_text("email")?);
    answer(call, id, |client| {
        client.name = name.unwrap_or_else(|| client.name.clone());
        client.domain = domain.or_else(|| client.domain.take());
        client.email = email.or_else(|| client.email.take());
    })
}

fn archive(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    answer(call, id, |client| client.archived = true)
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    if used(call, id)? {
        return Err(refuse(409, "CLIENT_IN_USE", "Tickets, invoices or devices belong to this client. Archive it."));
    }
    contacts::forget(call, id)?;
    sites::forget(call, id)?;
    call.state::<Clients>()?.all.remove(id);
    done()
}

fn used(call: &mut Call<'_>, client: Uuid) -> Result<bool, Refusal> {
    Ok(call.state::<Tickets>()?.all.values().any(|ticket| ticket.client == client)
        || call.state::<Invoices>()?.all.values().any(|invoice| invoice.client == client)
        || call.state::<Agents>()?.all.values().any(|agent| agent.client == client))
}

fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else {
        return;
    };
    let id = tenant.seed_id("client");
    let domain = Some(format!("alder.{}.example", tenant.slug));
    tenant.state::<Clients>().all.pin(id, Client { name: "Alder & Sons".into(), domain, email: None, archived: false });
    tenant.publish("client_id", id.to_string());
    contacts::begin(tenant, id, spec);
}
