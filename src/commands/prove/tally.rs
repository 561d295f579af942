//! Counts what came of every lie.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::lie::{self, Lie};
use crate::model::proof::{LieReport, ProofTotals, Survivor};
use crate::model::rule::Rule;

/// The scenario whose answers are altered.
pub struct Place {
    /// `area/name`
    pub scenario: String,
    pub file: String,
    pub line: u32,
}

/// What came of one lie, told once.
pub struct Outcome {
    /// Found, or for what is harmless: noticed by nobody.
    pub right: bool,
    /// The promised rule was among the findings.
    pub named: bool,
    pub promised: Option<Rule>,
}

/// The counts, by the place of a lie in the list of all.
pub struct Tally {
    counts: Vec<Count>,
    pub survivors: Vec<Survivor>,
    pub false_alarms: Vec<Survivor>,
    /// How many answers were altered.
    pub answers: usize,
    pub duration: Duration,
}

#[derive(Clone, Default)]
struct Count {
    tried: usize,
    right: usize,
    named: usize,
    not_applicable: usize,
    promised: BTreeMap<Rule, usize>,
    took: Duration,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            counts: vec![Count::default(); lie::ALL.len()],
            survivors: Vec::new(),
            false_alarms: Vec::new(),
            answers: 0,
            duration: Duration::ZERO,
        }
    }
}

impl Tally {
    pub fn not_applicable(&mut self, kind: usize, took: Duration) {
        self.counts[kind].not_applicable += 1;
        self.add_time(kind, took);
    }

    pub fn tried(&mut self, kind: usize, outcome: &Outcome, took: Duration) {
        let count = &mut self.counts[kind];
        count.tried += 1;
        count.right += usize::from(outcome.right);
        count.named += usize::from(outcome.right && outcome.named);
        if let Some(rule) = outcome.promised {
            *count.promised.entry(rule).or_default() += 1;
        }
        self.add_time(kind, took);
    }

    fn add_time(&mut self, kind: usize, took: Duration) {
        self.counts[kind].took += took;
        self.duration += took;
    }

    pub fn lies(&self) -> Vec<LieReport> {
        self.reports(|lie| !lie.is_harmless())
    }

    pub fn harmless(&self) -> Vec<LieReport> {
        self.reports(Lie::is_harmless)
    }

    fn reports(&self, takes: impl Fn(&Lie) -> bool) -> Vec<LieReport> {
        let kinds = lie::ALL.iter().zip(&self.counts).filter(|(lie, _)| takes(lie));
        let report = |(lie, count): (&Lie, &Count)| LieReport {
            id: lie.id.to_owned(),
            says: lie.says.to_owned(),
            tried: count.tried,
            caught: count.right,
            under_promised_rule: count.named,
            promised: count.promised.iter().map(|(rule, times)| (rule.id().to_owned(), *times)).collect(),
            not_applicable: count.not_applicable,
            seconds: (count.took.as_secs_f64() * 1000.0).round() / 1000.0,
        };
        kinds.map(report).collect()
    }

    pub fn totals(&self) -> ProofTotals {
        let mut totals = ProofTotals { false_alarms: self.false_alarms.len(), ..ProofTotals::default() };
        for (lie, count) in lie::ALL.iter().zip(&self.counts) {
            if lie.is_harmless() {
                totals.harmless += count.tried;
            } else {
                totals.lies += count.tried;
                totals.caught += count.named;
            }
        }
        totals
    }
}
