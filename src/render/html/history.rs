//! The history of the target: how the runs came out, and the pairs that drift, flake or slow down.

use serde::Serialize;

use crate::model::history::{Outcome, Past, Point, State, Story};
use crate::render::history::{at, moved, remarks};
use crate::render::words::{counted, line};

/// Runs drawn, the last ones.
const RUNS: usize = 30;
/// Pairs drawn.
const PAIRS: usize = 60;
/// What a run takes of a drawing, and the height of it.
const STEP: usize = 8;
const HEIGHT: usize = 20;

#[derive(Serialize)]
pub struct Drawn {
    /// How many runs there are, and of when.
    pub lead: String,
    /// How many scenarios violate, run by run.
    pub runs: Strip,
    pub legend: [Mark; 5],
    pub rows: Vec<Row>,
    /// Pairs beyond those drawn, and how many are steady.
    pub more: usize,
    pub steady: String,
}

#[derive(Serialize)]
pub struct Row {
    pub pair: String,
    /// `drifts`, `unheard` or `unsteady`: its class.
    pub state: &'static str,
    pub word: &'static str,
    pub remarks: String,
    pub strip: Strip,
    pub latency: String,
    /// Points of a line, or nothing where there are not two.
    pub line: String,
}

#[derive(Serialize)]
pub struct Strip {
    pub width: usize,
    /// The same in words.
    pub label: String,
    pub marks: Vec<Mark>,
}

#[derive(Serialize)]
pub struct Mark {
    pub kind: &'static str,
    pub x: usize,
    pub y: usize,
    pub height: usize,
}

/// Nothing where there is no run to compare with.
pub fn drawn(past: &Past) -> Option<Drawn> {
    let (first, last) = (past.runs.first()?, past.runs.last()?);
    if past.runs.len() < 2 {
        return None;
    }
    let told: Vec<&Story> = past.stories.iter().filter(|story| !story.is_calm()).collect();
    let simulation = if past.simulation { ", a simulation" } else { "" };
    let times = format!("{} to {} UTC", at(&first.started_at), at(&last.started_at));
    Some(Drawn {
        lead: format!("The last {} of {}{simulation}: {times}.", counted(past.runs.len(), "run"), line(&past.target)),
        runs: all(past),
        legend: [Outcome::Violates, Outcome::Unheard, Outcome::Flaky, Outcome::Conforms, Outcome::Skipped]
            .map(|outcome| mark(outcome, 0)),
        rows: told.iter().take(PAIRS).map(|story| row(past, story)).collect(),
        more: told.len().saturating_sub(PAIRS),
        steady: match past.stories.len() - told.len() {
            0 => "no pair was steady".to_owned(),
            1 => "1 pair was steady".to_owned(),
            count => format!("{count} pairs were steady"),
        },
    })
}

fn row(past: &Past, story: &Story) -> Row {
    let (state, word) = match story.state {
        State::Drifts => ("drifts", "drifts"),
        State::Unheard => ("unheard", "not heard"),
        State::Conforms | State::Skipped if story.flaked > 0 => ("unsteady", "flaky"),
        State::Conforms | State::Skipped if story.turned > 0 => ("unsteady", "turned"),
        State::Conforms | State::Skipped => ("unsteady", "slower"),
    };
    Row {
        pair: line(&story.pair()),
        state,
        word,
        remarks: remarks(past, story).join(", "),
        strip: strip(past, story),
        latency: story.moved.as_ref().map(moved).unwrap_or_default(),
        line: trace(past, story),
    }
}

/// The first of the runs that are drawn.
fn begin(past: &Past) -> usize {
    past.runs.len().saturating_sub(RUNS)
}

fn width(past: &Past) -> usize {
    (past.runs.len() - begin(past)) * STEP - 2
}

/// What is worse stands higher, so that colour is not needed to tell.
fn strip(past: &Past, story: &Story) -> Strip {
    let begin = begin(past);
    let shown: Vec<&Point> = story.points.iter().filter(|point| point.run >= begin).collect();
    let streaks = shown.chunk_by(|a, b| a.outcome == b.outcome);
    let said: Vec<String> = streaks.map(|streak| format!("{} {}", streak.len(), streak[0].outcome.id())).collect();
    let label = format!("Outcomes, the oldest run first: {}", said.join(", "));
    Strip { width: width(past), label, marks: shown.iter().map(|p| mark(p.outcome, p.run - begin)).collect() }
}

/// Of the run at this place.
fn mark(outcome: Outcome, place: usize) -> Mark {
    let height = match outcome {
        Outcome::Violates => HEIGHT,
        Outcome::Unheard => 14,
        Outcome::Flaky => 11,
        Outcome::Conforms => 6,
        Outcome::Skipped => 2,
    };
    Mark { kind: outcome.id(), x: place * STEP, y: HEIGHT - height, height }
}

