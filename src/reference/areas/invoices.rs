//! Invoices to clients: drafts, then frozen and numbered, paid or voided.

use chrono::NaiveDate;

use crate::reference::prelude::*;

use super::billing::{self, Charge};
use super::clients::Clients;
use super::portal::{self, Behind};
use super::settings::Vat;

pub const AREA: Area = Area::new(
    "invoices",
    &[
        get("/api/v1/invoices", list).needs("psa_billing:read"),
        post("/api/v1/invoices", create).needs("psa_billing:write"),
        get("/api/v1/invoices/{id}", show).needs("psa_billing:read"),
        patch("/api/v1/invoices/{id}", update).needs("psa_billing:write"),
        delete("/api/v1/invoices/{id}", remove).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/issue", issue).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/payments", pay).needs("psa_billing:write"),
        delete("/api/v1/invoices/{id}/payments", reverse_payments).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/void", void).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/share", share).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/send", send).needs("psa_billing:write"),
        get("/api/v1/invoices/{id}/pdf", preview).needs("psa_billing:read"),
        post("/api/v1/invoices/{id}/pdf/regenerate", regenerate).needs("psa_billing:write"),
    ],
);

/// The invoices of an organisation.
#[derive(Default)]
pub struct Invoices {
    pub all: Shelf<Invoice>,
    last_number: u32,
}

pub struct Invoice {
    pub client: Uuid,
    pub charges: Vec<Charge>,
    pub status: Status,
    pub number: Option<String>,
    pub currency: String,
    pub paid_pence: i64,
    /// Where it was mailed.
    pub recipient: Option<String>,
    /// When somebody asked from its public page for a fresh mail.
    pub refreshed: Millis,
    po_reference: Option<String>,
    notes: Option<String>,
    supply: Option<(NaiveDate, NaiveDate)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Draft,
    Open,
    Paid,
    Voided,
}

/// What one thing on an invoice costs.
pub struct Line {
    pub description: String,
    pub amount_pence: i64,
}

impl Invoice {
    pub fn total_pence(&self) -> i64 {
        self.charges.iter().map(Charge::pence).sum()
    }
}

impl Status {
    pub fn text(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Open => "open",
            Status::Paid => "paid",
            Status::Voided => "voided",
        }
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such invoice.")
}

fn shown(id: Uuid, it: &Invoice) -> Value {
    json!({
        "id": id,
        "client_id": it.client,
        "number": it.number,
        "status": it.status.text(),
        "currency": it.currency,
        "po_reference": it.po_reference,
        "notes": it.notes,
        "supply_period_start": it.supply.map(|(start, _)| start.to_string()),
        "supply_period_end": it.supply.map(|(_, end)| end.to_string()),
        "lines": it.charges.iter().map(Charge::shown).collect::<Vec<_>>(),
        "total_pence": it.total_pence(),
        "paid_pence": it.paid_pence,
    })
}

fn invoice<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Invoice, Refusal> {
    call.state::<Invoices>()?.all.get_mut(id).ok_or_else(unknown)
}

// ---- for other areas

/// Drafts an invoice of simple lines.
pub fn draft(call: &mut Call<'_>, client: Uuid, lines: Vec<Line>) -> Result<Uuid, Refusal> {
    let charge = |line: Line| Charge {
        description: line.description,
        quantity: 1,
        unit_pence: line.amount_pence,
        service: None,
        vat_code: None,
    };
    let charges = lines.into_iter().map(charge).collect();
    let charges = with_vat_code(call, charges)?;
    raise(call, client, charges)
}

/// Lines that nobody wrote by hand take the default VAT code of the organisation.
pub fn with_vat_code(call: &mut Call<'_>, mut charges: Vec<Charge>) -> Result<Vec<Charge>, Refusal> {
    let vat = call.state::<Vat>()?;
    for charge in charges.iter_mut().filter(|charge| vat.enabled && charge.vat_code.is_none()) {
        charge.vat_code = vat.default_code.clone();
    }
    Ok(charges)
}

