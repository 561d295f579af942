//! What the answers of a run say against the page, gathered by kind, code and status.

use std::collections::{HashMap, HashSet};

use super::page::Page;
use crate::model::drift::{DocumentedPair, DriftKind};
use crate::model::report::{CoveredPair, FindingReport, Observed, ScenarioReport, SeenReport, StatusText};
use crate::model::rule::Rule;

/// Scenarios, pairs that came, and pairs that were contradicted: so many of each are named for one drift.
pub const NAMED: usize = 5;
const CONTRADICTED: usize = 50;

/// One drift as it is gathered.
pub struct Entry {
    pub kind: DriftKind,
    pub code: String,
    pub status: StatusText,
    /// The row of what was due or of what it resembles.
    pub near: Option<u32>,
    pub documented: Vec<DocumentedPair>,
    pub came: Vec<SeenReport>,
    /// Answers, as far as they are known; else findings.
    pub count: u64,
    /// Findings that show it, and how many of them the baseline accepts.
    pub findings: u64,
    pub known: u64,
    /// Indices of scenarios.
    pub scenarios: Vec<usize>,
    pub more_scenarios: usize,
    last_scenario: Option<usize>,
    /// The finding that shows it: index of its scenario, and of it among that one's findings.
    pub shown: Option<(usize, usize)>,
}

type Key = (DriftKind, String, StatusText);
/// Scenario and finding by what was seen.
type Others<'r> = HashMap<(&'r str, u16), (usize, usize)>;

#[derive(Default)]
pub struct Gathered {
    pub entries: Vec<Entry>,
    places: HashMap<Key, usize>,
}

impl Gathered {
    /// From the findings that say that a pair is not documented, or came where another was due.
    pub fn of(page: &Page<'_>, scenarios: &[ScenarioReport]) -> Gathered {
        let mut gathered = Gathered::default();
        for (n, scenario) in scenarios.iter().enumerate() {
            for (f, finding) in scenario.findings.iter().enumerate() {
                let Some(kind) = kind(finding) else { continue };
                let Some(came) = came(finding, scenario) else { continue };
                let Some((code, status)) = pair(kind, &came, scenario, page) else { continue };
                let entry = gathered.entry((kind, code, status));
                entry.count += 1;
                entry.findings += 1;
                entry.known += u64::from(finding.known.is_some());
                entry.note(n, f);
                entry.near = entry.near.or_else(|| near(finding, scenario));
                entry.contradicts(kind, finding, scenario, page);
                if kind == DriftKind::WrongCode {
                    add_came(&mut entry.came, Some(&came));
                }
            }
        }
        gathered
    }

    fn entry(&mut self, key: Key) -> &mut Entry {
        let index = *self.places.entry(key).or_insert_with_key(|(kind, code, status)| {
            self.entries.push(Entry {
                kind: *kind,
                code: code.clone(),
                status: status.clone(),
                near: None,
                documented: Vec::new(),
                came: Vec::new(),
                count: 0,
                findings: 0,
                known: 0,
                scenarios: Vec::new(),
                more_scenarios: 0,
                last_scenario: None,
                shown: None,
            });
            self.entries.len() - 1
        });
        &mut self.entries[index]
    }

    /// Counts answers, and adds pairs that no finding of their own speaks of, as those of a code of the wrong type.
    pub fn add_observed(&mut self, page: &Page<'_>, scenarios: &[ScenarioReport], observed: &[Observed]) {
        let mut others: Option<Others<'_>> = None;
        for seen in observed.iter().filter(|seen| !seen.documented) {
            let known = !page.of_code(&seen.code).is_empty();
            let kind = if known { DriftKind::UndocumentedStatus } else { DriftKind::UndocumentedCode };
            let entry = self.entry((kind, seen.code.clone(), StatusText::Number(seen.status)));
            entry.count = entry.count.max(seen.count);
            if entry.documented.is_empty() {
                let pairs = page.of_code(&seen.code).iter().take(CONTRADICTED);
                entry.documented.extend(pairs.map(|pair| documented(pair)));
            }
            if entry.shown.is_none() {
                let others = others.get_or_insert_with(|| by_pair(scenarios));
                if let Some(&(n, f)) = others.get(&(seen.code.as_str(), seen.status)) {
                    entry.note(n, f);
                    entry.near = scenarios[n].expect.line;
                }
            }
        }
    }

