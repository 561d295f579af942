//! What an area contributes: routes with the conditions for entering them, and seeds.

use uuid::Uuid;

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::seeds::Seeds;
use super::tenant::{Spec, Tier};
use super::world::World;

/// Carries a request out. The world is locked meanwhile, so a handler never waits.
pub type Handler = fn(&mut Call<'_>) -> Answer;

/// A condition of an area for entering a route.
pub type Check = fn(&mut Call<'_>) -> Result<(), Refusal>;

/// A part of the API: one file.
pub struct Area {
    pub name: &'static str,
    pub routes: &'static [Route],
    /// Routes of the control listener, below `/{deployment}`.
    pub control: &'static [Route],
    /// Names of `settings` that a new organisation can be given for this area.
    pub settings: &'static [&'static str],
    /// What every organisation starts with.
    pub tenant: fn(&mut World, Uuid, &Spec),
    /// What the deployment starts with beside its organisations.
    pub seed: fn(&mut Seeds<'_>),
}

impl Area {
    pub const fn new(name: &'static str, routes: &'static [Route]) -> Self {
        Area { name, routes, control: &[], settings: &[], tenant: |_, _, _| {}, seed: |_| {} }
    }

    pub const fn control(mut self, routes: &'static [Route]) -> Self {
        self.control = routes;
        self
    }

    pub const fn tenant(mut self, settings: &'static [&'static str], begin: fn(&mut World, Uuid, &Spec)) -> Self {
        self.settings = settings;
        self.tenant = begin;
        self
    }

    pub const fn seed(mut self, seed: fn(&mut Seeds<'_>)) -> Self {
        self.seed = seed;
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// One method on one path.
pub struct Route {
    pub verb: Verb,
    pub path: &'static str,
    pub run: Handler,
    pub door: Door,
}

/// The conditions that are checked before the handler runs, in the order of the gate.
pub struct Door {
    pub(super) open: bool,
    pub(super) platform_admin: bool,
    pub(super) tenantless: bool,
    pub(super) person: bool,
    pub(super) unbilled: bool,
    pub(super) grows: bool,
    pub(super) tier: Option<Tier>,
    pub(super) feature: Option<Check>,
    pub(super) session_only: bool,
    pub(super) portal: bool,
    pub(super) agent: bool,
    pub(super) needs: Option<&'static str>,
    pub(super) most: usize,
}

/// The largest body where a route does not say otherwise.
pub const BODY: usize = 1024 * 1024;

const DOOR: Door = Door {
    open: false,
    platform_admin: false,
    tenantless: false,
    person: false,
    unbilled: false,
    grows: false,
    tier: None,
    feature: None,
    session_only: false,
    portal: false,
    agent: false,
    needs: None,
    most: BODY,
};

pub const fn get(path: &'static str, run: Handler) -> Route {
    Route { verb: Verb::Get, path, run, door: DOOR }
}

pub const fn post(path: &'static str, run: Handler) -> Route {
    Route { verb: Verb::Post, path, run, door: DOOR }
}

pub const fn put(path: &'static str, run: Handler) -> Route {
    Route { verb: Verb::Put, path, run, door: DOOR }
}

pub const fn patch(path: &'static str, run: Handler) -> Route {
    Route { verb: Verb::Patch, path, run, door: DOOR }
}

pub const fn delete(path: &'static str, run: Handler) -> Route {
    Route { verb: Verb::Delete, path, run, door: DOOR }
}

impl Route {
    /// Anybody may call; the handler looks at credentials itself, if at all.
    pub const fn open(mut self) -> Self {
        self.door.open = true;
        self
    }

    /// The scope that a key and the permission that a role has to hold, such as `psa_tickets:write`.
    pub const fn needs(mut self, scope: &'static str) -> Self {
        self.door.needs = Some(scope);
        self
    }

    /// API keys are kept out, whatever their scopes.
    pub const fn session_only(mut self) -> Self {
        self.door.session_only = true;
        self
    }

    /// Makes sense only when it is known which person calls.
    pub const fn person(mut self) -> Self {
        self.door.person = true;
        self
    }

    /// Works for users who belong to no organisation.
    pub const fn tenantless(mut self) -> Self {
        self.door.tenantless = true;
        self
    }

    /// For platform administrators only. They need no organisation.
    pub const fn platform_admin(mut self) -> Self {
        self.door.platform_admin = true;
        self
    }

    /// Stays usable when the organisation is suspended or its trial has ended.
    pub const fn unbilled(mut self) -> Self {
        self.door.unbilled = true;
        self
    }

    /// Lets the organisation grow, so it needs a payment method.
    pub const fn grows(mut self) -> Self {
        self.door.grows = true;
        self
    }

    /// Belongs to this plan and those above it.
    pub const fn from_tier(mut self, tier: Tier) -> Self {
        self.door.tier = Some(tier);
        self
    }

    /// A condition of the area itself, checked beside plan and features, before credential kind and scope.
    pub const fn feature(mut self, check: Check) -> Self {
        self.door.feature = Some(check);
        self
    }

    /// Portal sessions are admitted too.
    pub const fn portal(mut self) -> Self {
        self.door.portal = true;
        self
    }

    /// Agent tokens are admitted too.
    pub const fn agent(mut self) -> Self {
        self.door.agent = true;
        self
    }

    /// The largest body that is kept in memory for the handler.
    pub const fn up_to(mut self, bytes: usize) -> Self {
        self.door.most = bytes;
        self
    }
}
