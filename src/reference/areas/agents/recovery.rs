//! Recovery keys of encrypted disks, kept in escrow. Nobody sees one without a trace.

use crate::reference::prelude::*;

use super::Agents;
use super::asking::{agent, find};

/// Who saw the recovery keys of which device, and when.
pub struct Reveal {
    agent: Uuid,
    user: Option<Uuid>,
    at: Millis,
}

pub fn reveal(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let trace = Reveal { agent: id, user: call.caller.user, at: call.now() };
    if call.broken(Component::AuditStore).is_some() {
        return Err(refuse(500, "AUDIT_WRITE_FAILED", "The keys stay hidden, as it could not be noted who sees them."));
    }
    call.state::<Agents>()?.reveals.insert(Uuid::new_v4(), trace);
    match call.broken_for(Component::Escrow, Scope::new("agent", id.to_string())) {
        None => {}
        Some(Breakage::Garbled) => {
            return Err(refuse(500, "PARSE_FAILED", "The stored keys are not in the form that they should be."));
        }
        Some(_) => return Err(refuse(500, "DECRYPT_FAILED", "The stored keys cannot be decrypted.")),
    }
    ok(json!({ "agent_id": id, "recovery_keys": agent(call, id)?.recovery_keys }))
}

pub fn reveals(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let shown = |it: &Reveal| json!({ "user_id": it.user, "at": stamp(it.at) });
    let reveals = call.state::<Agents>()?.reveals.values().filter(|it| it.agent == id).map(shown);
    ok(json!({ "reveals": reveals.collect::<Vec<Value>>() }))
}
