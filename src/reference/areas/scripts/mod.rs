//! Scripts: kept, signed, run on devices now or on a schedule.

mod library;
mod runs;
mod signing;
mod tasks;

use crate::reference::prelude::*;

pub use tasks::targets_group;

pub const AREA: Area = Area::new(
    "scripts",
    &[
        get("/api/v1/scripts", library::list).needs("scripts:read"),
        post("/api/v1/scripts", library::create).needs("scripts:write"),
        get("/api/v1/scripts/{id}", library::show).needs("scripts:read"),
        delete("/api/v1/scripts/{id}", library::remove).needs("scripts:write"),
        get("/api/v1/script-snippets", library::list_snippets).needs("scripts:read"),
        post("/api/v1/script-snippets", library::create_snippet).needs("scripts:write"),
        post("/api/v1/scripts/{id}/sign", signing::sign).needs("scripts:write"),
        get("/api/v1/settings/signing-key", signing::show_key).needs("settings:read"),
        post("/api/v1/settings/signing-key", signing::generate_key).needs("settings:write"),
        delete("/api/v1/settings/signing-key", signing::delete_key).needs("settings:write"),
        post("/api/v1/scripts/{id}/run", runs::run).needs("scripts:execute"),
        get("/api/v1/jobs/status", runs::status).needs("scripts:read"),
        get("/api/v1/scheduled-tasks", tasks::list).needs("scripts:read"),
        post("/api/v1/scheduled-tasks", tasks::create).needs("scripts:write"),
        delete("/api/v1/scheduled-tasks/{id}", tasks::remove).needs("scripts:write"),
        post("/api/v1/scheduled-tasks/{id}/trigger", tasks::trigger).needs("scripts:execute"),
    ],
)
.tenant(&["signing_key"], begin);

/// The scripts of an organisation and what was done with them.
#[derive(Default)]
struct Scripts {
    all: Shelf<library::Script>,
    snippets: Shelf<library::Snippet>,
    jobs: Shelf<runs::Job>,
    tasks: Shelf<tasks::Task>,
    signing_key: Option<Uuid>,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// A script of the caller's organisation.
fn script<'a>(call: &'a mut Call<'_>, id: Uuid) -> Result<&'a mut library::Script, Refusal> {
    let script = call.state::<Scripts>()?.all.get_mut(id);
    script.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such script."))
}

fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let keyed = spec.on("signing_key") && world.profile.signing_master_key == ServerKey::Good;
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let (id, key) = (tenant.seed_id("script"), tenant.seed_id("signing key"));
    let scripts: &mut Scripts = tenant.state();
    scripts.signing_key = keyed.then_some(key);
    scripts
        .all
        .pin(id, library::Script::new("Clear temporary files", "powershell", "Remove-Item $env:TEMP\\* -Recurse"));
    tenant.publish("script_id", id.to_string());
}
