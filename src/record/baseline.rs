//! What the baseline makes of findings: those that it knows do not make a run red, and are told all the same.

use std::collections::{HashMap, HashSet};

use crate::model::baseline::{Acceptance, Accepted, Deviation};
use crate::model::project::Day;
use crate::model::report::{BaselineEntry, BaselineReport, FindingReport, KnownReport, ScenarioReport};
use crate::model::rule::{Outcome, Rule, Severity};
use crate::model::verdict::Verdict;
use crate::model::visible::{shortened, visible};

/// Characters of what was seen.
const SEEN: usize = 200;
/// Entries named one by one in what a reader is told.
const NAMED: usize = 20;

/// A baseline, made ready.
#[derive(Debug, Clone)]
pub struct Ledger {
    file: String,
    accepted: Vec<Accepted>,
    places: HashMap<Deviation, usize>,
    /// For what is not in it yet, where that is to be accepted.
    accepting: Option<Acceptance>,
    today: Day,
}

impl Ledger {
    pub fn new(file: String, accepted: Vec<Accepted>, accepting: Option<Acceptance>, today: Day) -> Ledger {
        let places = accepted.iter().enumerate().map(|(at, entry)| (entry.deviation.clone(), at)).collect();
        Ledger { file, accepted, places, accepting, today }
    }

    /// Marks the findings that are known, and lets one that is not name the scenario.
    pub fn mark(&self, scenario: &mut ScenarioReport) {
        if scenario.verdict != Verdict::Violates {
            return;
        }
        let marks: Vec<Option<KnownReport>> = scenario.findings.iter().map(|f| self.known(scenario, f)).collect();
        for (finding, known) in scenario.findings.iter_mut().zip(marks) {
            finding.known = known;
        }
        scenario.reason = scenario.leading().map(|finding| finding.rule.clone());
    }

    fn known(&self, scenario: &ScenarioReport, finding: &FindingReport) -> Option<KnownReport> {
        let deviation = deviation(scenario, finding)?;
        match self.places.get(&deviation).map(|at| &self.accepted[*at].acceptance) {
            Some(acceptance) if self.is_expired(acceptance) => None,
            Some(acceptance) => Some(told(acceptance, false)),
            None => self.accepting.as_ref().map(|acceptance| told(acceptance, true)),
        }
    }

    fn is_expired(&self, acceptance: &Acceptance) -> bool {
        acceptance.until.is_some_and(|until| until < self.today)
    }

    /// What these scenarios have that is accepted by this run and not in the file yet, each once, sorted.
    pub fn added(&self, scenarios: &[ScenarioReport]) -> Vec<Accepted> {
        let Some(acceptance) = &self.accepting else { return Vec::new() };
        let new = |f: &&FindingReport| f.known.as_ref().is_some_and(|known| known.added);
        let of = |s: &ScenarioReport| -> Vec<Deviation> {
            s.findings.iter().filter(new).filter_map(|f| deviation(s, f)).collect()
        };
        let mut all: Vec<Deviation> = scenarios.iter().flat_map(of).collect();
        all.sort();
        all.dedup();
        all.into_iter().map(|deviation| Accepted { deviation, acceptance: acceptance.clone() }).collect()
    }

    /// What became of every entry.
    pub fn report(&self, scenarios: &[ScenarioReport]) -> BaselineReport {
        let ids: HashMap<&str, &ScenarioReport> = scenarios.iter().map(|s| (s.id.as_str(), s)).collect();
        let of = |s: &ScenarioReport| -> Vec<Deviation> { s.findings.iter().filter_map(|f| deviation(s, f)).collect() };
        let seen: HashSet<Deviation> = scenarios.iter().flat_map(of).collect();
        let entry = |entry: &Accepted, added: bool| {
            let Accepted { deviation, acceptance } = entry;
            BaselineEntry {
                scenario: deviation.scenario.clone(),
                rule: deviation.rule.id().to_owned(),
                step: deviation.step.clone(),
                pointer: deviation.pointer.clone(),
                seen: deviation.seen.clone(),
                known: told(acceptance, added),
                observed: seen.contains(deviation),
                expired: self.is_expired(acceptance),
                verdict: ids.get(deviation.scenario.as_str()).map(|scenario| scenario.verdict),
            }
        };
        let old = self.accepted.iter().map(|accepted| entry(accepted, false));
        let added = self.added(scenarios);
        let entries = old.chain(added.iter().map(|accepted| entry(accepted, true))).collect();
        BaselineReport { file: self.file.clone(), entries }
    }
}

fn told(acceptance: &Acceptance, added: bool) -> KnownReport {
    KnownReport {
        reason: acceptance.reason.clone(),
        owner: acceptance.owner.clone(),
        until: acceptance.until.map(|day| day.to_string()),
        added,
    }
}

