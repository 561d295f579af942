//! Pages that clients open without signing in: quotes, invoices and satisfaction surveys behind links.

use crate::reference::prelude::*;

use super::invoices::{self, Invoices};
use super::quotes::{self, Quotes};
use super::tickets::Tickets;

pub const AREA: Area = Area::new(
    "portal",
    &[
        get("/api/v1/public/quotes/{id}", show_quote).open(),
        post("/api/v1/public/quotes/{id}/accept", accept_quote).open(),
        get("/api/v1/public/invoices/{id}", show_invoice).open(),
        get("/api/v1/public/invoices/{id}/pdf", download_invoice).open(),
        post("/api/v1/public/invoices/{id}/refresh", mail_again).open(),
        post("/api/v1/public/surveys/{id}", answer_survey).open(),
        post("/api/v1/surveys", send_survey).needs("psa_tickets:write"),
        get("/api/v1/surveys", list_surveys).needs("psa_tickets:read"),
    ],
);

const MOST_LINKS: usize = 20_000;
const SURVEY_FOR: Millis = 30 * 86_400_000;
const REFRESH_AFTER: Millis = 60_000;

/// Public links, by their tokens.
struct Links(Shelf<Link>);

impl Default for Links {
    fn default() -> Self {
        Links(Shelf::with_capacity(MOST_LINKS))
    }
}

struct Link {
    tenant: Uuid,
    behind: Behind,
}

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    Quote(Uuid),
    Invoice(Uuid),
    Survey(Uuid),
}

/// The satisfaction surveys of an organisation.
#[derive(Default)]
struct Surveys(Shelf<Survey>);

struct Survey {
    ticket: Uuid,
    closes: Millis,
    score: Option<i64>,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn no_link() -> Refusal {
    refuse(404, "TOKEN_NOT_FOUND", "This link leads nowhere.")
}

/// Makes a link for the caller's organisation.
pub fn link(call: &mut Call<'_>, behind: Behind) -> Result<Uuid, Refusal> {
    let (token, tenant) = (Uuid::new_v4(), call.tenant_id()?);
    call.world.state::<Links>().0.insert(token, Link { tenant, behind });
    Ok(token)
}

/// Where the link of the path leads; from here on it is known for which organisation.
fn follow(call: &mut Call<'_>) -> Result<Behind, Refusal> {
    let token = call.uuid("id").ok_or_else(no_link)?;
    let link = call.world.state::<Links>().0.get(token).map(|link| (link.tenant, link.behind));
    let (tenant, behind) = link.ok_or_else(no_link)?;
    if call.world.tenant(tenant).is_none() {
        return Err(no_link());
    }
    call.caller.tenant = Some(tenant);
    Ok(behind)
}

// ---- quotes

/// The quote behind a link that is its newest.
fn quote(call: &mut Call<'_>) -> Result<Uuid, Refusal> {
    let token = call.uuid("id");
    let Behind::Quote(id) = follow(call)? else { return Err(no_link()) };
    let current = call.state::<Quotes>()?.all.get(id).is_some_and(|quote| quote.link == token);
    current.then_some(id).ok_or_else(no_link)
}

fn show_quote(call: &mut Call<'_>) -> Answer {
    let id = quote(call)?;
    ok(quotes::shown(id, call.state::<Quotes>()?.all.get(id).ok_or_else(no_link)?))
}

fn accept_quote(call: &mut Call<'_>) -> Answer {
    let id = quote(call)?;
    quotes::raise(call, id, quotes::Status::Sent)?;
    show_quote(call)
}

// ---- invoices

fn invoice(call: &mut Call<'_>) -> Result<Uuid, Refusal> {
    let Behind::Invoice(id) = follow(call)? else { return Err(no_link()) };
    match call.state::<Invoices>()?.all.contains(id) {
        true => Ok(id),
        false => Err(refuse(404, "INVOICE_NOT_FOUND", "The invoice behind this link is gone.")),
    }
}

fn show_invoice(call: &mut Call<'_>) -> Answer {
    let id = invoice(call)?;
    let invoice = call.state::<Invoices>()?.all.get(id).ok_or_else(no_link)?;
    let due = invoice.total_pence() - invoice.paid_pence;
    ok(json!({ "number": invoice.number, "status": invoice.status.text(), "currency": invoice.currency,
        "total_pence": invoice.total_pence(), "due_pence": due }))
}

fn download_invoice(call: &mut Call<'_>) -> Answer {
    let id = invoice(call)?;
    invoices::pdf(call, id)
}

/// Mails the invoice once more to where it went first.
fn mail_again(call: &mut Call<'_>) -> Answer {
    let token = call.uuid("id").unwrap_or_default();
    let id = invoice(call)?;
    let now = call.now();
    let invoice = call.state::<Invoices>()?.all.get(id).ok_or_else(no_link)?;
    if invoice.status == invoices::Status::Voided {
        return Err(refuse(410, "INVOICE_NOT_SENDABLE", "This invoice has been voided."));
    }
    let to = invoice.recipient.clone();
    let to = to.ok_or_else(|| refuse(400, "INVOICE_NOT_ISSUED", "This invoice was never sent."))?;
    let wait = invoice.refreshed + REFRESH_AFTER - now;
    if wait > 0 {
        let seconds = (wait as u64).div_ceil(1_000);
        return Err(refuse(429, "REFRESH_RATE_LIMITED", "A mail is on its way already.").retry_after(seconds));
    }
    invoices::mail(call, id, token, &to)?;
    if let Some(invoice) = call.state::<Invoices>()?.all.get_mut(id) {
        invoice.refreshed = now;
    }
    accepted(json!({ "sent": true }))
}

// ---- surveys

fn shown(id: Uuid, it: &Survey) -> Value {
    json!({ "id": id, "ticket_id": it.ticket, "closes_at": stamp(it.closes), "score": it.score })
}

/// Asks how satisfied the client is with a ticket.
fn send_survey(call: &mut Call<'_>) -> Answer {
    let ticket = call.json(invalid)?.id("ticket_id")?;
    if !call.state::<Tickets>()?.all.contains(ticket) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such ticket."));
    }
    let id = Uuid::new_v4();
    let survey = Survey { ticket, closes: call.now() + SURVEY_FOR, score: None };
    let mut answer = shown(id, call.state::<Surveys>()?.0.insert(id, survey));
    answer["token"] = json!(link(call, Behind::Survey(id))?);
    created(answer)
}

fn list_surveys(call: &mut Call<'_>) -> Answer {
    let surveys: Vec<Value> = call.state::<Surveys>()?.0.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "surveys": surveys }))
}

fn answer_survey(call: &mut Call<'_>) -> Answer {
    let Behind::Survey(id) = follow(call)? else { return Err(no_link()) };
    let score = call.json(invalid)?.int("score", 1..=5)?;
    let now = call.now();
    let survey = call.state::<Surveys>()?.0.get_mut(id).ok_or_else(no_link)?;
    if survey.closes <= now {
        return Err(refuse(410, "EXPIRED", "This survey takes no more answers."));
    }
    survey.score = Some(score);
    done()
}