/// Drafts an invoice.
pub fn raise(call: &mut Call<'_>, client: Uuid, charges: Vec<Charge>) -> Result<Uuid, Refusal> {
    let id = Uuid::new_v4();
    let invoice = Invoice {
        client,
        charges,
        status: Status::Draft,
        number: None,
        currency: "GBP".into(),
        paid_pence: 0,
        recipient: None,
        refreshed: 0,
        po_reference: None,
        notes: None,
        supply: None,
    };
    call.state::<Invoices>()?.all.insert(id, invoice);
    Ok(id)
}

/// Whether an invoice holds what is on it: one that is gone or voided does not.
pub fn counts(call: &mut Call<'_>, id: Uuid) -> Result<bool, Refusal> {
    Ok(call.state::<Invoices>()?.all.get(id).is_some_and(|invoice| invoice.status != Status::Voided))
}

/// The next number: they have no gaps within a year.
pub fn take_number(call: &mut Call<'_>) -> Result<String, Refusal> {
    if call.broken(Component::InvoiceAllocator).is_some() {
        return Err(refuse(500, "GENERATION_FAILED", "No invoice number could be had, and none was used."));
    }
    let year = stamp(call.now())[..4].to_owned();
    let invoices = call.state::<Invoices>()?;
    invoices.last_number += 1;
    Ok(format!("INV-{year}-{:04}", invoices.last_number))
}

/// Numbers and freezes a draft.
pub fn open(call: &mut Call<'_>, id: Uuid, number: String) -> Result<(), Refusal> {
    let invoice = invoice(call, id)?;
    (invoice.status, invoice.number) = (Status::Open, Some(number));
    Ok(())
}

/// Answers with an invoice that has come into being.
pub fn show_created(call: &mut Call<'_>, id: Uuid) -> Answer {
    created(shown(id, invoice(call, id)?))
}

/// Mails the link of an invoice.
pub fn mail(call: &mut Call<'_>, id: Uuid, token: Uuid, to: &str) -> Result<(), Refusal> {
    if !call.world.profile.outgoing_mail {
        return Err(refuse(503, "MAIL_UNAVAILABLE", "This deployment cannot send mail."));
    }
    if call.upstream(Service::MailRelay) != Mode::Working {
        return Err(refuse(502, "SEND_FAILED", "The mail relay did not take the mail."));
    }
    call.world.outbox.send(to, "invoice", json!({ "invoice_id": id, "token": token }));
    Ok(())
}

/// The invoice as a PDF of one page.
pub fn pdf(call: &mut Call<'_>, id: Uuid) -> Answer {
    if call.broken(Component::PdfRenderer).is_some() {
        return Err(refuse(500, "RENDER_FAILED", "The PDF could not be made."));
    }
    let invoice = invoice(call, id)?;
    let (number, total) = (invoice.number.as_deref().unwrap_or("Draft"), invoice.total_pence());
    let text = format!("%PDF-1.7\n% {number}: {total} {}\n%%EOF\n", invoice.currency);
    file("application/pdf", text.into_bytes())
}

// ---- drafts

fn list(call: &mut Call<'_>) -> Answer {
    let invoices: Vec<Value> = call.state::<Invoices>()?.all.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "invoices": invoices }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let client = body.id("client_id")?;
    let supply = supply_period(&body)?;
    let charges = billing::charges(call, &body, invalid)?;
    let (po_reference, notes) = (body.opt_text("po_reference")?, body.opt_text("notes")?);
    let currency = body.opt_text("currency")?.unwrap_or_else(|| "GBP".into());
    if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_uppercase()) {
        return Err(body.refusal("currency has three capital letters"));
    }
    if !call.state::<Clients>()?.all.contains(client) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such client."));
    }
    let id = raise(call, client, charges)?;
    let invoice = invoice(call, id)?;
    (invoice.supply, invoice.po_reference, invoice.notes, invoice.currency) = (supply, po_reference, notes, currency);
    created(shown(id, invoice))
}

