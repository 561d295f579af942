//! Time: timers that run on tickets, what was worked, and timesheets that somebody else approves.

use crate::reference::prelude::*;

use super::invoices::{self, Line};
use super::tickets::Tickets;

pub const AREA: Area = Area::new(
    "time",
    &[
        get("/api/v1/timers", list_timers).person().needs("psa_time:read"),
        post("/api/v1/timers", start_timer).person().needs("psa_time:write"),
        post("/api/v1/timers/{id}/stop", stop_timer).person().needs("psa_time:write"),
        get("/api/v1/time-entries", list_entries).needs("psa_time:read"),
        post("/api/v1/time-entries", log_time).person().needs("psa_time:write"),
        post("/api/v1/tickets/{id}/invoice", invoice_time).needs("psa_billing:write"),
        get("/api/v1/timesheets", list_sheets).needs("psa_time:read"),
        post("/api/v1/timesheets", open_sheet).person().needs("psa_time:write"),
        delete("/api/v1/timesheets/{id}", drop_sheet).person().needs("psa_time:write"),
        post("/api/v1/timesheets/{id}/submit", submit_sheet).person().needs("psa_time:write"),
        post("/api/v1/timesheets/{id}/approve", approve_sheet).person().needs("psa_time:execute"),
    ],
);

/// The time of an organisation.
#[derive(Default)]
struct Time {
    timers: Shelf<Timer>,
    entries: Shelf<Entry>,
    sheets: Shelf<Sheet>,
}

struct Timer {
    ticket: Uuid,
    user: Uuid,
    started: Millis,
}

/// What somebody worked on a ticket.
struct Entry {
    ticket: Uuid,
    user: Uuid,
    minutes: i64,
    billable: bool,
    note: Option<String>,
    invoice: Option<Uuid>,
}

struct Sheet {
    user: Uuid,
    period: (String, String),
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Submitted,
    Approved,
}

const PENCE_PER_HOUR: i64 = 8_000;

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

// ---- what tickets ask

/// Whether a timer runs on a ticket.
pub fn running(call: &mut Call<'_>, ticket: Uuid) -> Result<bool, Refusal> {
    Ok(call.state::<Time>()?.timers.values().any(|timer| timer.ticket == ticket))
}

/// Stops the timers of a ticket; what they counted is lost.
pub fn discard_timers(call: &mut Call<'_>, ticket: Uuid) -> Result<(), Refusal> {
    let timers = &mut call.state::<Time>()?.timers;
    let going: Vec<Uuid> = timers.iter().filter(|(_, it)| it.ticket == ticket).map(|(id, _)| id).collect();
    for id in going {
        timers.remove(id);
    }
    Ok(())
}

