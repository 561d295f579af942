//! The signing key of an organisation: agents run only what it has signed.

use crate::reference::prelude::*;

use super::{Scripts, script};

/// Keys of organisations are wrapped under a master key that the operator sets.
fn master_key(call: &Call<'_>) -> Result<(), Refusal> {
    match call.world.profile.signing_master_key {
        ServerKey::Good => Ok(()),
        ServerKey::Absent => {
            Err(refuse(500, "SIGNING_NOT_CONFIGURED", "The server has no master key to keep signing keys under."))
        }
        ServerKey::Wrong => Err(refuse(500, "SIGNING_INVALID_KEY", "The master key has to be 64 hex characters.")),
    }
}

pub fn show_key(call: &mut Call<'_>) -> Answer {
    match call.state::<Scripts>()?.signing_key {
        Some(key) => ok(json!({ "id": key })),
        None => Err(refuse(404, "NOT_FOUND", "There is no signing key.")),
    }
}

pub fn generate_key(call: &mut Call<'_>) -> Answer {
    master_key(call)?;
    let scripts: &mut Scripts = call.state()?;
    if scripts.signing_key.is_some() {
        return Err(refuse(409, "SIGNING_KEY_EXISTS", "There is a signing key. Delete it before making another."));
    }
    let key = Uuid::new_v4();
    scripts.signing_key = Some(key);
    created(json!({ "id": key }))
}

/// What the key has signed counts no longer.
pub fn delete_key(call: &mut Call<'_>) -> Answer {
    let scripts: &mut Scripts = call.state()?;
    scripts.signing_key = None;
    scripts.all.values_mut().for_each(|script| script.signature = None);
    done()
}

pub fn sign(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    script(call, id)?;
    let key = call.state::<Scripts>()?.signing_key;
    let key = key.ok_or_else(|| refuse(400, "SIGNING_KEY_MISSING", "Generate a signing key first."))?;
    let script = script(call, id)?;
    // It takes no more here than that the signature follows from key and text.
    script.signature = Some(Tenant::seed_id_of(&key.to_string(), &script.body));
    ok(script.shown(id))
}
