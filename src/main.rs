//! The binary: parses the command line, runs, exits.

use std::process::ExitCode;

/// Half of the work beside the requests is small values that come and go; this allocator is much quicker at it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(trueline::commands::run(trueline::cli::parse()).code())
}
