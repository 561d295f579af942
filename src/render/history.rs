//! What past runs tell of each pair: as a table, run by run, and as data.

use std::fmt::Write;

use serde_json::{Value, json};

use super::style::Style;
use super::words::{counted, line, table};
use crate::model::history::{Counts, Latency, Moved, Outcome, Past, PastRun, Point, Since, State, Story};
use crate::model::visible::{code as shown_code, visible};

/// Runs whose outcome a line shows, one character each.
const STRIP: usize = 30;
/// Runs told one by one, and scenarios named of one run.
const RUNS: usize = 20;
const NAMED: usize = 5;

/// The pairs of a target that a reader has to look at, or all of them.
pub fn text(past: &Past, all: bool, style: Style) -> String {
    let mut out = head(past, style);
    let shown: Vec<&Story> = past.stories.iter().filter(|story| all || !story.is_calm()).collect();
    let rows: Vec<Vec<String>> = shown.iter().map(|story| row(past, story)).collect();
    table(&mut out, "  ", &rows, |y, x, cell| match x {
        0 => style_of(shown[y], style, cell),
        1 => style.strong(cell),
        2 => style.faint(cell),
        _ => cell.to_owned(),
    });
    let calm = past.stories.len() - shown.len();
    if !shown.is_empty() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", style.faint(LEGEND));
    }
    if calm > 0 {
        let what = if shown.is_empty() { "nothing drifts, flakes or slows down" } else { "the others are steady" };
        let _ = writeln!(out, "{what}: {} (--all shows them)", counted(calm, "pair"));
    }
    out
}

const LEGEND: &str =
    "  one sign for each run, the last one right: . conforms  x violates  ~ flaky  ? inconclusive  - skipped";

/// One code: each of its pairs, then run by run, the last one first.
pub fn code(past: &Past, code: &str, style: Style) -> String {
    let mut out = head(past, style);
    if past.stories.is_empty() {
        let _ = writeln!(out, "  no run asked for {}", shown_code(code));
        return out;
    }
    for story in &past.stories {
        let rows = [row(past, story)];
        table(&mut out, "  ", &rows, |_, x, cell| if x == 0 { style_of(story, style, cell) } else { cell.to_owned() });
        runs(&mut out, past, story, style);
    }
    let _ = writeln!(out, "{}", style.faint(LEGEND));
    out
}

fn head(past: &Past, style: Style) -> String {
    let simulation = if past.simulation { " (simulation)" } else { "" };
    let name = style.strong(format_args!("{}{simulation}", line(&past.target)));
    let (first, last) = (past.runs.first(), past.runs.last());
    let of = |run: Option<&PastRun>| run.map(|run| at(&run.started_at)).unwrap_or_default();
    match past.runs.len() {
        1 => format!("{name}: 1 run, {} UTC\n", of(first)),
        count => format!("{name}: {count} runs, {} to {} UTC\n", of(first), of(last)),
    }
}

/// What stands first in a line.
fn word(story: &Story) -> &'static str {
    match story.state {
        State::Conforms if story.flaked > 0 => "flaky",
        State::Conforms if story.turned > 0 => "turned",
        State::Conforms if story.moved.is_some_and(|moved| moved.is_slower()) => "slower",
        state => state.id(),
    }
}

fn style_of(story: &Story, style: Style, text: &str) -> String {
    match story.state {
        State::Drifts => style.red(text),
        State::Unheard => style.yellow(text),
        State::Skipped => style.faint(text),
        State::Conforms if story.is_calm() => style.green(text),
        State::Conforms => style.yellow(text),
    }
}

fn row(past: &Past, story: &Story) -> Vec<String> {
    let latency = story.moved.as_ref().map(moved).unwrap_or_default();
    vec![word(story).to_owned(), pair(story), strip(past, story), latency, remarks(past, story).join(", ")]
}

fn pair(story: &Story) -> String {
    let code = if story.code.is_empty() { "any code".into() } else { shown_code(&story.code) };
    format!("{code} {}", visible(&story.status))
}

/// One sign for each of the last runs; a blank where a run did not ask for it.
fn strip(past: &Past, story: &Story) -> String {
    let first = past.runs.len().saturating_sub(STRIP);
    let mut strip = vec![' '; past.runs.len() - first];
    for point in story.points.iter().filter(|point| point.run >= first) {
        strip[point.run - first] = sign(point.outcome);
    }
    strip.into_iter().collect()
}

fn sign(outcome: Outcome) -> char {
    match outcome {
        Outcome::Violates => 'x',
        Outcome::Unheard => '?',
        Outcome::Flaky => '~',
        Outcome::Conforms => '.',
        Outcome::Skipped => '-',
    }
}

