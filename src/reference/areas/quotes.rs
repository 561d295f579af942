//! Quotes: offers to clients that become invoices.

use crate::reference::prelude::*;

use super::billing::{self, Charge};
use super::clients::Clients;
use super::invoices;
use super::portal::{self, Behind};

pub const AREA: Area = Area::new(
    "quotes",
    &[
        get("/api/v1/quotes", list).needs("psa_quotes:read"),
        post("/api/v1/quotes", create).needs("psa_quotes:write"),
        get("/api/v1/quotes/{id}", show).needs("psa_quotes:read"),
        delete("/api/v1/quotes/{id}", remove).needs("psa_quotes:write"),
        post("/api/v1/quotes/{id}/send", send).needs("psa_quotes:write"),
        post("/api/v1/quotes/{id}/accept", accept).needs("psa_quotes:write"),
        post("/api/v1/quotes/{id}/convert", convert).needs("psa_quotes:write"),
    ],
)
.tenant(&["quickbooks"], begin);

const SEND_AFTER: Millis = 30_000;

/// The quotes of an organisation.
#[derive(Default)]
pub struct Quotes {
    pub all: Shelf<Quote>,
}

pub struct Quote {
    pub client: Uuid,
    pub charges: Vec<Charge>,
    pub title: String,
    pub status: Status,
    /// The newest public link; older ones no longer lead here.
    pub link: Option<Uuid>,
    pub invoice: Option<Uuid>,
    sent: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Draft,
    Sent,
    Accepted,
    Invoiced,
}

/// Whether QuickBooks keeps the books. Whoever connects or disconnects it says so here.
#[derive(Default)]
pub struct QuickBooks {
    pub connected: bool,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such quote.")
}

/// A quote as staff and clients see it.
pub fn shown(id: Uuid, it: &Quote) -> Value {
    let status = match it.status {
        Status::Draft => "draft",
        Status::Sent => "sent",
        Status::Accepted => "accepted",
        Status::Invoiced => "invoiced",
    };
    json!({ "id": id, "client_id": it.client, "title": it.title, "status": status, "invoice_id": it.invoice,
        "lines": it.charges.iter().map(Charge::shown).collect::<Vec<_>>(),
        "total_pence": it.charges.iter().map(Charge::pence).sum::<i64>() })
}

fn quote<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Quote, Refusal> {
    call.state::<Quotes>()?.all.get_mut(id).ok_or_else(unknown)
}

fn list(call: &mut Call<'_>) -> Answer {
    let quotes: Vec<Value> = call.state::<Quotes>()?.all.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "quotes": quotes }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (client, title) = (body.id("client_id")?, body.text("title")?);
    let charges = billing::charges(call, &body, invalid)?;
    if charges.is_empty() {
        return Err(body.refusal("a quote has at least one line"));
    }
    if !call.state::<Clients>()?.all.contains(client) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such client."));
    }
    let id = Uuid::new_v4();
    let quote = Quote { client, charges, title, status: Status::Draft, link: None, invoice: None, sent: 0 };
    created(shown(id, call.state::<Quotes>()?.all.insert(id, quote)))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown(id, quote(call, id)?))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    call.state::<Quotes>()?.all.remove(id).ok_or_else(unknown)?;
    done()
}

// ---- on its way to an invoice

fn send(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let to = call.json(invalid)?.text("to")?;
    let now = call.now();
    let quote_ = quote(call, id)?;
    if matches!(quote_.status, Status::Accepted | Status::Invoiced) {
        return Err(refuse(400, "INVALID_STATE", "The quote has been accepted already."));
    }
    let (wait, unmapped) = (quote_.sent + SEND_AFTER - now, quote_.charges.iter().any(|it| it.service.is_none()));
    if wait > 0 {
        let seconds = (wait as u64).div_ceil(1_000);
        return Err(refuse(429, "SEND_COOLDOWN", "The quote was sent a moment ago.").retry_after(seconds));
    }
    if unmapped && call.state::<QuickBooks>()?.connected {
        return Err(refuse(422, "QBO_LINE_MAPPING_REQUIRED", "QuickBooks needs a service behind every line."));
    }
    if !call.world.profile.outgoing_mail {
        return Err(refuse(503, "MAIL_UNAVAILABLE", "This deployment cannot send mail."));
    }
    let token = portal::link(call, Behind::Quote(id))?;
    call.world.outbox.send(&to, "quote", json!({ "quote_id": id, "token": token }));
    let quote = quote(call, id)?;
    (quote.status, quote.sent, quote.link) = (Status::Sent, now, Some(token));
    accepted(json!({ "token": token }))
}

/// Records that the client said yes, by telephone for instance.
fn accept(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let quote = quote(call, id)?;
    if quote.status != Status::Sent {
        return Err(refuse(400, "INVALID_STATE", "Only a quote that was sent can be accepted."));
    }
    quote.status = Status::Accepted;
    ok(shown(id, quote))
}

fn convert(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    raise(call, id, Status::Accepted)?;
    created(shown(id, quote(call, id)?))
}

/// Makes an invoice of a quote that has come this far, and not further.
pub fn raise(call: &mut Call<'_>, id: Uuid, from: Status) -> Result<(), Refusal> {
    let quote_ = quote(call, id)?;
    if quote_.status != from {
        return Err(refuse(400, "INVALID_STATE", "The quote is not at this point."));
    }
    let (client, charges) = (quote_.client, quote_.charges.clone());
    let invoice = invoices::raise(call, client, charges)?;
    let quote = quote(call, id)?;
    (quote.status, quote.invoice) = (Status::Invoiced, Some(invoice));
    Ok(())
}

fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    if let Some(tenant) = world.tenant_mut(tenant)
        && spec.settings.get("quickbooks").and_then(Value::as_bool) == Some(true)
    {
        tenant.state::<QuickBooks>().connected = true;
    }
}
