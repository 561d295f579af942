//! Channels: how people are reached.

use super::invalid;
use crate::reference::prelude::*;

/// Kinds of channel, and who carries their messages.
const KINDS: &[(&str, Service)] =
    &[("sms", Service::Sms), ("slack", Service::Chat), ("teams", Service::Chat), ("email", Service::MailRelay)];

/// The channels of an organisation.
#[derive(Default)]
struct Channels(Shelf<Channel>);

struct Channel {
    kind: &'static str,
    carrier: Service,
    /// A telephone number, an address, the link of a chat room.
    to: String,
    tested: Option<Millis>,
}

impl Channel {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "kind": self.kind, "to": self.to, "tested_at": self.tested.map(stamp) })
    }
}

/// The channel that the path names.
fn named<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Channel), Refusal> {
    let id = call.id()?;
    let channel = call.state::<Channels>()?.0.get_mut(id);
    Ok((id, channel.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such channel."))?))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let channels: Vec<Value> = call.state::<Channels>()?.0.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "channels": channels }))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (kind, to) = (body.text("kind")?, body.text("to")?);
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    let (kind, carrier) = *known.ok_or_else(|| invalid(format!("there are no channels of kind {kind}")))?;
    let id = Uuid::new_v4();
    created(call.state::<Channels>()?.0.insert(id, Channel { kind, carrier, to, tested: None }).shown(id))
}

/// Sends a message through a channel to see whether it arrives.
pub(super) fn test(call: &mut Call<'_>) -> Answer {
    let now = call.now();
    let carrier = named(call)?.1.carrier;
    if call.upstream(carrier) != Mode::Working {
        return Err(refuse(502, "DISPATCH_FAILED", "The provider did not take the message."));
    }
    let (id, channel) = named(call)?;
    channel.tested = Some(now);
    ok(channel.shown(id))
}

pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let (id, _) = named(call)?;
    call.state::<Channels>()?.0.remove(id);
    done()
}
