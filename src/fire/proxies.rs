//! Which proxy a target is reached through: `--proxy`, else the variables that curl knows. Loopback is never reached
//! through a proxy that only the environment names.

use std::net::IpAddr;

use reqwest::Url;

/// What the environment and the command line say about proxies.
#[derive(Debug, Default)]
pub(super) struct Proxies {
    given: Option<String>,
    http: Option<String>,
    https: Option<String>,
    not_for: String,
}

impl Proxies {
    pub(super) fn new(given: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        // HTTP_PROXY in capitals is a request header of CGI programs, and curl does not read it for that reason.
        Proxies {
            given: given.map(str::to_owned),
            http: first(&["http_proxy", "all_proxy", "ALL_PROXY"]),
            https: first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            not_for: first(&["no_proxy", "NO_PROXY"]).unwrap_or_default(),
        }
    }

    pub(super) fn for_origin(&self, url: &Url) -> Option<&str> {
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if self.excepts(host) {
            return None;
        }
        let from_environment = if url.scheme() == "https" { &self.https } else { &self.http };
        let from_environment = from_environment.as_deref().filter(|_| !is_loopback(host));
        self.given.as_deref().or(from_environment)
    }

    fn excepts(&self, host: &str) -> bool {
        let parts = self.not_for.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
        parts.into_iter().any(|part| part == "*" || covers(part, host))
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether one entry of `no_proxy` covers this host: an address, a network, or a domain with all below it.
fn covers(entry: &str, host: &str) -> bool {
    if let Ok(ip) = host.parse::<IpAddr>() {
        let (network, bits) = match entry.split_once('/') {
            Some((network, bits)) => (network, bits.parse().ok()),
            None => (entry, Some(128)),
        };
        let network = network.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        return network.is_ok_and(|network| bits.is_some_and(|bits| same_network(network, ip, bits)));
    }
    let domain = entry.trim_start_matches('.').trim_end_matches('.').to_ascii_lowercase();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn same_network(a: IpAddr, b: IpAddr, bits: u32) -> bool {
    let (a, b, width) = match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    let free = width - bits.min(width);
    a.checked_shr(free) == b.checked_shr(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(given: Option<&str>, variables: &[(&str, &str)], url: &str) -> Option<String> {
        let find = |name: &str| variables.iter().find(|v| v.0 == name).map(|v| v.1.to_owned());
        Proxies::new(given, find).for_origin(&Url::parse(url).unwrap()).map(str::to_owned)
    }

    #[test]
    fn http_proxy_counts_in_lower_case_only() {
        assert_eq!(through(None, &[("HTTP_PROXY", "http://p")], "http://api.test"), None);
        assert_eq!(through(None, &[("http_proxy", "http://p")], "http://api.test").as_deref(), Some("http://p"));
        assert_eq!(through(None, &[("HTTPS_PROXY", "http://p")], "https://api.test").as_deref(), Some("http://p"));
        assert_eq!(through(None, &[("ALL_PROXY", "http://p")], "http://api.test").as_deref(), Some("http://p"));
    }

    #[test]
    fn loopback_is_reached_through_a_proxy_only_when_the_command_line_says_so() {
        for url in ["http://127.0.0.1:80", "http://localhost:80", "http://[::1]:80", "http://api.localhost"] {
            assert_eq!(through(None, &[("http_proxy", "http://p")], url), None, "{url}");
            assert_eq!(through(Some("http://q"), &[], url).as_deref(), Some("http://q"), "{url}");
        }
    }

    #[test]
    fn no_proxy_names_hosts_domains_addresses_and_networks() {
        let hit = |no_proxy: &str, url: &str| {
            through(None, &[("http_proxy", "http://p"), ("no_proxy", no_proxy)], url).is_none()
        };
        assert!(hit("*", "http://api.test"));
        assert!(hit("other, .test", "http://api.test"));
        assert!(hit("API.test", "http://api.test"));
        assert!(!hit("pi.test", "http://api.test"));
        assert!(hit("10.0.0.0/8", "http://10.1.2.3"));
        assert!(!hit("10.0.0.0/8", "http://11.1.2.3"));
        assert!(hit("0.0.0.0/0", "http://11.1.2.3"));
        assert!(hit("10.1.2.3", "http://10.1.2.3"));
        assert!(!hit("10.1.2.3/x", "http://10.1.2.3"));
    }
}
