//! Signing in and out, passwords, and the second factor.

use totp_rs::{Builder, Secret};

use crate::reference::clock::Millis;
use crate::reference::prelude::*;

use super::users::{self, Invitations};

pub const AREA: Area = Area::new(
    "auth",
    &[
        get("/api/v1/auth/me", me).tenantless().unbilled(),
        post("/api/v1/auth/login", login).open(),
        post("/api/v1/auth/logout", logout).tenantless().unbilled().session_only(),
        post("/api/v1/auth/change-password", change_password).tenantless().unbilled().session_only().person(),
        post("/api/v1/auth/forgot-password", forgot_password).open(),
        post("/api/v1/auth/reset-password", reset_password).open(),
        post("/api/v1/auth/accept-invitation", accept_invitation).open(),
        post("/api/v1/auth/mfa/setup", mfa_setup).tenantless().unbilled().session_only().person(),
        post("/api/v1/auth/mfa/enable", mfa_enable).tenantless().unbilled().session_only().person(),
        post("/api/v1/auth/mfa/verify", mfa_verify).open(),
        post("/api/v1/auth/mfa/challenge", mfa_challenge).tenantless().unbilled().session_only().person(),
        post("/api/v1/auth/mfa/disable", mfa_disable).tenantless().unbilled().session_only().person(),
    ],
)
.seed(seed);

const SESSION_FOR: Millis = 12 * 3_600_000;
const MFA_TOKEN_FOR: Millis = 5 * 60_000;
const RESET_FOR: Millis = 3_600_000;
const DEVICE_FOR: Millis = 30 * 86_400_000;
const LOCK_FOR: Millis = 15 * 60_000;
const MOST_FAILURES: u32 = 5;
const LEAST_PASSWORD: usize = 12;

/// What is under way between two steps of a sign-in.
#[derive(Default)]
struct Pending {
    second_steps: Shelf<SecondStep>,
    resets: Shelf<Given>,
    devices: Shelf<Given>,
}

struct SecondStep {
    user: Uuid,
    expires: Millis,
    tries: u32,
}

