//! Drafts: everything about them can still be changed.

use chrono::NaiveDate;

use crate::reference::prelude::*;

use super::super::billing;
use super::super::clients::Clients;
use super::{Invoice, Invoices, Status, invalid, invoice, raise, shown};

pub fn create(call: &mut Call<'_>) -> Answer {
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

/// A draft, to be changed.
pub fn drafted<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Invoice, Refusal> {
    let invoice = invoice(call, id)?;
    match invoice.status {
        Status::Draft => Ok(invoice),
        _ => Err(refuse(400, "INVOICE_NOT_DRAFT", "The invoice has been issued and cannot be changed.")),
    }
}

pub fn update(call: &mut Call<'_>) -> Answer {
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

pub fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    drafted(call, id)?;
    call.state::<Invoices>()?.all.remove(id);
    done()
}
