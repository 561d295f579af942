//! Annotations for GitHub: workflow commands, which a runner takes from standard output and shows on lines of files.

use std::collections::HashSet;
use std::fmt::Write;

use super::causes::causes;
use super::drift::answered;
use super::headline::headline;
use super::skips::{SkipGroup, skips};
use super::words::{counted, known, line};
use crate::model::drift::Drift;
use crate::model::report::{FindingReport, RunReport, ScenarioReport};
use crate::model::visible::{shortened, visible};

/// A runner shows so many of each kind in a step and drops the others.
pub const MOST: usize = 10;
/// Characters of a message; a runner cuts at 4096.
const MESSAGE: usize = 2000;
/// Characters of a title, which is one line.
const TITLE: usize = 200;

/// One annotation.
struct Note {
    place: Option<(String, u32)>,
    title: String,
    message: String,
}

/// Errors, warnings and notices, a line for each. Of each kind there are at most ten, and the tenth counts the rest. Paths
/// begin in the repository: `folder` is where the project lies in it, empty or with a slash at its end.
pub fn annotations(report: &RunReport, folder: &str) -> String {
    let mut out = String::new();
    for (level, notes) in [("error", errors(report)), ("warning", warnings(report)), ("notice", notices(report))] {
        let all = notes.len();
        let kept = if all > MOST { MOST - 1 } else { all };
        for note in notes.into_iter().take(kept) {
            command(&mut out, level, &note, folder);
        }
        if all > kept {
            let message = format!("and {} more of this kind; the summary and the reports have them all", all - kept);
            command(&mut out, level, &Note { place: None, title: "trueline".into(), message }, folder);
        }
    }
    out
}

fn command(out: &mut String, level: &str, note: &Note, folder: &str) {
    let place = note.place.as_ref().map(|(file, at)| {
        let path = property(&format!("{folder}{file}"));
        if *at > 0 { format!("file={path},line={at},") } else { format!("file={path},") }
    });
    let (title, message) = (property(&shortened(&note.title, TITLE)), data(&shortened(&note.message, MESSAGE)));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "::{level} {}title={title}::{message}", place.unwrap_or_default());
}

/// Lines of a message, each harmless, and what would end the command encoded.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

