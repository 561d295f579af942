//! The number that the next ticket gets.

use crate::reference::prelude::*;

use super::{Tickets, invalid};

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let last = call.state::<Tickets>()?.last_number;
    ok(json!({ "next_ticket_number": last + 1 }))
}

pub(super) fn save(call: &mut Call<'_>) -> Answer {
    let next = call.json(invalid)?.int("next_ticket_number", 1..=1_000_000_000)?;
    let tickets = call.state::<Tickets>()?;
    // Numbers that have been given out must not come a second time.
    if next <= tickets.last_number + 1 {
        return Err(refuse(400, "COUNTER_NOT_FORWARD", "The next number can only be moved forward."));
    }
    tickets.last_number = next - 1;
    ok(json!({ "next_ticket_number": next }))
}
