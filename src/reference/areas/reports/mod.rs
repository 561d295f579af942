//! Reports for clients, and queries of one's own.

mod query;

use super::agents::Agents;
use super::clients::Clients;
use super::tickets::Tickets;
use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "reports",
    &[
        get("/api/v1/reports", list).needs("reports:read"),
        post("/api/v1/reports", generate).needs("reports:execute"),
        post("/api/v1/reports/query", query::run).needs("reports:read"),
        get("/api/v1/reports/{id}", show).needs("reports:read"),
        get("/api/v1/reports/{id}/document", download).needs("reports:read"),
        delete("/api/v1/reports/{id}", remove).needs("reports:write"),
    ],
);

/// The reports of an organisation.
#[derive(Default)]
struct Reports(Shelf<Report>);

struct Report {
    client: Uuid,
    made: Millis,
    document: String,
}

impl Report {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "client_id": self.client, "status": "ready", "created_at": stamp(self.made) })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// The report that the path names.
fn named<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a Report), Refusal> {
    let id = call.id()?;
    let report = call.state::<Reports>()?.0.get(id);
    Ok((id, report.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such report."))?))
}

fn list(call: &mut Call<'_>) -> Answer {
    let reports: Vec<Value> = call.state::<Reports>()?.0.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "reports": reports }))
}

/// Has a worker write a report on a client.
fn generate(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let client = body.id("client_id")?;
    let name = call.state::<Clients>()?.all.get(client).map(|it| it.name.clone());
    let name = name.ok_or_else(|| refuse(400, "INVALID_REFERENCE", "There is no such client."))?;
    if call.broken(Component::ReportWorkers).is_some() {
        return Err(refuse(503, "INTERNAL_ERROR", "No worker is free to write the report. Try again later."));
    }
    if call.broken(Component::DocumentGenerator).is_some() {
        return Err(refuse(500, "GENERATION_ERROR", "The document could not be made from its template."));
    }
    let tickets = call.state::<Tickets>()?.all.values().filter(|it| it.client == client).count();
    let devices = call.state::<Agents>()?.all.values().filter(|it| it.client == client).count();
    let made = call.now();
    let document = format!("Report on {name}, {}\n\nTickets: {tickets}\nDevices: {devices}\n", stamp(made));
    let id = Uuid::new_v4();
    created(call.state::<Reports>()?.0.insert(id, Report { client, made, document }).shown(id))
}

fn show(call: &mut Call<'_>) -> Answer {
    let (id, report) = named(call)?;
    ok(report.shown(id))
}

fn download(call: &mut Call<'_>) -> Answer {
    file("text/plain; charset=utf-8", named(call)?.1.document.clone().into_bytes())
}

fn remove(call: &mut Call<'_>) -> Answer {
    let (id, _) = named(call)?;
    call.state::<Reports>()?.0.remove(id);
    done()
}
