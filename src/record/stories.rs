//! What past runs tell of each pair: since when it drifts, how often it flaked, how its answers slowed down.

use std::collections::HashMap;

use crate::model::history::{Latency, Moved, Outcome, Past, PastPair, PastRun, Point, Since, State, Story};

/// The last runs, and how many before them they are held against: at least and at most.
const LAST: usize = 3;
const BEFORE: std::ops::RangeInclusive<usize> = 3..=10;

/// The runs of each target for itself, and what they tell. Runs come the oldest first; real targets are told before
/// simulations.
pub fn pasts(runs: Vec<PastRun>) -> Vec<Past> {
    let mut pasts: Vec<Past> = Vec::new();
    for run in runs {
        let of_target = |past: &&mut Past| past.target == run.target && past.simulation == run.simulation;
        match pasts.iter_mut().find(of_target) {
            Some(past) => past.runs.push(run),
            None => pasts.push(Past {
                target: run.target.clone(),
                simulation: run.simulation,
                runs: vec![run],
                stories: Vec::new(),
            }),
        }
    }
    pasts.sort_by(|a, b| (a.simulation, &a.target).cmp(&(b.simulation, &b.target)));
    for past in &mut pasts {
        past.stories = stories(&past.runs);
    }
    pasts
}

fn stories(runs: &[PastRun]) -> Vec<Story> {
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    let mut all: Vec<Vec<(usize, &PastPair)>> = Vec::new();
    for (n, run) in runs.iter().enumerate() {
        for pair in &run.pairs {
            let place = *places.entry((&pair.code, &pair.status)).or_insert_with(|| {
                all.push(Vec::new());
                all.len() - 1
            });
            all[place].push((n, pair));
        }
    }
    let mut stories: Vec<Story> = all.iter().map(|told| story(told)).collect();
    stories.sort_by(|a, b| rank(a).cmp(&rank(b)));
    stories
}

/// What needs a reader first: what drifts, the newest drift first; then what is unheard, unsteady or slow.
fn rank(story: &Story) -> impl Ord + '_ {
    let newest = story.since.as_ref().map_or(0, |since| since.run);
    let slower = story.moved.is_some_and(|moved| moved.is_slower());
    let unsteady = story.flaked + story.turned;
    let least = std::cmp::Reverse((newest, unsteady, slower));
    (story.state.min(State::Conforms), least, &story.code, &story.status)
}

/// Of at least one run.
fn story(told: &[(usize, &PastPair)]) -> Story {
    let points: Vec<Point> = told.iter().map(|(run, pair)| point(*run, pair)).collect();
    let judged: Vec<bool> = points.iter().filter_map(|point| violates(point.outcome)).collect();
    let first = told[0].1;
    Story {
        code: first.code.clone(),
        status: first.status.clone(),
        state: state(&points),
        since: since(told),
        flaked: points.iter().filter(|point| point.counts.flaky > 0).count(),
        turned: judged.windows(2).filter(|pair| pair[0] != pair[1]).count(),
        moved: moved(&points),
        points,
    }
}

fn point(run: usize, pair: &PastPair) -> Point {
    Point { run, outcome: pair.counts.outcome(), counts: pair.counts, latency: pair.latency }
}

/// Whether it violated; nothing where nothing was judged.
fn violates(outcome: Outcome) -> Option<bool> {
    match outcome {
        Outcome::Violates => Some(true),
        Outcome::Conforms | Outcome::Flaky => Some(false),
        Outcome::Unheard | Outcome::Skipped => None,
    }
}

fn state(points: &[Point]) -> State {
    let last_judged = points.iter().rev().find_map(|point| violates(point.outcome));
    let last_fired = points.iter().rev().find(|point| point.outcome != Outcome::Skipped);
    match (last_judged, last_fired.map(|point| point.outcome)) {
        (Some(true), _) => State::Drifts,
        (_, Some(Outcome::Unheard)) => State::Unheard,
        (Some(false), _) => State::Conforms,
        (None, _) => State::Skipped,
    }
}

/// Runs in which nothing was judged neither break the streak nor belong to it.
fn since(told: &[(usize, &PastPair)]) -> Option<Since> {
    let judged: Vec<(usize, &PastPair, bool)> =
        told.iter().filter_map(|(run, pair)| Some((*run, *pair, violates(pair.counts.outcome())?))).collect();
    let streak = judged.iter().rev().take_while(|(_, _, violates)| *violates).count();
    let (run, _, _) = judged.get(judged.len() - streak)?;
    let (_, last, _) = judged.last()?;
    Some(Since {
        run: *run,
        runs: streak,
        conformed_before: streak < judged.len(),
        rule: last.rule.clone(),
        seen: last.seen.clone(),
    })
}

