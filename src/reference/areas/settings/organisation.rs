//! Who an organisation is: name, postal address, company number.

use crate::reference::prelude::*;

use super::invalid;

/// The profile of an organisation, beside its name.
#[derive(Default)]
pub struct Organisation {
    pub address: Option<Address>,
    pub company_number: Option<String>,
}

pub struct Address {
    pub line1: String,
    pub line2: Option<String>,
    pub city: String,
    pub postcode: String,
    pub country: String,
}

/// An address is whole or it is not taken.
fn address(body: &Fields) -> Result<Option<Address>, Refusal> {
    if !body.has("address") {
        return Ok(None);
    }
    let address = body.object("address")?;
    let part = |name: &str| {
        let text = address.opt_text(name)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| refuse(400, "ADDRESS_INCOMPLETE", format!("The address lacks {name}.")))
    };
    Ok(Some(Address {
        line1: part("line1")?,
        line2: address.opt_text("line2")?,
        city: part("city")?,
        postcode: part("postcode")?,
        country: part("country")?,
    }))
}

fn company_number(body: &Fields) -> Result<Option<String>, Refusal> {
    match body.opt_text("company_number")? {
        Some(number) if !(6..=10).contains(&number.len()) || !number.bytes().all(|it| it.is_ascii_alphanumeric()) => {
            Err(refuse(400, "INVALID_COMPANY_NUMBER", "A company number has 6 to 10 letters and digits."))
        }
        number => Ok(number),
    }
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let tenant = call.tenant()?;
    let mut answer = json!({ "id": tenant.id, "name": tenant.name, "country": tenant.country });
    let organisation = tenant.state::<Organisation>();
    answer["company_number"] = json!(organisation.company_number);
    answer["address"] = organisation.address.as_ref().map_or(Value::Null, |it| {
        json!({
            "line1": it.line1,
            "line2": it.line2,
            "city": it.city,
            "postcode": it.postcode,
            "country": it.country,
        })
    });
    ok(answer)
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let name = body.has("name").then(|| body.text("name")).transpose()?;
    let (address, number) = (address(&body)?, company_number(&body)?);
    let tenant = call.tenant()?;
    tenant.name = name.unwrap_or_else(|| tenant.name.clone());
    let organisation = tenant.state::<Organisation>();
    organisation.address = address.or_else(|| organisation.address.take());
    organisation.company_number = number.or_else(|| organisation.company_number.take());
    show(call)
}
