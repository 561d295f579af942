//! Invoices to clients.

use crate::reference::prelude::*;

pub const AREA: Area = Area::new("invoices", &[get("/api/v1/invoices", list).needs("psa_billing:read")]);

/// The invoices of an organisation.
#[derive(Default)]
pub struct Invoices {
    pub all: Shelf<Invoice>,
}

pub struct Invoice {
    pub client: Uuid,
    pub lines: Vec<Line>,
}

/// What one thing on an invoice costs.
pub struct Line {
    pub description: String,
    pub amount_pence: i64,
}

/// Drafts an invoice.
pub fn draft(call: &mut Call<'_>, client: Uuid, lines: Vec<Line>) -> Result<Uuid, Refusal> {
    let id = Uuid::new_v4();
    call.state::<Invoices>()?.all.insert(id, Invoice { client, lines });
    Ok(id)
}

/// Whether an invoice holds what is on it: one that is gone does not.
pub fn counts(call: &mut Call<'_>, id: Uuid) -> Result<bool, Refusal> {
    Ok(call.state::<Invoices>()?.all.contains(id))
}

fn shown(id: Uuid, invoice: &Invoice) -> Value {
    let line = |line: &Line| json!({ "description": line.description, "amount_pence": line.amount_pence });
    let lines: Vec<Value> = invoice.lines.iter().map(line).collect();
    json!({ "id": id, "client_id": invoice.client, "lines": lines })
}

fn list(call: &mut Call<'_>) -> Answer {
    let invoices: Vec<Value> = call.state::<Invoices>()?.all.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "invoices": invoices }))
}