fn moved(points: &[Point]) -> Option<Moved> {
    let medians: Vec<u64> = points.iter().filter_map(|point| point.latency).map(|latency| latency.median).collect();
    let (now, all_before) = medians.split_last()?;
    let (earlier, last) = medians.split_at(medians.len().saturating_sub(LAST));
    let enough = earlier.len() >= *BEFORE.start();
    let before = if enough { earlier } else { all_before };
    let before = before[before.len().saturating_sub(*BEFORE.end())..].to_vec();
    Some(Moved {
        now: *now,
        before: Latency::of(before).map(|latency| latency.median),
        lately: last.iter().min().copied().filter(|_| enough),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::history::Counts;

    /// A run for each letter: `.` conforms, `x` violates, `?` could not be heard, `~` is flaky, `-` is skipped, and with
    /// a blank it was not asked for.
    pub(crate) fn runs(pairs: &[(&str, &str)]) -> Vec<PastRun> {
        let count = pairs.iter().map(|(_, told)| told.len()).max().unwrap_or(0);
        let run = |n: usize| PastRun {
            id: format!("run-{n}"),
            started_at: format!("2026-11-{:02}T09:00:00Z", n + 1),
            target: "staging".into(),
            complete: true,
            pairs: pairs.iter().filter_map(|(code, told)| pair(code, *told.as_bytes().get(n)?)).collect(),
            ..PastRun::default()
        };
        (0..count).map(run).collect()
    }

    fn pair(code: &str, told: u8) -> Option<PastPair> {
        let mut counts = Counts::default();
        match told {
            b'.' => counts.conforms = 1,
            b'x' => counts.violates = 1,
            b'?' => counts.inconclusive = 1,
            b'~' => (counts.conforms, counts.flaky) = (1, 1),
            b'-' => counts.skipped = 1,
            _ => return None,
        }
        let is_told = counts.violates > 0;
        Some(PastPair {
            code: code.into(),
            status: "409".into(),
            counts,
            rule: is_told.then(|| "undocumented-status".into()),
            seen: is_told.then(|| format!("{code} 400")),
            latency: Latency::of(vec![2000]),
        })
    }

    fn of(told: &str) -> Story {
        pasts(runs(&[("CODE", told)])).remove(0).stories.remove(0)
    }

    #[test]
    fn a_drift_begins_where_the_unbroken_streak_does() {
        for (told, begun, runs, conformed_before) in [
            ("x", 0, 1, false),
            ("xxx", 0, 3, false),
            ("..x", 2, 1, true),
            (".x.xx", 3, 2, true),
            (".~x?x", 2, 2, true),
            ("..x-x ?", 2, 2, true),
            ("?xx", 1, 2, false),
        ] {
            let since = of(told).since.unwrap();
            assert_eq!((since.run, since.runs, since.conformed_before), (begun, runs, conformed_before), "{told}");
            assert_eq!(of(told).state, State::Drifts, "{told}");
        }
        for told in [".", "xxx.", "x~", "?", "-", ""] {
            assert!(told.is_empty() || of(told).since.is_none(), "{told}");
        }
    }

    #[test]
    fn a_pair_stands_as_it_was_last_judged() {
        let states = [
            ("x.", State::Conforms),
            (".?", State::Unheard),
            ("x?", State::Drifts),
            (".?-", State::Unheard),
            (".-", State::Conforms),
            ("?.", State::Conforms),
            ("--", State::Skipped),
        ];
        for (told, state) in states {
            assert_eq!(of(told).state, state, "{told}");
        }
    }

    #[test]
    fn flaking_and_turning_are_counted() {
        let story = of(".~x~?.x");
        assert_eq!((story.flaked, story.turned), (2, 3));
        assert!(of("..-.?.").is_calm() && !of(".~.").is_calm() && !of("x.").is_calm());
    }

    fn timed(medians: &[u64]) -> Story {
        let mut runs = runs(&[("CODE", &".".repeat(medians.len()))]);
        for (run, median) in runs.iter_mut().zip(medians) {
            run.pairs[0].latency = Latency::of(vec![*median]);
        }
        pasts(runs).remove(0).stories.remove(0)
    }

    #[test]
    fn the_last_medians_are_held_against_those_before() {
        let slower = timed(&[1000, 90_000, 20_000, 21_000, 50_000, 40_000, 60_000]);
        let moved = Moved { now: 60_000, before: Some(20_000), lately: Some(40_000) };
        assert!(slower.moved == Some(moved) && moved.is_slower() && !slower.is_calm());
        let one_slow_run = timed(&[20_000, 20_000, 20_000, 20_000, 20_000, 90_000]);
        assert!(one_slow_run.is_calm(), "{:?}", one_slow_run.moved);
        let few = timed(&[1000, 2000, 90_000]);
        assert_eq!(few.moved, Some(Moved { now: 90_000, before: Some(1000), lately: None }));
        assert_eq!(timed(&[7]).moved, Some(Moved { now: 7, before: None, lately: None }));
    }

    #[test]
    fn what_drifts_comes_first_and_the_newest_drift_before_the_others() {
        let told =
            [("CALM", "..."), ("OLD", "xxx"), ("NEW", "..x"), ("MUTE", "..?"), ("LOOSE", ".~."), ("AWAY", "---")];
        let past = pasts(runs(&told)).remove(0);
        let codes: Vec<&str> = past.stories.iter().map(|story| story.code.as_str()).collect();
        assert_eq!(codes, ["NEW", "OLD", "MUTE", "LOOSE", "AWAY", "CALM"]);
    }

    #[test]
    fn targets_and_simulations_are_kept_apart() {
        let mut all = runs(&[("CODE", "x.x")]);
        all[0].simulation = true;
        all[2].target = "live".into();
        let pasts = pasts(all);
        let named: Vec<_> = pasts.iter().map(|p| (p.target.as_str(), p.simulation, p.runs.len())).collect();
        assert_eq!(named, [("live", false, 1), ("staging", false, 1), ("staging", true, 1)]);
        assert_eq!(pasts[1].stories[0].state, State::Conforms);
    }
}
