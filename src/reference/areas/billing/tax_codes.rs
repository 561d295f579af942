//! Tax codes, each from a day on.

use chrono::NaiveDate;

use crate::reference::prelude::*;

use super::{date, invalid};

#[derive(Default)]
struct TaxCodes(Shelf<TaxCode>);

struct TaxCode {
    name: String,
    rate_bps: i64,
    effective_from: NaiveDate,
}

fn shown(id: Uuid, it: &TaxCode) -> Value {
    json!({ "id": id, "name": it.name, "rate_bps": it.rate_bps, "effective_from": it.effective_from.to_string() })
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let codes: Vec<Value> = call.state::<TaxCodes>()?.0.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "tax_codes": codes }))
}

pub fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let name = body.text("name")?;
    let rate = body.get("rate_bps").and_then(Value::as_i64).filter(|rate| (0..=10_000).contains(rate));
    let rate_bps = rate.ok_or_else(|| refuse(400, "INVALID_RATE", "rate_bps is a whole number from 0 to 10000."))?;
    let effective_from = date(&body, "effective_from")?;
    let effective_from = effective_from.ok_or_else(|| body.refusal("effective_from is required"))?;
    let id = Uuid::new_v4();
    let code = TaxCode { name, rate_bps, effective_from };
    created(shown(id, call.state::<TaxCodes>()?.0.insert(id, code)))
}

pub fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    match call.state::<TaxCodes>()?.0.remove(id) {
        Some(_) => done(),
        None => Err(refuse(404, "NOT_FOUND", "There is no such tax code.")),
    }
}
