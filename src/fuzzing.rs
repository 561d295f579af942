//! Properties that are tried on so many values in every run of the tests, and on as many as come in a stated time where
//! `TRUELINE_FUZZ_SECONDS` asks for it.

use std::time::{Duration, Instant};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

/// Values tried between two looks at the clock.
const BATCH: u32 = 200;

/// Holds, or ends the test with the smallest value found for which it does not.
#[track_caller]
pub fn holds<S: Strategy>(name: &str, cases: u32, values: &S, property: impl Fn(S::Value) -> TestCaseResult) {
    let time = std::env::var("TRUELINE_FUZZ_SECONDS").ok().map(|seconds| Duration::from_secs(seconds.parse().unwrap()));
    let (start, mut tried) = (Instant::now(), 0_u64);
    loop {
        let batch = if time.is_some() { BATCH } else { cases };
        let config = Config { cases: batch, failure_persistence: None, ..Config::default() };
        if let Err(error) = TestRunner::new(config).run(values, &property) {
            panic!("{name}, after {tried} values for which it holds: {error}");
        }
        tried += u64::from(batch);
        match time {
            Some(time) if start.elapsed() < time => {}
            Some(_) => return println!("{name}: {tried} values in {} s", start.elapsed().as_secs()),
            None => return,
        }
    }
}
