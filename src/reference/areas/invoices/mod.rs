//! Invoices to clients: drafts, then frozen and numbered, paid or voided.

use chrono::NaiveDate;

use crate::reference::prelude::*;

use super::billing::Charge;
use super::settings::Vat;

mod drafts;
mod payment;
mod sharing;

pub use sharing::{mail, pdf};

pub const AREA: Area = Area::new(
    "invoices",
    &[
        get("/api/v1/invoices", list).needs("psa_billing:read"),
        post("/api/v1/invoices", drafts::create).needs("psa_billing:write"),
        get("/api/v1/invoices/{id}", show).needs("psa_billing:read"),
        patch("/api/v1/invoices/{id}", drafts::update).needs("psa_billing:write"),
        delete("/api/v1/invoices/{id}", drafts::remove).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/issue", payment::issue).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/payments", payment::pay).needs("psa_billing:write"),
        delete("/api/v1/invoices/{id}/payments", payment::reverse_payments).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/void", payment::void).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/share", sharing::share).needs("psa_billing:write"),
        post("/api/v1/invoices/{id}/send", sharing::send).needs("psa_billing:write"),
        get("/api/v1/invoices/{id}/pdf", sharing::preview).needs("psa_billing:read"),
        post("/api/v1/invoices/{id}/pdf/regenerate", sharing::regenerate).needs("psa_billing:write"),
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

// ---- reading

fn list(call: &mut Call<'_>) -> Answer {
    let invoices: Vec<Value> = call.state::<Invoices>()?.all.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "invoices": invoices }))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown(id, invoice(call, id)?))
}
