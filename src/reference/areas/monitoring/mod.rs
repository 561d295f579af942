//! Monitoring: alerts, the hooks through which other systems raise them, and domains that are watched.

mod alerts;
mod domains;
mod hooks;

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "monitoring",
    &[
        get("/api/v1/alerts", alerts::list).needs("monitoring:read"),
        post("/api/v1/alerts/bulk", alerts::change_many).needs("monitoring:write"),
        get("/api/v1/inbound-hooks", hooks::list).needs("monitoring:read"),
        post("/api/v1/inbound-hooks", hooks::create).needs("monitoring:write"),
        delete("/api/v1/inbound-hooks/{id}", hooks::remove).needs("monitoring:write"),
        post("/api/v1/hooks/{id}", hooks::receive).open(),
        get("/api/v1/domains", domains::list).needs("monitoring:read"),
        post("/api/v1/domains", domains::create).needs("monitoring:write"),
        get("/api/v1/domains/{id}", domains::show).needs("monitoring:read"),
        post("/api/v1/domains/{id}/check", domains::check).needs("monitoring:execute"),
        delete("/api/v1/domains/{id}", domains::remove).needs("monitoring:write"),
    ],
)
.tenant(&[], hooks::begin);

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}
