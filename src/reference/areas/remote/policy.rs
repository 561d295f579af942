//! The remote policy of a device, and the program that connects to it.

use crate::reference::prelude::*;

use super::super::agents::{Agents, find};
use super::{Remote, invalid};

/// What applies to one device. Every switch is off unless it is turned on.
#[derive(Default, Clone)]
pub struct Policy {
    /// Who may connect; everybody whose role allows it where this says nothing.
    pub roles: Option<Vec<Uuid>>,
    /// The person at the device is asked before a session begins.
    pub ask_user: bool,
    /// Whoever connects signs in at the device, through its tray app.
    pub require_auth: bool,
    /// The connection program is in use.
    pub connect: bool,
}

impl Policy {
    fn shown(&self, agent: Uuid) -> Value {
        json!({
            "agent_id": agent,
            "role_ids": self.roles,
            "ask_user": self.ask_user,
            "require_auth": self.require_auth,
            "connect": self.connect,
        })
    }
}

/// The policy that is in effect for a device.
pub fn of(call: &mut Call<'_>, agent: Uuid) -> Result<Policy, Refusal> {
    Ok(call.state::<Remote>()?.policies.get(agent).cloned().unwrap_or_default())
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    ok(of(call, id)?.shown(id))
}

/// `inherit`, `on` or `off`; nothing above a device switches anything on, so inheriting is off.
fn switch(body: &Fields, name: &str, now: bool) -> Result<bool, Refusal> {
    match body.opt_text(name)?.as_deref() {
        None => Ok(now),
        Some("on") => Ok(true),
        Some("off" | "inherit") => Ok(false),
        Some(_) => Err(invalid(format!("{name} has to be inherit, on or off"))),
    }
}

pub fn change(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let body = call.json(invalid)?;
    let mut policy = of(call, id)?;
    policy.ask_user = switch(&body, "ask_user", policy.ask_user)?;
    policy.require_auth = switch(&body, "require_auth", policy.require_auth)?;
    if body.has("role_ids") {
        let roles = body.ids("role_ids")?;
        if !roles.iter().all(|role| call.tenant().is_ok_and(|tenant| tenant.roles.contains(*role))) {
            return Err(invalid("role_ids names a role that does not exist".into()));
        }
        policy.roles = Some(roles);
    }
    let tray = call.state::<Agents>()?.all.get(id).is_some_and(|agent| agent.tray);
    if policy.require_auth && !tray {
        return Err(refuse(
            412,
            "REQ_AUTH_NO_TRAY",
            "Signing in at the device takes its tray app: install that first.",
        ));
    }
    let answer = policy.shown(id);
    call.state::<Remote>()?.policies.insert(id, policy);
    ok(answer)
}

pub fn switch_connect(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let body = call.json(invalid)?;
    let mut policy = of(call, id)?;
    policy.connect = switch(&body, "enabled", policy.connect)?;
    let answer = policy.shown(id);
    call.state::<Remote>()?.policies.insert(id, policy);
    ok(answer)
}

/// How to connect to a device.
pub fn rustdesk(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    if !of(call, id)?.connect {
        return Err(refuse(403, "RUSTDESK_DISABLED", "Connecting is switched off for this device."));
    }
    let identity = call.state::<Agents>()?.all.get(id).and_then(|agent| agent.rustdesk.clone());
    let identity =
        identity.ok_or_else(|| refuse(404, "RUSTDESK_NOT_CONFIGURED", "The device has not said how it is reached."))?;
    ok(json!({ "agent_id": id, "rustdesk_id": identity, "relay": "relay-eu.opsmerge.example" }))
}
