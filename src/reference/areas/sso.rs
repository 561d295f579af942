//! Single sign-on with OpenID Connect: providers of an organisation, and signing in through one.

use crate::reference::prelude::*;

use super::users;

pub const AREA: Area = Area::new(
    "sso",
    &[
        get("/api/v1/settings/sso/providers", list).needs("settings:read"),
        post("/api/v1/settings/sso/providers", create).needs("settings:write"),
        delete("/api/v1/settings/sso/providers/{id}", remove).needs("settings:write"),
        get("/api/v1/auth/sso/{id}/begin", begin_sign_in).open(),
        get("/api/v1/auth/sso/{id}/callback", finish_sign_in).open(),
    ],
)
.tenant(&["sso"], begin);

const STATE_FOR: Millis = 10 * 60_000;
const SESSION_FOR: Millis = 12 * 3_600_000;
/// Identity providers answer a discovery request below this domain, and nowhere else.
const DISCOVERABLE: &str = ".idp.example";

/// The providers of an organisation.
#[derive(Default)]
struct Providers(Shelf<Provider>);

struct Provider {
    name: String,
    issuer: String,
    client_id: String,
    /// People from these domains become users when they come for the first time.
    domains: Vec<String>,
    /// The people whom the simulated identity provider knows: the code that it sends back for each, and their address.
    people: Vec<(String, String)>,
}

/// Whose a provider is, for callers who are not signed in.
#[derive(Default)]
struct Directory(Shelf<Uuid>);

/// Sign-ins that are away at their provider.
#[derive(Default)]
struct Flows(Shelf<Flow>);

struct Flow {
    provider: Uuid,
    expires: Millis,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such provider.")
}

fn shown(id: Uuid, it: &Provider) -> Value {
    json!({ "id": id, "name": it.name, "issuer": it.issuer, "client_id": it.client_id, "allowed_domains": it.domains })
}

// ---- the settings

fn list(call: &mut Call<'_>) -> Answer {
    let providers: Vec<Value> = call.state::<Providers>()?.0.iter().map(|(id, it)| shown(id, it)).collect();
    ok(json!({ "providers": providers }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let provider = Provider {
        name: body.text("name")?,
        issuer: body.text("issuer")?.trim_end_matches('/').to_owned(),
        client_id: body.text("client_id")?,
        domains: body.texts("allowed_domains")?,
        people: Vec::new(),
    };
    body.text("client_secret")?;
    let host = provider.issuer.strip_prefix("https://");
    let host = host.ok_or_else(|| invalid("issuer has to be a URL that starts with https://".into()))?;
    let answers = call.upstream(Service::IdentityProvider) == Mode::Working;
    if !answers || !host.split('/').next().is_some_and(|host| host.ends_with(DISCOVERABLE)) {
        return Err(refuse(400, "OIDC_DISCOVERY_FAILED", "The issuer serves no discovery document."));
    }
    let (id, tenant) = (Uuid::new_v4(), call.tenant_id()?);
    call.world.state::<Directory>().0.insert(id, tenant);
    created(shown(id, call.state::<Providers>()?.0.insert(id, provider)))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    call.state::<Providers>()?.0.remove(id).ok_or_else(unknown)?;
    call.world.state::<Directory>().0.remove(id);
    done()
}

// ---- signing in

/// The provider that the path names; from here on it is known for which organisation.
fn named(call: &mut Call<'_>) -> Result<Uuid, Refusal> {
    let id = call.id()?;
    call.caller.tenant = call.world.state::<Directory>().0.get(id).copied();
    match call.caller.tenant.is_some_and(|tenant| call.world.tenant(tenant).is_some()) {
        true => Ok(id),
        false => Err(unknown()),
    }
}

fn begin_sign_in(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    let (state, expires) = (Uuid::new_v4(), call.now() + STATE_FOR);
    let provider = call.state::<Providers>()?.0.get(id).ok_or_else(unknown)?;
    let (issuer, client) = (&provider.issuer, &provider.client_id);
    let to = format!("{issuer}/authorize?response_type=code&scope=openid%20email&client_id={client}&state={state}");
    call.world.state::<Flows>().0.insert(state, Flow { provider: id, expires });
    redirect(to)
}

fn finish_sign_in(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    let failed = |why: &str| refuse(400, "OIDC_ERROR", why);
    if call.query("error").is_some() {
        return Err(failed("The identity provider turned the sign-in down."));
    }
    let state = call.query("state").and_then(|state| Uuid::parse_str(&state).ok());
    let flow = state.and_then(|state| call.world.state::<Flows>().0.remove(state));
    let flow = flow.ok_or_else(|| failed("This sign-in was not begun here."))?;
    if flow.provider != id {
        return Err(refuse(400, "INVALID_PROVIDER", "This sign-in was begun with another provider."));
    }
    let now = call.now();
    if flow.expires <= now {
        return Err(failed("This sign-in took too long."));
    }
    if call.upstream_for(Service::IdentityProvider, Scope::new("provider", id.to_string())) != Mode::Working {
        return Err(refuse(500, "OIDC_ERROR", "The identity provider did not exchange the code."));
    }
    let code = call.query("code").unwrap_or_default();
    let provider = call.state::<Providers>()?.0.get(id).ok_or_else(unknown)?;
    let person = provider.people.iter().find(|(known, _)| *known == code);
    let email = person.map(|(_, email)| email.clone()).ok_or_else(|| failed("The code is not good."))?;
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let welcome = provider.domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain));
    let user = match colleague(call, &email)? {
        Some(user) => user,
        None if welcome => provision(call, &email)?,
        None => return Err(refuse(403, "SSO_DOMAIN_NOT_ALLOWED", "Nobody from this domain becomes a user here.")),
    };
    if call.world.user(user).is_some_and(|user| user.disabled) {
        return Err(refuse(401, "AUTH_DISABLED", "This account has been disabled."));
    }
    let token = World::fresh_token("session");
    let session = Session { user, tenant: call.caller.tenant, expires: now + SESSION_FOR, stepped_up: true };
    call.world.issue(token.clone(), Credential::Session(session));
    ok(json!({ "token": token, "user_id": user }))
}

