//! Firing against real sockets on loopback.

pub(super) mod project;
