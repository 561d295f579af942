//! The mail gateway: a system of its own that takes in and sends the mail of all organisations.

use std::collections::VecDeque;

use crate::reference::prelude::*;

const MOST: usize = 2_000;
/// Domains of providers below which anybody gets a name for nothing; the gateway lends them no reputation.
const DENIED: &[&str] = &["dyn.example", "free.example"];

/// The domains that the gateway serves, and for whom. It has its own memory, which can differ from ours.
#[derive(Default)]
struct Gateway(VecDeque<(String, Uuid)>);

/// Whether there is a gateway, and whether it answers for this domain.
fn asked(call: &Call<'_>, domain: &str) -> Result<(), Refusal> {
    match call.upstream_for(Service::MailGateway, Scope::new("domain", domain)) {
        Mode::Working => Ok(()),
        _ => Err(refuse(502, "GATEWAY_ERROR", "The mail gateway did not carry this out. Try again later.")),
    }
}

pub fn configured(call: &Call<'_>) -> Result<(), Refusal> {
    match call.world.profile.mail_gateway {
        true => Ok(()),
        false => Err(refuse(503, "GATEWAY_DISABLED", "This deployment has no mail gateway.")),
    }
}

fn holder(world: &mut World, domain: &str) -> Option<Uuid> {
    world.state::<Gateway>().0.iter().find(|(its, _)| its == domain).map(|(_, tenant)| *tenant)
}

/// Takes a domain in.
pub fn register(call: &mut Call<'_>, domain: &str, tenant: Uuid) -> Result<(), Refusal> {
    asked(call, domain)?;
    let below = |denied: &&str| domain.strip_suffix(*denied).is_some_and(|rest| rest.ends_with('.'));
    if DENIED.iter().any(below) {
        return Err(refuse(400, "GATEWAY_REJECTED", "The mail gateway does not serve domains of this provider."));
    }
    match holder(call.world, domain) {
        Some(holder) if holder == tenant => {
            return Err(refuse(409, "DOMAIN_CONFLICT", "The mail gateway has an earlier registration of this domain."));
        }
        Some(_) => return Err(claimed()),
        None => {}
    }
    let domains = &mut call.world.state::<Gateway>().0;
    if domains.len() >= MOST {
        domains.pop_front();
    }
    domains.push_back((domain.to_owned(), tenant));
    Ok(())
}

/// Whether the gateway serves a domain for an organisation.
pub fn serves(call: &mut Call<'_>, domain: &str, tenant: Uuid) -> Result<bool, Refusal> {
    asked(call, domain)?;
    Ok(holder(call.world, domain) == Some(tenant))
}

/// Lets a domain go, if the gateway can be reached; nobody waits for it.
pub fn release(call: &mut Call<'_>, domain: &str) {
    if asked(call, domain).is_ok() {
        call.world.state::<Gateway>().0.retain(|(its, _)| its != domain);
    }
}

pub fn claimed() -> Refusal {
    refuse(409, "DOMAIN_ALREADY_CLAIMED", "Another organisation sends from this domain.")
}

/// What the operator of the gateway sees of a domain.
pub fn look(call: &mut Call<'_>) -> Answer {
    let domain = call.path("id").to_owned();
    let holder = holder(call.world, &domain);
    let holder = holder.ok_or_else(|| refuse(404, "NOT_FOUND", "The gateway does not serve this domain."))?;
    ok(json!({ "domain": domain, "tenant_id": holder }))
}

/// The operator of the gateway removes a domain without telling anybody.
pub fn strike(call: &mut Call<'_>) -> Answer {
    let domain = call.path("id").to_owned();
    call.world.state::<Gateway>().0.retain(|(its, _)| *its != domain);
    done()
}
