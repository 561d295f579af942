//! One client for each way of connecting that the targets need. Most runs need one.

use std::net::SocketAddr;

use reqwest::{Certificate, Client, Identity, Proxy, Url};

use super::FireError;
use super::proxies::Proxies;
use crate::model::project::{Network, RunSettings};

/// An idle connection is dropped before common servers drop it (5 s), so that no request meets one that is just being
/// closed.
const IDLE: std::time::Duration = std::time::Duration::from_secs(4);

/// What makes one client differ from another.
#[derive(Debug, PartialEq, Eq)]
struct Need {
    tls: bool,
    proxy: Option<String>,
    resolve: Option<(String, SocketAddr)>,
}

/// The clients made so far.
pub(super) struct Clients<'n> {
    network: &'n Network,
    settings: &'n RunSettings,
    proxies: Proxies,
    made: Vec<(Need, Client)>,
}

impl<'n> Clients<'n> {
    pub(super) fn new(network: &'n Network, settings: &'n RunSettings, proxies: Proxies) -> Self {
        Clients { network, settings, proxies, made: Vec::new() }
    }

    /// The client for the origin of this URL.
    pub(super) fn for_origin(&mut self, url: &Url) -> Result<Client, FireError> {
        let proxy = self.proxies.for_origin(url).map(str::to_owned);
        let tls = url.scheme() == "https" || proxy.as_deref().is_some_and(|proxy| proxy.starts_with("https:"));
        let need = Need { tls, proxy, resolve: self.resolved(url) };
        if let Some((_, client)) = self.made.iter().find(|(made, _)| *made == need) {
            return Ok(client.clone());
        }
        let client = self.build(&need)?;
        self.made.push((need, client.clone()));
        Ok(client)
    }

    /// User names and passwords of the proxies in use.
    pub(super) fn proxy_passwords(&self) -> impl Iterator<Item = String> {
        let proxies = self.made.iter().filter_map(|(need, _)| Url::parse(need.proxy.as_deref()?).ok());
        proxies.filter_map(|url| url.password().map(decoded))
    }

    fn resolved(&self, url: &Url) -> Option<(String, SocketAddr)> {
        let host = url.host_str()?;
        let key = format!("{host}:{}", url.port_or_known_default()?);
        let entry = self.network.resolve.iter().find(|(name, _)| name.eq_ignore_ascii_case(&key));
        entry.map(|(_, address)| (host.to_owned(), *address))
    }

    fn build(&self, need: &Need) -> Result<Client, FireError> {
        let mut builder = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.settings.connect_timeout)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("trueline/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &need.proxy {
            let wrong = || FireError::Proxy("cannot be used: write it like `http://host:port`".to_owned());
            builder = builder.proxy(Proxy::all(proxy).map_err(|_| wrong())?);
        }
        if let Some((host, address)) = &need.resolve {
            builder = builder.resolve(host, *address);
        }
        // Without https the certificates of the system are not read: that takes time, and fails where there are none.
        builder = if need.tls { self.with_tls(builder)? } else { builder.tls_certs_only([]) };
        builder.build().map_err(|error| FireError::Tls(root_cause(&error)))
    }

    fn with_tls(&self, mut builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, FireError> {
        if self.network.insecure {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        if let Some(pem) = &self.network.roots {
            let roots = Certificate::from_pem_bundle(pem).map_err(|e| FireError::Tls(root_cause(&e)))?;
            if roots.is_empty() {
                return Err(FireError::Tls("the file of `--cacert` holds none in PEM".to_owned()));
            }
            builder = builder.tls_certs_merge(roots);
        }
        if let Some(pem) = &self.network.identity {
            builder = builder.identity(Identity::from_pem(pem).map_err(|e| FireError::Tls(no_identity(pem, &e)))?);
        }
        Ok(builder)
    }
}

/// Why there is no client certificate with its key in this PEM.
fn no_identity(pem: &[u8], error: &reqwest::Error) -> String {
    let holds = |what: &[u8]| pem.windows(what.len()).any(|part| part == what);
    match (holds(b"CERTIFICATE-----"), holds(b"PRIVATE KEY-----")) {
        (false, _) => "the file of `--cert` holds none in PEM".to_owned(),
        (true, false) => "there is no private key for `--cert`; name its PEM file with `--key`".to_owned(),
        (true, true) => format!("`--cert` with its key: {}", root_cause(error)),
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The innermost error in words.
pub(super) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
