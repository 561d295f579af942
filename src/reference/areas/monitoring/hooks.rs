//! Hooks: addresses at which other systems raise alerts.

use super::alerts::{Alert, raise};
use super::invalid;
use crate::reference::prelude::*;

/// The hooks of all organisations, by the token in their address.
#[derive(Default)]
struct Hooks(Shelf<Hook>);

struct Hook {
    tenant: Uuid,
    id: Uuid,
    name: String,
}

impl Hook {
    fn shown(&self, token: Uuid) -> Value {
        json!({ "id": self.id, "name": self.name, "token": token })
    }
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let tenant = call.tenant_id()?;
    let hooks = call.world.state::<Hooks>().0.iter().filter(|(_, it)| it.tenant == tenant);
    let hooks: Vec<Value> = hooks.map(|(token, it)| it.shown(token)).collect();
    ok(json!({ "inbound_hooks": hooks }))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let name = call.json(invalid)?.text("name")?;
    let (token, hook) = (Uuid::new_v4(), Hook { tenant: call.tenant_id()?, id: Uuid::new_v4(), name });
    created(call.world.state::<Hooks>().0.insert(token, hook).shown(token))
}

pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let (id, tenant) = (call.id()?, call.tenant_id()?);
    let hooks = &mut call.world.state::<Hooks>().0;
    let token = hooks.iter().find(|(_, it)| it.id == id && it.tenant == tenant).map(|(token, _)| token);
    hooks.remove(token.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such hook."))?);
    done()
}

/// Another system reports something.
pub(super) fn receive(call: &mut Call<'_>) -> Answer {
    let unknown = || refuse(404, "NOT_FOUND", "There is no such hook.");
    let token = call.id()?;
    let hook = call.world.state::<Hooks>().0.get(token).ok_or_else(unknown)?;
    let name = hook.name.clone();
    call.caller.tenant = Some(hook.tenant);
    call.tenant().map_err(|_| unknown())?;
    let body = call.json(|why| refuse(400, "INVALID_JSON_BODY", why))?;
    let alert = Alert::described(&body, &name, call.now())?;
    accepted(raise(call, alert)?)
}

/// A hook that is there from the start.
pub(super) fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let Some(it) = world.tenant_mut(tenant) else { return };
    let (token, id, lasting) = (it.seed_id("hook token"), it.seed_id("hook"), it.seeded);
    it.publish("hook_token", token.to_string());
    let hook = Hook { tenant, id, name: "Printers of the print shop".into() };
    let hooks = &mut world.state::<Hooks>().0;
    match lasting {
        true => hooks.pin(token, hook),
        false => hooks.insert(token, hook),
    };
}