fn supply_period(body: &Fields) -> Result<Option<(NaiveDate, NaiveDate)>, Refusal> {
    match (billing::date(body, "supply_period_start")?, billing::date(body, "supply_period_end")?) {
        (None, None) => Ok(None),
        (Some(start), Some(end)) if start <= end => Ok(Some((start, end))),
        _ => Err(refuse(400, "INVALID_PERIOD", "A supply period has a start and an end, in this order.")),
    }
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown(id, invoice(call, id)?))
}

/// A draft, to be changed.
fn drafted<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Invoice, Refusal> {
    let invoice = invoice(call, id)?;
    match invoice.status {
        Status::Draft => Ok(invoice),
        _ => Err(refuse(400, "INVOICE_NOT_DRAFT", "The invoice has been issued and cannot be changed.")),
    }
}

fn update(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let body = call.json(invalid)?;
    let supply = supply_period(&body)?;
    let charges = body.has("lines").then(|| billing::charges(call, &body, invalid)).transpose()?;
    let (po_reference, notes) = (body.opt_text("po_reference")?, body.opt_text("notes")?);
    let invoice = drafted(call, id)?;
    invoice.supply = supply.or(invoice.supply);
    invoice.po_reference = po_reference.or(invoice.po_reference.take());
    invoice.notes = notes.or(invoice.notes.take());
    invoice.charges = charges.unwrap_or_else(|| std::mem::take(&mut invoice.charges));
    ok(shown(id, invoice))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    drafted(call, id)?;
    call.state::<Invoices>()?.all.remove(id);
    done()
}

// ---- from issue to payment

fn issue(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let uncoded = drafted(call, id)?.charges.iter().any(|charge| charge.vat_code.is_none());
    if uncoded && call.state::<Vat>()?.enabled {
        return Err(refuse(400, "VAT_LINES_MISSING_CODE", "VAT is charged: every line needs a VAT code."));
    }
    let number = take_number(call)?;
    open(call, id, number)?;
    show(call)
}

/// An invoice that has been issued.
fn issued<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Invoice, Refusal> {
    let invoice = invoice(call, id)?;
    match invoice.status {
        Status::Draft => Err(refuse(400, "INVOICE_NOT_ISSUED", "The invoice is still a draft.")),
        _ => Ok(invoice),
    }
}

fn pay(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let amount = call.json(invalid)?.int("amount_pence", 1..=1_000_000_000)?;
    let invoice = issued(call, id)?;
    if invoice.status == Status::Voided || invoice.paid_pence + amount > invoice.total_pence() {
        return Err(refuse(409, "CONFLICT", "This much is not due."));
    }
    invoice.paid_pence += amount;
    if invoice.paid_pence == invoice.total_pence() {
        invoice.status = Status::Paid;
    }
    created(shown(id, invoice))
}

fn reverse_payments(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let invoice = issued(call, id)?;
    invoice.paid_pence = 0;
    if invoice.status == Status::Paid {
        invoice.status = Status::Open;
    }
    done()
}

fn void(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let invoice = issued(call, id)?;
    if invoice.paid_pence > 0 {
        return Err(refuse(422, "INVOICE_HAS_PAYMENTS", "Payments are recorded. Reverse them first."));
    }
    invoice.status = Status::Voided;
    ok(shown(id, invoice))
}

// ---- what others see of it

/// Makes a public link: of a draft it shows a preview.
fn share(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    invoice(call, id)?;
    created(json!({ "token": portal::link(call, Behind::Invoice(id))? }))
}

fn send(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let to = call.json(invalid)?.text("to")?;
    if issued(call, id)?.status == Status::Voided {
        return Err(refuse(410, "INVOICE_NOT_SENDABLE", "The invoice has been voided."));
    }
    let token = portal::link(call, Behind::Invoice(id))?;
    mail(call, id, token, &to)?;
    invoice(call, id)?.recipient = Some(to);
    accepted(json!({ "token": token }))
}

fn preview(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    invoice(call, id)?;
    pdf(call, id)
}

fn regenerate(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    issued(call, id)?;
    pdf(call, id)
}
