//! The marks that proxies leave on answers, and which of them an origin's ordinary answers carry too.

use std::fmt;

use crate::model::exchange::{Answer, Exchange};
use crate::model::headers::Headers;

/// Which marks each origin's ordinary answers carry. A mark that is ordinary does not tell a proxy's answer from the
/// API's, so what was taken for a proxy's answer is settled when all answers of a run are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    ordinary: Vec<(Box<str>, Box<str>)>,
}

impl Marks {
    pub fn new() -> Self {
        Marks::default()
    }

    /// Learns from an answer. One that a proxy may have written (502, 503, 504) teaches nothing here.
    pub fn learn(&mut self, origin: &str, answer: &Answer) {
        if !may_be_a_proxys(answer.status) {
            self.learn_as_ordinary(origin, answer);
        }
    }

    pub(super) fn learn_as_ordinary(&mut self, origin: &str, answer: &Answer) {
        for (name, value) in answer.headers.iter() {
            let Some(mark) = mark_of(name, value) else { continue };
            if !self.is_ordinary(origin, mark) {
                self.ordinary.push((origin.into(), mark.into()));
            }
        }
    }

    /// Adds what another has learned.
    pub fn merge(&mut self, other: Marks) {
        for (origin, mark) in other.ordinary {
            if !self.is_ordinary(&origin, &mark) {
                self.ordinary.push((origin, mark));
            }
        }
    }

    fn is_ordinary(&self, origin: &str, mark: &str) -> bool {
        self.ordinary.iter().any(|(o, m)| **o == *origin && **m == *mark)
    }

    /// The marks of a proxy on this answer that are not ordinary for its origin.
    pub(super) fn on(&self, origin: &str, answer: &Answer) -> Vec<Mark> {
        let page = page_of(&answer.body).map(Mark::Page);
        let headers = answer.headers.iter().filter_map(|(name, value)| {
            let mark = mark_of(name, value)?;
            let value = || String::from_utf8_lossy(value).into_owned();
            (!self.is_ordinary(origin, mark)).then(|| Mark::Header(name.to_owned(), value()))
        });
        page.into_iter().chain(headers).collect()
    }
}

/// Whether this is a proxy's own page.
pub(super) fn is_a_page(answer: &Answer) -> bool {
    page_of(&answer.body).is_some()
}

/// As if all marks of this answer were ordinary ones of its origin.
pub(super) fn all_ordinary(exchange: &Exchange, answer: &Answer) -> Marks {
    let mut marks = Marks::new();
    marks.learn_as_ordinary(origin(&exchange.sent.url), answer);
    marks
}

/// Of these headers those that are marks, each mark once and no more of its value than makes it one.
pub(super) fn only(headers: &Headers) -> Headers {
    let mut kept = Headers::default();
    let mut known = Vec::new();
    for (name, value) in headers.iter() {
        let Some(mark) = mark_of(name, value).filter(|mark| !known.contains(mark)) else { continue };
        known.push(mark);
        kept.add(name, &value[..value.len().min(MARKING)]);
    }
    kept
}

/// Bytes of a header's value that make it a mark, and more.
const MARKING: usize = 64;

/// The statuses that proxies answer with for an API that they could not reach.
pub fn may_be_a_proxys(status: u16) -> bool {
    (502..=504).contains(&status)
}

/// Scheme, host and port of a URL.
pub fn origin(url: &str) -> &str {
    let scheme = url.find(':').filter(|end| url[*end..].starts_with("://"));
    let host = scheme.map_or(0, |end| end + 3);
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |end| host + end);
    &url[..end]
}

/// What shows that a proxy wrote an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    Header(String, String),
    /// The proxy whose page it is.
    Page(&'static str),
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mark::Header(name, value) => write!(f, "the header {name}: {value}"),
            Mark::Page(proxy) => write!(f, "a page of {proxy}"),
        }
    }
}

/// The mark that a header is, by the name under which it is learned: the header's, or the product's that `Server` names.
fn mark_of(name: &str, value: &[u8]) -> Option<&'static str> {
    if name == "server" {
        let begins =
            |product: &&&str| value.get(..product.len()).is_some_and(|v| v.eq_ignore_ascii_case(product.as_bytes()));
        return SERVERS.iter().find(begins).copied();
    }
    // Nearly every header begins with another letter than all of these.
    let first = |header: &&&str| header.as_bytes().first() == name.as_bytes().first();
    HEADERS
        .iter()
        .filter(first)
        .find(|header| name == **header || (header.ends_with('-') && name.starts_with(**header)))
        .copied()
}

/// Names in lower case; one that ends with `-` stands for all that begin so.
const HEADERS: [&str; 16] = [
    "via",
    "cf-ray",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "x-envoy-",
    "x-varnish",
    "x-served-by",
    "x-cache",
    "x-squid-error",
    "x-azure-ref",
    "x-akamai-",
    "x-kong-",
    "x-iinfo",
    "x-sucuri-id",
    "x-vercel-id",
    "fly-request-id",
];

