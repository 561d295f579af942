//! One request with the world it meets: what a handler works on.

use std::borrow::Cow;

use axum::extract::Query;
use axum::http::{HeaderMap, Uri};
use bytes::Bytes;
use uuid::Uuid;

use super::answer::{Refusal, refuse};
use super::clock::Millis;
use super::faults::{Breakage, Component, Mode, Service};
use super::fields::{Fields, Invalid};
use super::people::User;
use super::scope::Scope;
use super::tenant::Tenant;
use super::world::World;

/// A request as it arrived, body included.
pub(super) struct Inbound {
    pub uri: Uri,
    pub headers: HeaderMap,
    pub params: Vec<(String, String)>,
    pub body: Bytes,
    /// The body was larger than the route keeps, or broke off.
    pub trouble: Option<BodyTrouble>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyTrouble {
    TooLarge,
    BrokenOff,
}

/// Who is asking, as far as the gate found out. An open route that learns from a link or a token of its own
/// whose organisation is meant sets `tenant` itself; state, clock and faults are then those of that organisation.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    pub token: Option<String>,
    pub user: Option<Uuid>,
    pub tenant: Option<Uuid>,
    /// The contact of a portal session, the agent of an agent token, the key itself.
    pub subject: Option<Uuid>,
    pub stepped_up: bool,
}

/// What a handler works on.
pub struct Call<'a> {
    pub world: &'a mut World,
    pub caller: Caller,
    pub(super) inbound: &'a Inbound,
    pub(super) writes: bool,
}

impl Call<'_> {
    // ---- the request

    /// A part of the path, decoded.
    pub fn path(&self, name: &str) -> &str {
        self.inbound.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A part of the path as an identifier, where it is one.
    pub fn uuid(&self, name: &str) -> Option<Uuid> {
        Uuid::parse_str(self.path(name)).ok()
    }

    /// The part `{id}` of the path; what is no identifier names nothing, so it is not found.
    pub fn id(&self) -> Result<Uuid, Refusal> {
        self.uuid("id").ok_or_else(|| refuse(404, "NOT_FOUND", "There is nothing under this identifier."))
    }

    /// A query parameter, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&self.inbound.uri).ok()?.0;
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.inbound.headers.get(name)?.to_str().ok()
    }

    /// A cookie that the caller sent.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The token after `Bearer`, whether it is good or not.
    pub fn bearer(&self) -> Option<&str> {
        let (kind, token) = self.header("authorization")?.split_once(' ')?;
        kind.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
    }

    /// The body as it came. Empty when it was larger than the route keeps: see `oversize`.
    pub fn bytes(&self) -> &[u8] {
        &self.inbound.body
    }

    /// The body was larger than the route keeps.
    pub fn oversize(&self) -> bool {
        self.inbound.trouble == Some(BodyTrouble::TooLarge)
    }

    /// The body as a JSON object; what is none is refused in the words of the area.
    pub fn json(&self, invalid: Invalid) -> Result<Fields, Refusal> {
        if self.oversize() {
            return Err(refuse(413, "PAYLOAD_TOO_LARGE", "The body is larger than this endpoint takes."));
        }
        Fields::parse(self.bytes(), invalid)
    }

    // ---- who asks, and what they have

    /// The organisation of the caller.
    pub fn tenant(&mut self) -> Result<&mut Tenant, Refusal> {
        let id = self.caller.tenant;
        id.and_then(|id| self.world.tenant_mut(id)).ok_or_else(no_organisation)
    }

    /// The identifier of the caller's organisation.
    pub fn tenant_id(&self) -> Result<Uuid, Refusal> {
        self.caller.tenant.ok_or_else(no_organisation)
    }

    /// What an area keeps for the caller's organisation.
    pub fn state<T: Default + Send + 'static>(&mut self) -> Result<&mut T, Refusal> {
        Ok(self.tenant()?.state())
    }

    /// The person who asks.
    pub fn user(&mut self) -> Result<&mut User, Refusal> {
        let id = self.caller.user;
        id.and_then(|id| self.world.user_mut(id)).ok_or_else(nobody)
    }

    /// The identifier of the person who asks.
    pub fn user_id(&self) -> Result<Uuid, Refusal> {
        self.caller.user.filter(|id| self.world.user(*id).is_some()).ok_or_else(nobody)
    }

    /// Whether the person who asks holds a permission through their roles.
    pub fn may(&self, need: &str) -> bool {
        self.caller.user.and_then(|id| self.world.user(id)).is_some_and(|user| self.world.allows(user, need))
    }

    // ---- time and faults, as they are for the caller

    fn scopes(&self) -> Vec<Scope> {
        let mut scopes = vec![Scope::everywhere()];
        scopes.extend(self.caller.tenant.map(Scope::tenant));
        scopes.extend(self.caller.user.map(Scope::user));
        scopes.extend(self.caller.token.as_deref().map(Scope::session));
        scopes
    }

    /// The time for the caller.
    pub fn now(&self) -> Millis {
        match self.world.clock.quiet() {
            true => self.world.clock.now(&[]),
            false => self.world.clock.now(&self.scopes()),
        }
    }

    /// How a service behaves towards the caller.
    pub fn upstream(&self, service: Service) -> Mode {
        match self.world.faults.quiet() {
            true => Mode::Working,
            false => self.world.faults.upstream(service, &self.scopes()),
        }
    }

    /// The same where more than the caller decides, such as the agent that is asked.
    pub fn upstream_for(&self, service: Service, more: Scope) -> Mode {
        let mut scopes = self.scopes();
        scopes.push(more);
        self.world.faults.upstream(service, &scopes)
    }

    /// How a component is broken for the caller, if it is.
    pub fn broken(&self, component: Component) -> Option<Breakage> {
        match self.world.faults.quiet() {
            true => None,
            false => self.world.faults.inside(component, &self.scopes()),
        }
    }

    /// The same where more than the caller decides, such as the agent that is asked.
    pub fn broken_for(&self, component: Component, more: Scope) -> Option<Breakage> {
        let mut scopes = self.scopes();
        scopes.push(more);
        self.world.faults.inside(component, &scopes)
    }

    /// The path and query as they came, for links back to them.
    pub fn target(&self) -> Cow<'_, str> {
        self.inbound.uri.path_and_query().map_or(Cow::Borrowed("/"), |it| Cow::Borrowed(it.as_str()))
    }
}

fn no_organisation() -> Refusal {
    refuse(401, "UNAUTHORIZED", "You are signed in but belong to no organisation.")
}

fn nobody() -> Refusal {
    refuse(401, "UNAUTHENTICATED", "It is not known which person this credential stands for.")
}
