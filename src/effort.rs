//! How much work something is, whatever else the machine does meanwhile.

use std::fs;
use std::time::{Duration, Instant};

/// What comes of it, and the time that this thread had a processor for it; where no system tells, the time that passed.
pub fn effort<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (start, before) = (Instant::now(), on_processor());
    let done = work();
    let effort = before.zip(on_processor()).map(|(before, after)| after.saturating_sub(before));
    (done, effort.unwrap_or_else(|| start.elapsed()))
}

fn on_processor() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[test]
#[cfg(target_os = "linux")]
fn work_takes_effort_and_waiting_takes_none() {
    let ((), waiting) = effort(|| std::thread::sleep(Duration::from_millis(200)));
    assert!(waiting < Duration::from_millis(100), "{waiting:?}");
    let before = on_processor().unwrap();
    let busy = || while on_processor().unwrap() < before + Duration::from_millis(20) {};
    let ((), working) = effort(busy);
    assert!(working >= Duration::from_millis(15), "{working:?}");
}
