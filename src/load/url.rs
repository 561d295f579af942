//! Addresses of targets: absolute, http or https, and nothing in them that belongs elsewhere.

use std::net::IpAddr;
use std::ops::Range;

use http::Uri;

/// The address without a slash at its end, or what is wrong with it and what to write.
pub fn base(written: &str) -> Result<Box<str>, (String, Option<String>)> {
    let wrong = |text: &str, help: Option<String>| Err((format!("`{}` {text}", masked(written)), help));
    if written.contains(['?', '#']) {
        return wrong("has a query or a fragment", Some("write scheme, host and, if need be, a path".to_owned()));
    }
    let Ok(uri) = written.parse::<Uri>() else {
        return wrong("is no address", Some(EXAMPLE.to_owned()));
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        let help = if written.contains("://") || written.starts_with('/') {
            EXAMPLE.to_owned()
        } else {
            format!("write `http://{0}` or `https://{0}`", masked(written))
        };
        return wrong("has no scheme", Some(help));
    };
    if !matches!(scheme, "http" | "https") {
        return wrong("is neither http nor https", None);
    }
    if authority.as_str().contains('@') {
        return wrong("has a user in it", Some("a credential is written under `credentials`".to_owned()));
    }
    let port = &authority.as_str()[authority.host().len()..];
    let is_port = |text: &str| text.parse::<u16>().is_ok_and(|port| port > 0);
    if authority.host().is_empty() || !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
        return wrong("has no host, or a port that is none", Some(EXAMPLE.to_owned()));
    }
    Ok(written.trim_end_matches('/').into())
}

const EXAMPLE: &str = "write it like `https://staging.example.com`";

/// Whether this address is of the machine itself.
pub fn is_loopback(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_lowercase();
    let named = host == "localhost" || host.ends_with(".localhost");
    named || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Parts of an address that may hold a secret, in bytes: who stands before the `@`, and what follows a `?` or `#`.
pub fn secret_parts(written: &str) -> Vec<Range<usize>> {
    let end = written.find(['?', '#']).unwrap_or(written.len());
    let start = written[..end].find("://").map_or(0, |at| at + 3);
    // A password may hold `?`, `#` and `@` as they are: that is why such an address is refused.
    let user = written[start..].rfind('@').map(|at| start..start + at);
    let end = end.max(user.as_ref().map_or(0, |user| user.end));
    let rest = written[end..].find(['?', '#']).map_or(written.len(), |at| end + at + 1)..written.len();
    user.into_iter().chain([rest]).filter(|part| !part.is_empty()).collect()
}

/// The address without what may be secret in it.
pub fn masked(written: &str) -> String {
    let mut out = written.to_owned();
    secret_parts(written).into_iter().rev().for_each(|part| out.replace_range(part, "***"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_path_and_loses_its_last_slash() {
        assert_eq!(base("https://api.example.com/v1/"), Ok("https://api.example.com/v1".into()));
        assert_eq!(base("http://127.0.0.1:8080"), Ok("http://127.0.0.1:8080".into()));
        assert_eq!(base("http://[::1]:80"), Ok("http://[::1]:80".into()));
    }

    #[test]
    fn a_password_with_signs_of_an_address_in_it_is_masked() {
        for (written, shown) in [
            ("https://admin:hunter22#x@host/p", "https://***@host/p"),
            ("https://admin:hunter22?x@host/p?q", "https://***@host/p?***"),
            ("admin:hunter22@host/?next=http://x", "***@host/?***"),
            ("https://host/p?token=abc#d", "https://host/p?***"),
            ("https://host/p?next=a@b", "https://***@b"),
            ("https://host/p", "https://host/p"),
        ] {
            assert_eq!(masked(written), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_advice() {
        for written in [
            "",
            "/",
            "localhost:8080",
            "ftp://a",
            "https://u:pw-secret@a",
            "https://a?b",
            "https://a#b",
            "https://a/?key=pw-secret#b",
            "https://a/#pw-secret@b",
            "u:pw-secret@a:80",
            "u:pw-secret@a?pw-secret",
            "http://",
            "http://a:99999",
            "http://a:0",
            "https://a b",
            "staging.example.com",
            "http://ä.example",
        ] {
            let (text, _) = base(written).unwrap_err();
            assert!(!text.contains("pw-secret"), "{text}");
        }
        assert_eq!(
            base("localhost:8080").unwrap_err().1.unwrap(),
            "write `http://localhost:8080` or `https://localhost:8080`"
        );
    }

    #[test]
    fn what_may_be_secret_is_masked_and_the_rest_stays() {
        assert_eq!(masked("https://u:pw@a.example/v1?key=1#x"), "https://***@a.example/v1?***");
        assert_eq!(masked("https://a.example?"), "https://a.example?");
        assert_eq!(masked("https://a.example/v1"), "https://a.example/v1");
    }

    #[test]
    fn loopback_is_this_machine_alone() {
        assert!(is_loopback("http://127.0.0.9:1") && is_loopback("http://LOCALHOST") && is_loopback("http://[::1]/x"));
        assert!(!is_loopback("http://127.example.com") && !is_loopback("http://10.0.0.1") && !is_loopback(""));
    }
}
