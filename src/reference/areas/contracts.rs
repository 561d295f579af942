//! Contracts with clients: what is billed again and again.

use chrono::NaiveDate;

use crate::reference::prelude::*;

use super::billing::{self, Charge};
use super::clients::Clients;
use super::invoices;

pub const AREA: Area = Area::new(
    "contracts",
    &[
        get("/api/v1/contracts", list).needs("psa_contracts:read"),
        post("/api/v1/contracts", create).needs("psa_contracts:write"),
        get("/api/v1/contracts/{id}", show).needs("psa_contracts:read"),
        delete("/api/v1/contracts/{id}", remove).needs("psa_contracts:write"),
        post("/api/v1/contracts/{id}/transition", transition).needs("psa_contracts:write"),
        get("/api/v1/contracts/{id}/forecast", forecast).needs("psa_contracts:read"),
        post("/api/v1/contracts/{id}/generate-invoice", generate).needs("psa_billing:write"),
    ],
);

/// The contracts of an organisation.
#[derive(Default)]
pub struct Contracts {
    pub all: Shelf<Contract>,
}

pub struct Contract {
    pub client: Uuid,
    pub name: String,
    pub stage: Stage,
    pub lines: Vec<ContractLine>,
    start: NaiveDate,
    end: Option<NaiveDate>,
    /// What its invoices came to, oldest first.
    billed: Vec<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Draft,
    Active,
    Ended,
}

pub struct ContractLine {
    pub kind: Kind,
    pub charge: Charge,
}

/// Where the quantity of a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Recurring,
    /// Time and materials.
    TimeEntries,
    TelecomUsage,
}

/// The months (`YYYY-MM`) whose telecom usage has been fetched. Whoever synchronises usage adds to it.
#[derive(Default)]
pub struct TelecomUsage {
    pub synced: Vec<String>,
}

const STAGES: [(&str, Stage); 3] = [("draft", Stage::Draft), ("active", Stage::Active), ("ended", Stage::Ended)];
const KINDS: [(&str, Kind); 3] =
    [("recurring", Kind::Recurring), ("time_entries", Kind::TimeEntries), ("telecom_usage", Kind::TelecomUsage)];
const MONTHS: i64 = 12;

