//! Invoices go to the package, payments come back.

use std::collections::HashMap;

use crate::reference::prelude::*;

use super::books::Document;
use super::{Accounting, Package, ask, connected, not_connected};
use crate::reference::areas::invoices::{Invoices, Status};

/// Copies an issued invoice into the package, or its present state over the copy.
pub fn push(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let invoice = call.state::<Invoices>()?.all.get(id);
    let invoice = invoice.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such invoice."))?;
    let (total_pence, currency) = (invoice.total_pence(), invoice.currency.clone());
    let Some(number) = invoice.number.clone().filter(|_| invoice.status != Status::Draft) else {
        return Err(refuse(400, "INVOICE_NOT_ISSUED", "The invoice is still a draft."));
    };
    let ours = call.state::<Accounting>()?;
    let (connection, known) = (ours.connection.ok_or_else(not_connected)?, ours.pushed.get(id).copied());
    let books = ask(call, connection)?;
    if !books.currencies.contains(&currency.as_str()) {
        let why = format!("The accounting package does not keep {currency}.");
        return Err(refuse(400, "INVOICE_CURRENCY_UNSUPPORTED", why));
    }
    let document = known.unwrap_or_else(Uuid::new_v4);
    if books.documents.get(document).is_some_and(|copy| copy.paid || copy.locked) {
        return Err(refuse(409, "PROVIDER_CONFLICT", "The copy in the accounting package is paid or locked."));
    }
    let copy = Document { number: number.clone(), total_pence, paid: false, locked: false };
    books.documents.insert(document, copy);
    call.state::<Accounting>()?.pushed.insert(id, document);
    accepted(json!({ "invoice_id": id, "number": number, "document_id": document }))
}

/// Pulls payments: what is paid in the package is paid here.
pub fn sync(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    if connection.package == Package::FreeAgent && !call.world.profile.freeagent_worker {
        return Err(refuse(503, "SYNC_UNAVAILABLE", "This deployment is built without the worker for FreeAgent."));
    }
    let documents = ask(call, connection)?.documents.iter();
    let paid: HashMap<Uuid, i64> = documents.filter(|(_, it)| it.paid).map(|(id, it)| (id, it.total_pence)).collect();
    if call.broken(Component::AccountingReconciler).is_some() {
        return Err(refuse(500, "SYNC_ERROR", "What was fetched could not be applied."));
    }
    let pushed = call.state::<Accounting>()?.pushed.iter();
    let settled: Vec<(Uuid, i64)> = pushed.filter_map(|(id, document)| Some((id, *paid.get(document)?))).collect();
    let (invoices, mut payments) = (&mut call.state::<Invoices>()?.all, 0);
    for (id, pence) in settled {
        if let Some(invoice) = invoices.get_mut(id).filter(|invoice| invoice.status == Status::Open) {
            (invoice.paid_pence, invoice.status) = (pence, Status::Paid);
            payments += 1;
        }
    }
    accepted(json!({ "provider": connection.package.name(), "payments": payments }))
}
