//! Who can call: users with roles, sessions, API keys, and the holders of other tokens.

use uuid::Uuid;

use super::clock::Millis;

/// A person with a login.
#[derive(Debug, Clone)]
pub struct User {
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub name: String,
    // Kept as it is: these people are made up, and hashing would cost more than all other work together.
    pub password: String,
    pub locale: String,
    pub tenant: Option<Uuid>,
    pub roles: Vec<Uuid>,
    pub disabled: bool,
    pub platform_admin: bool,
    pub mfa: Mfa,
    pub failed_logins: u32,
    pub locked_until: Millis,
}

/// How far a user is with their second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mfa {
    Off,
    /// A secret was handed out but no code was seen yet.
    Pending(String),
    On(String),
}

/// A named set of permissions within one organisation.
#[derive(Debug, Clone)]
pub struct Role {
    pub id: Uuid,
    pub name: String,
    pub built_in: bool,
    pub grants: Grants,
}

/// Permissions, written like the scopes of API keys: `family:level`.
#[derive(Debug, Clone)]
pub enum Grants {
    All,
    AllBut(&'static [&'static str]),
    Reads,
    These(Vec<String>),
}

impl Grants {
    pub fn allow(&self, need: &str) -> bool {
        match self {
            Grants::All => true,
            Grants::AllBut(out) => !out.contains(&need),
            Grants::Reads => need.ends_with(":read"),
            Grants::These(scopes) => scopes.iter().any(|scope| scope == need),
        }
    }
}

/// The families that scopes and permissions are made of.
pub const FAMILIES: &[&str] = &[
    "accounting",
    "agents",
    "clients",
    "compliance",
    "documents",
    "groups",
    "integrations",
    "mail",
    "mdm",
    "monitoring",
    "network",
    "notifications",
    "patching",
    "policies",
    "psa_billing",
    "psa_contracts",
    "psa_quotes",
    "psa_tickets",
    "psa_time",
    "remote",
    "reports",
    "scripts",
    "settings",
    "software",
    "subscription",
    "users",
];

/// Whether a text is a scope: a known family and one of the three levels.
pub fn is_scope(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(family, level)| FAMILIES.contains(&family) && matches!(level, "read" | "write" | "execute"))
}

/// What a bearer token stands for.
#[derive(Debug, Clone)]
pub enum Credential {
    Session(Session),
    Key(ApiKey),
    /// A contact of a client, signed in to the portal.
    Portal(Holder),
    /// An agent on a device.
    Agent(Holder),
}

impl Credential {
    pub fn tenant(&self) -> Option<Uuid> {
        match self {
            Credential::Session(session) => session.tenant,
            Credential::Key(key) => Some(key.tenant),
            Credential::Portal(holder) | Credential::Agent(holder) => Some(holder.tenant),
        }
    }
}

/// A user who signed in.
#[derive(Debug, Clone)]
pub struct Session {
    pub user: Uuid,
    pub tenant: Option<Uuid>,
    pub expires: Millis,
    /// The second factor was shown in this session itself, not taken from a remembered device.
    pub stepped_up: bool,
}

/// A contact or an agent.
#[derive(Debug, Clone, Copy)]
pub struct Holder {
    pub tenant: Uuid,
    pub subject: Uuid,
}

/// A key for programs.
#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: Uuid,
    pub tenant: Uuid,
    pub owner: Uuid,
    /// What the owner could do when the key was made; it counts once the owner is gone.
    pub ceiling: Grants,
    /// `None` is full access.
    pub scopes: Option<Vec<String>>,
    pub expires: Option<Millis>,
    pub budget: Option<Budget>,
}

/// How many requests a key may make: so many at once, and so many more each second.
#[derive(Debug, Clone)]
pub struct Budget {
    most: f64,
    per_second: f64,
    left: f64,
    counted: Millis,
}

impl Budget {
    pub fn new(burst: u32, per_second: f64) -> Self {
        Budget { most: f64::from(burst), per_second, left: f64::from(burst), counted: 0 }
    }

    /// Takes one request; otherwise says after how many seconds the next one is due.
    pub fn take(&mut self, now: Millis) -> Result<(), u64> {
        let passed = (now - self.counted).max(0) as f64 / 1_000.0;
        self.left = (self.left + passed * self.per_second).min(self.most);
        self.counted = now;
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err((((1.0 - self.left) / self.per_second).ceil() as u64).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_says_when_to_come_back() {
        let mut budget = Budget::new(2, 1.0);
        assert_eq!([budget.take(5_000), budget.take(5_000)], [Ok(()), Ok(())]);
        assert_eq!(budget.take(5_000), Err(1));
        assert_eq!(budget.take(6_100), Ok(()));
    }

    #[test]
    fn a_scope_has_a_known_family_and_level() {
        assert!(is_scope("psa_tickets:read"));
        assert!(!is_scope("psa_tickets:delete") && !is_scope("tickets:read"));
    }
}