fn named<T: Copy + PartialEq>(all: &[(&'static str, T)], text: &str) -> Option<T> {
    all.iter().find(|(name, _)| *name == text).map(|(_, it)| *it)
}

fn name_of<T: Copy + PartialEq>(all: &[(&'static str, T)], it: T) -> &'static str {
    all.iter().find(|(_, other)| *other == it).map_or("", |(name, _)| name)
}

fn invalid(why: String) -> Refusal {
    refuse(422, "VALIDATION_ERROR", why)
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such contract.")
}

fn shown(id: Uuid, it: &Contract) -> Value {
    let line = |line: &ContractLine| {
        let mut shown = line.charge.shown();
        shown["kind"] = json!(name_of(&KINDS, line.kind));
        shown
    };
    json!({ "id": id, "client_id": it.client, "name": it.name, "status": name_of(&STAGES, it.stage),
        "start_date": it.start.to_string(), "end_date": it.end.map(|day| day.to_string()),
        "lines": it.lines.iter().map(line).collect::<Vec<_>>() })
}

fn contract<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Contract, Refusal> {
    call.state::<Contracts>()?.all.get_mut(id).ok_or_else(unknown)
}

fn list(call: &mut Call<'_>) -> Answer {
    let contracts: Vec<Value> = call.state::<Contracts>()?.all.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "contracts": contracts }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (client, name) = (body.id("client_id")?, body.text("name")?);
    let (start, end) = (body.opt_date("start_date")?, body.opt_date("end_date")?);
    let start = start.ok_or_else(|| body.refusal("start_date is required"))?;
    if end.is_some_and(|end| end < start) {
        return Err(body.refusal("end_date lies before start_date"));
    }
    if !call.state::<Clients>()?.all.contains(client) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such client."));
    }
    let mut lines = Vec::new();
    for line in billing::lines(&body, invalid)? {
        let kind = line.opt_text("kind")?;
        let kind = named(&KINDS, kind.as_deref().unwrap_or("recurring"));
        let kind = kind.ok_or_else(|| line.refusal("kind is recurring, time_entries or telecom_usage"))?;
        lines.push(ContractLine { kind, charge: billing::charge(call, &line)? });
    }
    let id = Uuid::new_v4();
    let contract = Contract { client, name, stage: Stage::Draft, lines, start, end, billed: Vec::new() };
    created(shown(id, call.state::<Contracts>()?.all.insert(id, contract)))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown(id, contract(call, id)?))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    if contract(call, id)?.stage == Stage::Active {
        return Err(refuse(409, "CONFLICT", "The contract is active. End it first."));
    }
    call.state::<Contracts>()?.all.remove(id);
    done()
}

// ---- its life

fn transition(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let body = call.json(invalid)?;
    let to = named(&STAGES, &body.text("status")?);
    let to = to.ok_or_else(|| body.refusal("status is draft, active or ended"))?;
    let from = contract(call, id)?.stage;
    if !matches!((from, to), (Stage::Draft, Stage::Active | Stage::Ended) | (Stage::Active, Stage::Ended)) {
        let (from, to) = (name_of(&STAGES, from), name_of(&STAGES, to));
        return Err(refuse(400, "INVALID_TRANSITION", format!("From {from} there is no way to {to}.")));
    }
    if to == Stage::Active && hours_billed_twice(call, id)? {
        return Err(refuse(
            409,
            "DUPLICATE_TIME_ENTRIES_LINE",
            "Another active contract bills the hours of this client for the same service.",
        ));
    }
    let contract = contract(call, id)?;
    contract.stage = to;
    ok(shown(id, contract))
}

fn hours(contract: &Contract) -> impl Iterator<Item = Option<Uuid>> {
    contract.lines.iter().filter(|line| line.kind == Kind::TimeEntries).map(|line| line.charge.service)
}

fn hours_billed_twice(call: &mut Call<'_>, id: Uuid) -> Result<bool, Refusal> {
    let contracts = &call.state::<Contracts>()?.all;
    let Some(this) = contracts.get(id) else { return Ok(false) };
    let rivals = contracts.values().filter(|it| it.stage == Stage::Active && it.client == this.client);
    Ok(rivals.flat_map(hours).any(|service| hours(this).any(|mine| mine == service)))
}

/// What the coming year brings: from recurring lines, otherwise from what was billed before.
fn forecast(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let contract = contract(call, id)?;
    let recurring = contract.lines.iter().filter(|line| line.kind == Kind::Recurring);
    let recurring: Vec<i64> = recurring.map(|line| line.charge.pence()).collect();
    let monthly = match (recurring.is_empty(), contract.billed.len() as i64) {
        (false, _) => recurring.iter().sum(),
        (true, 0) => {
            return Err(refuse(422, "FORECAST_UNAVAILABLE", "Nothing recurs and nothing was billed yet."));
        }
        (true, times) => contract.billed.iter().sum::<i64>() / times,
    };
    ok(json!({ "monthly_pence": monthly, "year_pence": monthly * MONTHS }))
}

// ---- its invoices

fn generate(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let body = match call.bytes().is_empty() {
        true => Fields::of(serde_json::Map::new(), invalid),
        false => call.json(invalid)?,
    };
    let period = billing::period(call, &body)?;
    if contract(call, id)?.stage != Stage::Active {
        return Err(refuse(409, "CONFLICT", "Only an active contract is billed."));
    }
    let invoice = bill(call, id, &period)?;
    invoices::show_created(call, invoice)
}

/// Issues the invoice of a contract for a month.
pub fn bill(call: &mut Call<'_>, id: Uuid, period: &str) -> Result<Uuid, Refusal> {
    let contract_ = contract(call, id)?;
    let (client, telecom) = (contract_.client, contract_.lines.iter().any(|it| it.kind == Kind::TelecomUsage));
    let charges: Vec<Charge> = contract_.lines.iter().map(|line| line.charge.clone()).collect();
    if telecom && !call.state::<TelecomUsage>()?.synced.iter().any(|month| month == period) {
        return Err(refuse(409, "TELECOM_USAGE_NOT_SYNCED", "The telecom usage of this month is not here yet."));
    }
    let amount = charges.iter().map(Charge::pence).sum();
    let number = invoices::take_number(call)?;
    let charges = invoices::with_vat_code(call, charges)?;
    let invoice = invoices::raise(call, client, charges)?;
    invoices::open(call, invoice, number)?;
    contract(call, id)?.billed.push(amount);
    Ok(invoice)
}
