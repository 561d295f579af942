//! How tickets move: through their states, out of triage, into each other.

use crate::reference::prelude::*;

use super::super::time;
use super::{Tickets, find, invalid, shown};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    New,
    Open,
    InProgress,
    WaitingCustomer,
    Resolved,
    Closed,
}

impl Status {
    const ALL: [Status; 6] =
        [Status::New, Status::Open, Status::InProgress, Status::WaitingCustomer, Status::Resolved, Status::Closed];

    pub fn text(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Open => "open",
            Status::InProgress => "in_progress",
            Status::WaitingCustomer => "waiting_customer",
            Status::Resolved => "resolved",
            Status::Closed => "closed",
        }
    }

    /// Whether a ticket may go from this state to another. What is resolved or closed has to be reopened first.
    fn leads_to(self, next: Status) -> bool {
        match (self, next) {
            (_, Status::New) => false,
            (Status::Resolved, next) => matches!(next, Status::Open | Status::Closed),
            (Status::Closed, next) => next == Status::Open,
            (status, next) => status != next,
        }
    }
}

pub(super) fn transition(call: &mut Call<'_>) -> Answer {
    let (id, ticket) = find(call)?;
    let status = ticket.status;
    let name = call.json(invalid)?.text("status")?;
    let next = Status::ALL.into_iter().find(|status| status.text() == name);
    let next = next.ok_or_else(|| invalid(format!("there is no status {name}")))?;
    if (status, next) == (Status::Closed, Status::Closed) {
        return Err(refuse(409, "ALREADY_CLOSED", "The ticket is closed already."));
    }
    if !status.leads_to(next) {
        let why = format!("A ticket does not go from {} to {}.", status.text(), next.text());
        return Err(refuse(409, "INVALID_TRANSITION", why));
    }
    if next == Status::Closed {
        time::discard_timers(call, id)?;
    }
    let (id, ticket) = find(call)?;
    ticket.status = next;
    ticket.version += 1;
    ok(shown(id, ticket))
}

/// Accepts what came by mail as a ticket.
pub(super) fn triage(call: &mut Call<'_>) -> Answer {
    let (id, ticket) = find(call)?;
    if !ticket.triage {
        return Err(refuse(409, "NOT_TRIAGE", "The ticket does not wait in triage."));
    }
    ticket.triage = false;
    ticket.status = Status::Open;
    ticket.version += 1;
    ok(shown(id, ticket))
}

/// Puts a ticket into another one, for good. Its time goes along.
pub(super) fn merge(call: &mut Call<'_>) -> Answer {
    let (id, ticket) = find(call)?;
    let merged = ticket.merged_into.is_some();
    let into = call.json(invalid)?.id("into")?;
    if into == id {
        return Err(invalid("a ticket cannot be merged into itself".into()));
    }
    if !call.state::<Tickets>()?.all.contains(into) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no ticket to merge into."));
    }
    if merged {
        return Err(refuse(409, "ALREADY_MERGED", "The ticket has been merged already."));
    }
    if time::running(call, id)? {
        return Err(refuse(409, "TIMERS_ACTIVE", "Somebody's timer runs on this ticket. Stop it first."));
    }
    time::hand_over(call, id, into)?;
    let (id, ticket) = find(call)?;
    (ticket.merged_into, ticket.status) = (Some(into), Status::Closed);
    ticket.version += 1;
    ok(shown(id, ticket))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_ticket_can_only_be_reopened() {
        let open: Vec<Status> = Status::ALL.into_iter().filter(|next| Status::Closed.leads_to(*next)).collect();
        assert_eq!(open, [Status::Open]);
    }

    #[test]
    fn no_status_leads_to_itself() {
        assert!(Status::ALL.into_iter().all(|status| !status.leads_to(status)));
    }
}
