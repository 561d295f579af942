//! People, their roles, invitations and profiles.

use crate::reference::clock::Millis;
use crate::reference::people::{FAMILIES, is_scope};
use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "users",
    &[
        get("/api/v1/users/me", show_me).person().unbilled(),
        patch("/api/v1/users/me", update_me).person().unbilled(),
        post("/api/v1/users/me/avatar", upload_avatar).person().unbilled().up_to(2 * 1024 * 1024),
        get("/api/v1/users", list).needs("users:read"),
        post("/api/v1/users/invitations", invite).needs("users:write").grows(),
        put("/api/v1/users/{id}/roles", assign_roles).needs("users:write"),
        post("/api/v1/users/{id}/disable", disable).needs("users:write"),
        delete("/api/v1/users/{id}", remove).needs("users:write"),
        get("/api/v1/roles", list_roles).needs("users:read"),
        post("/api/v1/roles", create_role).needs("users:write"),
        delete("/api/v1/roles/{id}", delete_role).needs("users:write"),
    ],
)
.tenant(&[], begin)
.seed(seed);

/// Seeded sessions outlast every clock that is moved forward.
const SEEDED_FOR: Millis = 20 * 366 * 86_400_000;
const INVITATION_FOR: Millis = 7 * 86_400_000;
const LOCALES: &[&str] = &["de-DE", "en-GB", "en-US", "es-ES", "fr-FR", "nl-NL"];

/// Invitations that wait for an answer, over all organisations.
#[derive(Default)]
pub struct Invitations(pub Shelf<Invitation>);

pub struct Invitation {
    pub user: Uuid,
    pub expires: Millis,
}

/// Avatars, by user.
#[derive(Default)]
struct Avatars(Shelf<Vec<u8>>);

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn shown(user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "locale": user.locale,
        "roles": user.roles,
        "disabled": user.disabled,
        "mfa_enabled": matches!(user.mfa, Mfa::On(_)),
    })
}

// ---- one's own profile

fn show_me(call: &mut Call<'_>) -> Answer {
    ok(shown(call.user()?))
}

fn update_me(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (name, locale) = (body.opt_text("name")?, body.opt_text("locale")?);
    if let Some(locale) = &locale
        && !LOCALES.contains(&locale.as_str())
    {
        return Err(refuse(400, "INVALID_LOCALE", "The product is not translated into this language."));
    }
    let user = call.user()?;
    user.name = name.unwrap_or_else(|| user.name.clone());
    user.locale = locale.unwrap_or_else(|| user.locale.clone());
    ok(shown(user))
}

fn upload_avatar(call: &mut Call<'_>) -> Answer {
    if call.oversize() {
        return Err(refuse(413, "PAYLOAD_TOO_LARGE", "An avatar may have 2 MB."));
    }
    let parts = call.parts().map_err(|why| match why {
        Unreadable::NotMultipart => invalid("send the picture as multipart/form-data".into()),
        Unreadable::Truncated | Unreadable::Malformed => {
            refuse(400, "READ_FAILED", "The upload broke off before the picture was whole.")
        }
    })?;
    let Some(part) = parts.into_iter().find(|part| part.name == "file") else {
        return Err(refuse(400, "MISSING_FILE", "The upload has no part named file."));
    };
    if !matches!(part.content_type.as_deref(), Some("image/png" | "image/jpeg")) {
        return Err(refuse(400, "UNSUPPORTED_MIME", "An avatar is a PNG or a JPEG."));
    }
    let id = call.user_id()?;
    call.world.state::<Avatars>().0.insert(id, part.bytes);
    done()
}

// ---- the people of an organisation

fn list(call: &mut Call<'_>) -> Answer {
    let ids = call.tenant()?.users.clone();
    let users: Vec<Value> = ids.iter().filter_map(|id| call.world.user(*id)).map(shown).collect();
    ok(json!({ "users": users }))
}

