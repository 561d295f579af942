//! Lies about the status.

use crate::lie::owed::{by_status, exact};
use crate::lie::{Statement, Truth};
use crate::model::catalogue::Status;

/// Statuses that are tried first where one is wanted that is not documented.
const UNUSUAL: [u16; 4] = [418, 500, 451, 599];

/// Another status that is documented for the code: where one is pinned, one that it does not cover.
pub fn documented(truth: &Truth<'_>) -> Option<Statement> {
    let (_, entry) = truth.entry()?;
    let others = entry.statuses.iter().flat_map(|documented| match documented.status {
        Status::Class(class) => vec![u16::from(class) * 100, u16::from(class) * 100 + 9],
        status => exact(status).into_iter().collect(),
    });
    let told = others.filter(|status| is_usable(truth, *status)).map(|status| truth.said.with_status(status));
    told.into_iter().find(|told| told.is_error() && by_status(truth, told).is_some())
}

/// A status that no line of the catalogue gives to the code.
pub fn undocumented(truth: &Truth<'_>) -> Option<Statement> {
    let (_, entry) = truth.entry().filter(|_| truth.said.is_error())?;
    let mut statuses = UNUSUAL.into_iter().chain(400..600);
    // What a proxy may have written is no example of what the API wrote.
    let fits = |status: &u16| entry.documented(*status).is_none() && !(502..=504).contains(status);
    statuses.find(|status| fits(status) && is_usable(truth, *status)).map(|status| truth.said.with_status(status))
}

pub fn success(truth: &Truth<'_>) -> Option<Statement> {
    truth.said.is_error().then(|| truth.said.with_status(200))
}

/// A 429 that nobody waits for is weather, and to HEAD no envelope tells the API's 503 from a proxy's.
fn is_usable(truth: &Truth<'_>, status: u16) -> bool {
    status != truth.said.status
        && (status != 429 || truth.hears_429)
        && !(truth.is_head && (502..=504).contains(&status))
}
