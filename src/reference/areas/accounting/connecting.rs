//! Connecting a package: the organisation is led to a page of the package, and comes back with a code.

use crate::reference::prelude::*;

use super::books::Books;
use super::{Accounting, Connection, Package, keep, package};

/// Attempts to connect, over all organisations: who comes back shows nothing but the attempt.
#[derive(Default)]
pub struct Flows(Shelf<Flow>);

#[derive(Clone, Copy)]
struct Flow {
    tenant: Uuid,
    package: Package,
    /// The package was disconnected since.
    void: bool,
}

impl Flows {
    /// The organisation of an attempt.
    pub fn tenant(&self, flow: Uuid) -> Option<Uuid> {
        self.0.get(flow).map(|flow| flow.tenant)
    }
}

pub fn connect(call: &mut Call<'_>) -> Answer {
    let (package, tenant) = (package(call)?, call.tenant_id()?);
    if call.state::<Accounting>()?.connection.is_some() {
        return Err(refuse(409, "ALREADY_CONNECTED", "An accounting package is connected. Disconnect it first."));
    }
    let state = Uuid::new_v4();
    call.world.state::<Flows>().0.insert(state, Flow { tenant, package, void: false });
    call.state::<Accounting>()?.attempt = Some(state);
    let url = format!("https://{}.example/authorise?state={state}", package.name());
    ok(json!({ "authorize_url": url, "state": state }))
}

/// Where the package sends people back to.
pub fn callback(call: &mut Call<'_>) -> Answer {
    let incomplete = || refuse(400, "INVALID_REQUEST", "The package came back without what belongs to it.");
    let part = |name: &str| Uuid::parse_str(&call.query(name)?).ok();
    let (id, code) = part("state").zip(part("code")).ok_or_else(incomplete)?;
    let flow = call.world.state::<Flows>().0.get(id).copied();
    let flow = flow.filter(|flow| flow.package.name() == call.path("id")).ok_or_else(incomplete)?;
    call.caller.tenant = call.world.tenant(flow.tenant).map(|tenant| tenant.id);
    if call.caller.tenant.is_none() {
        return Err(incomplete());
    }
    if flow.void {
        return Err(refuse(409, "OAUTH_INVALIDATED", "The package was disconnected meanwhile. Start again."));
    }
    if call.state::<Accounting>()?.attempt != Some(id) {
        return Err(refuse(409, "STALE_FLOW", "A newer attempt to connect has overtaken this one."));
    }
    let working = call.upstream(Service::Accounting) == Mode::Working;
    let token = call.state::<Books>()?.exchange(code).filter(|_| working);
    let token = token.ok_or_else(|| refuse(502, "PROVIDER_ERROR", "The package did not accept the code."))?;
    call.world.state::<Flows>().0.remove(id);
    keep(call.tenant()?, Some(Connection { package: flow.package, token }));
    redirect(format!("/settings/accounting?connected={}", flow.package.name()))
}

/// Lets go of the package, and of attempts to connect it.
pub fn disconnect(call: &mut Call<'_>) -> Answer {
    let (package, tenant) = (package(call)?, call.tenant_id()?);
    for flow in call.world.state::<Flows>().0.values_mut().filter(|it| it.tenant == tenant && it.package == package) {
        flow.void = true;
    }
    if call.state::<Accounting>()?.connection.is_some_and(|it| it.package == package) {
        keep(call.tenant()?, None);
    }
    done()
}
