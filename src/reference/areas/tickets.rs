//! Tickets: what clients want done.

use crate::reference::prelude::*;

use super::clients::Clients;

pub const AREA: Area = Area::new(
    "tickets",
    &[
        get("/api/v1/tickets", list).needs("psa_tickets:read"),
        post("/api/v1/tickets", create).needs("psa_tickets:write"),
    ],
);

/// The tickets of an organisation.
#[derive(Default)]
pub struct Tickets {
    pub all: Shelf<Ticket>,
}

pub struct Ticket {
    pub client: Uuid,
    pub subject: String,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn shown(id: Uuid, ticket: &Ticket) -> Value {
    json!({ "id": id, "client_id": ticket.client, "subject": ticket.subject })
}

fn list(call: &mut Call<'_>) -> Answer {
    let tickets: Vec<Value> = call.state::<Tickets>()?.all.iter().map(|(id, ticket)| shown(id, ticket)).collect();
    ok(json!({ "tickets": tickets }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (client, subject) = (body.id("client_id")?, body.text("subject")?);
    if !call.state::<Clients>()?.all.contains(client) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such client."));
    }
    let id = Uuid::new_v4();
    let ticket = call.state::<Tickets>()?.all.insert(id, Ticket { client, subject });
    created(shown(id, ticket))
}
