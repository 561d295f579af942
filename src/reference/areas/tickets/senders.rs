//! Senders whose mail makes no tickets any more.

use crate::reference::prelude::*;

use super::find;

/// The blocked addresses of an organisation.
#[derive(Default)]
struct BlockedSenders(Shelf<String>);

pub(super) fn block(call: &mut Call<'_>) -> Answer {
    let (_, ticket) = find(call)?;
    let sender = ticket.sender.as_ref().map(|sender| sender.to_lowercase());
    let sender = sender.ok_or_else(|| refuse(400, "NO_SENDER", "The ticket did not come by mail."))?;
    let blocked = &mut call.state::<BlockedSenders>()?.0;
    if blocked.values().any(|other| *other == sender) {
        return Err(refuse(409, "ALREADY_BLOCKED", "The sender is blocked already."));
    }
    let id = Uuid::new_v4();
    let sender = blocked.insert(id, sender);
    created(json!({ "id": id, "address": sender }))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let blocked = call.state::<BlockedSenders>()?.0.iter();
    let blocked: Vec<Value> = blocked.map(|(id, address)| json!({ "id": id, "address": address })).collect();
    ok(json!({ "blocked_senders": blocked }))
}

pub(super) fn unblock(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    match call.state::<BlockedSenders>()?.0.remove(id) {
        Some(_) => done(),
        None => Err(refuse(404, "NOT_FOUND", "There is no such blocked sender.")),
    }
}
