//! What invoices are made of: billable services, tax codes, charges; and the monthly run over all contracts.

use chrono::NaiveDate;

use crate::reference::prelude::*;

mod runs;
mod services;
mod tax_codes;

pub use services::Services;

pub const AREA: Area = Area::new(
    "billing",
    &[
        get("/api/v1/services", services::list).needs("psa_billing:read"),
        post("/api/v1/services", services::create).needs("psa_billing:write"),
        get("/api/v1/services/{id}", services::show).needs("psa_billing:read"),
        delete("/api/v1/services/{id}", services::remove).needs("psa_billing:write"),
        get("/api/v1/tax-codes", tax_codes::list).needs("psa_billing:read"),
        post("/api/v1/tax-codes", tax_codes::create).needs("psa_billing:write"),
        delete("/api/v1/tax-codes/{id}", tax_codes::remove).needs("psa_billing:write"),
        get("/api/v1/billing/recurring-runs", runs::list).needs("psa_billing:read"),
        post("/api/v1/billing/recurring-runs", runs::run).needs("psa_billing:write"),
    ],
);

const MOST_PENCE: i64 = 100_000_000;

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// A line of an invoice, a quote or a contract.
#[derive(Debug, Clone)]
pub struct Charge {
    pub description: String,
    pub quantity: i64,
    pub unit_pence: i64,
    pub service: Option<Uuid>,
    pub vat_code: Option<String>,
}

impl Charge {
    pub fn pence(&self) -> i64 {
        self.quantity * self.unit_pence
    }

    pub fn shown(&self) -> Value {
        json!({ "description": self.description, "quantity": self.quantity, "unit_price_pence": self.unit_pence,
            "amount_pence": self.pence(), "service_id": self.service, "vat_code": self.vat_code })
    }
}

/// Reads a line. One that names a service takes description and price from it unless it has its own.
pub fn charge(call: &mut Call<'_>, line: &Fields) -> Result<Charge, Refusal> {
    let service = line.opt_id("service_id")?;
    let services = &call.state::<Services>()?.0;
    let known = service.map(|id| services.get(id).ok_or_else(|| line.refusal("service_id names no service")));
    let known = known.transpose()?;
    let unit = line.opt_int("unit_price_pence", 0..=MOST_PENCE)?.or(known.map(|it| it.unit_pence));
    Ok(Charge {
        description: match (line.opt_text("description")?, known) {
            (None, Some(service)) => service.name.clone(),
            _ => line.text("description")?,
        },
        quantity: line.opt_int("quantity", 0..=1_000_000)?.unwrap_or(1),
        unit_pence: unit.ok_or_else(|| line.refusal("unit_price_pence is required"))?,
        service,
        vat_code: line.opt_text("vat_code")?,
    })
}

/// The objects of the list `lines`.
pub fn lines(body: &Fields, invalid: fn(String) -> Refusal) -> Result<Vec<Fields>, Refusal> {
    let object = |item| match item {
        Value::Object(members) => Ok(Fields::of(members, invalid)),
        _ => Err(invalid("lines has to be a list of objects".into())),
    };
    body.list("lines")?.into_iter().map(object).collect()
}

/// The lines of a body as charges.
pub fn charges(call: &mut Call<'_>, body: &Fields, invalid: fn(String) -> Refusal) -> Result<Vec<Charge>, Refusal> {
    lines(body, invalid)?.iter().map(|line| charge(call, line)).collect()
}

// ---- time

/// A day in the words of everything that has to do with money.
pub fn date(body: &Fields, name: &str) -> Result<Option<NaiveDate>, Refusal> {
    let Some(text) = body.opt_text(name)? else { return Ok(None) };
    let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text);
    day.map(Some).ok_or_else(|| refuse(400, "INVALID_DATE", format!("{name} is a day written YYYY-MM-DD.")))
}

/// The month that a body names as `period`, otherwise the present one.
pub fn period(call: &Call<'_>, body: &Fields) -> Result<String, Refusal> {
    let text = body.opt_text("period")?.unwrap_or_else(|| stamp(call.now())[..7].to_owned());
    match NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").is_ok() && text.len() == 7 {
        true => Ok(text),
        false => Err(body.refusal("period has to be a month written YYYY-MM")),
    }
}
