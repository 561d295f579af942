//! Remote sessions: somebody works on a device from afar.

use crate::reference::prelude::*;

use super::super::agents::{Agents, Behaviour, find, reach};
use super::{Remote, invalid, policy};

/// Sessions that an organisation can have at a time.
const MOST: usize = 4;
/// A session ends by itself after this.
const LONGEST: Millis = 8 * 3_600_000;

/// A session that goes on.
pub struct Open {
    agent: Uuid,
    user: Option<Uuid>,
    attended: bool,
    since: Millis,
}

impl Open {
    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "agent_id": self.agent,
            "user_id": self.user,
            "attended": self.attended,
            "started_at": stamp(self.since),
        })
    }
}

pub fn open(call: &mut Call<'_>) -> Answer {
    let agent = find(call)?;
    let attended = call.json(invalid)?.flag("attended", true)?;
    let policy = policy::of(call, agent)?;
    let denied = || refuse(403, "ACCESS_DENIED", "You may not connect to this device.");
    if let Some(roles) = &policy.roles
        && !call.user()?.roles.iter().any(|role| roles.contains(role))
    {
        return Err(denied());
    }
    if policy.ask_user {
        ask(call, agent, denied)?;
    }
    let since = call.now();
    let running = call.state::<Remote>()?.sessions.values().filter(|it| it.since + LONGEST > since).count();
    if running >= MOST {
        return Err(refuse(429, "SESSION_LIMIT", "Your organisation has as many sessions open as it can have."));
    }
    reach(call, agent)?;
    let session = Open { agent, user: call.caller.user, attended, since };
    let id = Uuid::new_v4();
    created(call.state::<Remote>()?.sessions.insert(id, session).shown(id))
}

/// Has the person at the device decide.
fn ask(call: &mut Call<'_>, agent: Uuid, denied: fn() -> Refusal) -> Result<(), Refusal> {
    let device = call.state::<Agents>()?.all.get(agent);
    match device.map(|device| (device.online, device.behaviour)) {
        Some((true, Behaviour::Refusing)) => Err(denied()),
        Some((true, _)) => Ok(()),
        _ => Err(refuse(503, "AGENT_UNREACHABLE", "The person at the device cannot be asked at the moment.")),
    }
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let sessions: Vec<Value> = call.state::<Remote>()?.sessions.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "remote_sessions": sessions }))
}

pub fn end(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let session = call.state::<Remote>()?.sessions.remove(id);
    session.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such session."))?;
    done()
}