/// What a story comes to, in words.
pub fn remarks(past: &Past, story: &Story) -> Vec<String> {
    let mut remarks = Vec::new();
    remarks.extend(story.since.as_ref().map(|since| drifts(past, since)));
    remarks.extend(story.since.as_ref().and_then(why));
    let asked = story.points.len();
    if story.state == State::Unheard {
        remarks.push("could not be judged the last time".to_owned());
    }
    if story.flaked > 0 {
        remarks.push(format!("flaked in {} of {}", story.flaked, counted(asked, "run")));
    }
    if story.turned > 0 {
        let times = if story.turned == 1 { "once".to_owned() } else { format!("{} times", story.turned) };
        remarks.push(format!("turned {times}"));
    }
    if story.moved.is_some_and(|moved| moved.is_slower()) {
        remarks.push("each of the last runs took longer than those before".to_owned());
    }
    let last = story.points.last().map(|point| point.run);
    if let Some(run) = last.filter(|last| last + 1 < past.runs.len()) {
        remarks.push(format!("last asked for {}", at(&past.runs[run].started_at)));
    }
    remarks
}

fn drifts(past: &Past, since: &Since) -> String {
    let begun = at(&past.runs[since.run].started_at);
    let least = if since.conformed_before { "since" } else { "since at least" };
    format!("{least} {begun} ({})", counted(since.runs, "run"))
}

fn why(since: &Since) -> Option<String> {
    let rule = line(since.rule.as_deref()?);
    Some(match &since.seen {
        Some(seen) => format!("{rule}: {} came", line(seen)),
        None => rule,
    })
}

/// `4.1 ms, before 2.0 ms`
pub fn moved(moved: &Moved) -> String {
    match moved.before {
        Some(before) => format!("{}, before {}", time(moved.now), time(before)),
        None => time(moved.now),
    }
}

/// `0.8 ms`, `42 ms`, `1.3 s`.
pub fn time(us: u64) -> String {
    match us {
        0..10_000 => format!("{}.{} ms", us / 1000, us % 1000 / 100),
        10_000..1_000_000 => format!("{} ms", us / 1000),
        _ => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
    }
}

/// `2026-11-22 12:00`
pub fn at(started_at: &str) -> String {
    let text = started_at.replacen('T', " ", 1);
    line(text.get(..16).unwrap_or(&text))
}

fn runs(out: &mut String, past: &Past, story: &Story, style: Style) {
    let points: Vec<&Point> = story.points.iter().rev().take(RUNS).collect();
    let rows: Vec<Vec<String>> = points.iter().map(|point| run(&past.runs[point.run], story, point)).collect();
    table(out, "    ", &rows, |y, x, cell| match (x, points[y].outcome) {
        (1, Outcome::Violates) => style.red(cell),
        (1, Outcome::Unheard | Outcome::Flaky) => style.yellow(cell),
        (1, Outcome::Conforms) => style.green(cell),
        _ => cell.to_owned(),
    });
    let more = story.points.len() - points.len();
    if more > 0 {
        let _ = writeln!(out, "    and {} before", counted(more, "run"));
    }
}

fn run(run: &PastRun, story: &Story, point: &Point) -> Vec<String> {
    let took = point.latency.map(|latency| time(latency.median)).unwrap_or_default();
    let of_pair = run.scenarios.iter().filter(|s| s.status == story.status);
    let told: Vec<String> = of_pair
        .map(|scenario| {
            let rule = scenario.rule.as_deref().map(line).unwrap_or_default();
            let came = scenario.seen.as_deref().map(|seen| format!(" ({} came)", line(seen))).unwrap_or_default();
            format!("{}: {rule}{came}", line(&scenario.id))
        })
        .collect();
    let mut shown = told.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    if told.len() > NAMED {
        let _ = write!(shown, "; and {} more", told.len() - NAMED);
    }
    vec![at(&run.started_at), counts(&point.counts), took, shown]
}