const SERVERS: [&str; 22] = [
    "nginx",
    "openresty",
    "haproxy",
    "envoy",
    "istio-envoy",
    "cloudflare",
    "cloudfront",
    "awselb",
    "akamai",
    "varnish",
    "squid",
    "caddy",
    "traefik",
    "kong",
    "apache",
    "litespeed",
    "microsoft-azure-application-gateway",
    "google frontend",
    "gws",
    "bigip",
    "fly/",
    "tengine",
];

/// How far into a page is looked.
const LOOKED_AT: usize = 16 * 1024;

/// The proxy that writes such a page.
fn page_of(body: &[u8]) -> Option<&'static str> {
    let page = String::from_utf8_lossy(&body[..body.len().min(LOOKED_AT)]);
    let whole = WHOLE_PAGES.iter().find(|(text, _)| page.trim() == *text);
    whole.or_else(|| PAGES.iter().find(|(part, _)| page.contains(part))).map(|(_, proxy)| *proxy)
}

/// Answers of a few words that a proxy sends in place of a page.
const WHOLE_PAGES: [(&str, &str); 4] = [
    ("error code: 502", "Cloudflare"),
    ("error code: 503", "Cloudflare"),
    ("error code: 504", "Cloudflare"),
    ("no available server", "Traefik"),
];

/// A part of a proxy's own pages, and the proxy.
const PAGES: [(&str, &str); 28] = [
    ("<center>nginx", "nginx"),
    ("<center>openresty", "OpenResty"),
    ("<center>tengine", "Tengine"),
    ("<center>cloudflare", "Cloudflare"),
    ("Cloudflare Ray ID", "Cloudflare"),
    ("cf-error-details", "Cloudflare"),
    ("No server is available to handle this request.", "HAProxy"),
    ("The server returned an invalid or incomplete response.", "HAProxy"),
    ("The server didn't respond in time.", "HAProxy"),
    ("upstream connect error or disconnect/reset before headers", "Envoy"),
    ("no healthy upstream", "Envoy"),
    ("upstream request timeout", "Envoy"),
    ("Varnish cache server", "Varnish"),
    ("Guru Meditation", "Varnish"),
    ("Generated by cloudfront", "CloudFront"),
    ("<center>awselb", "AWS ELB"),
    ("<center><h1>502 Bad Gateway</h1></center>\r\n</body>", "AWS ELB"),
    ("<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>", "AWS ELB"),
    ("<center><h1>504 Gateway Time-out</h1></center>\r\n</body>", "AWS ELB"),
    ("The proxy server received an invalid response from an upstream server", "Apache"),
    ("The proxy server did not receive a timely response from the upstream server", "Apache"),
    ("<address>Apache", "Apache"),
    ("An invalid response was received from the upstream server", "Kong"),
    ("The upstream server is timing out", "Kong"),
    ("errors.edgesuite.net", "Akamai"),
    ("Generated by squid", "Squid"),
    ("Microsoft-Azure-Application-Gateway", "Azure Application Gateway"),
    ("herokucdn.com/error-pages", "Heroku"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::testing::answer;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("http://127.0.0.1:80/api?x#y"), "http://127.0.0.1:80");
        assert_eq!(origin("https://example.com?x"), "https://example.com");
    }

    #[test]
    fn a_mark_is_ordinary_only_for_the_origin_that_carries_it() {
        let mut marks = Marks::new();
        marks.learn("http://a", &answer(200).header("via", "1.1 x").header("server", "nginx/1.2").built());
        marks.learn("http://b", &answer(502).header("via", "1.1 x").built());
        let marked = answer(502).header("via", "1.1 y").header("server", "nginx/1.3").built();
        assert_eq!(marks.on("http://a", &marked), []);
        assert_eq!(marks.on("http://b", &marked).len(), 2);
        let other = answer(502).header("server", "HAProxy").built();
        assert_eq!(marks.on("http://a", &other), [Mark::Header("server".to_owned(), "HAProxy".to_owned())]);
    }

    #[test]
    fn a_page_is_a_mark_whatever_the_headers() {
        let page = answer(503).text("<html><center>nginx/1.18.0</center></html>").built();
        assert_eq!(Marks::new().on("http://a", &page), [Mark::Page("nginx")]);
        assert_eq!(Marks::new().on("http://a", &answer(503).text("<html>down</html>").built()), []);
    }

    #[test]
    fn marks_of_two_workers_are_joined() {
        let (mut one, mut two) = (Marks::new(), Marks::new());
        two.learn("http://a", &answer(200).header("cf-ray", "1").built());
        one.merge(two.clone());
        one.merge(two.clone());
        assert_eq!(one, two);
    }
}
