//! Starts the deployments and keeps them running.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::distortion::Distortion;
use super::profile::Profile;
use super::server::{Entrance, Site, router, with_fallbacks};
use super::world::World;
use super::{areas, control, seeds};

/// The token of the control side.
const CONTROL_TOKEN: &str = "control_reference_deployment";
const STOPPING: Duration = Duration::from_secs(2);

/// Where to listen. Port 0 is any free one.
#[derive(Debug, Clone)]
pub struct Options {
    pub address: IpAddr,
    pub full: u16,
    pub bare: u16,
    pub miskeyed: u16,
    pub control: u16,
    /// Alters the error answers of the API.
    pub distortion: Option<Distortion>,
}

impl Default for Options {
    /// Free ports of the loopback address.
    fn default() -> Self {
        Options { address: Ipv4Addr::LOCALHOST.into(), full: 0, bare: 0, miskeyed: 0, control: 0, distortion: None }
    }
}

/// How a named credential is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    Bearer(String),
    Basic { user: String, password: String },
    Header { name: String, value: String },
}

/// One of the deployments, as a target for tests.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// `full`, `bare` or `miskeyed`.
    pub name: &'static str,
    pub url: String,
    pub control_url: String,
    pub control: Credential,
    /// The same at every start.
    pub credentials: BTreeMap<String, Credential>,
    /// The same at every start.
    pub vars: BTreeMap<String, String>,
    pub capabilities: &'static [&'static str],
}

/// Deployments that are running. They stop when this is dropped.
#[derive(Debug)]
pub struct Running {
    deployments: Vec<Deployed>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// The deployments; the first is `full`.
    pub fn deployments(&self) -> &[Deployed] {
        &self.deployments
    }

    /// Stops listening and waits a moment for what is under way.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        for task in self.tasks.drain(..) {
            let abort = task.abort_handle();
            if tokio::time::timeout(STOPPING, task).await.is_err() {
                abort.abort();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

const PROFILES: [Profile; 3] = [Profile::FULL, Profile::BARE, Profile::MISKEYED];

/// The deployments as `start` would tell of them, without addresses. Nothing listens.
pub fn describe() -> Vec<Deployed> {
    PROFILES.into_iter().map(|profile| deploy(profile).1).collect()
}

/// A deployment with all that it is seeded with, and what is told of it; where it listens is not known yet.
fn deploy(profile: Profile) -> (World, Deployed) {
    let name = profile.text();
    let mut world = World::new(profile);
    let (credentials, vars) = seeds::plant(&mut world);
    let deployed = Deployed {
        name,
        url: String::new(),
        control_url: String::new(),
        control: Credential::Bearer(CONTROL_TOKEN.into()),
        credentials: credentials.into_iter().map(|(name, token)| (name, Credential::Bearer(token))).collect(),
        vars,
        capabilities: &["agents", "clock", "dns", "faults", "mail_gateway"],
    };
    (world, deployed)
}

/// Starts the three deployments and their control side.
pub async fn start(options: Options) -> io::Result<Running> {
    let (stop, stopping) = watch::channel(false);
    let bind = |port| bind(SocketAddr::new(options.address, port));
    let control_listener = bind(options.control).await?;
    let control_base = format!("http://{}", control_listener.local_addr()?);
    let mut control_router = Router::new();
    let mut listeners = Vec::new();
    let mut deployments = Vec::new();
    let ports = [options.full, options.bare, options.miskeyed];
    for (profile, port) in PROFILES.into_iter().zip(ports) {
        let listener = bind(port).await?;
        let name = profile.text();
        let (world, mut deployed) = deploy(profile);
        deployed.url = format!("http://{}", listener.local_addr()?);
        deployed.control_url = format!("{control_base}/{name}");
        deployments.push(deployed);
        let site = Site::new(world);
        let api = router(&site, Entrance::Gate, "", areas::ALL.iter().flat_map(|area| area.routes));
        let routes = control::ROUTES.iter().chain(areas::ALL.iter().flat_map(|area| area.control));
        control_router =
            control_router.merge(router(&site, Entrance::Control(CONTROL_TOKEN), &format!("/{name}"), routes));
        let api = with_fallbacks(api);
        let api = match &options.distortion {
            Some(distortion) => distortion.clone().around(api),
            None => api,
        };
        listeners.push((listener, api));
    }
    listeners.push((control_listener, with_fallbacks(control_router)));
    let tasks = listeners.into_iter().map(|(listener, router)| listen(listener, router, stopping.clone())).collect();
    Ok(Running { deployments, stop, tasks })
}

async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let named = |why: io::Error| io::Error::new(why.kind(), format!("cannot listen on {address}: {why}"));
    TcpListener::bind(address).await.map_err(named)
}

fn listen(listener: TcpListener, router: Router, mut stopping: watch::Receiver<bool>) -> JoinHandle<()> {
    // Small answers must not wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let stopped = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
    tokio::spawn(async move {
        let _ = serving.await;
    })
}
