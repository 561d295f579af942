//! Whom a fault or a moved clock concerns.

use std::fmt;

use uuid::Uuid;

/// One tenant, user, session, agent, … or everybody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    kind: String,
    id: String,
}

/// What a test can name. A kind that no rule looks for would be a fault that never shows.
pub const KINDS: &[&str] =
    &["agent", "client", "device", "domain", "email", "provider", "session", "signup", "tenant", "token", "user"];

impl Scope {
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Scope { kind: kind.into(), id: id.into() }
    }

    /// Everybody on the deployment: only for what no narrower scope can describe.
    pub fn everywhere() -> Self {
        Scope::new("everywhere", "")
    }

    pub fn tenant(id: Uuid) -> Self {
        Scope::new("tenant", id.to_string())
    }

    pub fn user(id: Uuid) -> Self {
        Scope::new("user", id.to_string())
    }

    /// A session or key, by its token.
    pub fn session(token: &str) -> Self {
        Scope::new("session", token)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}
