//! Sites: optional groups of devices below a client.

use crate::reference::prelude::*;

use super::{invalid, named};
use crate::reference::areas::agents::Agents;

/// The sites of an organisation.
#[derive(Default)]
pub struct Sites {
    pub all: Shelf<Site>,
}

pub struct Site {
    pub client: Uuid,
    pub name: String,
}

fn shown(id: Uuid, site: &Site) -> Value {
    json!({ "id": id, "client_id": site.client, "name": site.name })
}

/// The sites of one client.
pub fn of(call: &mut Call<'_>, client: Uuid) -> Result<Vec<Uuid>, Refusal> {
    Ok(call.state::<Sites>()?.all.iter().filter(|(_, site)| site.client == client).map(|(id, _)| id).collect())
}

pub(super) fn forget(call: &mut Call<'_>, client: Uuid) -> Result<(), Refusal> {
    for id in of(call, client)? {
        call.state::<Sites>()?.all.remove(id);
    }
    Ok(())
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let client = named(call)?;
    let theirs = call.state::<Sites>()?.all.iter().filter(|(_, site)| site.client == client);
    let sites: Vec<Value> = theirs.map(|(id, site)| shown(id, site)).collect();
    ok(json!({ "sites": sites }))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let client = named(call)?;
    let name = call.json(invalid)?.text("name")?;
    let sites = &mut call.state::<Sites>()?.all;
    let alike = |site: &Site| site.client == client && site.name.to_lowercase() == name.to_lowercase();
    if sites.values().any(alike) {
        return Err(refuse(409, "DUPLICATE_NAME", "The client has a site of this name already."));
    }
    let id = Uuid::new_v4();
    created(shown(id, sites.insert(id, Site { client, name })))
}

pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    if !call.state::<Sites>()?.all.contains(id) {
        return Err(refuse(404, "NOT_FOUND", "There is no such site."));
    }
    if call.state::<Agents>()?.all.values().any(|agent| agent.site == Some(id)) {
        return Err(refuse(409, "SITE_HAS_AGENTS", "Devices are registered at this site. Move them first."));
    }
    call.state::<Sites>()?.all.remove(id);
    done()
}
