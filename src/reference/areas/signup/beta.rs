//! Invite codes of the closed beta: each works once, until it expires.

use chrono::NaiveDate;

use crate::reference::prelude::*;

/// All invite codes of the deployment.
#[derive(Default)]
pub struct Invites(Shelf<Invite>);

struct Invite {
    code: String,
    /// The last day on which it is good, as milliseconds at its end.
    expires: Millis,
    redeemed: bool,
}

const DAY: Millis = 86_400_000;
const USUAL: Millis = 30 * DAY;

impl Invites {
    /// Whether a code can be used now.
    pub fn usable(&self, code: &str, now: Millis) -> Result<(), Refusal> {
        let invite = self.0.values().rev().find(|invite| invite.code.eq_ignore_ascii_case(code.trim()));
        let invite = invite.ok_or_else(|| refuse(400, "BETA_CODE_UNKNOWN", "No such invite code was issued."))?;
        if invite.redeemed {
            return Err(refuse(410, "BETA_CODE_REDEEMED", "This invite code has been used."));
        }
        if invite.expires <= now {
            return Err(refuse(410, "BETA_CODE_EXPIRED", "This invite code has expired."));
        }
        Ok(())
    }

    pub fn redeem(&mut self, code: &str) {
        if let Some(invite) = self.0.values_mut().find(|invite| invite.code.eq_ignore_ascii_case(code.trim())) {
            invite.redeemed = true;
        }
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn shown(id: Uuid, invite: &Invite) -> Value {
    json!({ "id": id, "code": invite.code, "expires_at": stamp(invite.expires), "redeemed": invite.redeemed })
}

pub fn validate(call: &mut Call<'_>) -> Answer {
    let code = call.json(invalid)?.text("code")?;
    let now = call.now();
    call.world.state::<Invites>().usable(&code, now)?;
    ok(json!({ "valid": true }))
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let codes: Vec<Value> = call.world.state::<Invites>().0.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "codes": codes }))
}

/// A code may be issued for a day that is over, to put on record what was handed out on paper.
pub fn issue(call: &mut Call<'_>) -> Answer {
    let last_day = call.json(invalid)?.opt_date("expires_on")?;
    let end = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() + DAY;
    let id = Uuid::new_v4();
    let code = id.simple().to_string()[..12].to_uppercase();
    let invite = Invite { code, expires: last_day.map_or(call.now() + USUAL, end), redeemed: false };
    created(shown(id, call.world.state::<Invites>().0.insert(id, invite)))
}

pub fn withdraw(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    match call.world.state::<Invites>().0.remove(id) {
        Some(_) => done(),
        None => Err(refuse(404, "NOT_FOUND", "There is no such code.")),
    }
}
