//! VAT, which only organisations in the United Kingdom have here.

use crate::reference::prelude::*;

use super::invalid;

/// How an organisation charges VAT.
#[derive(Default)]
pub struct Vat {
    pub enabled: bool,
    pub number: Option<String>,
    /// What lines are charged with that nobody wrote by hand.
    pub default_code: Option<String>,
}

const CODES: &[&str] = &["standard", "reduced", "zero", "exempt"];

fn shown(vat: &Vat) -> Value {
    json!({ "enabled": vat.enabled, "vat_number": vat.number, "default_vat_code": vat.default_code })
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    ok(shown(call.state::<Vat>()?))
}

pub(super) fn save(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let enabled = body.flag("enabled", false)?;
    let filled = |name: &str| Ok(body.opt_text(name)?.filter(|text| !text.trim().is_empty()));
    let (number, default_code) = (filled("vat_number")?, filled("default_vat_code")?);
    if let Some(code) = &default_code
        && !CODES.contains(&code.as_str())
    {
        return Err(invalid(format!("default_vat_code has to be one of {}", CODES.join(", "))));
    }
    if enabled && call.tenant()?.country != "GB" {
        return Err(refuse(412, "VAT_NOT_AVAILABLE_FOR_REGION", "VAT is for organisations in the United Kingdom."));
    }
    if enabled && number.is_none() {
        return Err(refuse(400, "VAT_NUMBER_REQUIRED", "VAT cannot be charged without a registration number."));
    }
    if enabled && default_code.is_none() {
        return Err(refuse(400, "VAT_CODE_REQUIRED", "VAT cannot be charged without a default VAT code."));
    }
    let vat = call.state::<Vat>()?;
    *vat = Vat { enabled, number, default_code };
    ok(shown(vat))
}
