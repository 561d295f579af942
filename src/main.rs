//! The binary: parses the command line, runs, exits.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(trueline::commands::run(trueline::cli::parse()).code())
}
