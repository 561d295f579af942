//! How an organisation joins: form, confirmation by mail in the same browser, and the choice of a slug.

use std::collections::VecDeque;

use crate::reference::prelude::*;

mod beta;
mod confirmation;
mod form;
mod organisation;

pub const AREA: Area = Area::new(
    "signup",
    &[
        post("/api/v1/signup", form::begin).open(),
        post("/api/v1/signup/resend", confirmation::resend).open(),
        post("/api/v1/signup/verify", confirmation::verify).open(),
        post("/api/v1/signup/complete", organisation::complete).tenantless().unbilled().session_only().person(),
        post("/api/v1/beta/codes/validate", beta::validate).open(),
        get("/api/v1/platform/beta-codes", beta::list).platform_admin(),
        post("/api/v1/platform/beta-codes", beta::issue).platform_admin(),
        delete("/api/v1/platform/beta-codes/{id}", beta::withdraw).platform_admin(),
    ],
)
.seed(seed);

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

fn seed(seeds: &mut Seeds<'_>) {
    seeds.var("bot_check_token", PASSED_CHECK);
}
