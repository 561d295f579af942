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

/// The project at the root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A port on which nothing listens.
pub fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
