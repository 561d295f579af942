//! Which organisation a piece of hardware belongs to, across the whole deployment.

use crate::reference::prelude::*;

/// Claims on hardware, under an identifier that follows from what the hardware says of itself.
pub struct Fleet(Shelf<Claim>);

struct Claim {
    tenant: Uuid,
    agent: Uuid,
}

impl Default for Fleet {
    fn default() -> Self {
        Fleet(Shelf::with_capacity(20_000))
    }
}

fn key(hardware: &str) -> Uuid {
    Tenant::seed_id_of("hardware", &hardware.to_lowercase())
}

/// The organisation and the agent that a piece of hardware belongs to, if both are still there.
pub fn holder(world: &mut World, hardware: &str) -> Option<(Uuid, Uuid)> {
    let claim = world.state::<Fleet>().0.get(key(hardware))?;
    let (tenant, agent) = (claim.tenant, claim.agent);
    let there = world.tenant_mut(tenant)?.state::<super::Agents>().all.contains(agent);
    there.then_some((tenant, agent))
}

/// The organisation of an agent.
pub fn home(world: &mut World, agent: Uuid) -> Option<Uuid> {
    world.state::<Fleet>().0.values().rev().find(|claim| claim.agent == agent).map(|claim| claim.tenant)
}

/// Notes whose a piece of hardware is. Claims of seeds last.
pub fn claim(world: &mut World, hardware: &str, tenant: Uuid, agent: Uuid, seed: bool) {
    let fleet = &mut world.state::<Fleet>().0;
    let claim = Claim { tenant, agent };
    match seed {
        true => fleet.pin(key(hardware), claim),
        false => fleet.insert(key(hardware), claim),
    };
}

/// Lets a piece of hardware go, so that anybody can register it.
pub fn release(world: &mut World, hardware: &str) {
    world.state::<Fleet>().0.remove(key(hardware));
}
