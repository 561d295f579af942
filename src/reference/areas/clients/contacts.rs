//! Contacts: the people at a client, and their logins to the portal.

use crate::reference::prelude::*;

use super::{invalid, named};

/// The contacts of an organisation.
#[derive(Default)]
pub struct Contacts {
    pub all: Shelf<Contact>,
}

pub struct Contact {
    pub client: Uuid,
    pub full_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub title: Option<String>,
    pub vip: bool,
    /// Brought in from Microsoft 365 by the CIPP sync, which goes on managing it.
    pub synced: bool,
}

/// Logins to the portal over all organisations, by contact: an address leads to one contact only.
#[derive(Default)]
struct PortalLogins(Shelf<PortalLogin>);

struct PortalLogin {
    tenant: Uuid,
    email: String,
}

fn shown(id: Uuid, contact: &Contact) -> Value {
    json!({
        "id": id,
        "client_id": contact.client,
        "full_name": contact.full_name,
        "email": contact.email,
        "phone": contact.phone,
        "title": contact.title,
        "vip": contact.vip,
        "source": if contact.synced { "cipp" } else { "manual" },
    })
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such contact.")
}

fn find<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Contact), Refusal> {
    let id = call.id()?;
    Ok((id, call.state::<Contacts>()?.all.get_mut(id).ok_or_else(unknown)?))
}

fn address(body: &Fields) -> Result<Option<String>, Refusal> {
    match body.opt_text("email")? {
        Some(email) if !email.contains('@') => Err(invalid("email has to be an address".into())),
        email => Ok(email),
    }
}

/// Removes the contacts of a client that goes.
pub(super) fn forget(call: &mut Call<'_>, client: Uuid) -> Result<(), Refusal> {
    let contacts = &mut call.state::<Contacts>()?.all;
    let theirs: Vec<Uuid> = contacts.iter().filter(|(_, contact)| contact.client == client).map(|(id, _)| id).collect();
    for id in theirs {
        call.state::<Contacts>()?.all.remove(id);
        call.world.state::<PortalLogins>().0.remove(id);
    }
    Ok(())
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let client = named(call)?;
    let theirs = call.state::<Contacts>()?.all.iter().filter(|(_, contact)| contact.client == client);
    let contacts: Vec<Value> = theirs.map(|(id, contact)| shown(id, contact)).collect();
    ok(json!({ "contacts": contacts }))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let client = named(call)?;
    let body = call.json(invalid)?;
    let contact = Contact {
        client,
        full_name: body.text("full_name")?,
        email: address(&body)?,
        phone: body.opt_text("phone")?,
        title: body.opt_text("title")?,
        vip: body.flag("vip", false)?,
        synced: false,
    };
    let id = Uuid::new_v4();
    created(shown(id, call.state::<Contacts>()?.all.insert(id, contact)))
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let (id, contact) = find(call)?;
    ok(shown(id, contact))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let (id, contact) = find(call)?;
    let synced = contact.synced;
    let body = call.json(invalid)?;
    let full_name = body.has("full_name").then(|| body.text("full_name")).transpose()?;
    if synced && full_name.is_some() {
        return Err(refuse(403, "READONLY_FIELD", "The name of a synced contact is changed in Microsoft 365."));
    }
    let (email, phone, title) = (address(&body)?, body.opt_text("phone")?, body.opt_text("title")?);
    let vip = body.has("vip").then(|| body.flag("vip", false)).transpose()?;
    if let Some(email) = &email
        && call.world.state::<PortalLogins>().0.contains(id)
    {
        link(call, id, email)?;
    }
    let (_, contact) = find(call)?;
    contact.full_name = full_name.unwrap_or_else(|| contact.full_name.clone());
    contact.email = email.or_else(|| contact.email.take());
    contact.phone = phone.or_else(|| contact.phone.take());
    contact.title = title.or_else(|| contact.title.take());
    contact.vip = vip.unwrap_or(contact.vip);
    ok(shown(id, contact))
}

pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let (id, contact) = find(call)?;
    if contact.synced {
        return Err(refuse(403, "READONLY_CONTACT", "The sync with Microsoft 365 manages this contact."));
    }
    call.state::<Contacts>()?.all.remove(id);
    call.world.state::<PortalLogins>().0.remove(id);
    done()
}

// ---- the portal

pub(super) fn open_portal(call: &mut Call<'_>) -> Answer {
    let (id, contact) = find(call)?;
    let email = contact.email.clone();
    let email = email.ok_or_else(|| invalid("a contact without an email address cannot sign in".into()))?;
    link(call, id, &email)?;
    call.world.outbox.send(&email, "portal_access", json!({ "contact_id": id }));
    ok(json!({ "contact_id": id, "email": email }))
}

fn link(call: &mut Call<'_>, contact: Uuid, email: &str) -> Result<(), Refusal> {
    let (tenant, email) = (call.tenant_id()?, email.to_lowercase());
    let logins = &call.world.state::<PortalLogins>().0;
    let taken = logins.iter().find(|(id, login)| *id != contact && login.email == email).map(|(_, login)| login.tenant);
    // An organisation that is gone does not hold on to its addresses.
    if taken.is_some_and(|tenant| call.world.tenant(tenant).is_some()) {
        return Err(refuse(409, "PORTAL_LINK_CONFLICT", "Another contact signs in to the portal with this address."));
    }
    call.world.state::<PortalLogins>().0.insert(contact, PortalLogin { tenant, email });
    Ok(())
}

pub(super) fn close_portal(call: &mut Call<'_>) -> Answer {
    let (id, _) = find(call)?;
    call.world.state::<PortalLogins>().0.remove(id);
    done()
}

// ---- seeds

fn person(client: Uuid, full_name: &str, email: String, synced: bool) -> Contact {
    Contact { client, full_name: full_name.into(), email: Some(email), phone: None, title: None, vip: false, synced }
}

/// Where CIPP is connected, its sync has brought a contact in.
pub(super) fn begin(tenant: &mut Tenant, client: Uuid, spec: &Spec) {
    if spec.on("cipp") {
        let (id, email) = (tenant.seed_id("contact/synced"), format!("ines@alder.{}.example", tenant.slug));
        tenant.state::<Contacts>().all.pin(id, person(client, "Ines Alder", email, true));
        tenant.publish("synced_contact_id", id.to_string());
    }
}

/// A contact of the main organisation who is signed in to the portal.
pub(super) fn seed(seeds: &mut Seeds<'_>) {
    let main = seeds.main();
    let Some(tenant) = seeds.world.tenant_mut(main) else {
        return;
    };
    let (id, client, email) = (tenant.seed_id("contact/portal"), tenant.seed_id("client"), "pat@alder.main.example");
    tenant.state::<Contacts>().all.pin(id, person(client, "Pat Alder", email.into(), false));
    seeds.world.state::<PortalLogins>().0.pin(id, PortalLogin { tenant: main, email: email.into() });
    let token = seeds.world.seed_token("portal", "main", "contact");
    seeds.world.issue(token.clone(), Credential::Portal(Holder { tenant: main, subject: id }));
    seeds.credential("portal_session", &token);
}
