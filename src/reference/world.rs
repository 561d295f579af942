//! Everything that one deployment knows. A request has it to itself while its handler runs.

use std::collections::{HashMap, VecDeque};

use uuid::Uuid;

use super::clock::{Clock, Millis};
use super::faults::Faults;
use super::outbox::Outbox;
use super::people::{Credential, User};
use super::profile::Profile;
use super::scope::Scope;
use super::slots::Slots;
use super::tenant::{Spec, Tenant};
use super::{areas, profile};

/// Organisations made by scenarios that are kept; the oldest goes when another is made.
const MOST_MADE_TENANTS: usize = 1_000;
/// Tokens that one organisation can have at a time, beside its seeds.
const MOST_TOKENS: usize = 4_000;
/// Users that one organisation can have, beside its seeds.
const MOST_USERS: usize = 2_000;

/// The state of one deployment.
#[derive(Debug)]
pub struct World {
    pub profile: Profile,
    pub clock: Clock,
    pub faults: Faults,
    pub outbox: Outbox,
    tenants: HashMap<Uuid, Tenant>,
    slugs: HashMap<String, Uuid>,
    made: VecDeque<Uuid>,
    users: HashMap<Uuid, User>,
    usernames: HashMap<String, Uuid>,
    credentials: HashMap<String, Credential>,
    // Sessions of people without an organisation.
    loose: VecDeque<String>,
    pinned_loose: usize,
    state: Slots,
    seeding: bool,
}

impl World {
    pub(super) fn new(profile: Profile) -> Self {
        World {
            profile,
            clock: Clock::default(),
            faults: Faults::default(),
            outbox: Outbox::default(),
            tenants: HashMap::new(),
            slugs: HashMap::new(),
            made: VecDeque::new(),
            users: HashMap::new(),
            usernames: HashMap::new(),
            credentials: HashMap::new(),
            loose: VecDeque::new(),
            pinned_loose: 0,
            state: Slots::default(),
            seeding: true,
        }
    }

    /// What is there now stays for good.
    pub(super) fn seeded(&mut self) {
        self.seeding = false;
        self.pinned_loose = self.loose.len();
        self.tenants.values_mut().for_each(Tenant::pin);
    }

