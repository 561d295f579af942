//! Microsoft 365 by way of CIPP: the people in a client's directory become contacts.

use crate::reference::prelude::*;

use super::{Provider, address, invalid, secret};
use crate::reference::areas::clients::contacts::Contact;
use crate::reference::areas::clients::{Clients, Contacts};

pub(super) const PROVIDER: Provider = Provider {
    name: "cipp",
    connected: |call| Ok(call.state::<Cipp>()?.connection.is_some()),
    show,
    save,
    remove,
    test,
    organisations,
    sync,
};

#[derive(Default)]
struct Cipp {
    connection: Option<Connection>,
}

#[derive(Clone)]
struct Connection {
    url: String,
    tenant_id: String,
    client_id: Uuid,
    client_secret: String,
}

/// The vendor's side: the directories that an organisation manages.
#[derive(Default)]
struct Microsoft365 {
    client_secret: String,
    directories: Vec<Directory>,
}

#[derive(Clone)]
struct Directory {
    name: String,
    domain: String,
    /// Names and addresses.
    people: Vec<(String, String)>,
}

fn show(call: &mut Call<'_>) -> Answer {
    let connection = call.state::<Cipp>()?.connection.as_ref();
    let shown = |it: &Connection| json!({ "url": it.url, "tenant_id": it.tenant_id, "client_id": it.client_id });
    ok(json!({ "name": "cipp", "connected": connection.is_some(), "settings": connection.map(shown) }))
}

/// Calls the CIPP instance of the organisation.
fn ask<'a>(call: &'a mut Call<'_>, connection: &Connection) -> Result<&'a Microsoft365, Refusal> {
    if call.upstream(Service::Cipp) != Mode::Working {
        return Err(refuse(502, "CIPP_ERROR", "The CIPP instance answered with an error."));
    }
    let vendor = call.state::<Microsoft365>()?;
    match vendor.client_secret == connection.client_secret {
        true => Ok(vendor),
        false => Err(refuse(502, "CIPP_ERROR", "The CIPP instance does not accept the client secret.")),
    }
}

/// Connecting fetches a token, so that what is kept works.
fn save(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let connection = Connection {
        url: address(&body, "url")?.ok_or_else(|| invalid("url is required".into()))?,
        tenant_id: body.text("tenant_id")?,
        client_id: body.id("client_id")?,
        client_secret: body.text("client_secret")?,
    };
    ask(call, &connection)?;
    call.state::<Cipp>()?.connection = Some(connection);
    show(call)
}

fn remove(call: &mut Call<'_>) -> Answer {
    call.state::<Cipp>()?.connection = None;
    done()
}

fn test(call: &mut Call<'_>) -> Answer {
    let connection = call.state::<Cipp>()?.connection.clone();
    let connection =
        connection.ok_or_else(|| refuse(400, "NOT_CONFIGURED", "There are no CIPP settings that could be tested."))?;
    let directories = ask(call, &connection)?.directories.len();
    ok(json!({ "ok": true, "organisations": directories }))
}

/// The connection, for reading what is in Microsoft 365.
fn connected(call: &mut Call<'_>) -> Result<Connection, Refusal> {
    let connection = call.state::<Cipp>()?.connection.clone();
    connection.ok_or_else(|| refuse(404, "NOT_CONNECTED", "Microsoft 365 is not connected by way of CIPP."))
}

fn organisations(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    let shown = |it: &Directory| json!({ "name": it.name, "domain": it.domain, "people": it.people.len() });
    let directories: Vec<Value> = ask(call, &connection)?.directories.iter().map(shown).collect();
    ok(json!({ "organisations": directories }))
}

/// Takes over the people of all directories whose domain is that of a client.
fn sync(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    let directories = ask(call, &connection)?.directories.clone();
    let mut synced = 0;
    for directory in directories {
        let clients = call.state::<Clients>()?.all.iter();
        let of_domain =
            clients.filter(|(_, it)| it.domain.as_ref() == Some(&directory.domain)).map(|(id, _)| id).next();
        let Some(client) = of_domain else { continue };
        for (name, email) in directory.people {
            take_over(&mut call.state::<Contacts>()?.all, client, name, email);
            synced += 1;
        }
    }
    accepted(json!({ "contacts": synced }))
}

fn take_over(contacts: &mut Shelf<Contact>, client: Uuid, full_name: String, email: String) {
    let same = |it: &&mut Contact| it.client == client && it.email.as_ref() == Some(&email);
    if let Some(known) = contacts.values_mut().find(same) {
        (known.full_name, known.synced) = (full_name, true);
        return;
    }
    let email = Some(email);
    let contact = Contact { client, full_name, email, phone: None, title: None, vip: false, synced: true };
    contacts.insert(Uuid::new_v4(), contact);
}

pub(super) fn begin(tenant: &mut Tenant, client: Uuid, spec: &Spec) {
    let client_secret = secret(tenant, "cipp");
    let known = tenant.state::<Clients>().all.get(client).map(|it| (it.name.clone(), it.domain.clone()));
    let (name, domain) = known.unwrap_or_default();
    let domain = domain.unwrap_or_default();
    let people = ["Ines Alder", "Tom Alder"].map(|name| {
        let first = name.split(' ').next().unwrap_or(name).to_lowercase();
        (name.to_owned(), format!("{first}@{domain}"))
    });
    let directory = Directory { name, domain, people: people.into() };
    let vendor = tenant.state::<Microsoft365>();
    (vendor.client_secret, vendor.directories) = (client_secret.clone(), vec![directory]);
    if spec.on("cipp") {
        let (url, tenant_id) = (format!("https://cipp.{}.example", tenant.slug), tenant.seed_id("azure").to_string());
        let client_id = tenant.seed_id("azure/application");
        tenant.state::<Cipp>().connection = Some(Connection { url, tenant_id, client_id, client_secret });
    }
}