fn invite(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let email = body.text("email")?;
    if !email.contains('@') {
        return Err(invalid("email has to be an address".into()));
    }
    let username = body.opt_text("username")?.unwrap_or_else(|| email.clone());
    let roles = known_roles(call, &body)?;
    let tenant = call.tenant_id()?;
    let id = Uuid::new_v4();
    let user = User {
        name: body.opt_text("name")?.unwrap_or_else(|| username.clone()),
        // Until the invitation is accepted no password fits.
        disabled: true,
        ..person(id, &username, &email, "", Some(tenant), roles)
    };
    if !call.world.add_user(user) {
        return Err(refuse(409, "DUPLICATE_USERNAME", "There is a user of this name already."));
    }
    let (token, expires) = (Uuid::new_v4(), call.now() + INVITATION_FOR);
    call.world.state::<Invitations>().0.insert(token, Invitation { user: id, expires });
    call.world.outbox.send(&email, "invitation", json!({ "token": token }));
    created(json!({ "id": id, "username": username, "expires_at": stamp(expires) }))
}

fn known_roles(call: &mut Call<'_>, body: &Fields) -> Result<Vec<Uuid>, Refusal> {
    let roles = body.ids("role_ids")?;
    let tenant = call.tenant()?;
    match roles.iter().all(|id| tenant.roles.contains(*id)) {
        true => Ok(roles),
        false => Err(invalid("role_ids names a role that does not exist".into())),
    }
}

/// A user of the caller's own organisation.
fn colleague<'a>(call: &'a mut Call<'_>) -> Result<&'a mut User, Refusal> {
    let (id, tenant) = (call.id()?, call.caller.tenant);
    let user = call.world.user_mut(id).filter(|user| user.tenant == tenant);
    user.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such user."))
}

fn assign_roles(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let roles = known_roles(call, &body)?;
    let user = colleague(call)?;
    user.roles = roles;
    ok(shown(user))
}

fn disable(call: &mut Call<'_>) -> Answer {
    let user = colleague(call)?;
    user.disabled = true;
    let id = user.id;
    call.world.end_sessions(id);
    done()
}

fn remove(call: &mut Call<'_>) -> Answer {
    let id = colleague(call)?.id;
    call.world.remove_user(id);
    done()
}

// ---- roles

fn show_role(role: &Role) -> Value {
    json!({ "id": role.id, "name": role.name, "built_in": role.built_in })
}

fn list_roles(call: &mut Call<'_>) -> Answer {
    let roles: Vec<Value> = call.tenant()?.roles.values().map(show_role).collect();
    ok(json!({ "roles": roles }))
}

fn create_role(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (name, permissions) = (body.text("name")?, body.texts("permissions")?);
    if let Some(unknown) = permissions.iter().find(|it| !is_scope(it)) {
        return Err(invalid(format!("there is no permission {unknown}")));
    }
    let id = Uuid::new_v4();
    let role = Role { id, name, built_in: false, grants: Grants::These(permissions) };
    created(show_role(call.tenant()?.roles.insert(id, role)))
}

fn delete_role(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let tenant = call.tenant()?;
    let role = tenant.roles.get(id).ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such role."))?;
    if role.built_in {
        return Err(refuse(422, "SYSTEM_READONLY", "The default roles cannot be deleted."));
    }
    let users = tenant.users.clone();
    if users.iter().filter_map(|user| call.world.user(*user)).any(|user| user.roles.contains(&id)) {
        return Err(refuse(409, "ROLE_IN_USE", "Somebody still holds this role."));
    }
    call.tenant()?.roles.remove(id);
    done()
}

// ---- seeds

/// Somebody as they are when nothing special is known of them.
pub fn person(id: Uuid, username: &str, email: &str, password: &str, tenant: Option<Uuid>, roles: Vec<Uuid>) -> User {
    User {
        id,
        username: username.to_owned(),
        email: email.to_owned(),
        name: username.to_owned(),
        password: password.to_owned(),
        locale: "en-GB".into(),
        tenant,
        roles,
        disabled: false,
        platform_admin: false,
        mfa: Mfa::Off,
        failed_logins: 0,
        locked_until: 0,
    }
}