    /// The pairs that an answer contradicted.
    pub fn contradicted(&self) -> HashSet<(String, StatusText)> {
        let pairs = self.entries.iter().flat_map(|entry| &entry.documented);
        pairs.map(|pair| (pair.code.clone(), pair.status.clone())).collect()
    }
}

impl Entry {
    fn note(&mut self, scenario: usize, finding: usize) {
        self.shown = self.shown.or(Some((scenario, finding)));
        if self.last_scenario == Some(scenario) {
            return;
        }
        self.last_scenario = Some(scenario);
        match self.scenarios.len() < NAMED {
            true => self.scenarios.push(scenario),
            false => self.more_scenarios += 1,
        }
    }

    /// Notes the documented pairs that a finding speaks against: of the row that it names, or of its code; of the pairs
    /// of one code, an expectation is about its own statuses only.
    fn contradicts(&mut self, kind: DriftKind, finding: &FindingReport, scenario: &ScenarioReport, page: &Page<'_>) {
        let pairs = match kind {
            DriftKind::WrongCode => page.planned(scenario).map_or(Vec::new(), |pair| vec![pair]),
            DriftKind::UndocumentedStatus => page.of_code(&self.code).to_vec(),
            _ => near(finding, scenario).map_or(Vec::new(), |line| page.on_line(line).to_vec()),
        };
        let expect = &scenario.expect;
        for pair in pairs {
            let concerns = expect.code.as_deref() != Some(&pair.code) || expect.statuses.contains(&pair.status);
            let told = documented(pair);
            let concerns = concerns || kind == DriftKind::WrongCode;
            if concerns && self.documented.len() < CONTRADICTED && !self.documented.contains(&told) {
                self.documented.push(told);
            }
        }
    }
}

fn documented(pair: &CoveredPair) -> DocumentedPair {
    DocumentedPair { code: pair.code.clone(), status: pair.status.clone() }
}

fn kind(finding: &FindingReport) -> Option<DriftKind> {
    match Rule::from_id(&finding.rule)? {
        Rule::UndocumentedCode => Some(DriftKind::UndocumentedCode),
        Rule::UndocumentedStatus => Some(DriftKind::UndocumentedStatus),
        Rule::WrongCode => Some(DriftKind::WrongCode),
        _ => None,
    }
}

/// What came. Reports of earlier releases have it only for the answer that counts.
fn came(finding: &FindingReport, scenario: &ScenarioReport) -> Option<SeenReport> {
    finding.came.clone().or_else(|| scenario.seen.clone().filter(|_| finding.step == "when"))
}

/// The pair that the drift is about.
fn pair(
    kind: DriftKind,
    came: &SeenReport,
    scenario: &ScenarioReport,
    page: &Page<'_>,
) -> Option<(String, StatusText)> {
    if kind == DriftKind::WrongCode {
        let due = page.planned(scenario)?;
        return Some((due.code.clone(), due.status.clone()));
    }
    // An answer to HEAD shows no code: its status is judged for the one that is due.
    let code = came.code.clone().or_else(|| scenario.expect.code.clone())?;
    Some((code.to_string(), StatusText::Number(came.status)))
}

/// The line of the documentation that the finding speaks of.
fn near(finding: &FindingReport, scenario: &ScenarioReport) -> Option<u32> {
    let place = finding.documentation.as_deref().and_then(|place| place.rsplit_once(':'));
    place.and_then(|(_, line)| line.parse().ok()).or(scenario.expect.line)
}

/// The first finding about an answer with each pair.
fn by_pair(scenarios: &[ScenarioReport]) -> HashMap<(&str, u16), (usize, usize)> {
    let mut pairs = HashMap::new();
    for (n, scenario) in scenarios.iter().enumerate() {
        for (f, finding) in scenario.findings.iter().enumerate() {
            if let Some(SeenReport { code: Some(code), status }) = &finding.came {
                pairs.entry((&**code, *status)).or_insert((n, f));
            }
        }
    }
    pairs
}

/// Adds what came, once, as long as there are few.
pub fn add_came(list: &mut Vec<SeenReport>, came: Option<&SeenReport>) {
    if let Some(came) = came
        && list.len() < NAMED
        && !list.contains(came)
    {
        list.push(came.clone());
    }
}
