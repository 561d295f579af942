//! What the file of an area starts with.

pub use serde_json::{Value, json};
pub use uuid::Uuid;

pub use super::answer::{Answer, Refusal, Reply, accepted, created, done, file, ok, redirect, refuse};
pub use super::call::{Call, Caller};
pub use super::clock::{Millis, stamp};
pub use super::faults::{Breakage, Component, Mode, Service};
pub use super::fields::Fields;
pub use super::multipart::{Part, Unreadable};
pub use super::people::{ApiKey, Budget, Credential, Grants, Holder, Mfa, Role, Session, User};
pub use super::profile::{Profile, ServerKey};
pub use super::route::{Area, Route, delete, get, patch, post, put};
pub use super::scope::Scope;
pub use super::seeds::Seeds;
pub use super::shelf::Shelf;
pub use super::tenant::{Spec, Standing, Tenant, Tier};
pub use super::world::World;
