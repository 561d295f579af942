//! What invoices are made of: billable services, tax codes, charges; and the monthly run over all contracts.

use chrono::NaiveDate;

use crate::reference::prelude::*;

use super::contracts::{self, Contracts, Stage};
use super::invoices::Invoices;
use super::quotes::Quotes;

pub const AREA: Area = Area::new(
    "billing",
    &[
        get("/api/v1/services", list_services).needs("psa_billing:read"),
        post("/api/v1/services", create_service).needs("psa_billing:write"),
        get("/api/v1/services/{id}", show_service).needs("psa_billing:read"),
        delete("/api/v1/services/{id}", remove_service).needs("psa_billing:write"),
        get("/api/v1/tax-codes", list_tax_codes).needs("psa_billing:read"),
        post("/api/v1/tax-codes", create_tax_code).needs("psa_billing:write"),
        delete("/api/v1/tax-codes/{id}", remove_tax_code).needs("psa_billing:write"),
        get("/api/v1/billing/recurring-runs", list_runs).needs("psa_billing:read"),
        post("/api/v1/billing/recurring-runs", run).needs("psa_billing:write"),
    ],
);

/// The billable services of an organisation: what lines are about.
#[derive(Default)]
pub struct Services(pub Shelf<BillableService>);

pub struct BillableService {
    pub code: String,
    pub name: String,
    pub unit_pence: i64,
}

#[derive(Default)]
struct TaxCodes(Shelf<TaxCode>);

struct TaxCode {
    name: String,
    rate_bps: i64,
    effective_from: NaiveDate,
}

/// Recurring runs that were made.
#[derive(Default)]
struct Runs(Shelf<Run>);

struct Run {
    period: String,
    invoices: Vec<Uuid>,
    /// Contracts that could not be invoiced, each with the reason.
    left_out: Vec<Value>,
}

const MOST_PENCE: i64 = 100_000_000;

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

// ---- charges

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

// ---- services

fn shown_service(id: Uuid, it: &BillableService) -> Value {
    json!({ "id": id, "code": it.code, "name": it.name, "unit_price_pence": it.unit_pence })
}

fn no_service() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such service.")
}

fn list_services(call: &mut Call<'_>) -> Answer {
    let services: Vec<Value> = call.state::<Services>()?.0.iter().map(|(id, it)| shown_service(id, it)).collect();
    ok(json!({ "services": services }))
}

fn create_service(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (code, name) = (body.text("code")?, body.text("name")?);
    let service = BillableService { code, name, unit_pence: body.int("unit_price_pence", 0..=MOST_PENCE)? };
    let services = &mut call.state::<Services>()?.0;
    if services.values().any(|other| other.code.eq_ignore_ascii_case(&service.code)) {
        return Err(refuse(409, "DUPLICATE", "There is a service of this code already."));
    }
    let id = Uuid::new_v4();
    created(shown_service(id, services.insert(id, service)))
}

fn show_service(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown_service(id, call.state::<Services>()?.0.get(id).ok_or_else(no_service)?))
}

fn remove_service(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    if !call.state::<Services>()?.0.contains(id) {
        return Err(no_service());
    }
    let on = |charge: &Charge| charge.service == Some(id);
    let used = call.state::<Invoices>()?.all.values().any(|it| it.charges.iter().any(on))
        || call.state::<Quotes>()?.all.values().any(|it| it.charges.iter().any(on))
        || call.state::<Contracts>()?.all.values().any(|it| it.lines.iter().any(|line| on(&line.charge)));
    if used {
        return Err(refuse(409, "SERVICE_IN_USE", "There are lines of this service."));
    }
    call.state::<Services>()?.0.remove(id);
    done()
}

// ---- tax codes

fn shown_tax_code(id: Uuid, it: &TaxCode) -> Value {
    json!({ "id": id, "name": it.name, "rate_bps": it.rate_bps, "effective_from": it.effective_from.to_string() })
}

fn list_tax_codes(call: &mut Call<'_>) -> Answer {
    let codes: Vec<Value> = call.state::<TaxCodes>()?.0.iter().map(|(id, it)| shown_tax_code(id, it)).collect();
    ok(json!({ "tax_codes": codes }))
}

fn create_tax_code(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let name = body.text("name")?;
    let rate = body.get("rate_bps").and_then(Value::as_i64).filter(|rate| (0..=10_000).contains(rate));
    let rate_bps = rate.ok_or_else(|| refuse(400, "INVALID_RATE", "rate_bps is a whole number from 0 to 10000."))?;
    let effective_from = date(&body, "effective_from")?;
    let effective_from = effective_from.ok_or_else(|| body.refusal("effective_from is required"))?;
    let id = Uuid::new_v4();
    let code = TaxCode { name, rate_bps, effective_from };
    created(shown_tax_code(id, call.state::<TaxCodes>()?.0.insert(id, code)))
}

fn remove_tax_code(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    match call.state::<TaxCodes>()?.0.remove(id) {
        Some(_) => done(),
        None => Err(refuse(404, "NOT_FOUND", "There is no such tax code.")),
    }
}

/// A day in the words of everything that has to do with money.
pub fn date(body: &Fields, name: &str) -> Result<Option<NaiveDate>, Refusal> {
    let Some(text) = body.opt_text(name)? else { return Ok(None) };
    let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text);
    day.map(Some).ok_or_else(|| refuse(400, "INVALID_DATE", format!("{name} is a day written YYYY-MM-DD.")))
}

// ---- recurring runs

/// The month that a body names as `period`, otherwise the present one.
pub fn period(call: &Call<'_>, body: &Fields) -> Result<String, Refusal> {
    let text = body.opt_text("period")?.unwrap_or_else(|| stamp(call.now())[..7].to_owned());
    match NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").is_ok() && text.len() == 7 {
        true => Ok(text),
        false => Err(body.refusal("period has to be a month written YYYY-MM")),
    }
}

fn shown_run(id: Uuid, run: &Run) -> Value {
    json!({ "id": id, "period": run.period, "invoices": run.invoices, "left_out": run.left_out })
}

fn list_runs(call: &mut Call<'_>) -> Answer {
    let runs: Vec<Value> = call.state::<Runs>()?.0.iter().map(|(id, run)| shown_run(id, run)).collect();
    ok(json!({ "runs": runs }))
}

fn run(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let period = period(call, &body)?;
    if call.state::<Runs>()?.0.values().any(|run| run.period == period) {
        return Err(refuse(409, "CONFLICT", "This period has been run already."));
    }
    let active = |(id, it): (Uuid, &contracts::Contract)| (it.stage == Stage::Active).then_some(id);
    let due: Vec<Uuid> = call.state::<Contracts>()?.all.iter().filter_map(active).collect();
    let mut run = Run { period, invoices: Vec::new(), left_out: Vec::new() };
    for contract in due {
        match contracts::bill(call, contract, &run.period) {
            Ok(invoice) => run.invoices.push(invoice),
            Err(why) => run.left_out.push(json!({ "contract_id": contract, "reason": why.message })),
        }
    }
    let id = Uuid::new_v4();
    created(shown_run(id, call.state::<Runs>()?.0.insert(id, run)))
}
