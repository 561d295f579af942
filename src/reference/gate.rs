//! Who comes in: the checks that stand before every handler, always in the same order, so that
//! a caller hears of the first thing that is wrong and not of a later one.

use super::answer::{Refusal, refuse};
use super::call::{Call, Caller};
use super::people::{ApiKey, Credential};
use super::route::Door;
use super::scope::Scope;
use super::tenant::Standing;

/// Lets a caller through or turns it away.
pub(super) fn enter(call: &mut Call<'_>, door: &Door) -> Result<(), Refusal> {
    if door.open {
        return Ok(());
    }
    let key = identify(call)?;
    know_the_person(call, door)?;
    administer(call, door)?;
    settle(call, door)?;
    if let Some(check) = door.feature {
        check(call)?;
    }
    admit(call, door, key.is_some())?;
    permit(call, door, key.as_ref())
}

/// Rate limit and credential. What is found out goes into the caller; a key is handed back.
fn identify(call: &mut Call<'_>) -> Result<Option<ApiKey>, Refusal> {
    let unknown = || refuse(401, "AUTH_REQUIRED", "This needs a valid credential in the Authorization header.");
    let token = call.bearer().ok_or_else(unknown)?.to_owned();
    call.caller = Caller { token: Some(token.clone()), ..Caller::default() };
    let now = call.world.clock.now(&[Scope::everywhere(), Scope::session(&token)]);
    let credential = call.world.credential_mut(&token).ok_or_else(unknown)?;
    if let Credential::Key(key) = credential
        && let Some(Err(seconds)) = key.budget.as_mut().map(|budget| budget.take(now))
    {
        return Err(
            refuse(429, "RATE_LIMITED", "This key has used up its requests for the moment.").retry_after(seconds)
        );
    }
    let credential = credential.clone();
    call.caller.tenant = credential.tenant();
    match credential {
        Credential::Session(session) => {
            call.caller.user = Some(session.user);
            call.caller.stepped_up = session.stepped_up;
            if session.expires <= call.now() {
                return Err(refuse(401, "SESSION_EXPIRED", "Your session has run out. Sign in again."));
            }
            Ok(None)
        }
        Credential::Key(key) => {
            call.caller.user = Some(key.owner);
            call.caller.subject = Some(key.id);
            if key.expires.is_some_and(|expires| expires <= call.now()) {
                return Err(unknown());
            }
            Ok(Some(key))
        }
        Credential::Portal(holder) | Credential::Agent(holder) => {
            call.caller.subject = Some(holder.subject);
            Ok(None)
        }
    }
}

/// User and organisation.
fn know_the_person(call: &mut Call<'_>, door: &Door) -> Result<(), Refusal> {
    if door.person {
        call.user()?;
    }
    if !door.tenantless && !door.platform_admin {
        call.tenant()?;
    }
    Ok(())
}

fn administer(call: &Call<'_>, door: &Door) -> Result<(), Refusal> {
    let administrator = call.caller.user.and_then(|id| call.world.user(id)).is_some_and(|user| user.platform_admin);
    if door.platform_admin && !administrator {
        return Err(refuse(403, "PLATFORM_ADMIN_REQUIRED", "Only platform administrators can do this."));
    }
    Ok(())
}

/// How the organisation stands with its subscription, and what its plan includes.
fn settle(call: &mut Call<'_>, door: &Door) -> Result<(), Refusal> {
    let Some(tenant) = call.caller.tenant.and_then(|id| call.world.tenant(id)) else { return Ok(()) };
    match tenant.standing {
        Standing::Suspended if !door.unbilled => {
            return Err(refuse(402, "DUNNING_SUSPENDED", "The organisation is suspended until its account is paid."));
        }
        Standing::TrialEnded if !door.unbilled && call.writes => {
            return Err(refuse(402, "TRIAL_EXPIRED", "The trial is over. Choose a plan to go on working."));
        }
        Standing::NoBilling if door.grows => {
            return Err(refuse(402, "BILLING_REQUIRED", "Add a payment method before adding more."));
        }
        _ => {}
    }
    if door.tier.is_some_and(|tier| tenant.tier < tier) {
        return Err(refuse(403, "TIER_REQUIRED", "Your plan does not include this."));
    }
    Ok(())
}

/// The kind of credential.
fn admit(call: &Call<'_>, door: &Door, key: bool) -> Result<(), Refusal> {
    let admitted = match call.caller.token.as_deref().and_then(|token| call.world.credential(token)) {
        Some(Credential::Portal(_)) => door.portal,
        Some(Credential::Agent(_)) => door.agent,
        _ => true,
    };
    if !admitted {
        return Err(refuse(403, "AUTH_FORBIDDEN", "This kind of credential is not admitted here."));
    }
    if key && door.session_only {
        return Err(refuse(
            403,
            "API_KEY_FORBIDDEN",
            "This can only be done by a signed-in user, not with an API key.",
        ));
    }
    Ok(())
}

/// Scope of a key, permission of a role.
fn permit(call: &Call<'_>, door: &Door, key: Option<&ApiKey>) -> Result<(), Refusal> {
    let Some(need) = door.needs else { return Ok(()) };
    if let Some(scopes) = key.and_then(|key| key.scopes.as_ref())
        && !scopes.iter().any(|scope| scope == need)
    {
        return Err(refuse(403, "SCOPE_DENIED", format!("The key lacks the scope {need}.")));
    }
    let allowed = match (call.caller.user.and_then(|id| call.world.user(id)), key) {
        (Some(user), _) => call.world.allows(user, need),
        (None, Some(key)) => key.ceiling.allow(need),
        // Portal sessions and agents are let in by kind; they hold no roles.
        (None, None) => true,
    };
    if !allowed {
        return Err(refuse(403, "FORBIDDEN", format!("Your role does not include {need}.")));
    }
    Ok(())
}
