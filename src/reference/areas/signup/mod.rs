//! How an organisation joins: form, confirmation by mail in the same browser, and the choice of a slug.

use std::collections::VecDeque;

use crate::reference::prelude::*;

use super::{platform, users};

mod beta;

use beta::Invites;

pub const AREA: Area = Area::new(
    "signup",
    &[
        post("/api/v1/signup", begin).open(),
        post("/api/v1/signup/resend", resend).open(),
        post("/api/v1/signup/verify", verify).open(),
        post("/api/v1/signup/complete", complete).tenantless().unbilled().session_only().person(),
        post("/api/v1/beta/codes/validate", beta::validate).open(),
        get("/api/v1/platform/beta-codes", beta::list).platform_admin(),
        post("/api/v1/platform/beta-codes", beta::issue).platform_admin(),
        delete("/api/v1/platform/beta-codes/{id}", beta::withdraw).platform_admin(),
    ],
)
.seed(seed);

const LINK_FOR: Millis = 24 * 3_600_000;
const SESSION_FOR: Millis = 12 * 3_600_000;
const RESEND_AFTER: Millis = 60_000;
const MOST_RESENDS: u32 = 3;
const LEAST_PASSWORD: usize = 12;
/// People who confirmed their address and then never chose a slug: the oldest are forgotten.
const MOST_UNDECIDED: usize = 500;
/// The verifier has a testing token that stands for a check that was passed.
const PASSED_CHECK: &str = "passed-testing-check";

/// Signups under way, over the whole deployment.
#[derive(Default)]
struct Signups {
    all: Shelf<Signup>,
    undecided: VecDeque<Uuid>,
}

struct Signup {
    email: String,
    company: String,
    name: String,
    /// A cookie of the browser in which the form was sent.
    device: String,
    /// What the emailed link carries.
    token: Uuid,
    expires: Millis,
    resends: u32,
    sent: Millis,
    stage: Stage,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Pending,
    /// The address belongs to this new user.
    Confirmed(Uuid),
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// The time for a signup, before there is anybody who could be signed in.
fn now_for(world: &World, id: Uuid) -> Millis {
    world.clock.now(&[Scope::everywhere(), Scope::new("signup", id.to_string())])
}

fn send_link(world: &mut World, email: &str, token: Uuid) {
    world.outbox.send(email, "signup_confirmation", json!({ "token": token }));
}

// ---- the form

fn begin(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let code = body.opt_text("invite_code")?;
    if code.is_none() && call.world.profile.closed_beta {
        return Err(refuse(403, "SIGNUPS_PAUSED", "Signing up takes an invite code at the moment."));
    }
    let field = |name| body.opt_text(name).map(|text| text.filter(|text| !text.trim().is_empty()));
    let fields = (field("company_name")?, field("firstname")?, field("lastname")?, field("email")?);
    let (Some(company), Some(first), Some(last), Some(email)) = fields else {
        return Err(refuse(400, "MISSING_FIELDS", "company_name, firstname, lastname and email are needed."));
    };
    let email = email.trim().to_lowercase();
    if !email.contains('@') {
        return Err(invalid("email has to be an address".into()));
    }
    check_human(call, &email, body.opt_text("bot_check_token")?.as_deref())?;
    if let Some(code) = &code {
        call.world.state::<Invites>().usable(code, now())?;
    }
    if pending(call.world, &email) {
        return Err(refuse(409, "EMAIL_PENDING", "A signup with this address waits for its confirmation."));
    }
    if has_account(call.world, &email) {
        return Err(refuse(409, "USERNAME_TAKEN", "There is an account with this address."));
    }
    if !call.world.profile.outgoing_mail {
        return Err(refuse(503, "MAIL_UNAVAILABLE", "This deployment cannot send mail."));
    }
    if let Some(code) = &code {
        call.world.state::<Invites>().redeem(code);
    }
    let (id, token, now) = (Uuid::new_v4(), Uuid::new_v4(), now());
    let device = World::fresh_token("device");
    send_link(call.world, &email, token);
    let cookie = format!("signup_device={device}; Path=/; HttpOnly; SameSite=Lax");
    let answer = json!({ "id": id, "email": email, "expires_at": stamp(now + LINK_FOR) });
    let signup = Signup {
        email,
        company,
        name: format!("{first} {last}"),
        device,
        token,
        expires: now + LINK_FOR,
        resends: 0,
        sent: now,
        stage: Stage::Pending,
    };
    call.world.state::<Signups>().all.insert(id, signup);
    Ok(accepted(answer)?.header("set-cookie", cookie))
}

/// The real time: whoever sends the form is nobody yet whose clock could have been moved.
fn now() -> Millis {
    chrono::Utc::now().timestamp_millis()
}

fn check_human(call: &Call<'_>, email: &str, token: Option<&str>) -> Result<(), Refusal> {
    let scopes = [Scope::everywhere(), Scope::new("email", email)];
    if call.world.faults.upstream(Service::BotVerifier, &scopes) != Mode::Working {
        return Err(refuse(503, "BOT_CHECK_UNAVAILABLE", "It cannot be checked now that you are human."));
    }
    match token {
        Some(PASSED_CHECK) => Ok(()),
        _ => Err(refuse(400, "BOT_CHECK_FAILED", "The check that you are human was not passed.")),
    }
}

fn pending(world: &mut World, email: &str) -> bool {
    let waiting = |it: &Signup| it.stage == Stage::Pending && it.expires > now() && it.email == email;
    world.state::<Signups>().all.values().any(waiting)
}

/// Whether anybody has this address, as username or otherwise.
fn has_account(world: &World, email: &str) -> bool {
    let theirs = |id: &Uuid| world.user(*id).is_some_and(|user| user.email.eq_ignore_ascii_case(email));
    world.find_user(email).is_some() || world.tenants().any(|tenant| tenant.users.iter().any(theirs))
}

// ---- the confirmation

fn resend(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let id = body.id("signup_id")?;
    let now = now_for(call.world, id);
    let signup = call.world.state::<Signups>().all.get_mut(id).filter(|it| it.stage == Stage::Pending);
    let signup = signup.ok_or_else(|| refuse(409, "NO_PENDING_SIGNUP", "No such signup waits for a confirmation."))?;
    if signup.resends >= MOST_RESENDS {
        return Err(refuse(429, "RESEND_MAX", "The confirmation is not sent any more. Sign up again."));
    }
    let wait = signup.sent + RESEND_AFTER - now;
    // The first link may be asked for again at once; it may have gone to the spam folder.
    if signup.resends > 0 && wait > 0 {
        let seconds = (wait as u64).div_ceil(1_000);
        return Err(refuse(429, "RESEND_THROTTLED", "The confirmation was sent a moment ago.").retry_after(seconds));
    }
    signup.resends += 1;
    signup.sent = now;
    let (email, token, left) = (signup.email.clone(), signup.token, MOST_RESENDS - signup.resends);
    send_link(call.world, &email, token);
    accepted(json!({ "sent": true, "resends_left": left }))
}

/// Opens the emailed link: the address becomes a user, signed in but without an organisation.
fn verify(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let token = body.opt_text("token")?.filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| refuse(400, "MISSING_TOKEN", "The token of the emailed link is needed."))?;
    let unknown = || refuse(401, "INVALID_TOKEN", "This link is not valid, or not any more.");
    let token = Uuid::parse_str(&token).map_err(|_| unknown())?;
    let signups = &call.world.state::<Signups>().all;
    let found = signups.iter().find(|(_, it)| it.token == token && it.stage == Stage::Pending);
    let (id, email, name) = found.map(|(id, it)| (id, it.email.clone(), it.name.clone())).ok_or_else(unknown)?;
    let (expires, device) = found.map(|(_, it)| (it.expires, it.device.clone())).ok_or_else(unknown)?;
    let now = now_for(call.world, id);
    if expires <= now {
        return Err(unknown());
    }
    if call.cookie("signup_device") != Some(device.as_str()) {
        return Err(refuse(401, "DEVICE_MISMATCH", "Open the link in the browser in which you signed up."));
    }
    let user = Uuid::new_v4();
    let newcomer = User { name, ..users::person(user, &email, &email, "", None, Vec::new()) };
    if !call.world.add_user(newcomer) {
        return Err(refuse(409, "USERNAME_TAKEN", "There is an account with this address by now."));
    }
    if let Some(signup) = call.world.state::<Signups>().all.get_mut(id) {
        signup.stage = Stage::Confirmed(user);
    }
    forget_undecided(call.world, user);
    let session = open_session(call.world, user, None, now);
    ok(json!({ "signup_id": id, "user_id": user, "token": session }))
}

