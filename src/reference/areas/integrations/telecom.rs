//! Telecom: the calls and lines of clients, fetched from a supplier month by month.

use std::collections::BTreeMap;

use crate::reference::prelude::*;

use super::{Provider, invalid, no_organisations, secret};
use crate::reference::areas::clients::Clients;
use crate::reference::areas::contracts::TelecomUsage;

pub(super) const PROVIDER: Provider = Provider {
    name: "telecom",
    connected: |call| Ok(call.state::<Telecom>()?.supplier.is_some()),
    show,
    save,
    remove,
    test,
    organisations: no_organisations,
    sync,
};

const MOST_MONTHS: usize = 120;

/// Telecom of an organisation.
#[derive(Default)]
struct Telecom {
    /// Support switches it on.
    feature: bool,
    supplier: Option<Supplier>,
    /// Minutes by client, for each month (YYYY-MM) that has been synced.
    months: BTreeMap<String, BTreeMap<Uuid, u32>>,
}

#[derive(Clone)]
struct Supplier {
    account: String,
    api_key: String,
}

/// The vendor's side: the key that the supplier accepts.
#[derive(Default)]
struct Switchboard {
    api_key: String,
}

fn feature(call: &mut Call<'_>) -> Result<(), Refusal> {
    match call.state::<Telecom>()?.feature {
        true => Ok(()),
        false => Err(refuse(403, "FEATURE_DISABLED", "Telecom is not switched on for your organisation.")),
    }
}

/// The supplier, which has to be set up.
fn supplier(call: &mut Call<'_>) -> Result<Supplier, Refusal> {
    let supplier = call.state::<Telecom>()?.supplier.clone();
    supplier.ok_or_else(|| refuse(412, "NOT_CONFIGURED", "Save the credentials of your telecom supplier first."))
}

fn show(call: &mut Call<'_>) -> Answer {
    let telecom = call.state::<Telecom>()?;
    ok(json!({
        "name": "telecom",
        "connected": telecom.supplier.is_some(),
        "account": telecom.supplier.as_ref().map(|it| &it.account),
        "months": telecom.months.keys().collect::<Vec<_>>(),
    }))
}

fn save(call: &mut Call<'_>) -> Answer {
    feature(call)?;
    let body = call.json(invalid)?;
    let supplier = Supplier { account: body.text("account")?, api_key: body.text("api_key")? };
    call.state::<Telecom>()?.supplier = Some(supplier);
    show(call)
}

fn remove(call: &mut Call<'_>) -> Answer {
    call.state::<Telecom>()?.supplier = None;
    done()
}

fn sign_in(call: &mut Call<'_>) -> Result<(), Refusal> {
    let supplier = supplier(call)?;
    let working = call.upstream(Service::Telecom) == Mode::Working;
    match working && call.state::<Switchboard>()?.api_key == supplier.api_key {
        true => Ok(()),
        false => Err(refuse(502, "TEST_FAILED", "The telecom supplier does not answer, or not to this key.")),
    }
}

fn test(call: &mut Call<'_>) -> Answer {
    feature(call)?;
    sign_in(call)?;
    ok(json!({ "ok": true }))
}

/// Fetches the usage of a month, the present one unless the body names another.
fn sync(call: &mut Call<'_>) -> Answer {
    feature(call)?;
    let named = if call.bytes().is_empty() { None } else { call.json(invalid)?.opt_text("month")? };
    let month = named.unwrap_or_else(|| stamp(call.now())[..7].to_owned());
    if chrono::NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").is_err() || month.len() != 7 {
        return Err(invalid("month has to be written YYYY-MM".into()));
    }
    sign_in(call)?;
    let clients: Vec<Uuid> = call.state::<Clients>()?.all.iter().map(|(id, _)| id).collect();
    let usage: BTreeMap<Uuid, u32> = clients.into_iter().map(|id| (id, minutes(&month, id))).collect();
    let months = &mut call.state::<Telecom>()?.months;
    months.insert(month.clone(), usage);
    if months.len() > MOST_MONTHS {
        months.pop_first();
    }
    let months = months.keys().cloned().collect();
    call.state::<TelecomUsage>()?.synced = months;
    accepted(json!({ "month": month }))
}

/// What the supplier counted: made up, but the same whenever it is asked.
fn minutes(month: &str, client: Uuid) -> u32 {
    let seed = u32::from(client.as_bytes()[0]) + month.bytes().map(u32::from).sum::<u32>();
    seed % 500
}

pub fn usage(call: &mut Call<'_>) -> Answer {
    feature(call)?;
    let shown = |(client, minutes): (&Uuid, &u32)| json!({ "client_id": client, "minutes": minutes });
    let month = call.query("month").unwrap_or_default();
    let usage = call.state::<Telecom>()?.months.get(&month).map(|it| it.iter().map(shown).collect::<Vec<Value>>());
    ok(json!({ "month": month, "synced": usage.is_some(), "usage": usage.unwrap_or_default() }))
}

/// Suppliers are British, so the feature starts switched on at home only.
pub(super) fn begin(tenant: &mut Tenant, spec: &Spec) {
    let api_key = secret(tenant, "telecom");
    tenant.state::<Switchboard>().api_key.clone_from(&api_key);
    let at_home = tenant.country == "GB";
    let feature = spec.settings.get("telecom_feature").and_then(Value::as_bool).unwrap_or(at_home);
    let account = format!("{}-lines", tenant.slug);
    let telecom = tenant.state::<Telecom>();
    telecom.feature = feature;
    telecom.supplier = (feature && spec.on("telecom")).then_some(Supplier { account, api_key });
}
