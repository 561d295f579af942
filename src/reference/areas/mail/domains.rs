//! Domains to send from: whoever shows that one is theirs gets it provisioned at the gateway.

use super::{dns, gateway, invalid, is_host_name};
use crate::reference::prelude::*;

/// What an organisation asked to prove, and what it proved.
#[derive(Default)]
struct Challenges(Shelf<Challenge>);

struct Challenge {
    domain: String,
    secret: String,
    verified: bool,
}

/// The domains of all organisations: each belongs to one.
#[derive(Default)]
struct Domains(Shelf<Domain>);

struct Domain {
    tenant: Uuid,
    name: String,
    checked: Millis,
}

impl Domain {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "domain": self.name, "status": "active", "checked_at": stamp(self.checked) })
    }
}

/// The domain in the body of a request.
fn wanted(call: &Call<'_>) -> Result<String, Refusal> {
    let body = call.json(invalid)?;
    let domain = body.text("domain")?.to_ascii_lowercase();
    if !is_host_name(&domain) {
        return Err(invalid("domain has to be the name of a domain".into()));
    }
    gateway::configured(call)?;
    Ok(domain)
}

fn record(domain: &str) -> String {
    format!("_opsmerge.{domain}")
}

/// Hands out what the owner of a domain has to publish. The same again while it is not proved.
pub fn challenge(call: &mut Call<'_>) -> Answer {
    let domain = wanted(call)?;
    let challenges = &mut call.state::<Challenges>()?.0;
    let known = challenges.values().find(|it| it.domain == domain).map(|it| it.secret.clone());
    let secret = known.unwrap_or_else(|| {
        let secret = format!("opsmerge-verify={}", Uuid::new_v4().simple());
        let challenge = Challenge { domain: domain.clone(), secret: secret.clone(), verified: false };
        challenges.insert(Uuid::new_v4(), challenge);
        secret
    });
    created(json!({ "domain": domain, "name": record(&domain), "txt": secret }))
}

pub fn verify(call: &mut Call<'_>) -> Answer {
    let domain = wanted(call)?;
    let secret = call.state::<Challenges>()?.0.values().find(|it| it.domain == domain).map(|it| it.secret.clone());
    let secret =
        secret.ok_or_else(|| refuse(404, "CHALLENGE_NOT_FOUND", "No challenge was asked for this domain yet."))?;
    if !dns::says(call.world, &record(&domain), &secret) {
        return Err(refuse(403, "OWNERSHIP_NOT_VERIFIED", "The TXT record is not there, or not there yet."));
    }
    for challenge in call.state::<Challenges>()?.0.values_mut().filter(|it| it.domain == domain) {
        challenge.verified = true;
    }
    ok(json!({ "domain": domain, "verified": true }))
}

pub fn provision(call: &mut Call<'_>) -> Answer {
    let domain = wanted(call)?;
    let tenant = call.tenant_id()?;
    if !call.state::<Challenges>()?.0.values().any(|it| it.domain == domain && it.verified) {
        return Err(refuse(403, "OWNERSHIP_NOT_VERIFIED", "Show first that this domain is yours."));
    }
    let holder = call.world.state::<Domains>().0.values().find(|it| it.name == domain).map(|it| it.tenant);
    match holder.filter(|holder| call.world.tenant(*holder).is_some()) {
        Some(holder) if holder == tenant => {
            return Err(refuse(409, "CONFLICT", "You send from this domain already."));
        }
        Some(_) => return Err(gateway::claimed()),
        None => {}
    }
    gateway::register(call, &domain, tenant)?;
    let (id, domain) = (Uuid::new_v4(), Domain { tenant, name: domain, checked: call.now() });
    created(call.world.state::<Domains>().0.insert(id, domain).shown(id))
}

/// The domain that the path names.
fn named<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Domain), Refusal> {
    let (id, tenant) = (call.id()?, call.tenant_id()?);
    let domain = call.world.state::<Domains>().0.get_mut(id).filter(|it| it.tenant == tenant);
    Ok((id, domain.ok_or_else(|| refuse(404, "NOT_FOUND", "You do not send from such a domain."))?))
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let tenant = call.tenant_id()?;
    let domains = call.world.state::<Domains>().0.iter().filter(|(_, it)| it.tenant == tenant);
    let domains: Vec<Value> = domains.map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "domains": domains }))
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let (id, domain) = named(call)?;
    ok(domain.shown(id))
}

/// Compares what we know of a domain with what the gateway does.
pub fn refresh(call: &mut Call<'_>) -> Answer {
    let (now, tenant) = (call.now(), call.tenant_id()?);
    let name = named(call)?.1.name.clone();
    if !gateway::serves(call, &name, tenant)? {
        return Err(refuse(409, "DOMAIN_DESYNC", "The mail gateway does not know this domain any more."));
    }
    let (id, domain) = named(call)?;
    domain.checked = now;
    ok(domain.shown(id))
}

pub fn remove(call: &mut Call<'_>) -> Answer {
    let (id, domain) = named(call)?;
    let name = domain.name.clone();
    gateway::release(call, &name);
    call.world.state::<Domains>().0.remove(id);
    done()
}