/// `3 conform, 1 violates`
fn counts(counts: &Counts) -> String {
    let part = |count: u32, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let parts = [
        part(counts.violates, "violates", "violate"),
        part(counts.inconclusive, "inconclusive", "inconclusive"),
        part(counts.conforms, "conforms", "conform"),
        part(counts.flaky, "flaky", "flaky"),
        part(counts.skipped, "skipped", "skipped"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The same as data, target by target.
pub fn json(pasts: &[Past]) -> Value {
    let targets: Vec<Value> = pasts.iter().map(target).collect();
    json!({ "version": 1, "targets": targets })
}

fn target(past: &Past) -> Value {
    let run = |run: &PastRun| {
        json!({ "id": run.id, "started_at": run.started_at, "tool": run.tool, "complete": run.complete,
          "exit": run.exit, "duration_ms": run.duration_ms, "totals": run.totals })
    };
    let pairs: Vec<Value> = past.stories.iter().map(|story| told(past, story)).collect();
    let runs: Vec<Value> = past.runs.iter().map(run).collect();
    json!({ "name": past.target, "simulation": past.simulation, "runs": runs, "pairs": pairs })
}

fn told(past: &Past, story: &Story) -> Value {
    let id = |run: usize| &past.runs[run].id;
    let since = story.since.as_ref().map(|since| {
        json!({ "run": id(since.run), "started_at": past.runs[since.run].started_at, "runs": since.runs,
          "conformed_before": since.conformed_before, "rule": since.rule, "seen": since.seen })
    });
    let point = |point: &Point| {
        let counts = &point.counts;
        json!({ "run": id(point.run), "outcome": point.outcome.id(), "conforms": counts.conforms,
          "violates": counts.violates, "inconclusive": counts.inconclusive, "skipped": counts.skipped,
          "flaky": counts.flaky, "latency": point.latency.as_ref().map(latency) })
    };
    let code = Some(&story.code).filter(|code| !code.is_empty());
    json!({ "code": code, "status": story.status, "state": story.state.id(), "drifts_since": since,
      "flaked": story.flaked, "turned": story.turned, "median_us": story.moved.map(|moved| moved.now),
      "median_us_before": story.moved.and_then(|moved| moved.before),
      "runs": story.points.iter().map(point).collect::<Vec<_>>() })
}

fn latency(latency: &Latency) -> Value {
    json!({ "least_us": latency.least, "median_us": latency.median, "p95_us": latency.p95, "most_us": latency.most })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::history::PastScenario;
    use crate::record::stories::pasts;
    use crate::record::stories::tests::runs;

    fn past() -> Past {
        let told = [
            ("ALREADY_CLOSED", ".x..xx"),
            ("ALWAYS_WRONG", "xxxxxx"),
            ("LOOSE", ".~.. ~"),
            ("MUTE", "....??"),
            ("AWAY", "------"),
            ("CALM", "......"),
            ("GONE", "xx    "),
        ];
        let mut runs = runs(&told);
        let last = runs.last_mut().unwrap();
        last.scenarios = vec![PastScenario {
            id: "tickets/closing a ticket twice is refused".into(),
            code: "ALREADY_CLOSED".into(),
            status: "409".into(),
            verdict: "violates".into(),
            rule: Some("undocumented-status".into()),
            seen: Some("ALREADY_CLOSED 400".into()),
            ..PastScenario::default()
        }];
        pasts(runs).remove(0)
    }

    #[test]
    fn a_history_looks_like_this() {
        insta::assert_snapshot!(text(&past(), false, Style::PLAIN));
    }

    #[test]
    fn a_history_of_one_code_looks_like_this() {
        let mut past = past();
        past.stories.retain(|story| story.code == "ALREADY_CLOSED");
        insta::assert_snapshot!(code(&past, "ALREADY_CLOSED", Style::PLAIN));
        past.stories.clear();
        assert!(code(&past, "ALREADY_CLOSED", Style::PLAIN).contains("no run asked for ALREADY_CLOSED"));
    }

    #[test]
    fn the_steady_pairs_are_counted_and_shown_on_demand() {
        let past = past();
        let (some, all) = (text(&past, false, Style::PLAIN), text(&past, true, Style::PLAIN));
        assert!(!some.contains("CALM") && some.contains("the others are steady: 2 pairs"), "{some}");
        assert!(all.contains("CALM 409") && all.contains("AWAY 409") && !all.contains("--all"), "{all}");
        let calm = pasts(runs(&[("CALM", "..")])).remove(0);
        assert!(text(&calm, false, Style::PLAIN).contains("nothing drifts, flakes or slows down: 1 pair"));
    }

    #[test]
    fn the_data_has_every_pair_and_run() {
        let told = json(&[past()]);
        let target = &told["targets"][0];
        assert_eq!(target["runs"].as_array().unwrap().len(), 6);
        let pairs = target["pairs"].as_array().unwrap();
        assert_eq!(pairs.len(), 7);
        let closed = pairs.iter().find(|pair| pair["code"] == "ALREADY_CLOSED").unwrap();
        assert_eq!((&closed["state"], &closed["turned"]), (&"drifts".into(), &3.into()));
        assert_eq!((&closed["drifts_since"]["run"], &closed["drifts_since"]["runs"]), (&"run-4".into(), &2.into()));
        assert_eq!(closed["runs"][5]["outcome"], "violates");
    }

    #[test]
    fn what_a_database_holds_gives_no_orders() {
        let mut runs = runs(&[("\u{1b}[31mX\n::error::", "x")]);
        (runs[0].target, runs[0].started_at) = ("\u{1b}]0;t\u{7}".into(), "::error::\u{1b}[2J é and more".into());
        runs[0].pairs[0].seen = Some("##[error]\r\n".into());
        let past = pasts(runs).remove(0);
        for told in [text(&past, true, Style::PLAIN), code(&past, "\u{1b}", Style::PLAIN)] {
            assert!(!told.contains(['\u{1b}', '\r', '\u{7}']) && !told.contains("##["), "{told}");
            assert!(!told.lines().any(|line| line.trim_start().starts_with("::")), "{told}");
        }
    }

    #[test]
    fn times_are_short() {
        let told = [840, 12_300, 999_999, 1_340_000].map(time);
        assert_eq!(told, ["0.8 ms", "12 ms", "999 ms", "1.3 s"]);
    }
}