/// What a finding deviates in; none for what could not be heard, and for what is only a warning.
fn deviation(scenario: &ScenarioReport, finding: &FindingReport) -> Option<Deviation> {
    let rule = Rule::from_id(&finding.rule).filter(|rule| rule.outcome() != Outcome::Inconclusive)?;
    if finding.severity != Severity::Error.id() {
        return None;
    }
    Some(Deviation {
        scenario: scenario.id.clone(),
        rule,
        step: finding.step.clone(),
        pointer: short(finding.pointer.as_deref().unwrap_or_default()),
        seen: short(&seen(rule, scenario, finding)),
    })
}

fn short(text: &str) -> String {
    visible(&shortened(text, SEEN)).into_owned()
}

/// What came, in words that are the same on the next run: without meanings, line numbers and what services make up.
fn seen(rule: Rule, scenario: &ScenarioReport, finding: &FindingReport) -> String {
    let seen = finding.seen.as_deref().unwrap_or_default();
    // The answer that the finding is about; reports of earlier releases have only the last one of `when`.
    let last = || scenario.seen.as_ref().filter(|_| finding.step == "when");
    let of_when = finding.came.as_ref().or_else(last);
    match (rule, of_when) {
        (Rule::UndocumentedCode | Rule::UndocumentedStatus | Rule::WrongCode | Rule::WrongStatus, Some(when)) => {
            match &when.code {
                Some(code) => format!("{code} {}", when.status),
                None => when.status.to_string(),
            }
        }
        (Rule::UnexpectedSuccess, Some(when)) => when.status.to_string(),
        (Rule::NotJson, Some(when)) => format!("{}, {}", when.status, kind(seen)),
        (Rule::NotJson, None) => kind(seen).to_owned(),
        (Rule::Envelope, _) => match &finding.expected {
            Some(expected) => format!("{seen}, where {expected} is due"),
            None => seen.to_owned(),
        },
        (Rule::MissingHeader, _) => format!("no {}", finding.expected.as_deref().unwrap_or("header")),
        // Its value may be a time, and the number of an attempt is chance.
        (Rule::MalformedHeader | Rule::Flaky, _) => String::new(),
        _ => seen.to_owned(),
    }
}

/// `plain text, \`boom at 12:01\`` without what was in it.
fn kind(words: &str) -> &str {
    let ends = [", `", " titled `", " at line ", " at byte ", ": "];
    let end = ends.iter().filter_map(|end| words.find(end)).min().unwrap_or(words.len());
    &words[..end]
}

/// What a reader of any report should know of the baseline: what has run out, what was not observed, what was added.
pub fn notices(report: &BaselineReport) -> Vec<String> {
    let mut notices = Vec::new();
    let file = &report.file;
    let until = |e: &BaselineEntry| e.known.until.clone().unwrap_or_default();
    let expired: Vec<&BaselineEntry> = report.entries.iter().filter(|e| e.expired).collect();
    listed(&mut notices, &expired, |e| {
        let now = if e.observed { ": its finding counts again" } else { ", and was not observed in this run" };
        format!("an entry of {file} ran out on {}{now}: {}", until(e), name(e))
    });
    let unseen = |e: &&BaselineEntry| !e.observed && !e.expired;
    let (ran, absent): (Vec<&BaselineEntry>, Vec<&BaselineEntry>) =
        report.entries.iter().filter(unseen).partition(|e| e.verdict.is_some_and(|v| v != Verdict::Skipped));
    listed(&mut notices, &ran, |e| {
        let came = e.verdict.map_or("", Verdict::id);
        format!("an entry of {file} was not observed in this run, in which its scenario {}: {}", came_to(came), name(e))
    });
    if !absent.is_empty() {
        let (entries, scenarios) = match absent.len() {
            1 => ("1 entry".to_owned(), "its scenario did not run"),
            n => (format!("{n} entries"), "their scenarios did not run"),
        };
        notices.push(format!("{entries} of {file} could not be observed: {scenarios}"));
    }
    let added = report.entries.iter().filter(|e| e.known.added);
    let reasons: Vec<&BaselineEntry> = added.collect();
    if let Some(first) = reasons.first() {
        let count = reasons.len();
        let entries = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
        notices.push(format!("added to {file}: {entries}, reason: {}", first.known.reason));
    }
    notices
}

fn came_to(verdict: &str) -> String {
    match verdict {
        "conforms" => "conformed".to_owned(),
        "violates" => "violated the contract in another way".to_owned(),
        other => format!("was {other}"),
    }
}

fn listed(notices: &mut Vec<String>, entries: &[&BaselineEntry], tell: impl Fn(&BaselineEntry) -> String) {
    notices.extend(entries.iter().take(NAMED).map(|entry| tell(entry)));
    if entries.len() > NAMED {
        notices.push(format!("and the same of {} more entries, in run.json", entries.len() - NAMED));
    }
}

/// `tickets/closing twice, wrong-code (CHAT_ACTIVE 409)`
fn name(entry: &BaselineEntry) -> String {
    let seen = if entry.seen.is_empty() { String::new() } else { format!(" ({})", entry.seen) };
    format!("{}, {}{seen}", entry.scenario, entry.rule)
}
