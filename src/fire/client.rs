//! One client for each way of connecting that the targets need, on each thread. Most runs need one way.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::{Certificate, Client, Identity, Proxy, Url};

use super::FireError;
use super::direct::Direct;
use super::proxies::Proxies;
use super::wire::THREADS;
use crate::model::project::{Network, RunSettings};

/// An idle connection is dropped before common servers drop it (5 s), so that no request meets one that is just being
/// closed.
pub(super) const IDLE: Duration = Duration::from_secs(4);

/// What requests are sent as.
pub(super) const AGENT: &str = concat!("trueline/", env!("CARGO_PKG_VERSION"));

/// How requests get to an origin.
#[derive(Debug)]
pub(super) enum Way {
    /// Each exchange drives its connection itself.
    Direct(Direct),
    /// By a client, whose connections are driven on threads of their own.
    Client(Arc<PerThread>),
}

/// How much of an answer a server of HTTP/2 may send before it is read: what is ahead takes memory beside the bodies.
const WINDOW: u32 = 256 << 10;

/// What makes one client differ from another.
#[derive(Debug, PartialEq, Eq)]
struct Need {
    tls: bool,
    proxy: Option<String>,
    resolve: Option<(String, SocketAddr)>,
}

/// The clients made so far.
pub(super) struct Clients {
    network: Arc<Network>,
    connect_timeout: Duration,
    proxies: Proxies,
    made: Vec<Arc<PerThread>>,
}

/// The clients for one way of connecting: one for each thread, with connections of its own, made when it is needed.
#[derive(Debug)]
pub(super) struct PerThread {
    need: Need,
    network: Arc<Network>,
    connect_timeout: Duration,
    first: Client,
    others: [OnceLock<Client>; THREADS],
}

impl Clients {
    pub(super) fn new(network: &Network, settings: &RunSettings, proxies: Proxies) -> Self {
        let network = Arc::new(network.clone());
        Clients { network, connect_timeout: settings.connect_timeout, proxies, made: Vec::new() }
    }

    /// The way to the origin of this URL.
    pub(super) fn for_origin(&mut self, url: &Url) -> Result<Way, FireError> {
        let proxy = self.proxies.for_origin(url).map(str::to_owned);
        let resolve = self.resolved(url);
        if proxy.is_none()
            && resolve.is_none()
            && url.scheme() == "http"
            && let Some(direct) = Direct::new(url, self.connect_timeout)
        {
            return Ok(Way::Direct(direct));
        }
        let tls = url.scheme() == "https" || proxy.as_deref().is_some_and(|proxy| proxy.starts_with("https:"));
        let need = Need { tls, proxy, resolve };
        if let Some(made) = self.made.iter().find(|made| made.need == need) {
            return Ok(Way::Client(made.clone()));
        }
        let clients = Arc::new(PerThread {
            first: build(&need, &self.network, self.connect_timeout)?,
            others: Default::default(),
            network: self.network.clone(),
            connect_timeout: self.connect_timeout,
            need,
        });
        self.made.push(clients.clone());
        Ok(Way::Client(clients))
    }

    /// Whether any way needs threads.
    pub(super) fn are_needed(&self) -> bool {
        !self.made.is_empty()
    }

    /// User names and passwords of the proxies in use.
    pub(super) fn proxy_passwords(&self) -> impl Iterator<Item = String> {
        let proxies = self.made.iter().filter_map(|made| Url::parse(made.need.proxy.as_deref()?).ok());
        proxies.filter_map(|url| url.password().map(decoded))
    }

    fn resolved(&self, url: &Url) -> Option<(String, SocketAddr)> {
        let host = url.host_str()?;
        let key = format!("{host}:{}", url.port_or_known_default()?);
        let entry = self.network.resolve.iter().find(|(name, _)| name.eq_ignore_ascii_case(&key));
        entry.map(|(_, address)| (host.to_owned(), *address))
    }
}

impl PerThread {
    pub(super) fn is_proxied(&self) -> bool {
        self.need.proxy.is_some()
    }

    /// The client of a thread.
    pub(super) fn of(&self, thread: usize) -> &Client {
        let Some(other) = self.others.get(thread).filter(|_| thread > 0) else { return &self.first };
        // What was made once can be made again; if not, connections are shared.
        other.get_or_init(|| {
            build(&self.need, &self.network, self.connect_timeout).unwrap_or_else(|_| self.first.clone())
        })
    }
}

fn build(need: &Need, network: &Network, connect_timeout: Duration) -> Result<Client, FireError> {
    let mut builder = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE)
        .http2_initial_stream_window_size(WINDOW)
        .http2_initial_connection_window_size(4 * WINDOW)
        .user_agent(AGENT);
    if let Some(proxy) = &need.proxy {
        let wrong = || FireError::Proxy("cannot be used: write it like `http://host:port`".to_owned());
        builder = builder.proxy(Proxy::all(proxy).map_err(|_| wrong())?);
    }
    if let Some((host, address)) = &need.resolve {
        builder = builder.resolve(host, *address);
    }
    // Without https the certificates of the system are not read: that takes time, and fails where there are none.
    builder = if need.tls { with_tls(builder, network)? } else { builder.tls_certs_only([]) };
    builder.build().map_err(|error| FireError::Tls(root_cause(&error)))
}

fn with_tls(mut builder: reqwest::ClientBuilder, network: &Network) -> Result<reqwest::ClientBuilder, FireError> {
    if network.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    if let Some(pem) = &network.roots {
        let roots = Certificate::from_pem_bundle(pem).map_err(|e| FireError::Tls(root_cause(&e)))?;
        if roots.is_empty() {
            return Err(FireError::Tls("the file of `--cacert` holds none in PEM".to_owned()));
        }
        builder = builder.tls_certs_merge(roots);
    }
    if let Some(pem) = &network.identity {
        builder = builder.identity(Identity::from_pem(pem).map_err(|e| FireError::Tls(no_identity(pem, &e)))?);
    }
    Ok(builder)
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
