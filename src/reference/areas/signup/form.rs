//! The form with which a signup begins.

use crate::reference::prelude::*;

use super::beta::Invites;
use super::{PASSED_CHECK, Signup, Signups, Stage, invalid, send_link};

const LINK_FOR: Millis = 24 * 3_600_000;

pub fn begin(call: &mut Call<'_>) -> Answer {
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
