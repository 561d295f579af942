//! The vendor's side: the company file of an organisation, in whichever package it is.

use crate::reference::prelude::*;

use super::connecting::Flows;
use super::invalid;

#[derive(Default)]
pub struct Books {
    /// Given to people who consented, to be exchanged once.
    codes: Vec<Uuid>,
    /// The authorisation that is honoured.
    token: Option<Uuid>,
    pub accounts: Vec<(&'static str, &'static str)>,
    pub contacts: Vec<(&'static str, &'static str)>,
    pub currencies: Vec<&'static str>,
    pub documents: Shelf<Document>,
}

/// An invoice as the package holds it.
pub struct Document {
    pub number: String,
    pub total_pence: i64,
    pub paid: bool,
    pub locked: bool,
}

const MOST_CODES: usize = 20;

impl Books {
    pub fn new() -> Self {
        Books {
            accounts: vec![("acc-1", "Current account"), ("acc-2", "Savings")],
            contacts: vec![("con-1001", "Alder & Sons"), ("con-1002", "Cedar Dental"), ("con-1003", "Old Mill")],
            currencies: vec!["GBP", "EUR"],
            ..Books::default()
        }
    }

    pub fn authorise(&mut self, token: Uuid) {
        self.token = Some(token);
    }

    pub fn honours(&self, token: Uuid) -> bool {
        self.token == Some(token)
    }

    /// Gives an authorisation for a code.
    pub fn exchange(&mut self, code: Uuid) -> Option<Uuid> {
        let at = self.codes.iter().position(|it| *it == code)?;
        self.codes.remove(at);
        self.token = Some(Uuid::new_v4());
        self.token
    }
}

// ---- the control side: what somebody does in the package

/// Somebody consents at the page of the package that a connection leads to: `{ state }`.
pub fn consent(call: &mut Call<'_>) -> Answer {
    let state = call.json(invalid)?.id("state")?;
    let tenant = call.world.state::<Flows>().tenant(state);
    call.caller.tenant = Some(tenant.ok_or_else(|| refuse(404, "NOT_FOUND", "Nobody waits for this consent."))?);
    let (code, codes) = (Uuid::new_v4(), &mut call.state::<Books>()?.codes);
    codes.push(code);
    if codes.len() > MOST_CODES {
        codes.remove(0);
    }
    created(json!({ "code": code }))
}

/// Somebody withdraws the authorisation of an organisation: `{ tenant }`.
pub fn revoke(call: &mut Call<'_>) -> Answer {
    call.caller.tenant = Some(call.json(invalid)?.id("tenant")?);
    call.state::<Books>()?.token = None;
    done()
}

/// Somebody marks a document as paid, or locks it: `{ tenant, paid, locked }`.
pub fn change_document(call: &mut Call<'_>) -> Answer {
    let (id, body) = (call.id()?, call.json(invalid)?);
    call.caller.tenant = Some(body.id("tenant")?);
    let document = call.state::<Books>()?.documents.get_mut(id);
    let document = document.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such document."))?;
    document.paid = body.flag("paid", document.paid)?;
    document.locked = body.flag("locked", document.locked)?;
    ok(json!({ "id": id, "number": document.number, "paid": document.paid, "locked": document.locked }))
}
