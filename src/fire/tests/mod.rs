//! Firing against real sockets on loopback.

pub(super) mod project;
mod server;

mod answers;
mod bodies;
mod credentials;
mod endings;
mod many;
mod steps;
