//! The vendor's side: an organisation's account at OneView. Other people work there too.

use crate::reference::prelude::*;

use super::super::invalid;
use super::Keys;

#[derive(Default)]
pub struct OneView {
    /// What it lets the organisation in with.
    pub keys: Option<Keys>,
    pub sites: Shelf<Site>,
    pub machines: Shelf<Machine>,
}

pub struct Site {
    pub name: String,
    /// With which installers find the site. It can be taken away in the console.
    pub installer_token: Option<String>,
    pub seats: Option<i64>,
}

/// A device that ThreatDown runs on.
pub struct Machine {
    pub hostname: String,
    pub site: Uuid,
    /// Old records lack it.
    pub account: Option<String>,
    pub scans: u32,
}

impl OneView {
    pub fn accepts(&self, keys: &Keys) -> bool {
        self.keys.as_ref() == Some(keys)
    }
}

impl Site {
    pub fn new(name: &str) -> Self {
        let token = format!("inst-{}", Uuid::new_v4().simple());
        Site { name: name.to_owned(), installer_token: Some(token), seats: None }
    }

    pub fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "name": self.name, "seats": self.seats })
    }
}

impl Machine {
    pub fn new(hostname: &str, site: Uuid) -> Self {
        let account = Some(format!("acc-{}", &site.simple().to_string()[..12]));
        Machine { hostname: hostname.to_owned(), site, account, scans: 0 }
    }
}

// ---- the control side: what somebody does in the console

/// The account at OneView of the organisation that the body names.
fn console<'a>(call: &'a mut Call<'_>, body: &Fields) -> Result<&'a mut OneView, Refusal> {
    call.caller.tenant = Some(body.id("tenant")?);
    call.state()
}

/// A machine that somebody installed ThreatDown on by hand: `{ tenant, site, hostname, account: false }`.
pub fn add_machine(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (site, hostname) = (body.id("site")?, body.text("hostname")?);
    let mut machine = Machine::new(&hostname, site);
    if !body.flag("account", true)? {
        machine.account = None;
    }
    let vendor = console(call, &body)?;
    if !vendor.sites.contains(site) {
        return Err(invalid("there is no such site".into()));
    }
    let id = Uuid::new_v4();
    vendor.machines.insert(id, machine);
    created(json!({ "id": id, "site": site, "hostname": hostname }))
}

/// Takes the installer token of a site away, or makes a new one: `{ tenant, installer_token: false }`.
pub fn change_site(call: &mut Call<'_>) -> Answer {
    let (id, body) = (call.id()?, call.json(invalid)?);
    let exposes = body.flag("installer_token", true)?;
    let site = console(call, &body)?.sites.get_mut(id);
    let site = site.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such site."))?;
    site.installer_token = if exposes { Site::new(&site.name).installer_token } else { None };
    ok(site.shown(id))
}
