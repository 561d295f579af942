//! What the page has beside the list of scenarios.

use std::collections::BTreeSet;

use serde::Serialize;

use super::causes::{Groups, broken, known, skips, warnings};
use super::drift::Section;
use super::history::Drawn;
use super::map::{Map, map};
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::verdict::Verdict;
use crate::model::visible::visible;
use crate::render::causes::causes;
use crate::render::headline::{facts, headline};
use crate::render::words::{counted, line};

#[derive(Serialize)]
pub struct Page {
    pub headline: &'static str,
    /// `good`, `bad` or `unsure`.
    pub mood: &'static str,
    pub simulation: bool,
    pub complete: bool,
    pub exit: u8,
    pub reasons: Vec<String>,
    pub notices: Vec<String>,
    pub target: String,
    pub facts: Vec<(&'static str, String)>,
    pub tool: String,
    pub counts: Vec<Count>,
    pub scenarios: usize,
    pub broken: Groups,
    /// How many scenarios did not conform, of how many causes.
    pub summary: String,
    pub known: Groups,
    pub warnings: Groups,
    pub skips: Groups,
    pub drift: Section,
    pub map: Map,
    pub areas: BTreeSet<String>,
    pub rules: BTreeSet<String>,
    /// Nothing where no history is kept.
    pub history: Option<Drawn>,
}

#[derive(Serialize)]
pub struct Count {
    pub verdict: &'static str,
    pub count: usize,
    /// Thousandths of all, for the bar: where the part begins, and how wide it is.
    pub begins: usize,
    pub width: usize,
}

pub fn page(report: &RunReport) -> Page {
    let causes = causes(&report.scenarios);
    let failed: usize = causes.iter().map(|c| c.scenarios.len()).sum();
    let plural = if causes.len() == 1 { "cause" } else { "causes" };
    let texts = |list: &[String]| list.iter().map(|text| line(text)).collect();
    let (headline, mood) = headline(report);
    Page {
        headline,
        mood,
        simulation: report.target.simulation,
        complete: report.complete,
        exit: report.exit.code,
        reasons: texts(&report.exit.reasons),
        notices: texts(&report.notices),
        target: line(&report.target.name),
        facts: facts(report),
        tool: line(&report.tool),
        counts: counts(report),
        scenarios: report.scenarios.len(),
        summary: format!("{} did not conform, of {} {plural}", counted(failed, "scenario"), causes.len()),
        broken: broken(&causes, &report.scenarios),
        known: known(&report.scenarios),
        warnings: warnings(&report.scenarios),
        skips: skips(&report.scenarios),
        drift: Section::of(report),
        map: map(report),
        areas: report.scenarios.iter().map(|s| visible(s.area()).into_owned()).collect(),
        rules: report.scenarios.iter().flat_map(rules).collect(),
        history: None,
    }
}

/// What one may ask for a scenario by: the rules of its findings, or why it was skipped.
pub fn rules(scenario: &ScenarioReport) -> Vec<String> {
    let skip = scenario.reason.as_deref().filter(|_| scenario.verdict == Verdict::Skipped);
    let mut rules: Vec<String> = Vec::new();
    for rule in scenario.findings.iter().map(|f| f.rule.as_str()).chain(skip) {
        let rule = visible(rule).replace(' ', "-");
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

fn counts(report: &RunReport) -> Vec<Count> {
    let totals = &report.totals;
    let all = totals.scenarios.max(1);
    let mut begins = 0;
    let parts = [
        (Verdict::Violates, totals.violates),
        (Verdict::Inconclusive, totals.inconclusive),
        (Verdict::Skipped, totals.skipped),
        (Verdict::Conforms, totals.conforms),
    ];
    let mut part = |(verdict, count): (Verdict, usize)| {
        // What is there is seen, however few they are.
        let width = if count == 0 { 0 } else { (count * 1000 / all).max(6) };
        let part = Count { verdict: verdict.id(), count, begins, width };
        begins += width;
        part
    };
    parts.map(&mut part).into()
}
