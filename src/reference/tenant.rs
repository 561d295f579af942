//! An organisation and what it starts with.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::people::Role;
use super::shelf::Shelf;
use super::slots::Slots;

/// The two plans; the later one includes the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    EaseIn,
    CrackOn,
}

impl Tier {
    pub fn text(self) -> &'static str {
        match self {
            Tier::EaseIn => "ease_in",
            Tier::CrackOn => "crack_on",
        }
    }

    pub fn named(text: &str) -> Option<Self> {
        [Tier::EaseIn, Tier::CrackOn].into_iter().find(|tier| tier.text() == text)
    }
}

/// How an organisation stands with its own subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Active,
    /// No payment method yet: it may work, but not grow.
    NoBilling,
    TrialEnded,
    Suspended,
}

impl Standing {
    pub fn named(text: &str) -> Option<Self> {
        match text {
            "active" => Some(Standing::Active),
            "no_billing" => Some(Standing::NoBilling),
            "trial_ended" => Some(Standing::TrialEnded),
            "suspended" => Some(Standing::Suspended),
            _ => None,
        }
    }
}

/// What a new organisation is to be like.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Short name, unique on the deployment; tokens and identifiers of seeds derive from it.
    pub slug: String,
    pub name: String,
    /// ISO 3166 country of the organisation.
    pub country: String,
    pub tier: Tier,
    pub standing: Standing,
    /// Nothing optional is connected or configured, whatever the areas would connect by default.
    pub plain: bool,
    /// What areas let their callers say, each under its own name.
    pub settings: Map<String, Value>,
}

impl Spec {
    pub fn new(slug: &str) -> Self {
        Spec {
            slug: slug.to_owned(),
            name: format!("Organisation {slug}"),
            country: "GB".into(),
            tier: Tier::CrackOn,
            standing: Standing::Active,
            plain: false,
            settings: Map::new(),
        }
    }

    /// A setting of an area, as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name)?.as_str()
    }

    /// A setting of an area, as a switch; without it, on unless the organisation is plain.
    pub fn on(&self, name: &str) -> bool {
        self.settings.get(name).and_then(Value::as_bool).unwrap_or(!self.plain)
    }

    /// The same with a setting.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.settings.insert(name.to_owned(), value.into());
        self
    }
}

/// An organisation.
#[derive(Debug)]
pub struct Tenant {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub country: String,
    pub tier: Tier,
    pub standing: Standing,
    pub roles: Shelf<Role>,
    pub users: Vec<Uuid>,
    /// Seeds stay for good; the others are dropped, oldest first, when there are too many.
    pub seeded: bool,
    pub(super) tokens: VecDeque<String>,
    pub(super) pinned_tokens: usize,
    pub(super) pinned_users: usize,
    pub(super) published_tokens: BTreeMap<String, String>,
    pub(super) published_vars: BTreeMap<String, Value>,
    state: Slots,
}

impl Tenant {
    pub(super) fn new(spec: &Spec, seeded: bool) -> Self {
        Tenant {
            id: derived(&spec.slug, "tenant"),
            slug: spec.slug.clone(),
            name: spec.name.clone(),
            country: spec.country.clone(),
            tier: spec.tier,
            standing: spec.standing,
            roles: Shelf::default(),
            users: Vec::new(),
            seeded,
            tokens: VecDeque::new(),
            pinned_tokens: 0,
            pinned_users: 0,
            published_tokens: BTreeMap::new(),
            published_vars: BTreeMap::new(),
            state: Slots::default(),
        }
    }

    /// Whoever and whatever token is there now is never dropped for want of room.
    pub(super) fn pin(&mut self) {
        self.pinned_tokens = self.tokens.len();
        self.pinned_users = self.users.len();
    }

    /// What an area keeps for this organisation.
    pub fn state<T: Default + Send + 'static>(&mut self) -> &mut T {
        self.state.of()
    }

    /// The identifier of a seed: the same at every start for the same organisation and label.
    pub fn seed_id(&self, label: &str) -> Uuid {
        derived(&self.slug, label)
    }

    /// The same without an organisation at hand.
    pub fn seed_id_of(slug: &str, label: &str) -> Uuid {
        derived(slug, label)
    }

    /// Tells whoever uses the deployment a value: a variable of the target, `/vars/NAME` at the control side.
    pub fn publish(&mut self, name: &str, value: impl Into<Value>) {
        self.published_vars.insert(name.to_owned(), value.into());
    }

    /// Tells whoever uses the deployment a token: a credential of the target, `/tokens/NAME` at the control side.
    pub fn publish_token(&mut self, name: &str, token: &str) {
        self.published_tokens.insert(name.to_owned(), token.to_owned());
    }
}

// FNV-1a over 128 bits, made a version 8 (custom) UUID: fixed by its inputs, which is all that is asked of it.
fn derived(slug: &str, label: &str) -> Uuid {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in slug.bytes().chain([0]).chain(label.bytes()) {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    hash = hash & !(0xf << 76) | 0x8 << 76;
    hash = hash & !(0x3 << 62) | 0x2 << 62;
    Uuid::from_u128(hash)
}
