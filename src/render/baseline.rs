//! Entries of a baseline, as the file has them.

use std::fmt::Write;

use crate::model::project::Day;
use crate::model::report::{BaselineEntry, BaselineReport};

const HEAD: &str = "# Deviations that are known and accepted: with `--baseline` they do not make a run red.
# An entry needs a reason; `owner`, and `until` as the last day on which it counts, may be added.
";

/// What is written where nobody said why.
pub fn without_reason(today: Day) -> String {
    format!("accepted on {today} without a reason")
}

/// The text of the file with what a run has added at its end; nothing where nothing was.
pub fn added(text: &str, report: &BaselineReport) -> Option<String> {
    let mut out = if text.trim().is_empty() { HEAD.to_owned() } else { text.to_owned() };
    let mut added = report.entries.iter().filter(|entry| entry.known.added).peekable();
    added.peek()?;
    if !out.ends_with('\n') {
        out.push('\n');
    }
    added.for_each(|added| entry(&mut out, added));
    Some(out)
}

fn entry(out: &mut String, entry: &BaselineEntry) {
    let step = if entry.step == "when" { "" } else { entry.step.as_str() };
    let known = &entry.known;
    out.push_str("\n[[accepted]]\n");
    for (key, value) in [
        ("scenario", entry.scenario.as_str()),
        ("rule", entry.rule.as_str()),
        ("step", step),
        ("pointer", entry.pointer.as_str()),
        ("seen", entry.seen.as_str()),
        ("reason", known.reason.as_str()),
        ("owner", known.owner.as_deref().unwrap_or_default()),
    ] {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{key:<8} = {}", toml::Value::from(value));
        }
    }
    if let Some(until) = &known.until {
        let _ = writeln!(out, "{:<8} = {until}", "until");
    }
}
