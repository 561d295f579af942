//! MSP360: the backups of clients, fetched with a login of the organisation.

use crate::reference::prelude::*;

use super::{Provider, address, invalid, no_organisations, secret};

pub(super) const PROVIDER: Provider = Provider {
    name: "msp360",
    connected: |call| Ok(call.state::<Msp360>()?.login.is_some()),
    show,
    save,
    remove,
    test,
    organisations: no_organisations,
    sync,
};

const ENDPOINT: &str = "https://api.mspbackups.example";

#[derive(Default)]
struct Msp360 {
    login: Option<Login>,
    plans: Vec<Plan>,
    synced: Option<Millis>,
}

#[derive(Clone)]
struct Login {
    endpoint: String,
    username: String,
    password: String,
}

/// The vendor's side: who may sign in, and the backup plans there.
#[derive(Default)]
struct Backups {
    username: String,
    password: String,
    plans: Vec<Plan>,
}

#[derive(Clone)]
struct Plan {
    computer: String,
    healthy: bool,
}

fn stored(call: &mut Call<'_>) -> Result<Login, Refusal> {
    let login = call.state::<Msp360>()?.login.clone();
    login.ok_or_else(|| refuse(404, "NOT_CONFIGURED", "The organisation has saved no settings for MSP360."))
}

fn show(call: &mut Call<'_>) -> Answer {
    let login = stored(call)?;
    let ours = call.state::<Msp360>()?;
    let plan = |it: &Plan| json!({ "computer": it.computer, "healthy": it.healthy });
    ok(json!({
        "name": "msp360",
        "connected": true,
        "endpoint": login.endpoint,
        "username": login.username,
        "synced_at": ours.synced.map(stamp),
        "plans": ours.plans.iter().map(plan).collect::<Vec<Value>>(),
    }))
}

fn read(body: &Fields) -> Result<Login, Refusal> {
    let endpoint = address(body, "endpoint")?.unwrap_or_else(|| ENDPOINT.into());
    Ok(Login { endpoint, username: body.text("username")?, password: body.text("password")? })
}

fn sign_in(call: &mut Call<'_>, login: &Login) -> Result<(), Refusal> {
    let reached = !matches!(call.upstream(Service::Msp360), Mode::Unreachable | Mode::Refusing);
    let vendor = call.state::<Backups>()?;
    let known = (&vendor.username, &vendor.password) == (&login.username, &login.password);
    match reached && known && login.endpoint == ENDPOINT {
        true => Ok(()),
        false => Err(refuse(502, "MSP360_LOGIN_FAILED", "The login to MSP360 did not succeed.")),
    }
}

fn save(call: &mut Call<'_>) -> Answer {
    let login = read(&call.json(invalid)?)?;
    call.state::<Msp360>()?.login = Some(login);
    show(call)
}

fn remove(call: &mut Call<'_>) -> Answer {
    *call.state::<Msp360>()? = Msp360::default();
    done()
}

/// Signs in with what the body says, or with what is stored.
fn test(call: &mut Call<'_>) -> Answer {
    let login = if call.bytes().is_empty() { stored(call)? } else { read(&call.json(invalid)?)? };
    sign_in(call, &login)?;
    ok(json!({ "ok": true }))
}

fn sync(call: &mut Call<'_>) -> Answer {
    let login = stored(call)?;
    sign_in(call, &login)?;
    if call.upstream(Service::Msp360) != Mode::Working {
        return Err(refuse(502, "MSP360_SYNC_FAILED", "The backups could not be fetched from MSP360."));
    }
    let (now, plans) = (call.now(), call.state::<Backups>()?.plans.clone());
    let ours = call.state::<Msp360>()?;
    (ours.plans, ours.synced) = (plans, Some(now));
    accepted(json!({ "plans": ours.plans.len() }))
}

pub(super) fn begin(tenant: &mut Tenant, spec: &Spec) {
    let (username, password) = (format!("backup@{}.example", tenant.slug), secret(tenant, "msp360"));
    let plan = |computer: &str, healthy| Plan { computer: computer.to_owned(), healthy };
    let vendor = tenant.state::<Backups>();
    (vendor.username, vendor.password) = (username.clone(), password.clone());
    vendor.plans = vec![plan("alder-server", true), plan("alder-reception", false)];
    tenant.publish("msp360_username", username.clone());
    if spec.on("msp360") {
        tenant.state::<Msp360>().login = Some(Login { endpoint: ENDPOINT.into(), username, password });
    }
}
