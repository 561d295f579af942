//! Tickets: what clients want done.

use crate::reference::prelude::*;

use super::clients::{Clients, Contacts};
use super::time;

mod attachments;
pub mod categories;
mod list;
mod moves;
mod numbering;
mod senders;

use categories::Categories;
use moves::Status;

pub const AREA: Area = Area::new(
    "tickets",
    &[
        get("/api/v1/tickets", list::list).needs("psa_tickets:read"),
        post("/api/v1/tickets", create).needs("psa_tickets:write"),
        get("/api/v1/tickets/{id}", show).needs("psa_tickets:read"),
        patch("/api/v1/tickets/{id}", update).needs("psa_tickets:write"),
        delete("/api/v1/tickets/{id}", remove).needs("psa_tickets:write"),
        post("/api/v1/tickets/{id}/transition", moves::transition).needs("psa_tickets:write"),
        post("/api/v1/tickets/{id}/triage", moves::triage).needs("psa_tickets:write"),
        post("/api/v1/tickets/{id}/merge", moves::merge).needs("psa_tickets:write"),
        post("/api/v1/tickets/{id}/block-sender", senders::block).needs("psa_tickets:write"),
        get("/api/v1/blocked-senders", senders::list).needs("psa_tickets:read"),
        delete("/api/v1/blocked-senders/{id}", senders::unblock).needs("psa_tickets:write"),
        get("/api/v1/tickets/{id}/attachments", attachments::list).needs("psa_tickets:read"),
        post("/api/v1/tickets/{id}/attachments", attachments::attach)
            .needs("psa_tickets:write")
            .up_to(attachments::MOST_BODY),
        get("/api/v1/attachments/{id}", attachments::download).needs("psa_tickets:read"),
        get("/api/v1/ticket-categories", categories::list).needs("psa_tickets:read"),
        post("/api/v1/ticket-categories", categories::create).needs("psa_tickets:write"),
        delete("/api/v1/ticket-categories/{id}", categories::remove).needs("psa_tickets:write"),
        get("/api/v1/settings/ticket-numbering", numbering::show).needs("settings:read"),
        put("/api/v1/settings/ticket-numbering", numbering::save).needs("settings:write"),
    ],
)
.tenant(&[], begin);

/// The tickets of an organisation.
#[derive(Default)]
pub struct Tickets {
    pub all: Shelf<Ticket>,
    last_number: i64,
}

pub struct Ticket {
    pub client: Uuid,
    pub contact: Option<Uuid>,
    pub subject: String,
    pub number: i64,
    pub kind: &'static str,
    pub priority: &'static str,
    pub status: Status,
    pub source: &'static str,
    /// The address that the ticket was mailed from.
    pub sender: Option<String>,
    /// Mail waits here until somebody accepts it as a ticket.
    pub triage: bool,
    pub category: Option<Uuid>,
    pub merged_into: Option<Uuid>,
    pub created: Millis,
    /// Counts changes, so that nobody overwrites what they have not seen.
    pub version: i64,
}

const KINDS: &[(&str, &str)] =
    &[("incident", "INC"), ("service_request", "REQ"), ("problem", "PRB"), ("change", "CHG"), ("task", "TSK")];
/// Lowest first.
const PRIORITIES: &[&str] = &["low", "medium", "high", "critical"];
const SOURCES: &[&str] = &["manual", "api", "portal", "email", "alert"];

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such ticket.")
}

impl Tickets {
    fn take_number(&mut self) -> i64 {
        self.last_number += 1;
        self.last_number
    }
}

/// The ticket that the path names.
fn find<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Ticket), Refusal> {
    let id = call.id()?;
    Ok((id, call.state::<Tickets>()?.all.get_mut(id).ok_or_else(unknown)?))
}

fn shown(id: Uuid, ticket: &Ticket) -> Value {
    let prefix = KINDS.iter().find(|(kind, _)| *kind == ticket.kind).map_or("", |(_, prefix)| prefix);
    json!({
        "id": id,
        "reference": format!("{prefix}-{}", ticket.number),
        "client_id": ticket.client,
        "contact_id": ticket.contact,
        "subject": ticket.subject,
        "type": ticket.kind,
        "priority": ticket.priority,
        "status": ticket.status.text(),
        "source": ticket.source,
        "sender": ticket.sender,
        "queue": if ticket.triage { "triage" } else { "service_desk" },
        "category_id": ticket.category,
        "merged_into": ticket.merged_into,
        "created_at": stamp(ticket.created),
        "version": ticket.version,
    })
}

