//! An origin with its base path: the only places that requests go to.

use reqwest::Url;

use super::FireError;
use super::client::{Clients, Way};

/// Where a target's API or its control service is. A credential of the one is never sent to the other, since every
/// request is made by the endpoint that it belongs to.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) way: Way,
    pub(super) https: bool,
    base: Url,
    /// Path of the base URL, without a trailing slash.
    prefix: String,
}

impl Endpoint {
    pub(super) fn new(target: &str, url: &str, clients: &mut Clients) -> Result<Self, FireError> {
        let wrong = |problem: String| FireError::Url { target: target.into(), problem };
        let base = Url::parse(url).map_err(|e| wrong(format!("cannot be read: {e}; write it like https://host")))?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(wrong("is neither http nor https".to_owned()));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(wrong("holds a user name; write a credential instead".to_owned()));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(wrong("has a query or a fragment; write only scheme, host, port and path".to_owned()));
        }
        let prefix = base.path().trim_end_matches('/').to_owned();
        let way = clients.for_origin(&base)?;
        Ok(Endpoint { way, https: base.scheme() == "https", base, prefix })
    }

    /// The same as [`Endpoint::url`] as text, where nothing in it is read in another way than it is written, as in nearly
    /// all; else `None`.
    pub(super) fn plain_url(&self, origin: &str, path: &str, more_query: &str) -> Option<String> {
        let is_plain = |text: &str| text.bytes().all(|byte| PLAIN[usize::from(byte)]);
        if !path.starts_with('/') || !is_plain(path) || !is_plain(more_query) {
            return None;
        }
        // Where segments of dots may be.
        if path.contains("/.") || path.contains("%2e") || path.contains("%2E") {
            return None;
        }
        let joint = match path.find('?') {
            _ if more_query.is_empty() => "",
            None => "?",
            Some(at) if at + 1 == path.len() => "",
            Some(_) => "&",
        };
        Some([origin, &self.prefix, path, joint, more_query].concat())
    }

    /// The URL of this path with its query, as it will be sent. Refused when it would not be sent as written.
    pub(super) fn url(&self, path: &str, more_query: &str) -> Result<Url, String> {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        if !path.starts_with('/') {
            return Err("the path does not begin with `/`".to_owned());
        }
        let mut url = self.base.clone();
        if self.prefix.is_empty() {
            url.set_path(path);
        } else {
            url.set_path(&format!("{}{path}", self.prefix));
        }
        // Dot segments are resolved by the client, and a value filled in may be one.
        let left = url.path().strip_prefix(&self.prefix).unwrap_or_default();
        if left != path && left.split('/').count() != path.split('/').count() || ends_in_dots(path) {
            return Err("the path would be changed on its way, for it holds a segment of dots".to_owned());
        }
        match (query, more_query) {
            (None, "") => {}
            (Some(query), "") => url.set_query(Some(query)),
            (None, more) => url.set_query(Some(more)),
            (Some(""), more) => url.set_query(Some(more)),
            (Some(query), more) => url.set_query(Some(&format!("{query}&{more}"))),
        }
        Ok(url)
    }
}

/// The bytes that stand for themselves in any path and query.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let signs = b"/?-_~!$&()*+,;=:@%.";
    let mut byte = 0;
    while byte < plain.len() {
        plain[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut sign = 0;
    while sign < signs.len() {
        plain[signs[sign] as usize] = true;
        sign += 1;
    }
    plain
};

fn ends_in_dots(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    if !last.contains(['.', '%']) {
        return false;
    }
    let last = last.to_ascii_lowercase().replace("%2e", ".");
    last == "." || last == ".."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::project::{Network, RunSettings};

    fn endpoint(url: &str) -> Result<Endpoint, FireError> {
        let (network, settings) = (Network::default(), RunSettings::default());
        Endpoint::new("t", url, &mut Clients::new(&network, &settings, Default::default()))
    }

    #[test]
    fn a_path_is_sent_as_it_is_written_below_the_base() {
        let plain = endpoint("http://h.test").unwrap();
        let deep = endpoint("http://h.test:81/v1/").unwrap();
        for (path, query, sent) in [
            ("/a%2Fb//c?x=%20&y", "", "/a%2Fb//c?x=%20&y"),
            ("//evil.test/x", "", "//evil.test/x"),
            ("/@evil.test:80/", "", "/@evil.test:80/"),
            ("/a", "q=1", "/a?q=1"),
            ("/a?b=2", "q=1", "/a?b=2&q=1"),
            ("/...", "", "/..."),
        ] {
            assert_eq!(plain.url(path, query).unwrap().as_str(), format!("http://h.test{sent}"));
            assert_eq!(deep.url(path, query).unwrap().as_str(), format!("http://h.test:81/v1{sent}"));
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_plain_is_read_as_it_is_written(path in "/[a-zA-Z0-9/?.%&=;:@+ e2E#\\\\{\"'^|~-]{0,20}", more in "(a=[b%&. '/?]{0,4})?") {
            for base in ["http://127.0.0.1:81", "http://127.0.0.1:80/v1/", "http://[::1]:81"] {
                let endpoint = endpoint(base).unwrap();
                let origin = endpoint.base.origin().ascii_serialization();
                if let Some(plain) = endpoint.plain_url(&origin, &path, &more) {
                    proptest::prop_assert_eq!(Ok(plain), endpoint.url(&path, &more).map(String::from));
                }
            }
        }
    }

    #[test]
    fn nearly_all_paths_are_plain() {
        let endpoint = endpoint("http://127.0.0.1:81").unwrap();
        for path in ["/", "/api/v1/tickets/7c9e6679-7425-40de-944b-e07fc1f90ae7?page=2&q=a%20b", "//x", "/a?"] {
            assert!(endpoint.plain_url("http://127.0.0.1:81", path, "").is_some(), "{path}");
        }
    }

    #[test]
    fn a_path_that_the_client_would_change_is_refused() {
        for url in ["http://h.test", "http://h.test/v1"] {
            let endpoint = endpoint(url).unwrap();
            for path in ["/a/../b", "/a/%2e%2e/b", "/a/..", "/.", "/a/.", "/a/%2E", "/../v2/x", "a"] {
                assert!(endpoint.url(path, "").is_err(), "{path}");
            }
        }
    }

    #[test]
    fn a_base_url_with_a_password_or_a_query_is_refused() {
        for url in ["http://u:p@h.test", "http://h.test?x=1", "ftp://h.test", "h.test", "", "http://"] {
            assert!(matches!(endpoint(url), Err(FireError::Url { .. })), "{url}");
        }
    }
}
