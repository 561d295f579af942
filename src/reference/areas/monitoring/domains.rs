//! Domains that are watched, so that nobody forgets to renew one.

use super::invalid;
use crate::reference::areas::clients::Clients;
use crate::reference::areas::mail::is_host_name;
use crate::reference::prelude::*;

const YEAR: Millis = 365 * 86_400_000;

/// The watched domains of an organisation.
#[derive(Default)]
struct Domains(Shelf<Domain>);

struct Domain {
    name: String,
    client: Option<Uuid>,
    added: Millis,
    registration: Option<Registration>,
}

/// What WHOIS said of a domain, and when.
struct Registration {
    expires: Millis,
    checked: Millis,
}

impl Domain {
    fn shown(&self, id: Uuid) -> Value {
        let registration = self.registration.as_ref();
        json!({
            "id": id,
            "name": self.name,
            "client_id": self.client,
            "registered_until": registration.map(|it| stamp(it.expires)),
            "checked_at": registration.map(|it| stamp(it.checked)),
        })
    }
}

/// The domain that the path names.
fn named<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Domain), Refusal> {
    let id = call.id()?;
    let domain = call.state::<Domains>()?.0.get_mut(id);
    Ok((id, domain.ok_or_else(|| refuse(404, "NOT_FOUND", "This domain is not watched."))?))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let domains: Vec<Value> = call.state::<Domains>()?.0.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "domains": domains }))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (name, client) = (body.text("name")?.to_ascii_lowercase(), body.opt_id("client_id")?);
    if !is_host_name(&name) {
        return Err(refuse(400, "INVALID_INPUT", "name has to be the name of a domain, such as example.com."));
    }
    let clients = &call.state::<Clients>()?.all;
    if client.is_some_and(|client| !clients.contains(client)) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such client."));
    }
    let added = call.now();
    let domains = &mut call.state::<Domains>()?.0;
    if domains.values().any(|it| it.name == name) {
        return Err(refuse(409, "DUPLICATE_NAME", "This domain is watched already."));
    }
    let id = Uuid::new_v4();
    created(domains.insert(id, Domain { name, client, added, registration: None }).shown(id))
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let (id, domain) = named(call)?;
    ok(domain.shown(id))
}

/// Asks WHOIS again.
pub(super) fn check(call: &mut Call<'_>) -> Answer {
    let checked = call.now();
    let name = named(call)?.1.name.clone();
    if call.upstream_for(Service::Whois, Scope::new("domain", name)) != Mode::Working {
        return Err(refuse(502, "UPSTREAM_ERROR", "The WHOIS service did not answer as it should."));
    }
    let (id, domain) = named(call)?;
    domain.registration = Some(Registration { expires: domain.added + YEAR, checked });
    ok(domain.shown(id))
}

pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let (id, _) = named(call)?;
    call.state::<Domains>()?.0.remove(id);
    done()
}