fn property(text: &str) -> String {
    visible(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

/// Why it ended as it did, then scenarios and the documentation in turn, so that neither leaves no room to the other.
fn errors(report: &RunReport) -> Vec<Note> {
    let mut notes = Vec::new();
    if report.exit.code != 0 {
        let message = report.exit.reasons.iter().map(|reason| line(reason)).collect::<Vec<_>>().join("\n");
        notes.push(Note { place: None, title: format!("trueline: {}", headline(report).0), message });
    }
    let contradictions = answered(report).filter(|drift| drift.kind.is_contradiction() && !drift.known);
    let mut drift = contradictions.map(|drift| of_drift(drift, &report.page));
    for scenario in failed(report) {
        notes.push(of_scenario(scenario, |finding| finding.severity == "error" && finding.known.is_none()));
        notes.extend(drift.next());
    }
    notes.extend(drift);
    notes
}

/// What did not conform, the first of each cause first.
fn failed(report: &RunReport) -> Vec<&ScenarioReport> {
    let causes = causes(&report.scenarios);
    let firsts = causes.iter().filter_map(|cause| cause.scenarios.first());
    let others = causes.iter().flat_map(|cause| cause.scenarios.iter().skip(1));
    firsts.chain(others).map(|n| &report.scenarios[*n]).collect()
}

fn of_scenario(scenario: &ScenarioReport, told: impl Fn(&&FindingReport) -> bool) -> Note {
    let findings: Vec<&FindingReport> = scenario.findings.iter().filter(told).collect();
    let rule = findings.first().map_or(scenario.verdict.id(), |finding| &finding.rule);
    let sentence = |finding: &&FindingReport| {
        let known = known(finding).map_or_else(String::new, |known| format!(" [{known}]"));
        format!("{}: {}{known}", visible(&finding.rule), line(&finding.text))
    };
    let sentences: Vec<String> = findings.iter().map(sentence).collect();
    Note {
        place: Some((scenario.file.to_string(), scenario.line)),
        title: format!("{}: {}", line(rule), visible(&scenario.id)),
        message: if sentences.is_empty() { scenario.verdict.id().to_owned() } else { sentences.join("\n") },
    }
}

fn of_drift(drift: &Drift, page: &str) -> Note {
    let mut message = line(&drift.text);
    if !drift.place.remark().is_empty() {
        let _ = write!(message, "\nAbout this line: {}", drift.place.remark());
    }
    if let Some(proof) = &drift.proof {
        let _ = write!(message, "\nShown by {} in {}", super::drift::proof(proof), line(&proof.scenario));
    }
    let title = format!("drift of the documentation: {}", drift.kind.id());
    Note { place: Some((page.to_owned(), drift.line.unwrap_or(0))), title, message }
}

fn warnings(report: &RunReport) -> Vec<Note> {
    let is_warning = |finding: &&FindingReport| finding.severity != "error" && finding.known.is_none();
    let warned = report.scenarios.iter().filter(|s| s.findings.iter().any(|f| is_warning(&f)));
    let mut notes: Vec<Note> = warned.map(|scenario| of_scenario(scenario, is_warning)).collect();
    let never = answered(report).filter(|drift| !drift.kind.is_contradiction() && !drift.known);
    notes.extend(never.map(|drift| of_drift(drift, &report.page)));
    let unforeseen = report.scenarios.iter().filter(|scenario| scenario.unforeseen);
    let mut told: HashSet<&str> = HashSet::new();
    for scenario in unforeseen {
        let why = scenario.skip.as_deref().unwrap_or_default();
        if told.insert(why) {
            notes.push(Note {
                place: Some((scenario.file.to_string(), scenario.line)),
                title: format!("skipped, and not foreseen: {}", visible(&scenario.id)),
                message: line(why),
            });
        }
    }
    notes
}

fn notices(report: &RunReport) -> Vec<Note> {
    let note = |title: &str, message: String| Note { place: None, title: title.to_owned(), message };
    let mut notes: Vec<Note> = report.notices.iter().map(|notice| note("trueline", line(notice))).collect();
    let is_known = |finding: &&FindingReport| finding.known.is_some();
    let known = report.scenarios.iter().filter(|s| s.findings.iter().any(|f| is_known(&f)));
    notes.extend(known.map(|scenario| of_scenario(scenario, is_known)));
    let foreseen = skips(&report.scenarios).into_iter().filter(|group| !group.unforeseen);
    let told = |group: SkipGroup| format!("{} ({})", group.text, counted(group.scenarios, "scenario"));
    notes.extend(foreseen.map(|group| note("skipped", told(group))));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rule::{Outcome, Rule};
    use crate::model::visible::is_plain;
    use crate::render::fixture;
    use crate::render::html::samples::{everything, hostile, many};

    fn of<'a>(told: &'a str, level: &str) -> Vec<&'a str> {
        let begins = format!("::{level} ");
        told.lines().filter(|line| line.starts_with(&begins)).collect()
    }

    #[test]
    fn annotations_look_like_this() {
        insta::assert_snapshot!("annotations", annotations(&everything(), "api/"));
    }

    #[test]
    fn there_are_at_most_ten_of_each_kind_and_the_tenth_counts_the_rest() {
        for report in [many(500, 1), hostile(), fixture::report()] {
            let told = annotations(&report, "");
            let errors = errors(&report).len();
            for (level, all) in [("error", errors), ("warning", warnings(&report).len())] {
                let lines = of(&told, level);
                assert_eq!(lines.len(), all.min(MOST), "{level}");
                if all > MOST {
                    assert!(lines[9].ends_with(&format!(
                        "and {} more of this kind; the summary and the reports have them all",
                        all - 9
                    )));
                }
            }
        }
    }

    #[test]
    fn every_finding_is_in_an_annotation_or_counted() {
        for rule in Rule::ALL {
            let mut report = fixture::report();
            report.scenarios.retain(|s| s.findings.iter().any(|f| f.rule == rule.id()));
            let report = crate::render::html::samples::finish(report);
            let told = annotations(&report, "");
            let level = if rule.outcome() == Outcome::Warning { "warning" } else { "error" };
            let line =
                of(&told, level).into_iter().find(|line| line.contains(&format!("the promise of {rule} is broken")));
            assert!(line.is_some_and(|line| line.contains("file=scenarios/tickets.yaml,line=")), "{rule}: {told}");
        }
    }

    #[test]
    fn what_is_known_is_no_error_and_is_told_nevertheless() {
        let mut report = fixture::report();
        report.scenarios.retain(|s| s.findings.iter().any(|f| f.rule == Rule::UndocumentedStatus.id()));
        report.observed.clear();
        report.exit = Default::default();
        report.scenarios[0].findings[0].known =
            Some(crate::model::report::KnownReport { reason: "agreed".into(), ..Default::default() });
        let told = annotations(&crate::render::html::samples::finish(report), "");
        assert!(of(&told, "error").is_empty(), "{told}");
        let notice = of(&told, "notice").into_iter().find(|line| line.contains("[known: agreed]"));
        assert!(notice.is_some_and(|line| line.contains("line=120")), "{told}");
    }

    #[test]
    fn whatever_is_told_a_line_is_one_command() {
        let told = annotations(&hostile(), "a,b:c%/");
        for line in told.lines() {
            let (head, message) = line[2..].split_once("::").unwrap();
            assert!(["error", "warning", "notice"].contains(&head.split(' ').next().unwrap()), "{line}");
            assert!(line.chars().all(is_plain) && !line.contains("##") && !message.contains('\r'), "{line}");
            let names: Vec<&str> =
                head.split_once(' ').unwrap().1.split(',').map(|pair| pair.split_once('=').unwrap().0).collect();
            assert!(names == ["title"] || names == ["file", "line", "title"] || names == ["file", "title"], "{line}");
        }
        assert!(told.contains("file=a%2Cb%3Ac%25/"));
    }
}
