//! From issue to payment, or to the void.

use crate::reference::prelude::*;

use super::super::settings::Vat;
use super::drafts::drafted;
use super::{Invoice, Status, invalid, invoice, open, show, shown, take_number};

pub fn issue(call: &mut Call<'_>) -> Answer {
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
pub fn issued<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Invoice, Refusal> {
    let invoice = invoice(call, id)?;
    match invoice.status {
        Status::Draft => Err(refuse(400, "INVOICE_NOT_ISSUED", "The invoice is still a draft.")),
        _ => Ok(invoice),
    }
}

pub fn pay(call: &mut Call<'_>) -> Answer {
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

pub fn reverse_payments(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let invoice = issued(call, id)?;
    invoice.paid_pence = 0;
    if invoice.status == Status::Paid {
        invoice.status = Status::Open;
    }
    done()
}

pub fn void(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let invoice = issued(call, id)?;
    if invoice.paid_pence > 0 {
        return Err(refuse(422, "INVOICE_HAS_PAYMENTS", "Payments are recorded. Reverse them first."));
    }
    invoice.status = Status::Voided;
    ok(shown(id, invoice))
}
