//! What the operators of the platform do, and the dashboard that greets everybody else.

use crate::reference::prelude::*;

use super::clients::Clients;
use super::invoices::Invoices;
use super::tickets::Tickets;

pub const AREA: Area = Area::new(
    "platform",
    &[
        get("/api/v1/platform/tenants", list).platform_admin(),
        post("/api/v1/platform/tenants", create).platform_admin(),
        get("/api/v1/platform/tenants/{id}", show).platform_admin(),
        delete("/api/v1/platform/tenants/{id}", remove).platform_admin(),
        post("/api/v1/platform/nats/rotate-password", rotate_bus_password).platform_admin().session_only(),
        get("/api/v1/dashboard", dashboard),
    ],
)
.tenant(&[], begin);

/// The password of the message bus. Only its age can be seen.
#[derive(Default)]
struct BusPassword {
    generation: u64,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn unknown() -> Refusal {
    refuse(404, "NOT_FOUND", "There is no such organisation.")
}

/// A slug becomes part of host names.
pub fn is_slug(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (2..=40).contains(&text.len()) && text.chars().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

fn shown(tenant: &Tenant) -> Value {
    json!({ "id": tenant.id, "slug": tenant.slug, "name": tenant.name, "country": tenant.country,
        "tier": tenant.tier.text() })
}

// ---- organisations

fn list(call: &mut Call<'_>) -> Answer {
    let mut tenants: Vec<&Tenant> = call.world.tenants().collect();
    tenants.sort_by(|a, b| a.slug.cmp(&b.slug));
    ok(json!({ "tenants": tenants.into_iter().map(shown).collect::<Vec<_>>() }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (slug, name) = (body.text("slug")?, body.text("name")?);
    if !is_slug(&slug) {
        return Err(invalid("slug has 2 to 40 lower-case letters, digits and inner hyphens".into()));
    }
    let mut spec = Spec { name, plain: true, ..Spec::new(&slug) };
    spec.country = body.opt_text("country")?.unwrap_or(spec.country);
    let id = call.world.found(&spec);
    let id = id.ok_or_else(|| refuse(409, "DUPLICATE_SLUG", "There is an organisation of this slug already."))?;
    created(shown(call.world.tenant(id).ok_or_else(unknown)?))
}

fn show(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    ok(shown(call.world.tenant(id).ok_or_else(unknown)?))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    match call.world.dissolve(id) {
        true => done(),
        false => Err(unknown()),
    }
}

// ---- the message bus

fn rotate_bus_password(call: &mut Call<'_>) -> Answer {
    match call.broken(Component::Bus) {
        None => {}
        Some(Breakage::ReloadRefused) => {
            return Err(refuse(503, "NATS_RELOAD_FAILED", "The bus did not take over its new configuration."));
        }
        Some(Breakage::NeverUp) => {
            return Err(refuse(500, "NATS_UNAVAILABLE", "The server has no connection to a bus."));
        }
        Some(_) => return Err(refuse(503, "NATS_UNAVAILABLE", "The connection to the bus is down.")),
    }
    let password = call.world.state::<BusPassword>();
    password.generation += 1;
    ok(json!({ "generation": password.generation }))
}

// ---- the dashboard

fn dashboard(call: &mut Call<'_>) -> Answer {
    if call.broken(Component::Dashboard).is_some() {
        return Err(refuse(500, "INTERNAL", "The figures could not be put together."));
    }
    ok(json!({
        "clients": call.state::<Clients>()?.all.len(),
        "tickets": call.state::<Tickets>()?.all.len(),
        "invoices": call.state::<Invoices>()?.all.len(),
        "users": call.tenant()?.users.len(),
    }))
}

fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    if let Some(tenant) = world.tenant_mut(tenant) {
        let slug = tenant.slug.clone();
        tenant.publish("tenant_slug", slug);
    }
}