/// A bar for each run, as high as it has violations among the others.
fn all(past: &Past) -> Strip {
    let shown = &past.runs[begin(past)..];
    let counts: Vec<usize> = shown.iter().map(|run| run.totals.violates).collect();
    let most = counts.iter().max().copied().unwrap_or(0).max(1);
    let mark = |(n, count): (usize, &usize)| {
        let (kind, height) = match count {
            0 => ("conforms", 3),
            _ => ("violates", (count * HEIGHT).div_ceil(most).max(5)),
        };
        Mark { kind, x: n * STEP, y: HEIGHT - height, height }
    };
    let said: Vec<String> = counts.iter().map(ToString::to_string).collect();
    let label = format!("Scenarios that violate, the oldest run first: {}", said.join(", "));
    Strip { width: width(past), label, marks: counts.iter().enumerate().map(mark).collect() }
}

/// The medians as points of a line; the slowest is at the top.
fn trace(past: &Past, story: &Story) -> String {
    let begin = begin(past);
    let medians: Vec<(usize, u64)> = story
        .points
        .iter()
        .filter(|point| point.run >= begin)
        .filter_map(|point| Some((point.run - begin, point.latency?.median)))
        .collect();
    if medians.len() < 2 {
        return String::new();
    }
    let most = u128::from(medians.iter().map(|(_, us)| *us).max().unwrap_or(0).max(1));
    let room = (HEIGHT - 2) as u128;
    let point = |(n, us): &(usize, u64)| {
        let up = u128::from(*us) * room / most;
        format!("{},{}", n * STEP + STEP / 2 - 1, HEIGHT as u128 - 1 - up)
    };
    medians.iter().map(point).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::stories::pasts;
    use crate::record::stories::tests::runs;
    use crate::render::fixture;

    fn page(told: &[(&str, &str)]) -> String {
        let past = pasts(runs(told)).remove(0);
        let mut out = Vec::new();
        super::super::write_with(&fixture::report(), Some(&past), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_drifts_or_flakes_is_drawn_and_said() {
        let page = page(&[("CLOSED", "..~xx"), ("LOOSE", ".~ .."), ("CALM", ".....")]);
        let section = page.split("<section id=\"history\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(page.contains("<a href=\"#history\">History</a>"));
        assert!(section.contains("The last 5 runs of staging: 2026-11-01 09:00 to 2026-11-05 09:00 UTC."));
        assert!(section.contains("Outcomes, the oldest run first: 2 conforms, 1 flaky, 2 violates"));
        assert!(section.contains("since 2026-11-04 09:00 (2 runs), undocumented-status: CLOSED 400 came"));
        assert!(section.contains("<code>LOOSE 409</code>") && section.contains("flaked in 1 of 4 runs"));
        assert!(!section.contains("CALM") && section.contains("1 pair was steady"));
        assert_eq!(section.matches("class=\"violates\" x=").count(), 2);
        assert_eq!(section.matches("<polyline").count(), 2);
    }

    #[test]
    fn drawings_stay_within_their_frame() {
        let mut runs = runs(&[("CLOSED", &"x~?.-".repeat(20))]);
        for (n, run) in runs.iter_mut().enumerate() {
            run.pairs[0].latency = crate::model::history::Latency::of(vec![if n == 99 { u64::MAX } else { n as u64 }]);
            run.totals.violates = n * 1000;
        }
        let past = pasts(runs).remove(0);
        let drawn = drawn(&past).unwrap();
        for strip in [&drawn.runs, &drawn.rows[0].strip] {
            assert_eq!(strip.marks.len(), RUNS);
            assert!(strip.marks.iter().all(|m| m.y + m.height == HEIGHT && m.x + STEP - 2 <= strip.width));
        }
        for point in drawn.rows[0].line.split(' ') {
            let (x, y) = point.split_once(',').unwrap();
            assert!(x.parse::<usize>().unwrap() < RUNS * STEP && y.parse::<usize>().unwrap() < HEIGHT, "{point}");
        }
    }

    #[test]
    fn without_a_second_run_there_is_nothing_to_draw() {
        assert!(!page(&[("CLOSED", "x")]).contains("id=\"history\""));
        let many: Vec<(String, &str)> = (0..100).map(|n| (format!("CODE_{n}"), ".x")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(code, told)| (code.as_str(), *told)).collect();
        let page = page(&many);
        assert!(page.contains("And 40 further pairs") && page.matches("<polyline").count() == PAIRS);
    }
}
