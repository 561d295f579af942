//! Settings of an organisation: its profile, what its invoices look like, VAT.

use crate::reference::prelude::*;

mod branding;
mod organisation;
mod picture;
mod vat;

pub use organisation::Organisation;
pub use vat::Vat;

pub const AREA: Area = Area::new(
    "settings",
    &[
        get("/api/v1/organisation", organisation::show).needs("settings:read"),
        patch("/api/v1/organisation", organisation::update).needs("settings:write"),
        get("/api/v1/settings/invoice-branding", branding::show).needs("settings:read"),
        put("/api/v1/settings/invoice-branding", branding::save).needs("settings:write"),
        get("/api/v1/settings/invoice-branding/logo", branding::show_logo).needs("settings:read"),
        post("/api/v1/settings/invoice-branding/logo", branding::upload_logo)
            .needs("settings:write")
            .up_to(branding::MOST_BODY),
        get("/api/v1/settings/vat", vat::show).needs("settings:read"),
        put("/api/v1/settings/vat", vat::save).needs("settings:write"),
    ],
);

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}