/// Whether time of a ticket is on an invoice that still counts.
pub fn billed(call: &mut Call<'_>, ticket: Uuid) -> Result<bool, Refusal> {
    let entries = call.state::<Time>()?.entries.values();
    let on: Vec<Uuid> = entries.filter(|entry| entry.ticket == ticket).filter_map(|entry| entry.invoice).collect();
    for invoice in on {
        if invoices::counts(call, invoice)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives the time of a ticket to another.
pub fn hand_over(call: &mut Call<'_>, from: Uuid, to: Uuid) -> Result<(), Refusal> {
    for entry in call.state::<Time>()?.entries.values_mut().filter(|entry| entry.ticket == from) {
        entry.ticket = to;
    }
    Ok(())
}

/// Removes the time of a ticket that goes.
pub fn forget(call: &mut Call<'_>, ticket: Uuid) -> Result<(), Refusal> {
    discard_timers(call, ticket)?;
    let entries = &mut call.state::<Time>()?.entries;
    let going: Vec<Uuid> = entries.iter().filter(|(_, it)| it.ticket == ticket).map(|(id, _)| id).collect();
    for id in going {
        entries.remove(id);
    }
    Ok(())
}

// ---- timers and entries

fn show_timer(id: Uuid, timer: &Timer) -> Value {
    json!({ "id": id, "ticket_id": timer.ticket, "user_id": timer.user, "started_at": stamp(timer.started) })
}

fn show_entry(id: Uuid, entry: &Entry) -> Value {
    json!({
        "id": id,
        "ticket_id": entry.ticket,
        "user_id": entry.user,
        "minutes": entry.minutes,
        "billable": entry.billable,
        "note": entry.note,
        "invoice_id": entry.invoice,
    })
}

/// The ticket that the body names.
fn ticket(call: &mut Call<'_>, body: &Fields) -> Result<Uuid, Refusal> {
    let id = body.get("ticket_id").and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok());
    let id = id.ok_or_else(|| refuse(400, "INVALID_TICKET_ID", "ticket_id has to be the identifier of a ticket."))?;
    match call.state::<Tickets>()?.all.contains(id) {
        true => Ok(id),
        false => Err(refuse(404, "NOT_FOUND", "There is no such ticket.")),
    }
}

fn list_timers(call: &mut Call<'_>) -> Answer {
    let user = call.user_id()?;
    let mine = call.state::<Time>()?.timers.iter().filter(|(_, timer)| timer.user == user);
    let timers: Vec<Value> = mine.map(|(id, timer)| show_timer(id, timer)).collect();
    ok(json!({ "timers": timers }))
}

fn start_timer(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let ticket = ticket(call, &body)?;
    let (user, started) = (call.user_id()?, call.now());
    let timers = &mut call.state::<Time>()?.timers;
    // Starting again what runs already changes nothing.
    if let Some((id, timer)) = timers.iter().find(|(_, it)| (it.ticket, it.user) == (ticket, user)) {
        return ok(show_timer(id, timer));
    }
    let id = Uuid::new_v4();
    created(show_timer(id, timers.insert(id, Timer { ticket, user, started })))
}

fn stop_timer(call: &mut Call<'_>) -> Answer {
    let (id, user, now) = (call.id()?, call.user_id()?, call.now());
    let body = if call.bytes().is_empty() { None } else { Some(call.json(invalid)?) };
    let billable = body.as_ref().map_or(Ok(true), |body| body.flag("billable", true))?;
    let note = body.as_ref().map_or(Ok(None), |body| body.opt_text("note"))?;
    let time = call.state::<Time>()?;
    if time.timers.get(id).is_none_or(|timer| timer.user != user) {
        return Err(refuse(404, "NOT_FOUND", "You have no such timer."));
    }
    let Some(timer) = time.timers.remove(id) else { return done() };
    let minutes = ((now - timer.started) / 60_000).max(1);
    let id = Uuid::new_v4();
    let entry = Entry { ticket: timer.ticket, user, minutes, billable, note, invoice: None };
    created(show_entry(id, time.entries.insert(id, entry)))
}

fn list_entries(call: &mut Call<'_>) -> Answer {
    let ticket = call.query("ticket_id").and_then(|text| Uuid::parse_str(&text).ok());
    let entries = call.state::<Time>()?.entries.iter();
    let wanted = entries.filter(|(_, entry)| ticket.is_none_or(|ticket| entry.ticket == ticket));
    let entries: Vec<Value> = wanted.map(|(id, entry)| show_entry(id, entry)).collect();
    ok(json!({ "time_entries": entries }))
}

fn log_time(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let ticket = ticket(call, &body)?;
    let entry = Entry {
        ticket,
        user: call.user_id()?,
        minutes: body.int("minutes", 1..=1_440)?,
        billable: body.flag("billable", true)?,
        note: body.opt_text("note")?,
        invoice: None,
    };
    let id = Uuid::new_v4();
    created(show_entry(id, call.state::<Time>()?.entries.insert(id, entry)))
}

/// Drafts an invoice for the time of a ticket that is on none yet.
fn invoice_time(call: &mut Call<'_>) -> Answer {
    let ticket = call.id()?;
    let client = call.state::<Tickets>()?.all.get(ticket).map(|ticket| ticket.client);
    let client = client.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such ticket."))?;
    let entries = call.state::<Time>()?.entries.iter();
    let due: Vec<(Uuid, i64)> = entries
        .filter(|(_, it)| it.ticket == ticket && it.billable && it.invoice.is_none())
        .map(|(id, it)| (id, it.minutes))
        .collect();
    if due.is_empty() {
        return Err(invalid("the ticket has no billable time that is not on an invoice".into()));
    }
    let lines = due.iter().map(|(_, minutes)| Line {
        description: format!("Work, {minutes} min"),
        amount_pence: minutes * PENCE_PER_HOUR / 60,
    });
    let invoice = invoices::draft(call, client, lines.collect())?;
    let time = call.state::<Time>()?;
    for (id, _) in &due {
        if let Some(entry) = time.entries.get_mut(*id) {
            entry.invoice = Some(invoice);
        }
    }
    created(json!({ "invoice_id": invoice, "client_id": client, "time_entries": due.len() }))
}

// ---- timesheets

fn show_sheet(id: Uuid, sheet: &Sheet) -> Value {
    let state = match sheet.state {
        State::Open => "open",
        State::Submitted => "submitted",
        State::Approved => "approved",
    };
    let (start, end) = &sheet.period;
    json!({ "id": id, "user_id": sheet.user, "period_start": start, "period_end": end, "state": state })
}

fn sheet<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Sheet), Refusal> {
    let id = call.id()?;
    let sheet = call.state::<Time>()?.sheets.get_mut(id);
    Ok((id, sheet.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such timesheet."))?))
}

/// The same where it has to be one's own.
fn own_sheet<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Sheet), Refusal> {
    let user = call.user_id()?;
    let (id, sheet) = sheet(call)?;
    match sheet.user == user {
        true => Ok((id, sheet)),
        false => Err(refuse(403, "FORBIDDEN", "This is somebody else's timesheet.")),
    }
}

fn list_sheets(call: &mut Call<'_>) -> Answer {
    let sheets: Vec<Value> = call.state::<Time>()?.sheets.iter().map(|(id, sheet)| show_sheet(id, sheet)).collect();
    ok(json!({ "timesheets": sheets }))
}

fn open_sheet(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let period = (body.opt_date("period_start")?, body.opt_date("period_end")?);
    let (Some(start), Some(end)) = period else {
        return Err(invalid("period_start and period_end are required".into()));
    };
    if end < start {
        return Err(invalid("the period ends before it starts".into()));
    }
    let (id, user) = (Uuid::new_v4(), call.user_id()?);
    let sheet = Sheet { user, period: (start.to_string(), end.to_string()), state: State::Open };
    created(show_sheet(id, call.state::<Time>()?.sheets.insert(id, sheet)))
}

fn drop_sheet(call: &mut Call<'_>) -> Answer {
    let (id, sheet) = own_sheet(call)?;
    if sheet.state == State::Approved {
        return Err(refuse(409, "INVALID_STATE", "An approved timesheet stays."));
    }
    call.state::<Time>()?.sheets.remove(id);
    done()
}

fn submit_sheet(call: &mut Call<'_>) -> Answer {
    let (id, sheet) = own_sheet(call)?;
    if sheet.state != State::Open {
        return Err(refuse(409, "INVALID_STATE", "The timesheet has been submitted already."));
    }
    sheet.state = State::Submitted;
    ok(show_sheet(id, sheet))
}

fn approve_sheet(call: &mut Call<'_>) -> Answer {
    let user = call.user_id()?;
    let (id, sheet) = sheet(call)?;
    if sheet.user == user {
        return Err(refuse(403, "SELF_REVIEW_FORBIDDEN", "Somebody else has to approve your timesheet."));
    }
    if sheet.state != State::Submitted {
        return Err(refuse(409, "INVALID_STATE", "Only a submitted timesheet can be approved."));
    }
    sheet.state = State::Approved;
    ok(show_sheet(id, sheet))
}
