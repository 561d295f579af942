//! The end of a signup: the organisation comes into being.

use crate::reference::prelude::*;

use super::super::platform;
use super::confirmation::open_session;
use super::{Signups, Stage, invalid};

const LEAST_PASSWORD: usize = 12;

pub fn complete(call: &mut Call<'_>) -> Answer {
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