/// A token that was given to a user for a while.
struct Given {
    user: Uuid,
    expires: Millis,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// The time for a user who has not signed in yet.
fn now_for(world: &World, user: Uuid) -> Millis {
    let mut scopes = vec![Scope::everywhere(), Scope::user(user)];
    scopes.extend(world.user(user).and_then(|user| user.tenant).map(Scope::tenant));
    world.clock.now(&scopes)
}

fn me(call: &mut Call<'_>) -> Answer {
    let user = call.caller.user.and_then(|id| call.world.user(id));
    let user = user.map(|user| json!({ "id": user.id, "username": user.username, "locale": user.locale }));
    ok(json!({ "user": user, "tenant_id": call.caller.tenant, "api_key_id": call.caller.subject }))
}

// ---- signing in

fn login(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (username, password) = (body.text("username")?, body.text("password")?);
    let device = body.opt_id("device_token")?;
    let wrong = || refuse(401, "AUTH_FAILED", "Username or password is wrong.");
    let id = call.world.find_user(&username).ok_or_else(wrong)?;
    let now = now_for(call.world, id);
    let user = call.world.user_mut(id).ok_or_else(wrong)?;
    if user.locked_until > now {
        return Err(refuse(423, "ACCOUNT_LOCKED", "Too many wrong passwords. Try again later."));
    }
    if user.password.is_empty() || user.password != password {
        user.failed_logins += 1;
        if user.failed_logins >= MOST_FAILURES {
            user.failed_logins = 0;
            user.locked_until = now + LOCK_FOR;
        }
        return Err(wrong());
    }
    user.failed_logins = 0;
    if user.disabled {
        return Err(refuse(401, "AUTH_DISABLED", "This account has been disabled."));
    }
    if matches!(user.mfa, Mfa::On(_)) && !remembered(call, id, device, now) {
        let token = Uuid::new_v4();
        let step = SecondStep { user: id, expires: now + MFA_TOKEN_FOR, tries: 0 };
        call.world.state::<Pending>().second_steps.insert(token, step);
        return ok(json!({ "mfa_required": true, "mfa_token": token }));
    }
    let stepped_up = !matches!(call.world.user(id).map(|user| &user.mfa), Some(Mfa::On(_)));
    ok(json!({ "token": open_session(call, id, now, stepped_up) }))
}

fn remembered(call: &mut Call<'_>, user: Uuid, device: Option<Uuid>, now: Millis) -> bool {
    let devices = &call.world.state::<Pending>().devices;
    device.and_then(|id| devices.get(id)).is_some_and(|given| given.user == user && given.expires > now)
}

fn open_session(call: &mut Call<'_>, user: Uuid, now: Millis, stepped_up: bool) -> String {
    let tenant = call.world.user(user).and_then(|user| user.tenant);
    let token = World::fresh_token("session");
    let session = Session { user, tenant, expires: now + SESSION_FOR, stepped_up };
    call.world.issue(token.clone(), Credential::Session(session));
    token
}

fn logout(call: &mut Call<'_>) -> Answer {
    if let Some(token) = call.caller.token.clone() {
        call.world.revoke(&token);
    }
    done()
}

// ---- passwords

fn strong(password: &str) -> Result<(), Refusal> {
    if password.chars().count() < LEAST_PASSWORD {
        return Err(refuse(400, "WEAK_PASSWORD", "A password has at least 12 characters."));
    }
    Ok(())
}

fn change_password(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (current, new) = (body.text("current_password")?, body.text("new_password")?);
    let user = call.user()?;
    if user.password != current {
        return Err(refuse(400, "INVALID_PASSWORD", "The current password is wrong."));
    }
    strong(&new)?;
    user.password = new;
    done()
}

fn forgot_password(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (username, email) = (body.opt_text("username")?, body.opt_text("email")?);
    let Some(name) = username.or(email).filter(|name| !name.trim().is_empty()) else {
        return Err(refuse(400, "MISSING_IDENTIFIER", "Say for which username or email address."));
    };
    if !call.world.profile.outgoing_mail {
        return Err(refuse(503, "MAIL_UNAVAILABLE", "This deployment cannot send mail."));
    }
    // The answer is the same for a name that nobody has.
    if let Some(id) = call.world.find_user(&name) {
        let (token, expires) = (Uuid::new_v4(), now_for(call.world, id) + RESET_FOR);
        call.world.state::<Pending>().resets.insert(token, Given { user: id, expires });
        let email = call.world.user(id).map(|user| user.email.clone()).unwrap_or_default();
        call.world.outbox.send(&email, "password_reset", json!({ "token": token }));
    }
    accepted(json!({ "sent": true }))
}

fn reset_password(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (token, new) = (body.text("token")?, body.text("new_password")?);
    let unknown = || refuse(400, "INVALID_TOKEN", "This link is not valid, or not any more.");
    let token = Uuid::parse_str(&token).map_err(|_| unknown())?;
    let given = call.world.state::<Pending>().resets.get(token).map(|given| (given.user, given.expires));
    let (id, expires) = given.ok_or_else(unknown)?;
    if expires <= now_for(call.world, id) {
        return Err(unknown());
    }
    strong(&new)?;
    call.world.state::<Pending>().resets.remove(token);
    let user = call.world.user_mut(id).ok_or_else(unknown)?;
    (user.password, user.locked_until, user.failed_logins) = (new, 0, 0);
    call.world.end_sessions(id);
    done()
}

fn accept_invitation(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (token, password) = (body.text("token")?, body.text("password")?);
    let unknown = || refuse(400, "INVALID_TOKEN", "This invitation is not valid, or not any more.");
    let token = Uuid::parse_str(&token).map_err(|_| unknown())?;
    let found = call.world.state::<Invitations>().0.get(token).map(|it| (it.user, it.expires));
    let (id, expires) = found.ok_or_else(unknown)?;
    if expires <= now_for(call.world, id) {
        return Err(unknown());
    }
    strong(&password)?;
    call.world.state::<Invitations>().0.remove(token);
    let user = call.world.user_mut(id).ok_or_else(unknown)?;
    (user.password, user.disabled) = (password, false);
    done()
}

// ---- the second factor

fn mfa_setup(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    if matches!(user.mfa, Mfa::On(_)) {
        return Err(refuse(409, "MFA_ALREADY_ENABLED", "Your second factor is on already."));
    }
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    let secret = Secret::from([one.as_bytes().as_slice(), &two.as_bytes()[..4]].concat()).to_base32();
    user.mfa = Mfa::Pending(secret.clone());
    ok(json!({ "secret": secret, "uri": format!("otpauth://totp/{}?secret={secret}", user.username) }))
}

fn mfa_enable(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let now = call.now();
    let user = call.user()?;
    let secret = match &user.mfa {
        Mfa::Pending(secret) => secret.clone(),
        Mfa::On(_) => return Err(refuse(409, "MFA_ALREADY_ENABLED", "Your second factor is on already.")),
        Mfa::Off => return Err(refuse(400, "MFA_NOT_SETUP", "Start with the set-up of a second factor.")),
    };
    if !fits(&secret, &body.text("code")?, now) {
        return Err(refuse(400, "INVALID_CODE", "The code is wrong."));
    }
    user.mfa = Mfa::On(secret);
    done()
}

fn mfa_verify(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (token, code) = (body.text("mfa_token")?, body.text("code")?);
    let remember = body.flag("remember_device", false)?;
    let unknown = || refuse(401, "MFA_TOKEN_INVALID", "Sign in again: this second step has run out.");
    let token = Uuid::parse_str(&token).map_err(|_| unknown())?;
    let steps = &mut call.world.state::<Pending>().second_steps;
    let (id, expires, tries) = steps.get_mut(token).map(|it| (it.user, it.expires, it.tries)).ok_or_else(unknown)?;
    let now = now_for(call.world, id);
    if expires <= now || tries >= MOST_FAILURES {
        return Err(unknown());
    }
    let good = matches!(call.world.user(id).map(|user| &user.mfa), Some(Mfa::On(secret)) if fits(secret, &code, now));
    let pending = call.world.state::<Pending>();
    if !good {
        if let Some(step) = pending.second_steps.get_mut(token) {
            step.tries += 1;
        }
        return Err(refuse(401, "INVALID_CODE", "The code is wrong."));
    }
    pending.second_steps.remove(token);
    let device = remember.then(Uuid::new_v4);
    if let Some(device) = device {
        pending.devices.insert(device, Given { user: id, expires: now + DEVICE_FOR });
    }
    ok(json!({ "token": open_session(call, id, now, true), "device_token": device }))
}

/// Shows the second factor within a session, for what demands it.
fn mfa_challenge(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (code, now) = (body.text("code")?, call.now());
    match &call.user()?.mfa {
        Mfa::On(secret) if fits(secret, &code, now) => {}
        Mfa::On(_) => return Err(refuse(401, "INVALID_CODE", "The code is wrong.")),
        _ => return Err(refuse(400, "MFA_NOT_ENABLED", "Your second factor is not on.")),
    }
    let token = call.caller.token.clone().unwrap_or_default();
    if let Some(Credential::Session(session)) = call.world.credential_mut(&token) {
        session.stepped_up = true;
    }
    done()
}

fn mfa_disable(call: &mut Call<'_>) -> Answer {
    let stepped_up = call.caller.stepped_up;
    let user = call.user()?;
    if !matches!(user.mfa, Mfa::On(_)) {
        return Err(refuse(400, "MFA_NOT_ENABLED", "Your second factor is not on."));
    }
    if !stepped_up {
        return Err(refuse(
            428,
            "CHALLENGE_REQUIRED",
            "Show your second factor first; this device was only remembered.",
        ));
    }
    user.mfa = Mfa::Off;
    done()
}

/// Whether a code is the one of now, or of the half minute before or after.
fn fits(secret: &str, code: &str, now: Millis) -> bool {
    let Ok(secret) = Secret::try_from_base32(secret) else { return false };
    let totp = Builder::new().with_secret(secret).with_skew(1).build_noncompliant();
    totp.check(code, u64::try_from(now / 1_000).unwrap_or(0)).is_some()
}

// ---- seeds

fn seed(seeds: &mut Seeds<'_>) {
    let main = seeds.main();
    let disabled = users::add_person(seeds.world, Some(main), "disabled", &["technician"]);
    if let Some(user) = seeds.world.user_mut(disabled) {
        user.disabled = true;
        let (username, password) = (user.username.clone(), user.password.clone());
        seeds.var("disabled_username", username);
        seeds.var("disabled_password", password);
    }

    let careful = users::add_person(seeds.world, Some(main), "careful", &["technician"]);
    if let Some(user) = seeds.world.user_mut(careful) {
        user.mfa = Mfa::On("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".into());
    }
    let token = users::sign_in(seeds.world, careful, "careful");
    seeds.credential("mfa_user", &token);
    let token = users::sign_in(seeds.world, careful, "careful_remembered");
    if let Some(Credential::Session(session)) = seeds.world.credential_mut(&token) {
        session.stepped_up = false;
    }
    seeds.credential("remembered_device", &token);

    let technician = seeds.world.tenant(main).map(|tenant| tenant.seed_id("user/technician")).unwrap_or_default();
    let token = users::sign_in(seeds.world, technician, "technician_long_ago");
    if let Some(Credential::Session(session)) = seeds.world.credential_mut(&token) {
        session.expires = 0;
    }
    seeds.credential("expired_session", &token);
}
