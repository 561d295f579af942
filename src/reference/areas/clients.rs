//! Clients of an organisation: everything else belongs to one.

use crate::reference::prelude::*;

pub const AREA: Area = Area::new("clients", &[]).tenant(&[], begin).seed(seed);

/// The clients of an organisation.
#[derive(Default)]
pub struct Clients {
    pub all: Shelf<Client>,
}

pub struct Client {
    pub name: String,
}

fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let id = tenant.seed_id("client");
    tenant.state::<Clients>().all.pin(id, Client { name: "Alder & Sons".into() });
    tenant.publish("client_id", id.to_string());
}

fn seed(seeds: &mut Seeds<'_>) {
    let main = seeds.main();
    let Some(tenant) = seeds.world.tenant(main) else { return };
    let holder = Holder { tenant: main, subject: tenant.seed_id("contact/portal") };
    let token = seeds.world.seed_token("portal", "main", "contact");
    seeds.world.issue(token.clone(), Credential::Portal(holder));
    seeds.credential("portal_session", &token);
}
