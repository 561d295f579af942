//! Companies House: looking a British company up by its number.

use crate::reference::prelude::*;

pub const AREA: Area =
    Area::new("companies_house", &[get("/api/v1/companies-house/lookup", look_up).needs("clients:read")]);

/// The vendor's side: the register.
const REGISTER: &[(&str, &str, &str)] = &[
    ("00445790", "ALDER & SONS LIMITED", "active"),
    ("SC311560", "GLEN BIRCH LIMITED", "active"),
    ("02557590", "OLD MILL TRADING LIMITED", "dissolved"),
];

/// The country of the caller's organisation, from the directory of organisations.
fn region(call: &mut Call<'_>) -> Result<String, Refusal> {
    if call.broken(Component::TenantDirectory).is_some() {
        return Err(refuse(503, "TENANT_LOOKUP_FAILED", "The region of your organisation could not be read."));
    }
    Ok(call.tenant()?.country.clone())
}

fn look_up(call: &mut Call<'_>) -> Answer {
    if !matches!(region(call)?.as_str(), "GB" | "UK") {
        return Err(refuse(
            412,
            "COMPANIES_HOUSE_NOT_AVAILABLE_FOR_REGION",
            "Companies House is looked up for organisations in the United Kingdom only.",
        ));
    }
    let number = call.query("number").filter(|number| !number.trim().is_empty());
    let number = number.ok_or_else(|| refuse(400, "MISSING_NUMBER", "Say which number is to be looked up."))?;
    let number = number.trim().to_uppercase();
    if !(6..=10).contains(&number.len()) || !number.bytes().all(|it| it.is_ascii_alphanumeric()) {
        return Err(refuse(400, "INVALID_COMPANY_NUMBER", "A company number has 6 to 10 letters and digits."));
    }
    ask(call)?;
    // The register writes numbers with leading zeros; people leave them out.
    let number = if number.bytes().all(|it| it.is_ascii_digit()) { format!("{number:0>8}") } else { number };
    let found = REGISTER.iter().find(|(known, ..)| *known == number);
    let (number, name, status) =
        found.ok_or_else(|| refuse(404, "CH_NOT_FOUND", "No company on the register has this number."))?;
    ok(json!({ "company_number": number, "name": name, "status": status }))
}

/// Calls the register with the key of the deployment.
fn ask(call: &mut Call<'_>) -> Result<(), Refusal> {
    let refused = || refuse(503, "COMPANIES_HOUSE_KEY_INVALID", "Companies House refuses the key of this deployment.");
    match call.world.profile.companies_house_key {
        ServerKey::Absent => {
            let why = "This deployment has no key for Companies House.";
            return Err(refuse(503, "COMPANIES_HOUSE_NOT_CONFIGURED", why));
        }
        ServerKey::Wrong => return Err(refused()),
        ServerKey::Good => {}
    }
    match call.upstream(Service::CompaniesHouse) {
        Mode::Working => Ok(()),
        Mode::Refusing => Err(refused()),
        Mode::RateLimiting => {
            Err(refuse(429, "CH_RATE_LIMIT", "Companies House takes no more requests for now.").retry_after(60))
        }
        Mode::Erroring | Mode::Unreachable => {
            Err(refuse(502, "CH_UPSTREAM_ERROR", "Companies House failed or did not answer."))
        }
    }
}