/// Adds a person to an organisation, or to none. Their username, email address and password follow
/// from the slug and the label: `SLUG.LABEL`, `LABEL@SLUG.example`, `SLUG-LABEL-password`.
pub fn add_person(world: &mut World, tenant: Option<Uuid>, label: &str, roles: &[&str]) -> Uuid {
    let (slug, id, roles) = match tenant.and_then(|id| world.tenant(id)) {
        Some(tenant) => {
            let roles = roles.iter().map(|role| tenant.seed_id(&format!("role/{role}"))).collect();
            (tenant.slug.clone(), tenant.seed_id(&format!("user/{label}")), roles)
        }
        None => ("nowhere".to_owned(), Tenant::seed_id_of("nowhere", label), Vec::new()),
    };
    let (username, email) = (format!("{slug}.{label}"), format!("{label}@{slug}.example"));
    world.add_user(person(id, &username, &email, &format!("{slug}-{label}-password"), tenant, roles));
    id
}

/// Signs a seeded person in for good. The label tells several sessions of one person apart.
pub fn sign_in(world: &mut World, user: Uuid, label: &str) -> String {
    let tenant = world.user(user).and_then(|user| user.tenant);
    let slug = tenant.and_then(|id| world.tenant(id)).map_or("nowhere", |tenant| &tenant.slug);
    let token = world.seed_token("session", slug, label);
    let expires = world.clock.now(&[]) + SEEDED_FOR;
    world.issue(token.clone(), Credential::Session(Session { user, tenant, expires, stepped_up: true }));
    token
}

fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    if let Some(tenant) = world.tenant_mut(tenant) {
        for (label, grants) in default_roles() {
            let id = tenant.seed_id(&format!("role/{label}"));
            tenant.roles.pin(id, Role { id, name: label.replace('_', " "), built_in: true, grants });
        }
        let (id, role) = (tenant.id.to_string(), tenant.seed_id("role/technician").to_string());
        tenant.publish("tenant_id", id);
        tenant.publish("technician_role_id", role);
    }
    for label in ["owner", "admin", "technician", "reader"] {
        let user = add_person(world, Some(tenant), label, &[label]);
        let token = sign_in(world, user, label);
        if label == "technician" {
            publish(world, tenant, user, label);
        }
        if let Some(tenant) = world.tenant_mut(tenant) {
            tenant.publish_token(label, &token);
        }
    }
}

/// Makes a person's identifier and login known, as `LABEL_id`, `LABEL_username`, …
pub fn publish(world: &mut World, tenant: Uuid, user: Uuid, label: &str) {
    let Some(user) = world.user(user).cloned() else { return };
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    tenant.publish(&format!("{label}_id"), user.id.to_string());
    tenant.publish(&format!("{label}_username"), user.username);
    tenant.publish(&format!("{label}_email"), user.email);
    tenant.publish(&format!("{label}_password"), user.password);
}

fn default_roles() -> [(&'static str, Grants); 4] {
    const BOOKS: &[&str] =
        &["accounting", "integrations", "mail", "notifications", "psa_billing", "settings", "subscription", "users"];
    let technician = |family: &&str| {
        let levels: &[&str] = if BOOKS.contains(family) { &["read"] } else { &["read", "write", "execute"] };
        levels.iter().map(|level| format!("{family}:{level}")).collect::<Vec<_>>()
    };
    [
        ("owner", Grants::All),
        ("admin", Grants::AllBut(&["subscription:write"])),
        ("technician", Grants::These(FAMILIES.iter().flat_map(technician).collect())),
        ("reader", Grants::Reads),
    ]
}

fn seed(seeds: &mut Seeds<'_>) {
    let main = seeds.main();
    let Some(tenant) = seeds.world.tenant_mut(main) else { return };
    let id = tenant.seed_id("role/dispatcher");
    let grants = Grants::These(vec!["clients:read".into(), "psa_tickets:read".into(), "psa_tickets:write".into()]);
    tenant.roles.pin(id, Role { id, name: "dispatcher".into(), built_in: false, grants });
    let dispatcher = add_person(seeds.world, Some(main), "dispatcher", &["dispatcher"]);
    let token = sign_in(seeds.world, dispatcher, "dispatcher");
    seeds.credential("dispatcher", &token);

    let stray = add_person(seeds.world, None, "stray", &[]);
    let token = sign_in(seeds.world, stray, "stray");
    seeds.credential("no_organisation", &token);

    let administrator = add_person(seeds.world, None, "platform", &[]);
    if let Some(user) = seeds.world.user_mut(administrator) {
        user.platform_admin = true;
    }
    let token = sign_in(seeds.world, administrator, "platform");
    seeds.credential("platform_admin", &token);
}
