//! The areas of the API, one file each.

use super::route::Area;

pub mod accounting;
pub mod agents;
pub mod ai;
pub mod auth;
pub mod billing;
pub mod bug_reports;
pub mod clients;
pub mod companies_house;
pub mod compliance;
pub mod contracts;
pub mod groups;
pub mod integrations;
pub mod invoices;
pub mod keys;
pub mod mail;
pub mod mdm;
pub mod monitoring;
pub mod network;
pub mod notifications;
pub mod patching;
pub mod platform;
pub mod policies;
pub mod portal;
pub mod quotes;
pub mod remote;
pub mod reports;
pub mod scripts;
pub mod search;
pub mod settings;
pub mod signup;
pub mod sla;
pub mod software;
pub mod sso;
pub mod storage;
pub mod subscription;
pub mod tickets;
pub mod time;
pub mod users;
pub mod workflows;

/// All areas. The order is that of seeding: people first, then what they work with.
pub const ALL: &[Area] = &[
    users::AREA,
    auth::AREA,
    keys::AREA,
    clients::AREA,
    agents::AREA,
    remote::AREA,
    scripts::AREA,
    groups::AREA,
    compliance::AREA,
    policies::AREA,
    patching::AREA,
    software::AREA,
    network::AREA,
    tickets::AREA,
    time::AREA,
    invoices::AREA,
    integrations::AREA,
    companies_house::AREA,
    settings::AREA,
    billing::AREA,
    contracts::AREA,
    quotes::AREA,
    accounting::AREA,
    portal::AREA,
    platform::AREA,
    signup::AREA,
    sso::AREA,
    subscription::AREA,
    workflows::AREA,
    mail::AREA,
    mdm::AREA,
    storage::AREA,
    monitoring::AREA,
    notifications::AREA,
    ai::AREA,
    reports::AREA,
    search::AREA,
    sla::AREA,
    bug_reports::AREA,
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::reference::people::is_scope;

    #[test]
    fn every_needed_scope_exists() {
        for route in ALL.iter().flat_map(|area| area.routes) {
            assert!(route.door.needs.is_none_or(is_scope), "{}", route.path);
        }
    }

    #[test]
    fn no_two_areas_have_the_same_name() {
        let names: HashSet<_> = ALL.iter().map(|area| area.name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn every_route_of_the_api_is_below_its_version() {
        assert!(ALL.iter().flat_map(|area| area.routes).all(|route| route.path.starts_with("/api/v1/")));
    }
}