    /// What an area keeps for the deployment as a whole.
    pub fn state<T: Default + Send + 'static>(&mut self) -> &mut T {
        self.state.of()
    }

    /// The time for an organisation.
    pub fn now(&self, tenant: Uuid) -> Millis {
        self.clock.now(&[Scope::everywhere(), Scope::tenant(tenant)])
    }

    // ---- organisations

    /// Makes an organisation with all that the areas give a new one. `None` when the slug is taken.
    pub fn found(&mut self, spec: &Spec) -> Option<Uuid> {
        if self.slugs.contains_key(&spec.slug) {
            return None;
        }
        let tenant = Tenant::new(spec, self.seeding);
        let id = tenant.id;
        self.slugs.insert(spec.slug.clone(), id);
        self.tenants.insert(id, tenant);
        if !self.seeding {
            self.made.push_back(id);
            while self.made.len() > MOST_MADE_TENANTS {
                let oldest = self.made[0];
                self.dissolve(oldest);
            }
        }
        for area in areas::ALL {
            (area.tenant)(self, id, spec);
        }
        if let Some(tenant) = self.tenants.get_mut(&id) {
            tenant.pin();
        }
        Some(id)
    }

    /// Removes an organisation and everybody in it. Seeds stay.
    pub fn dissolve(&mut self, id: Uuid) -> bool {
        if self.tenants.get(&id).is_none_or(|tenant| tenant.seeded) {
            return false;
        }
        if let Some(tenant) = self.tenants.remove(&id) {
            self.slugs.remove(&tenant.slug);
            for token in &tenant.tokens {
                self.credentials.remove(token);
            }
            for user in tenant.users.iter().filter_map(|id| self.users.remove(id)) {
                self.usernames.remove(&user.username.to_lowercase());
            }
        }
        self.made.retain(|made| *made != id);
        true
    }

    pub fn tenant(&self, id: Uuid) -> Option<&Tenant> {
        self.tenants.get(&id)
    }

    pub fn tenant_mut(&mut self, id: Uuid) -> Option<&mut Tenant> {
        self.tenants.get_mut(&id)
    }

    pub fn tenant_by_slug(&self, slug: &str) -> Option<Uuid> {
        self.slugs.get(slug).copied()
    }

    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.tenants.values()
    }

    // ---- people

    /// Adds a user. False when the username is taken. Over the limit of an organisation its oldest user goes.
    pub fn add_user(&mut self, user: User) -> bool {
        let username = user.username.to_lowercase();
        if self.usernames.contains_key(&username) {
            return false;
        }
        self.usernames.insert(username, user.id);
        let mut oldest = None;
        if let Some(tenant) = user.tenant.and_then(|id| self.tenants.get_mut(&id)) {
            tenant.users.push(user.id);
            let pinned = tenant.pinned_users;
            oldest = (tenant.users.len() > pinned + MOST_USERS).then(|| tenant.users[pinned]);
        }
        self.users.insert(user.id, user);
        if let Some(oldest) = oldest {
            self.remove_user(oldest);
        }
        true
    }

    pub fn user(&self, id: Uuid) -> Option<&User> {
        self.users.get(&id)
    }

    pub fn user_mut(&mut self, id: Uuid) -> Option<&mut User> {
        self.users.get_mut(&id)
    }

    /// A user by username, or by email address.
    pub fn find_user(&self, name: &str) -> Option<Uuid> {
        self.usernames.get(&name.to_lowercase()).copied()
    }

    /// Removes a user and their sessions. Keys that they made stay, without an owner.
    pub fn remove_user(&mut self, id: Uuid) {
        self.end_sessions(id);
        let Some(user) = self.users.remove(&id) else { return };
        self.usernames.remove(&user.username.to_lowercase());
        if let Some(tenant) = user.tenant.and_then(|id| self.tenants.get_mut(&id)) {
            tenant.users.retain(|other| *other != id);
        }
    }

    /// Signs a user out everywhere.
    pub fn end_sessions(&mut self, user: Uuid) {
        let theirs = |credential: &Credential| matches!(credential, Credential::Session(it) if it.user == user);
        let tenant = self.users.get(&user).and_then(|user| user.tenant);
        let tokens = tenant.and_then(|id| self.tenants.get(&id)).map_or(&self.loose, |tenant| &tenant.tokens);
        for token in tokens {
            if self.credentials.get(token).is_some_and(theirs) {
                self.credentials.remove(token);
            }
        }
    }

    /// Whether one of a user's roles allows something.
    pub fn allows(&self, user: &User, need: &str) -> bool {
        let Some(tenant) = user.tenant.and_then(|id| self.tenants.get(&id)) else { return false };
        user.roles.iter().filter_map(|id| tenant.roles.get(*id)).any(|role| role.grants.allow(need))
    }

    // ---- tokens

    /// The token of a seed: readable, and the same at every start.
    pub fn seed_token(&self, prefix: &str, slug: &str, label: &str) -> String {
        match self.profile.name {
            profile::Name::Full => format!("{prefix}_{slug}_{label}"),
            _ => format!("{prefix}_{}_{slug}_{label}", self.profile.text()),
        }
    }

    /// A token that nobody can guess.
    pub fn fresh_token(prefix: &str) -> String {
        format!("{prefix}_{}", Uuid::new_v4().simple())
    }

    /// Makes a token valid.
    pub fn issue(&mut self, token: String, credential: Credential) {
        let (list, pinned) = match credential.tenant().and_then(|id| self.tenants.get_mut(&id)) {
            Some(tenant) => (&mut tenant.tokens, tenant.pinned_tokens),
            None => (&mut self.loose, self.pinned_loose),
        };
        list.push_back(token.clone());
        if list.len() > MOST_TOKENS + pinned
            && let Some(oldest) = list.remove(pinned)
        {
            self.credentials.remove(&oldest);
        }
        self.credentials.insert(token, credential);
    }

    pub fn credential(&self, token: &str) -> Option<&Credential> {
        self.credentials.get(token)
    }

    pub fn credential_mut(&mut self, token: &str) -> Option<&mut Credential> {
        self.credentials.get_mut(token)
    }

    /// Makes a token invalid.
    pub fn revoke(&mut self, token: &str) {
        if let Some(credential) = self.credentials.remove(token)
            && let Some(tenant) = credential.tenant().and_then(|id| self.tenants.get_mut(&id))
            && let Some(at) = tenant.tokens.iter().skip(tenant.pinned_tokens).position(|other| other == token)
        {
            tenant.tokens.remove(at + tenant.pinned_tokens);
        }
    }
}