fn colleague(call: &mut Call<'_>, email: &str) -> Result<Option<Uuid>, Refusal> {
    let users = call.tenant()?.users.clone();
    let has = |id: &Uuid| call.world.user(*id).is_some_and(|user| user.email.eq_ignore_ascii_case(email));
    Ok(users.into_iter().find(has))
}

/// Makes a user of somebody who comes for the first time. They may read.
fn provision(call: &mut Call<'_>, email: &str) -> Result<Uuid, Refusal> {
    let tenant = call.tenant()?;
    let (id, tenant, role) = (Uuid::new_v4(), tenant.id, tenant.seed_id("role/reader"));
    match call.world.add_user(users::person(id, email, email, "", Some(tenant), vec![role])) {
        true => Ok(id),
        false => Err(refuse(409, "DUPLICATE_USERNAME", "Another organisation has a user of this name.")),
    }
}

// ---- seeds

fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant).filter(|_| spec.on("sso")) else { return };
    let mut ids = Vec::new();
    for (label, var) in [("workforce", "sso_provider_id"), ("partners", "other_sso_provider_id")] {
        let (id, slug) = (tenant.seed_id(&format!("sso/{label}")), tenant.slug.clone());
        let people =
            [("member", format!("technician@{slug}.example")), ("stranger", "stranger@elsewhere.example".into())];
        let provider = Provider {
            name: label.to_owned(),
            issuer: format!("https://{label}{DISCOVERABLE}"),
            client_id: format!("{slug}-{label}"),
            domains: vec![format!("{slug}.example")],
            people: people.into_iter().map(|(who, email)| (format!("{who}-at-{label}"), email)).collect(),
        };
        tenant.state::<Providers>().0.pin(id, provider);
        tenant.publish(var, id.to_string());
        ids.push(id);
    }
    tenant.publish("sso_member_code", "member-at-workforce");
    tenant.publish("sso_stranger_code", "stranger-at-workforce");
    let (tenant, seeded) = (tenant.id, tenant.seeded);
    let directory = &mut world.state::<Directory>().0;
    for id in ids {
        match seeded {
            true => directory.pin(id, tenant),
            false => directory.insert(id, tenant),
        };
    }
}
