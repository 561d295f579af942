//! One scenario: an article of its own, or one line.

use serde::Serialize;

use super::conversation::Conversation;
use super::summary::rules;
use crate::model::report::{FindingReport, ScenarioReport};
use crate::model::verdict::Verdict;
use crate::model::visible::{shortened, visible};
use crate::render::failure::{documented, side_by_side, telling_exchange};
use crate::render::words::{counted, expected_code, known, line, pair, place, statuses, took};

/// The most characters of a finding's sentence, and of a cell of what was expected and seen.
const SENTENCE: usize = 4000;
const CELL: usize = 1000;

#[derive(Serialize)]
pub struct Article {
    pub n: usize,
    pub id: String,
    pub verdict: &'static str,
    pub area: String,
    pub rules: String,
    pub place: String,
    pub facts: Vec<String>,
    pub findings: Vec<Sentence>,
    pub table: Vec<Vec<String>>,
    pub documented: String,
    pub notes: Vec<String>,
    pub curl: String,
    pub conversation: Conversation,
}

#[derive(Serialize)]
pub struct Sentence {
    pub rule: String,
    pub severity: String,
    pub text: String,
    /// Where in the answer, in which step, the line of the documentation, and that it is known.
    pub places: Vec<String>,
}

pub fn article(n: usize, scenario: &ScenarioReport, page: &str, conversation: Conversation) -> Article {
    let curl = telling_exchange(scenario).map(|exchange| visible(&exchange.curl).into_owned());
    Article {
        n,
        id: visible(&scenario.id).into_owned(),
        verdict: scenario.verdict.id(),
        area: visible(scenario.area()).into_owned(),
        rules: rules(scenario).join(" "),
        place: place(scenario),
        facts: facts(scenario),
        findings: scenario.findings.iter().map(sentence).collect(),
        table: side_by_side(scenario, CELL).split_off(1),
        documented: documented(scenario, page).unwrap_or_default(),
        notes: scenario.notes.iter().map(|note| line(note)).collect(),
        curl: curl.unwrap_or_default(),
        conversation,
    }
}

fn facts(scenario: &ScenarioReport) -> Vec<String> {
    let mut facts = vec![took(scenario.duration_ms), counted(scenario.requests as usize, "request")];
    if scenario.attempts > 1 {
        facts.push(counted(scenario.attempts as usize, "attempt"));
    }
    if let Some(at) = &scenario.expect.at {
        facts.push(format!("envelope at {}", line(at)));
    }
    facts.extend(scenario.tags.iter().map(|tag| format!("tagged {}", line(tag))));
    facts
}

fn sentence(finding: &FindingReport) -> Sentence {
    let mut places = Vec::new();
    if finding.step != "when" {
        places.push(format!("in {}", line(&finding.step)));
    }
    let pointer = finding.pointer.as_deref().filter(|pointer| !pointer.is_empty());
    places.extend(pointer.map(|pointer| format!("at {}", line(pointer))));
    places.extend(finding.documentation.as_deref().map(|place| format!("documented in {}", line(place))));
    places.extend(known(finding));
    Sentence {
        rule: visible(&finding.rule).into_owned(),
        severity: visible(&finding.severity).into_owned(),
        text: visible(&shortened(&finding.text, SENTENCE)).into_owned(),
        places,
    }
}

#[derive(Serialize)]
pub struct Row {
    pub n: usize,
    pub id: String,
    pub area: String,
    pub rules: String,
    /// What came, or what was expected where nothing did.
    pub pair: String,
    pub place: String,
    pub took: String,
    pub tags: String,
    /// Why it was skipped.
    pub skip: String,
    pub unforeseen: bool,
    pub findings: Vec<Sentence>,
    pub notes: Vec<String>,
    pub conversation: Conversation,
}

pub fn row(n: usize, scenario: &ScenarioReport, conversation: Conversation) -> Row {
    let is_skipped = scenario.verdict == Verdict::Skipped;
    let why = scenario.reason.as_deref().filter(|_| is_skipped).unwrap_or_default();
    let skip = scenario.skip.as_deref().map(|reason| format!("{}: {}", line(why), line(reason)));
    Row {
        n,
        id: visible(&scenario.id).into_owned(),
        area: visible(scenario.area()).into_owned(),
        rules: rules(scenario).join(" "),
        pair: outcome(scenario),
        place: place(scenario),
        took: if is_skipped && !scenario.was_cut_off() { String::new() } else { took(scenario.duration_ms) },
        tags: scenario.tags.iter().map(|tag| line(tag)).collect::<Vec<_>>().join(", "),
        skip: skip.unwrap_or_default(),
        unforeseen: scenario.unforeseen,
        findings: scenario.findings.iter().map(sentence).collect(),
        notes: scenario.notes.iter().map(|note| line(note)).collect(),
        conversation,
    }
}

fn outcome(scenario: &ScenarioReport) -> String {
    let due = || format!("{} {}", expected_code(&scenario.expect), statuses(&scenario.expect));
    match (&scenario.seen, scenario.verdict) {
        (Some(seen), Verdict::Conforms) => pair(seen),
        (Some(seen), _) => format!("{}, but {}", due(), pair(seen)),
        (None, _) => due(),
    }
}
