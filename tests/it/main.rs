//! Tests of the whole: the binary as a user meets it, the walls of the house, and what the documentation says.

mod docker_registry;
mod docs;
mod walls;
