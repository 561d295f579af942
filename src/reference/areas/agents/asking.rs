//! Reaching a device: the message bus, the live connection, and how the device acts.

use std::time::Duration;

use crate::reference::prelude::*;

use super::{Agent, Agents, Behaviour};

/// How long a connected device has for its answer.
const DEADLINE: Duration = Duration::from_millis(300);

/// The agent that the path means.
pub fn find(call: &mut Call<'_>) -> Result<Uuid, Refusal> {
    let id = call.id()?;
    match call.state::<Agents>()?.all.contains(id) {
        true => Ok(id),
        false => Err(refuse(404, "NOT_FOUND", "There is no such agent.")),
    }
}

/// An agent of the caller's organisation.
pub(super) fn agent<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut Agent, Refusal> {
    let agent = call.state::<Agents>()?.all.get_mut(id);
    agent.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such agent."))
}

/// Sends a request to a device. Comes back once the device has carried it out; every way in which it does not
/// is an answer of its own. What the device says then is up to the caller, who knows what was asked.
pub fn reach(call: &mut Call<'_>, id: Uuid) -> Result<(), Refusal> {
    connected(call, id)?;
    match agent(call, id)?.behaviour {
        Behaviour::Normal | Behaviour::InstallerFails => Ok(()),
        Behaviour::Error => Err(failed("access is denied")),
        Behaviour::Refusing => Err(refuse(502, "AGENT_REJECTED", "The agent refuses to carry this out.")),
        Behaviour::Silent => Err(refuse(504, "AGENT_TIMEOUT", "The agent did not answer in time.").after(DEADLINE)),
        Behaviour::Garbage => Err(refuse(502, "DECODE_ERROR", "What the agent answered cannot be read.")),
    }
}

/// Hands a request over to the message bus without waiting for an answer.
pub fn connected(call: &mut Call<'_>, id: Uuid) -> Result<(), Refusal> {
    if !agent(call, id)?.online {
        return Err(refuse(409, "AGENT_OFFLINE", "The agent is not connected at the moment."));
    }
    match call.broken_for(Component::Bus, Scope::new("agent", id.to_string())) {
        None => Ok(()),
        Some(Breakage::PublishRefused) => {
            Err(refuse(502, "NATS_PUBLISH_FAILED", "The message bus did not take the request."))
        }
        Some(Breakage::NeverUp) => {
            Err(refuse(500, "NATS_UNAVAILABLE", "The server started without reaching its message bus."))
        }
        Some(_) => Err(refuse(503, "NATS_UNAVAILABLE", "The message bus cannot be reached at the moment.")),
    }
}

/// The device carried the request out as far as it could, and reports why it got no further.
pub(super) fn failed(why: &str) -> Refusal {
    refuse(422, "AGENT_ERROR", format!("The agent reports: {why}."))
}