/// A member that has to be one of a few words.
fn one_of(body: &Fields, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, Refusal> {
    let Some(text) = body.opt_text(name)? else { return Ok(None) };
    let word = words.iter().find(|word| **word == text).copied();
    word.map(Some).ok_or_else(|| invalid(format!("{name} has to be one of {}", words.join(", "))))
}

fn kind(body: &Fields) -> Result<Option<&'static str>, Refusal> {
    one_of(body, "type", &KINDS.iter().map(|(kind, _)| *kind).collect::<Vec<_>>())
}

fn category(call: &mut Call<'_>, body: &Fields) -> Result<Option<Uuid>, Refusal> {
    let category = body.opt_id("category_id")?;
    match category {
        Some(id) if !call.state::<Categories>()?.contains(id) => {
            Err(refuse(400, "INVALID_REFERENCE", "There is no such category."))
        }
        category => Ok(category),
    }
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let mut ticket = Ticket {
        subject: body.text("subject")?,
        client: body.id("client_id")?,
        contact: body.opt_id("contact_id")?,
        kind: kind(&body)?.unwrap_or("incident"),
        priority: one_of(&body, "priority", PRIORITIES)?.unwrap_or("medium"),
        source: one_of(&body, "source", SOURCES)?.unwrap_or("manual"),
        sender: body.opt_text("sender")?,
        ..blank(call.now())
    };
    ticket.triage = ticket.source == "email";
    if ticket.triage != ticket.sender.as_ref().is_some_and(|sender| sender.contains('@')) {
        return Err(invalid("a ticket that came by email, and no other, has a sender with an address".into()));
    }
    if !call.state::<Clients>()?.all.contains(ticket.client) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such client."));
    }
    if let Some(contact) = ticket.contact
        && !call.state::<Contacts>()?.all.contains(contact)
    {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such contact."));
    }
    ticket.category = category(call, &body)?;
    let tickets = call.state::<Tickets>()?;
    ticket.number = tickets.take_number();
    let id = Uuid::new_v4();
    created(shown(id, tickets.all.insert(id, ticket)))
}

fn blank(created: Millis) -> Ticket {
    Ticket {
        client: Uuid::nil(),
        contact: None,
        subject: String::new(),
        number: 0,
        kind: "incident",
        priority: "medium",
        status: Status::New,
        source: "manual",
        sender: None,
        triage: false,
        category: None,
        merged_into: None,
        created,
        version: 1,
    }
}

fn show(call: &mut Call<'_>) -> Answer {
    let (id, ticket) = find(call)?;
    ok(shown(id, ticket))
}

fn update(call: &mut Call<'_>) -> Answer {
    let (_, ticket) = find(call)?;
    let current = ticket.version;
    let body = call.json(invalid)?;
    if body.has("status") {
        return Err(refuse(400, "USE_TRANSITION_ENDPOINT", "A status changes through the transition endpoint."));
    }
    let subject = body.has("subject").then(|| body.text("subject")).transpose()?;
    let (kind, priority) = (kind(&body)?, one_of(&body, "priority", PRIORITIES)?);
    let version = body.opt_int("version", 1..=i64::MAX)?;
    let category = category(call, &body)?;
    if version.is_some_and(|version| version != current) {
        return Err(refuse(409, "VERSION_CONFLICT", "Somebody else has changed the ticket meanwhile. Read it again."));
    }
    let (id, ticket) = find(call)?;
    ticket.subject = subject.unwrap_or_else(|| ticket.subject.clone());
    ticket.kind = kind.unwrap_or(ticket.kind);
    ticket.priority = priority.unwrap_or(ticket.priority);
    ticket.category = category.or(ticket.category);
    ticket.version += 1;
    ok(shown(id, ticket))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let (id, _) = find(call)?;
    if time::billed(call, id)? {
        return Err(refuse(409, "TICKET_HAS_BILLED_TIME", "Time of this ticket is on an invoice. Void that first."));
    }
    time::forget(call, id)?;
    attachments::forget(call, id);
    call.state::<Tickets>()?.all.remove(id);
    done()
}

/// A ticket that was raised by hand and waits in the ordinary queue.
fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let now = world.now(tenant);
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let (id, client) = (tenant.seed_id("ticket"), tenant.seed_id("client"));
    let tickets = tenant.state::<Tickets>();
    let number = tickets.take_number();
    tickets.all.pin(id, Ticket { client, number, subject: "The scanner makes stripes".into(), ..blank(now) });
    tenant.publish("ticket_id", id.to_string());
}
