//! The billable services of an organisation: what lines are about.

use crate::reference::prelude::*;

use super::super::contracts::Contracts;
use super::super::invoices::Invoices;
use super::super::quotes::Quotes;
use super::{Charge, MOST_PENCE, invalid};

/// The billable services of an organisation: what lines are about.
#[derive(Default)]
pub struct Services(pub Shelf<BillableService>);

pub struct BillableService {
    pub code: String,
    pub name: String,
    pub unit_pence: i64,
}

fn shown(id: Uuid, it: &BillableService) -> Value {
    json!({ "id": id, "code": it.code, "name": it.name, "unit_price_pence": it.unit_pence })
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such service.")
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let services: Vec<Value> = call.state::<Services>()?.0.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "services": services }))
}

pub fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (code, name) = (body.text("code")?, body.text("name")?);
    let service = BillableService { code, name, unit_pence: body.int("unit_price_pence", 0..=MOST_PENCE)? };
    let services = &mut call.state::<Services>()?.0;
    if services.values().any(|other| other.code.eq_ignore_ascii_case(&service.code)) {
        return Err(refuse(409, "DUPLICATE", "There is a service of this code already."));
    }
    let id = Uuid::new_v4();
    created(shown(id, services.insert(id, service)))
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown(id, call.state::<Services>()?.0.get(id).ok_or_else(unknown)?))
}

pub fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    if !call.state::<Services>()?.0.contains(id) {
        return Err(unknown());
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
