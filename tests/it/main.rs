//! Tests of the whole: the binary as a user meets it, the walls of the house, and what the documentation says.

mod attacks;
mod bad_input;
mod catalogue;
mod ci_examples;
mod cli_commands;
mod cli_connection;
mod cli_output;
mod cli_pace;
mod cli_selection;
mod cli_serve;
mod cli_target;
mod docker_registry;
mod docs;
mod exits;
mod hostile;
mod html;
mod init;
mod interrupts;
mod man;
mod misbehave;
mod mistakes;
mod prove;
mod reports;
mod secrets;
mod support;
mod walls;
