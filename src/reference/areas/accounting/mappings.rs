//! Which contact of the package is which client.

use crate::reference::prelude::*;

use super::{Accounting, ask, connected, invalid};
use crate::reference::areas::clients::Clients;

pub fn contacts(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    let shown = |(id, name): &(&str, &str)| json!({ "id": id, "name": name });
    let contacts: Vec<Value> = ask(call, connection)?.contacts.iter().map(shown).collect();
    ok(json!({ "contacts": contacts }))
}

pub fn list(call: &mut Call<'_>) -> Answer {
    connected(call)?;
    let shown = |(client, contact): (Uuid, &String)| json!({ "client_id": client, "contact_id": contact });
    let mappings: Vec<Value> = call.state::<Accounting>()?.mappings.iter().map(shown).collect();
    ok(json!({ "mappings": mappings }))
}

pub fn create(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    let body = call.json(invalid)?;
    let (client, contact) = (body.id("client_id")?, body.text("contact_id")?);
    let unknown = |what: &str| refuse(400, "INVALID_REFERENCE", format!("There is no such {what}."));
    if !call.state::<Clients>()?.all.contains(client) {
        return Err(unknown("client"));
    }
    if !ask(call, connection)?.contacts.iter().any(|(id, _)| *id == contact) {
        return Err(unknown("contact in the accounting package"));
    }
    let mappings = &mut call.state::<Accounting>()?.mappings;
    if mappings.get(client).is_some_and(|known| *known != contact) {
        return Err(refuse(409, "ALREADY_MAPPED", "The client is mapped to another contact. Remove that first."));
    }
    mappings.insert(client, contact.clone());
    created(json!({ "client_id": client, "contact_id": contact }))
}

pub fn remove(call: &mut Call<'_>) -> Answer {
    connected(call)?;
    let client = call.uuid("client");
    let mappings = &mut call.state::<Accounting>()?.mappings;
    match client.and_then(|client| mappings.remove(client)) {
        Some(_) => done(),
        None => Err(refuse(404, "NOT_FOUND", "The client is not mapped.")),
    }
}
