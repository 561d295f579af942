//! Agents: the programs on the devices of clients, and what is asked of them.
//!
//! The devices are simulated. Each is connected or not and has a way of behaving, which is part of its
//! state: the API reaches a device only through `asking::reach`, where all of that shows.

mod asking;
mod fleet;
mod recovery;
mod registration;
mod requests;
mod seeding;

use std::collections::VecDeque;

use crate::reference::prelude::*;

pub use asking::{connected, find, reach};
pub use seeding::enrol;

pub const AREA: Area = Area::new(
    "agents",
    &[
        get("/api/v1/registration-tokens", registration::list_tokens).needs("agents:read"),
        post("/api/v1/registration-tokens", registration::create_token).needs("agents:write").grows(),
        delete("/api/v1/registration-tokens/{id}", registration::revoke_token).needs("agents:write"),
        get("/api/v1/install/{id}", registration::install).open(),
        post("/api/v1/agents/register", registration::register).open(),
        post("/api/v1/agents/checkin", registration::check_in).open(),
        get("/api/v1/agent-updates/latest", requests::latest_version).needs("agents:read").agent(),
        get("/api/v1/agents", requests::list).needs("agents:read"),
        get("/api/v1/agents/{id}", requests::show).needs("agents:read"),
        delete("/api/v1/agents/{id}", requests::release).needs("agents:write"),
        post("/api/v1/agents/{id}/commands", requests::command).needs("agents:execute"),
        get("/api/v1/agents/{id}/processes", requests::processes).needs("agents:read"),
        delete("/api/v1/agents/{id}/processes/{pid}", requests::end_process).needs("agents:execute"),
        post("/api/v1/agents/{id}/registry/query", requests::query_registry).needs("agents:execute"),
        put("/api/v1/agents/{id}/log-level", requests::set_log_level).needs("agents:write"),
        get("/api/v1/agents/{id}/metrics", requests::metrics).needs("agents:read"),
        get("/api/v1/agents/{id}/bitlocker-keys", recovery::reveal).needs("agents:execute"),
        get("/api/v1/agents/{id}/bitlocker-keys/reveals", recovery::reveals).needs("agents:read"),
    ],
)
.tenant(&[], seeding::begin)
.seed(seeding::seed)
.control(&[
    post("/agents", seeding::make),
    put("/agents/{id}", seeding::change),
    delete("/agents/{id}", seeding::unmake),
]);

/// The agents of an organisation.
#[derive(Default)]
pub struct Agents {
    pub all: Shelf<Agent>,
    /// Devices of one image that are kept as a number.
    pub pools: Vec<Pool>,
    tokens: Shelf<registration::Token>,
    reveals: Shelf<recovery::Reveal>,
}

/// One device with the agent on it.
pub struct Agent {
    pub hostname: String,
    pub os: Os,
    pub client: Uuid,
    pub site: Option<Uuid>,
    /// What the hardware says of itself; it belongs to one organisation at a time.
    pub hardware: String,
    /// The live connection is up.
    pub online: bool,
    pub behaviour: Behaviour,
    /// The tray app is installed, so that the person at the device can be asked.
    pub tray: bool,
    /// Under which the remote access program of the device is reached, once it has said so.
    pub rustdesk: Option<String>,
    log_level: String,
    samples: VecDeque<Sample>,
    recovery_keys: Vec<String>,
    token: Option<String>,
}

impl Agent {
    pub fn new(hostname: &str, os: Os, client: Uuid, hardware: &str) -> Self {
        Agent {
            hostname: hostname.to_owned(),
            os,
            client,
            site: None,
            hardware: hardware.to_owned(),
            online: false,
            behaviour: Behaviour::Normal,
            tray: false,
            rustdesk: None,
            log_level: "info".into(),
            samples: VecDeque::new(),
            recovery_keys: Vec::new(),
            token: None,
        }
    }

    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "hostname": self.hostname,
            "os": self.os.name(),
            "client_id": self.client,
            "site_id": self.site,
            "online": self.online,
            "tray": self.tray,
            "log_level": self.log_level,
        })
    }
}

/// So many alike devices of a client, such as virtual desktops.
pub struct Pool {
    pub os: Os,
    pub client: Uuid,
    pub devices: u64,
}

/// What a device reported of its load.
struct Sample {
    at: Millis,
    cpu: i64,
    memory: i64,
    disk: i64,
}

/// The operating system of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    Windows,
    MacOs,
    Linux,
    FreeBsd,
}

impl Os {
    const ALL: [Os; 4] = [Os::Windows, Os::MacOs, Os::Linux, Os::FreeBsd];

    pub fn name(self) -> &'static str {
        match self {
            Os::Windows => "windows",
            Os::MacOs => "macos",
            Os::Linux => "linux",
            Os::FreeBsd => "freebsd",
        }
    }

    pub fn named(text: &str) -> Option<Self> {
        Os::ALL.into_iter().find(|os| os.name() == text)
    }
}

/// How a device acts on what it is asked while it is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Normal,
    /// Tries and reports an error.
    Error,
    /// Will not try, as with a signature that it does not accept.
    Refusing,
    /// Does not answer.
    Silent,
    /// Answers with bytes that mean nothing.
    Garbage,
    /// Answers, but installers that it starts exit with an error.
    InstallerFails,
}

impl Behaviour {
    const ALL: &[(&str, Behaviour)] = &[
        ("normal", Behaviour::Normal),
        ("error", Behaviour::Error),
        ("refusing", Behaviour::Refusing),
        ("silent", Behaviour::Silent),
        ("garbage", Behaviour::Garbage),
        ("installer_fails", Behaviour::InstallerFails),
    ];

    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, it)| *it)
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}
