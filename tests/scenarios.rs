//! Every scenario is a test by its id: `cargo test --test scenarios tickets` selects, `-- --list` lists, and
//! `TRUELINE_TARGET`, `TRUELINE_CONFIG` and the other `TRUELINE_*` variables point the whole at something else.

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};
use trueline::commands::trials::{Bench, Trials};

/// Scenarios wait for answers, not for the processor.
const THREADS: usize = 16;

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    args.test_threads.get_or_insert(THREADS);
    let trials = match Trials::open() {
        Ok(trials) => Arc::new(trials),
        Err(exit) => return ExitCode::from(exit.code()),
    };
    // Made with the first test that runs, so that listing starts nothing and reads no secret.
    let bench: Arc<OnceLock<Result<Bench, String>>> = Arc::default();
    let tests = trials.list().into_iter().enumerate().map(|(index, listed)| {
        let (trials, bench, skip) = (trials.clone(), bench.clone(), listed.skip.is_some());
        let run = move || {
            let bench = bench.get_or_init(|| trials.ready().map_err(|exit| format!("exit code {}", exit.code())));
            let bench = bench.as_ref().map_err(Failed::from)?;
            bench.try_one(index).map_err(Failed::from)
        };
        Trial::test(listed.id, run).with_ignored_flag(skip)
    });
    let tests = tests.collect();
    libtest_mimic::run(&args, tests).exit_code()
}