fn forget_undecided(world: &mut World, newest: Uuid) {
    let undecided = &mut world.state::<Signups>().undecided;
    undecided.push_back(newest);
    let oldest = (undecided.len() > MOST_UNDECIDED).then(|| undecided.pop_front()).flatten();
    if let Some(oldest) = oldest {
        world.remove_user(oldest);
    }
}

fn open_session(world: &mut World, user: Uuid, tenant: Option<Uuid>, now: Millis) -> String {
    let token = World::fresh_token("session");
    let session = Session { user, tenant, expires: now + SESSION_FOR, stepped_up: true };
    world.issue(token.clone(), Credential::Session(session));
    token
}

// ---- the organisation

fn complete(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let user = call.user_id()?;
    let signups = &call.world.state::<Signups>().all;
    let found = signups.iter().find(|(_, it)| it.stage == Stage::Confirmed(user));
    let found = found.map(|(id, it)| (id, it.company.clone()));
    let (id, company) = found.ok_or_else(|| refuse(409, "NO_PENDING_SIGNUP", "Your signup is complete already."))?;
    let (slug, password) = (body.text("slug")?, body.text("password")?);
    if !platform::is_slug(&slug) {
        return Err(invalid("slug has 2 to 40 lower-case letters, digits and inner hyphens".into()));
    }
    if password.chars().count() < LEAST_PASSWORD {
        return Err(refuse(400, "WEAK_PASSWORD", "A password has at least 12 characters."));
    }
    let spec = Spec { name: company, plain: true, ..Spec::new(&slug) };
    let tenant = call.world.found(&spec);
    let tenant = tenant.ok_or_else(|| refuse(409, "SLUG_TAKEN", "Another organisation has this slug."))?;
    let signups = call.world.state::<Signups>();
    signups.all.remove(id);
    signups.undecided.retain(|other| *other != user);
    let now = call.now();
    let session = settle(call, user, tenant, password, now)?;
    created(json!({ "tenant_id": tenant, "slug": slug, "token": session }))
}

/// Moves the newcomer into the organisation, as its owner, with a session that knows of it.
fn settle(call: &mut Call<'_>, id: Uuid, tenant: Uuid, password: String, now: Millis) -> Result<String, Refusal> {
    let mut user = call.user()?.clone();
    user.password = password;
    user.tenant = Some(tenant);
    user.roles = call.world.tenant(tenant).map(|tenant| tenant.seed_id("role/owner")).into_iter().collect();
    call.world.remove_user(id);
    call.world.add_user(user);
    Ok(open_session(call.world, id, Some(tenant), now))
}

fn seed(seeds: &mut Seeds<'_>) {
    seeds.var("bot_check_token", PASSED_CHECK);
}
