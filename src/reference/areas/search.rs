//! One search over all that a caller may see.

use super::agents::Agents;
use super::clients::Clients;
use super::tickets::Tickets;
use crate::reference::prelude::*;

pub const AREA: Area = Area::new("search", &[get("/api/v1/search", search)]);

const MOST: usize = 50;

fn search(call: &mut Call<'_>) -> Answer {
    let query = call.query("q").map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let query = query.ok_or_else(|| refuse(400, "INVALID_QUERY", "Say with q what to search for."))?;
    if call.broken(Component::Search).is_some() {
        return Err(refuse(500, "INTERNAL_ERROR", "The search failed. It has been reported."));
    }
    let mut found = Vec::new();
    let mut keep = |kind: &str, id: Uuid, text: &str| {
        if text.to_lowercase().contains(&query) {
            found.push(json!({ "type": kind, "id": id, "title": text }));
        }
    };
    if visible(call, "clients:read") {
        call.state::<Clients>()?.all.iter().for_each(|(id, it)| keep("client", id, &it.name));
    }
    if visible(call, "psa_tickets:read") {
        call.state::<Tickets>()?.all.iter().for_each(|(id, it)| keep("ticket", id, &it.subject));
    }
    if visible(call, "agents:read") {
        call.state::<Agents>()?.all.iter().for_each(|(id, it)| keep("agent", id, &it.hostname));
    }
    found.truncate(MOST);
    ok(json!({ "results": found }))
}

/// Whether role and key of the caller both show them something.
fn visible(call: &Call<'_>, need: &str) -> bool {
    let token = call.caller.token.as_deref().and_then(|token| call.world.credential(token));
    let scopes = match token {
        Some(Credential::Key(key)) => key.scopes.as_ref(),
        _ => None,
    };
    call.may(need) && scopes.is_none_or(|scopes| scopes.iter().any(|scope| scope == need))
}
