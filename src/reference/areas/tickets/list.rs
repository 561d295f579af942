//! The list of tickets, by page.

use crate::reference::prelude::*;

use super::{PRIORITIES, Ticket, Tickets, shown};

const MOST_PER_PAGE: usize = 200;

fn query(why: &str) -> Refusal {
    refuse(400, "INVALID_QUERY", why)
}

fn number(call: &Call<'_>, name: &str, default: usize, most: usize) -> Result<usize, Refusal> {
    let Some(text) = call.query(name) else { return Ok(default) };
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| query(&format!("{name} has to be a number from 1 to {most}")))
}

fn uuid(call: &Call<'_>, name: &str) -> Result<Option<Uuid>, Refusal> {
    let Some(text) = call.query(name) else { return Ok(None) };
    Uuid::parse_str(&text).map(Some).map_err(|_| query(&format!("{name} has to be an identifier")))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let (page, size) = (number(call, "page", 1, 1_000_000)?, number(call, "page_size", 50, MOST_PER_PAGE)?);
    let (client, status) = (uuid(call, "client_id")?, call.query("status"));
    let sort = call.query("sort").unwrap_or_else(|| "number".into());
    let tickets = &call.state::<Tickets>()?.all;
    let wanted = |(_, ticket): &(Uuid, &Ticket)| {
        client.is_none_or(|client| ticket.client == client)
            && status.as_ref().is_none_or(|status| ticket.status.text() == status)
    };
    let mut found: Vec<(Uuid, &Ticket)> = tickets.iter().filter(wanted).collect();
    match sort.as_str() {
        "number" | "created" => found.sort_by_key(|(_, ticket)| ticket.number),
        "priority" => found.sort_by_key(|(_, ticket)| PRIORITIES.iter().rposition(|it| *it == ticket.priority)),
        "subject" => found.sort_by(|(_, one), (_, other)| one.subject.cmp(&other.subject)),
        _ => return Err(query("sort has to be number, created, priority or subject")),
    }
    let shown: Vec<Value> = found.iter().skip((page - 1) * size).take(size).map(|(id, it)| shown(*id, it)).collect();
    ok(json!({ "tickets": shown, "page": page, "page_size": size, "total": found.len() }))
}
