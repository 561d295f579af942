//! API keys. Only a signed-in user can handle them.

use crate::reference::people::is_scope;
use crate::reference::prelude::*;

use super::users;

pub const AREA: Area = Area::new(
    "keys",
    &[
        get("/api/v1/api-keys", list).session_only().person().needs("settings:read"),
        post("/api/v1/api-keys", create).session_only().person().needs("settings:write"),
        delete("/api/v1/api-keys/{id}", revoke).session_only().person().needs("settings:write"),
    ],
)
.tenant(&[], begin)
.seed(seed);

/// The keys of an organisation.
#[derive(Default)]
struct Keys(Shelf<Entry>);

struct Entry {
    name: String,
    token: String,
    scopes: Option<Vec<String>>,
    owner: Uuid,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn shown(id: Uuid, entry: &Entry) -> Value {
    json!({ "id": id, "name": entry.name, "scopes": entry.scopes, "owner_id": entry.owner })
}

fn list(call: &mut Call<'_>) -> Answer {
    let keys: Vec<Value> = call.state::<Keys>()?.0.iter().map(|(id, entry)| shown(id, entry)).collect();
    ok(json!({ "api_keys": keys }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let name = body.text("name")?;
    let scopes = body.has("scopes").then(|| body.texts("scopes")).transpose()?;
    if let Some(unknown) = scopes.iter().flatten().find(|scope| !is_scope(scope)) {
        return Err(invalid(format!("there is no scope {unknown}")));
    }
    let per_minute = body.opt_int("requests_per_minute", 1..=60_000)?;
    let lifetime = body.opt_int("expires_in_seconds", 1..=366 * 86_400)?;
    let (tenant, owner) = (call.tenant_id()?, call.user_id()?);
    let key = ApiKey {
        expires: lifetime.map(|seconds| call.now() + seconds * 1_000),
        budget: per_minute.map(|n| Budget::new(u32::try_from(n).unwrap_or(1), n as f64 / 60.0)),
        scopes: scopes.clone(),
        ..key(call.world, tenant, owner, Uuid::new_v4())
    };
    let token = World::fresh_token("om");
    let entry = Entry { name, token: token.clone(), scopes, owner };
    let mut answer = shown(key.id, &entry);
    answer["key"] = json!(token);
    call.state::<Keys>()?.0.insert(key.id, entry);
    call.world.issue(token, Credential::Key(key));
    created(answer)
}

fn revoke(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let entry = call.state::<Keys>()?.0.remove(id);
    let entry = entry.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such key."))?;
    call.world.revoke(&entry.token);
    done()
}

/// A key with full access, as far as its owner has it.
fn key(world: &World, tenant: Uuid, owner: Uuid, id: Uuid) -> ApiKey {
    let role = world.user(owner).and_then(|user| user.roles.first().copied());
    let ceiling = role.and_then(|role| Some(world.tenant(tenant)?.roles.get(role)?.grants.clone()));
    let ceiling = ceiling.unwrap_or(Grants::These(Vec::new()));
    ApiKey { id, tenant, owner, ceiling, scopes: None, expires: None, budget: None }
}

/// Makes a seeded key of a person; the label tells keys apart. Hands back its token.
pub fn seed_key(world: &mut World, tenant: Uuid, owner: Uuid, label: &str, change: impl FnOnce(&mut ApiKey)) -> String {
    let Some((slug, id)) = world.tenant(tenant).map(|it| (it.slug.clone(), it.seed_id(&format!("key/{label}")))) else {
        return String::new();
    };
    let mut key = key(world, tenant, owner, id);
    change(&mut key);
    let token = world.seed_token("om", &slug, label);
    let entry = Entry { name: label.to_owned(), token: token.clone(), scopes: key.scopes.clone(), owner };
    if let Some(tenant) = world.tenant_mut(tenant) {
        tenant.state::<Keys>().0.pin(id, entry);
    }
    world.issue(token.clone(), Credential::Key(key));
    token
}

fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let Some(owner) = world.tenant(tenant).map(|it| it.seed_id("user/owner")) else { return };
    let token = seed_key(world, tenant, owner, "full_access", |_| {});
    if let Some(tenant) = world.tenant_mut(tenant) {
        tenant.publish_token("full_key", &token);
    }
}

fn seed(seeds: &mut Seeds<'_>) {
    let main = seeds.main();
    let world = &mut *seeds.world;
    let owner = world.tenant(main).map(|tenant| tenant.seed_id("user/owner")).unwrap_or_default();
    let reading = seed_key(world, main, owner, "tickets_read", |key| {
        key.scopes = Some(vec!["psa_tickets:read".into()]);
    });
    // Burst and refill are small, so that a quick client meets the end of the budget within a few requests.
    let limited = seed_key(world, main, owner, "limited", |key| key.budget = Some(Budget::new(5, 2.0)));
    let expired = seed_key(world, main, owner, "expired", |key| key.expires = Some(0));
    let leaver = users::add_person(world, Some(main), "leaver", &["technician"]);
    let orphaned = seed_key(world, main, leaver, "orphaned", |_| {});
    world.remove_user(leaver);
    seeds.credential("tickets_read_key", &reading);
    seeds.credential("limited_key", &limited);
    seeds.credential("expired_key", &expired);
    seeds.credential("orphaned_key", &orphaned);
}
