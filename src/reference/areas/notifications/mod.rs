//! Notifications: the templates that they are made from, and the channels that they go out through.

mod channels;
mod markdown;
mod placeholders;
mod templates;

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "notifications",
    &[
        get("/api/v1/notification-templates", templates::list).needs("notifications:read"),
        post("/api/v1/notification-templates", templates::create).needs("notifications:write"),
        post("/api/v1/notification-templates/preview", templates::preview).needs("notifications:read"),
        delete("/api/v1/notification-templates/{id}", templates::remove).needs("notifications:write"),
        get("/api/v1/notification-channels", channels::list).needs("notifications:read"),
        post("/api/v1/notification-channels", channels::create).needs("notifications:write"),
        post("/api/v1/notification-channels/{id}/test", channels::test).needs("notifications:execute"),
        delete("/api/v1/notification-channels/{id}", channels::remove).needs("notifications:write"),
    ],
);

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}
