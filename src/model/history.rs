//! Past runs: what is kept of each, and what they tell of a pair.

use super::report::Totals;

/// Scenarios kept of one run, beside the counts of all.
pub const MOST_SCENARIOS: usize = 500;

/// What is kept of a run. No body and no secret is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastRun {
    pub id: String,
    /// The runs that it joins; none for a run of its own.
    pub parts: Vec<String>,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub target: String,
    /// Whether the target was the embedded reference deployment.
    pub simulation: bool,
    pub tool: String,
    pub complete: bool,
    pub exit: u8,
    pub duration_ms: u64,
    pub totals: Totals,
    /// What came of each pair that a scenario expected.
    pub pairs: Vec<PastPair>,
    /// Those that violated, could not be heard or were flaky, up to [`MOST_SCENARIOS`].
    pub scenarios: Vec<PastScenario>,
}

/// The scenarios of one run that expected the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastPair {
    /// Empty where any documented code was taken.
    pub code: String,
    /// `409`; `400/422` where each of them conforms.
    pub status: String,
    pub counts: Counts,
    /// The rule that names the first violation, and what came instead.
    pub rule: Option<String>,
    pub seen: Option<String>,
    /// How long the answers took.
    pub latency: Option<Latency>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub conforms: u32,
    pub violates: u32,
    pub inconclusive: u32,
    pub skipped: u32,
    /// Those that conformed only on a later attempt.
    pub flaky: u32,
}

impl Counts {
    /// What the scenarios came to together: a violation outweighs what could not be heard, that a pass, and a pass a skip.
    pub fn outcome(&self) -> Outcome {
        match self {
            Counts { violates: 1.., .. } => Outcome::Violates,
            Counts { inconclusive: 1.., .. } => Outcome::Unheard,
            Counts { flaky: 1.., .. } => Outcome::Flaky,
            Counts { conforms: 1.., .. } => Outcome::Conforms,
            _ => Outcome::Skipped,
        }
    }
}

/// What came of a pair in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Violates,
    Unheard,
    Flaky,
    Conforms,
    Skipped,
}

impl Outcome {
    pub fn id(self) -> &'static str {
        match self {
            Outcome::Violates => "violates",
            Outcome::Unheard => "inconclusive",
            Outcome::Flaky => "flaky",
            Outcome::Conforms => "conforms",
            Outcome::Skipped => "skipped",
        }
    }
}

/// Microseconds from a request to its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Latency {
    pub least: u64,
    pub median: u64,
    pub p95: u64,
    pub most: u64,
}

impl Latency {
    /// Of at least one measurement.
    pub fn of(mut measured: Vec<u64>) -> Option<Latency> {
        measured.sort_unstable();
        // The nearest rank: always a value that was measured.
        let rank = |percent: usize| measured.get((measured.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Latency { least: *measured.first()?, median: rank(50)?, p95: rank(95)?, most: *measured.last()? })
    }
}

/// A scenario that did not simply conform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastScenario {
    pub id: String,
    /// What it expected, as in [`PastPair`].
    pub code: String,
    pub status: String,
    pub verdict: String,
    pub rule: Option<String>,
    pub seen: Option<String>,
    pub attempts: u32,
    pub flaky: bool,
    pub duration_ms: u64,
}

/// All that is known of one target, or of the reference deployment under its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    pub target: String,
    pub simulation: bool,
    /// The oldest first.
    pub runs: Vec<PastRun>,
    /// What needs a reader first.
    pub stories: Vec<Story>,
}

/// One pair over the runs of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    pub code: String,
    pub status: String,
    pub state: State,
    /// The runs that asked for it, the oldest first.
    pub points: Vec<Point>,
    /// Where it drifts: how it began.
    pub since: Option<Since>,
    /// In how many runs it was flaky.
    pub flaked: usize,
    /// How often it went from conforming to violating or back.
    pub turned: usize,
    pub moved: Option<Moved>,
}

/// How a pair stands after the last run that asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The last answer that was judged violates.
    Drifts,
    /// It conformed before, but could not be judged the last time.
    Unheard,
    Conforms,
    /// No scenario for it was ever fired.
    Skipped,
}

impl State {
    pub fn id(self) -> &'static str {
        match self {
            State::Drifts => "drifts",
            State::Unheard => "unheard",
            State::Conforms => "conforms",
            State::Skipped => "skipped",
        }
    }
}

/// A pair in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Index into the runs.
    pub run: usize,
    pub outcome: Outcome,
    pub counts: Counts,
    pub latency: Option<Latency>,
}

/// The unbroken streak of runs in which a pair violated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// Index of the first of them into the runs.
    pub run: usize,
    /// How many they are.
    pub runs: usize,
    /// Whether it conformed before; otherwise it may be older than the history.
    pub conformed_before: bool,
    /// The rule of the last one, and what came instead.
    pub rule: Option<String>,
    pub seen: Option<String>,
}

/// How long the answers take: medians, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Of the last run.
    pub now: u64,
    /// Of the runs before.
    pub before: Option<u64>,
    /// The least of the last runs, where there are enough of them and of those before: a single slow run is weather.
    pub lately: Option<u64>,
}

/// From this on answers count as slower: half as long again, and this many microseconds more.
const SLOWER: u64 = 10_000;

impl Moved {
    /// Whether each of the last runs was slower than those before.
    pub fn is_slower(&self) -> bool {
        let (Some(before), Some(lately)) = (self.before, self.lately) else { return false };
        lately >= before.saturating_add((before / 2).max(SLOWER))
    }
}

impl Story {
    /// Whether a reader has to look at it.
    pub fn is_calm(&self) -> bool {
        let slower = self.moved.is_some_and(|moved| moved.is_slower());
        self.state >= State::Conforms && self.flaked == 0 && self.turned == 0 && !slower
    }

    /// `ALREADY_CLOSED 409`, `any code 405`.
    pub fn pair(&self) -> String {
        let code = if self.code.is_empty() { "any code" } else { &self.code };
        format!("{code} {}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_made_of_what_was_measured() {
        assert_eq!(Latency::of(vec![]), None);
        assert_eq!(Latency::of(vec![7]), Some(Latency { least: 7, median: 7, p95: 7, most: 7 }));
        let hundred = Latency::of((1..=100).rev().collect());
        assert_eq!(hundred, Some(Latency { least: 1, median: 50, p95: 95, most: 100 }));
    }

    #[test]
    fn slower_is_both_a_share_and_a_time() {
        let moved = |before, lately| Moved { now: lately, before: Some(before), lately: Some(lately) }.is_slower();
        assert!(moved(20_000, 30_000) && moved(100_000, 150_000));
        assert!(!moved(1_000, 10_000) && !moved(100_000, 149_999) && !moved(u64::MAX - 1, u64::MAX - 1));
        assert!(!Moved { now: 1 << 40, before: None, lately: None }.is_slower());
        assert!(!Moved { now: 1 << 40, before: Some(1), lately: None }.is_slower());
    }
}
