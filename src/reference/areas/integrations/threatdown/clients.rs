//! ThreatDown for a client: the switch, the site at OneView, its subscription and installer.

use crate::reference::prelude::*;

use super::super::{bitdefender, client, invalid, only_one};
use super::oneview::{OneView, Site};
use super::{Switch, ThreatDown, not_configured, reading, signed_in};
use crate::reference::areas::clients::Clients;

const INSTALLER: &str = "https://downloads.oneview.example/threatdown-setup.exe";

fn shown(client: Uuid, switch: Switch) -> Value {
    json!({ "client_id": client, "enabled": switch.enabled, "site_id": switch.site })
}

fn switch_of(call: &mut Call<'_>, client: Uuid) -> Result<Switch, Refusal> {
    Ok(call.state::<ThreatDown>()?.clients.get(client).copied().unwrap_or_default())
}

/// The switch of a client, which has to be on.
fn enabled(call: &mut Call<'_>, client: Uuid) -> Result<Switch, Refusal> {
    if call.state::<ThreatDown>()?.keys.is_none() {
        return Err(not_configured());
    }
    let switch = switch_of(call, client)?;
    match switch.enabled {
        true => Ok(switch),
        false => Err(refuse(400, "CLIENT_NOT_ENABLED", "ThreatDown is off for this client.")),
    }
}

/// The site of a client who has ThreatDown.
pub fn matched(call: &mut Call<'_>, client: Uuid) -> Result<Uuid, Refusal> {
    let site = enabled(call, client)?.site;
    site.ok_or_else(|| refuse(400, "CLIENT_NOT_MATCHED", "The client is matched to no site at OneView."))
}

/// With which an installer finds the site of a client.
pub fn installer_token(call: &mut Call<'_>, client: Uuid) -> Result<String, Refusal> {
    let site = matched(call, client)?;
    let token = reading(call)?.sites.get(site).and_then(|site| site.installer_token.clone());
    token.ok_or_else(|| refuse(400, "TD_TOKEN_MISSING", "The site at OneView has no installer token."))
}

/// The client to whom a site is matched.
pub fn owner(call: &mut Call<'_>, site: Uuid) -> Result<Option<Uuid>, Refusal> {
    let switches = &call.state::<ThreatDown>()?.clients;
    Ok(switches.iter().find(|(_, switch)| switch.site == Some(site)).map(|(client, _)| client))
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    ok(shown(client, switch_of(call, client)?))
}

/// Turns ThreatDown on or off for a client, and matches a site.
pub fn switch(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    let body = call.json(invalid)?;
    let known = switch_of(call, client)?;
    let (enabled, site) = (body.flag("enabled", known.enabled)?, body.opt_id("site_id")?);
    if call.state::<ThreatDown>()?.keys.is_none() {
        return Err(not_configured());
    }
    let other = bitdefender::is_on(call, client)?;
    only_one(enabled && other)?;
    if let Some(site) = site {
        if !reading(call)?.sites.contains(site) {
            return Err(refuse(400, "INVALID_REFERENCE", "There is no such site at OneView."));
        }
        if owner(call, site)?.is_some_and(|other| other != client) {
            return Err(refuse(409, "CONFLICT", "The site is matched to another client."));
        }
    }
    let switch = Switch { enabled, site: site.or(known.site) };
    ok(shown(client, *call.state::<ThreatDown>()?.clients.insert(client, switch)))
}

/// Makes a site at OneView and matches it to the client.
pub fn create_site(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    let switch = enabled(call, client)?;
    if switch.site.is_some() {
        return Err(refuse(409, "CONFLICT", "The client is matched to a site already."));
    }
    let name = call.state::<Clients>()?.all.get(client).map(|it| it.name.clone()).unwrap_or_default();
    signed_in(call)?;
    if call.upstream(Service::OneView) != Mode::Working {
        return Err(refuse(502, "TD_CREATE_ERROR", "OneView did not create the site."));
    }
    let site = Uuid::new_v4();
    call.state::<OneView>()?.sites.insert(site, Site::new(&name));
    let switch = Switch { site: Some(site), ..switch };
    created(shown(client, *call.state::<ThreatDown>()?.clients.insert(client, switch)))
}

/// Buys seats for the site of a client.
pub fn subscribe(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    let seats = call.json(invalid)?.int("seats", 1..=100_000)?;
    let id = matched(call, client)?;
    let site = reading(call)?.sites.get_mut(id);
    let site = site.ok_or_else(|| refuse(404, "NOT_FOUND", "The site is gone at OneView."))?;
    if site.seats.is_some() {
        return Err(refuse(409, "TD_SUBSCRIPTION_EXISTS", "The site has a subscription already."));
    }
    site.seats = Some(seats);
    created(site.shown(id))
}

pub fn installer(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    let token = installer_token(call, client)?;
    ok(json!({ "client_id": client, "url": INSTALLER, "token": token }))
}
