//! The emailed link: sent again, and opened.

use crate::reference::prelude::*;

use super::super::users;
use super::{Signups, Stage, invalid, now_for, send_link};

const SESSION_FOR: Millis = 12 * 3_600_000;
const RESEND_AFTER: Millis = 60_000;
const MOST_RESENDS: u32 = 3;
/// People who confirmed their address and then never chose a slug: the oldest are forgotten.
const MOST_UNDECIDED: usize = 500;

pub fn resend(call: &mut Call<'_>) -> Answer {
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
pub fn verify(call: &mut Call<'_>) -> Answer {
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

pub fn open_session(world: &mut World, user: Uuid, tenant: Option<Uuid>, now: Millis) -> String {
    let token = World::fresh_token("session");
    let session = Session { user, tenant, expires: now + SESSION_FOR, stepped_up: true };
    world.issue(token.clone(), Credential::Session(session));
    token
}
