//! The control side that every deployment has: organisations made to order, clock, faults, mailbox.

use std::time::Duration;

use serde_json::Map;

use super::areas;
use super::faults::{Effect, Fault};
use super::prelude::*;
use super::scope::KINDS;

pub(super) const ROUTES: &[Route] = &[
    post("/tenants", found),
    delete("/tenants/{id}", dissolve),
    post("/clock", advance),
    post("/faults", add_fault),
    get("/faults", list_faults),
    delete("/faults/{id}", remove_fault),
    get("/mail/{address}", newest_mail),
];

/// Nothing that is put in here outlasts this.
const LONGEST: i64 = 60;
const USUAL: i64 = 30;

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// Makes a whole organisation: people with sessions, a key, a client, and what else the areas seed.
fn found(call: &mut Call<'_>) -> Answer {
    let body = if call.bytes().is_empty() { Fields::of(Map::new(), invalid) } else { call.json(invalid)? };
    let spec = spec(&body)?;
    let id = call.world.found(&spec).ok_or_else(|| refuse(409, "DUPLICATE_SLUG", "The slug is taken."))?;
    let tenant = call.world.tenant(id).ok_or_else(|| refuse(404, "NOT_FOUND", "It is gone already."))?;
    created(json!({
        "id": id,
        "slug": tenant.slug,
        "tokens": tenant.published_tokens,
        "vars": tenant.published_vars,
    }))
}

fn spec(body: &Fields) -> Result<Spec, Refusal> {
    const KNOWN: &[&str] = &["slug", "name", "country", "tier", "standing", "plain"];
    let slug = body.opt_text("slug")?.unwrap_or_else(|| format!("t{}", &Uuid::new_v4().simple().to_string()[..12]));
    let mut spec = Spec::new(&slug);
    spec.name = body.opt_text("name")?.unwrap_or(spec.name);
    spec.country = body.opt_text("country")?.unwrap_or(spec.country);
    spec.plain = body.flag("plain", false)?;
    if let Some(tier) = body.opt_text("tier")? {
        spec.tier = Tier::named(&tier).ok_or_else(|| invalid(format!("there is no tier {tier}")))?;
    }
    if let Some(standing) = body.opt_text("standing")? {
        spec.standing =
            Standing::named(&standing).ok_or_else(|| invalid(format!("there is no standing {standing}")))?;
    }
    for name in body.names().filter(|name| !KNOWN.contains(name)) {
        if !areas::ALL.iter().any(|area| area.settings.contains(&name)) {
            return Err(invalid(format!("no area has a setting {name}")));
        }
        if let Some(value) = body.get(name) {
            spec.settings.insert(name.to_owned(), value.clone());
        }
    }
    Ok(spec)
}

fn dissolve(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    if !call.world.dissolve(id) {
        return Err(refuse(404, "NOT_FOUND", "There is no organisation that could be removed."));
    }
    done()
}

/// Moves the clock forward for one scope, for a while.
fn advance(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let by = body.int("advance_seconds", 0..=10 * 366 * 86_400)?;
    let ttl = ttl(&body)?;
    let scope = scope(&body)?;
    if !call.world.clock.advance(scope, by * 1_000, ttl) {
        return Err(refuse(503, "CONFLICT", "Too many clocks have been moved."));
    }
    ok(json!({ "advanced_seconds": by, "ttl_seconds": ttl.as_secs() }))
}

/// Breaks an upstream service (`service`, `mode`) or a component (`component`, `breakage`) for one scope.
fn add_fault(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let effect = effect(&body)?;
    let (scope, ttl) = (scope(&body)?, ttl(&body)?);
    let id = call.world.faults.add(effect, scope, ttl);
    let id = id.ok_or_else(|| refuse(503, "CONFLICT", "Too many faults are in."))?;
    created(json!({ "id": id, "ttl_seconds": ttl.as_secs() }))
}

fn effect(body: &Fields) -> Result<Effect, Refusal> {
    if let Some(name) = body.opt_text("service")? {
        let service = Service::named(&name).ok_or_else(|| invalid(format!("there is no service {name}")))?;
        let mode = body.text("mode")?;
        let mode = Mode::named(&mode).ok_or_else(|| invalid(format!("there is no mode {mode}")))?;
        return Ok(Effect::Upstream(service, mode));
    }
    let name = body.text("component")?;
    let component = Component::named(&name).ok_or_else(|| invalid(format!("there is no component {name}")))?;
    let breakage = body.opt_text("breakage")?.unwrap_or_else(|| "failing".into());
    let breakage = Breakage::named(&breakage).ok_or_else(|| invalid(format!("there is no breakage {breakage}")))?;
    Ok(Effect::Inside(component, breakage))
}

/// `scope: { tenant: ID }`, with one of any kind that rules look for, or `scope: everywhere`.
fn scope(body: &Fields) -> Result<Scope, Refusal> {
    match body.get("scope") {
        Some(Value::String(text)) if text == "everywhere" => Ok(Scope::everywhere()),
        Some(Value::Object(members)) if members.len() == 1 => {
            let one = members.iter().next().filter(|(kind, _)| KINDS.contains(&kind.as_str()));
            let one = one.and_then(|(kind, id)| Some(Scope::new(kind, id.as_str()?)));
            one.ok_or_else(|| invalid(format!("scope has to name one of {}", KINDS.join(", "))))
        }
        _ => Err(invalid("scope has to be everywhere or an object such as { tenant: ID }".into())),
    }
}

fn ttl(body: &Fields) -> Result<Duration, Refusal> {
    let seconds = body.opt_int("ttl_seconds", 1..=LONGEST)?.unwrap_or(USUAL);
    Ok(Duration::from_secs(seconds.unsigned_abs()))
}

fn list_faults(call: &mut Call<'_>) -> Answer {
    let shown = |fault: &Fault| {
        let effect = match fault.effect {
            Effect::Upstream(service, mode) => format!("{} {}", service.name(), mode.name()),
            Effect::Inside(component, breakage) => format!("{} {}", component.name(), breakage.name()),
        };
        json!({ "id": fault.id, "effect": effect, "scope": fault.scope.to_string() })
    };
    let faults: Vec<Value> = call.world.faults.list().iter().map(shown).collect();
    ok(json!({ "faults": faults }))
}

fn remove_fault(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    call.world.faults.remove(id);
    done()
}

fn newest_mail(call: &mut Call<'_>) -> Answer {
    match call.world.outbox.newest(call.path("address")) {
        Some(mail) => ok(json!({ "to": mail.to, "kind": mail.kind, "values": mail.values })),
        None => Err(refuse(404, "NOT_FOUND", "Nothing was sent to this address.")),
    }
}
