//! Chats between a technician and the person at a device.

use crate::reference::prelude::*;

use super::super::agents::{find, reach};
use super::{Remote, invalid};

const MOST_MESSAGES: usize = 500;

pub struct Chat {
    agent: Uuid,
    state: State,
    messages: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The person at the device has not taken it up yet.
    Ringing,
    Active,
    Ended,
}

impl Chat {
    fn shown(&self, id: Uuid) -> Value {
        let state = match self.state {
            State::Ringing => "ringing",
            State::Active => "active",
            State::Ended => "ended",
        };
        json!({ "id": id, "agent_id": self.agent, "state": state, "messages": self.messages })
    }
}

pub fn open(call: &mut Call<'_>) -> Answer {
    let agent = find(call)?;
    if call.state::<Remote>()?.chats.values().any(|chat| chat.agent == agent && chat.state != State::Ended) {
        return Err(refuse(409, "CHAT_ACTIVE", "There is a chat with this device already."));
    }
    reach(call, agent)?;
    let id = Uuid::new_v4();
    let chat = Chat { agent, state: State::Ringing, messages: Vec::new() };
    created(call.state::<Remote>()?.chats.insert(id, chat).shown(id))
}

/// The chat that the path means. An agent sees only its own.
fn chat<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Chat), Refusal> {
    let id = call.id()?;
    let agent = call.caller.subject.filter(|_| call.caller.user.is_none());
    let chat = call.state::<Remote>()?.chats.get_mut(id);
    let chat = chat.filter(|chat| agent.is_none_or(|agent| agent == chat.agent));
    chat.map(|chat| (id, chat)).ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such chat."))
}

fn over() -> Refusal {
    refuse(409, "CHAT_TERMINAL", "This chat is over.")
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let (id, chat) = chat(call)?;
    ok(chat.shown(id))
}

/// The person at the device takes a chat up.
pub fn accept(call: &mut Call<'_>) -> Answer {
    let (id, chat) = chat(call)?;
    if chat.state == State::Ended {
        return Err(over());
    }
    chat.state = State::Active;
    ok(chat.shown(id))
}

pub fn say(call: &mut Call<'_>) -> Answer {
    let text = call.json(invalid)?.text("text")?;
    let (id, chat) = chat(call)?;
    match chat.state {
        State::Ended => return Err(over()),
        State::Ringing => return Err(refuse(409, "CHAT_NOT_ACTIVE", "Nobody has taken this chat up yet.")),
        State::Active if chat.messages.len() >= MOST_MESSAGES => {
            return Err(invalid("the chat has become too long".into()));
        }
        State::Active => chat.messages.push(text),
    }
    created(chat.shown(id))
}

pub fn end(call: &mut Call<'_>) -> Answer {
    let (id, chat) = chat(call)?;
    if chat.state == State::Ended {
        return Err(over());
    }
    chat.state = State::Ended;
    ok(chat.shown(id))
}
