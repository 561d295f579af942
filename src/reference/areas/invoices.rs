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
}

fn list(call: &mut Call<'_>) -> Answer {
    let shown = |(id, invoice): (Uuid, &Invoice)| json!({ "id": id, "client_id": invoice.client });
    let invoices: Vec<Value> = call.state::<Invoices>()?.all.iter().map(shown).collect();
    ok(json!({ "invoices": invoices }))
}
