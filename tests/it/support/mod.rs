//! What tests of the binary stand on: projects in temporary folders, small servers on loopback, reports read again.

pub mod junit;
pub mod outcome;
pub mod project;
pub mod server;
pub mod tls;

pub use outcome::{Outcome, trueline, trueline_in};
pub use project::{Project, scenario};
pub use server::{Answer, Request, Server};

use std::path::Path;

use tokio::net::TcpSocket;

/// The project at the root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A port on which nothing listens, nor will: it is held until the process ends, so that nobody is given it meanwhile.
pub fn closed_port() -> u16 {
    let held = TcpSocket::new_v4().unwrap();
    held.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let port = held.local_addr().unwrap().port();
    std::mem::forget(held);
    port
}
