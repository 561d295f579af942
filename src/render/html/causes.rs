//! What broke, what was warned of and what was skipped, each grouped by its cause.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::model::report::ScenarioReport;
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::visible;
use crate::render::causes::Cause;
use crate::render::words::{self, counted, line};

/// Groups shown, and scenarios named for each; all scenarios are further down.
const SHOWN: usize = 100;
const NAMED: usize = 6;

#[derive(Serialize)]
pub struct Link {
    pub n: usize,
    pub id: String,
}

impl Link {
    pub fn to(scenarios: &[ScenarioReport], n: usize) -> Link {
        Link { n, id: visible(&scenarios[n].id).into_owned() }
    }
}

#[derive(Serialize)]
pub struct Group {
    /// `violates`, `inconclusive`, `known`, `warning` or `skipped`.
    pub kind: &'static str,
    pub rule: String,
    pub text: String,
    /// What the rule says, or nothing.
    pub hint: &'static str,
    pub times: String,
    pub links: Vec<Link>,
    pub more: usize,
}

/// The groups of one kind, as many as are shown, and how many there are beyond.
#[derive(Serialize, Default)]
pub struct Groups {
    pub list: Vec<Group>,
    pub more: usize,
}

impl Groups {
    fn new(mut all: Vec<Group>) -> Groups {
        let more = all.len().saturating_sub(SHOWN);
        all.truncate(SHOWN);
        explain_once(&mut all);
        Groups { list: all, more }
    }
}

pub fn broken(causes: &[Cause], scenarios: &[ScenarioReport]) -> Groups {
    let group = |c: &Cause| group(c.verdict.id(), &c.rule, c.text.clone(), &c.scenarios, scenarios);
    Groups::new(causes.iter().map(group).collect())
}

/// A rule is explained once, where it comes first.
fn explain_once(groups: &mut [Group]) {
    let mut rules: HashSet<String> = HashSet::new();
    for group in groups {
        if !rules.insert(group.rule.clone()) {
            group.hint = "";
        }
    }
}

pub fn warnings(scenarios: &[ScenarioReport]) -> Groups {
    let all = scenarios.iter().enumerate().flat_map(|(n, s)| s.findings.iter().map(move |f| (n, f)));
    let warnings = all.filter(|(_, f)| f.severity != "error").map(|(n, f)| (n, (f.rule.as_str(), f.text.as_str())));
    grouped("warning", warnings, scenarios)
}

/// What the baseline accepts, by its reason.
pub fn known(scenarios: &[ScenarioReport]) -> Groups {
    let all = scenarios.iter().enumerate().flat_map(|(n, s)| s.findings.iter().map(move |f| (n, f)));
    let known: Vec<(usize, &str, String)> =
        all.filter_map(|(n, f)| Some((n, f.rule.as_str(), words::known(f)?))).collect();
    grouped("known", known.iter().map(|(n, rule, text)| (*n, (*rule, text.as_str()))), scenarios)
}

pub fn skips(scenarios: &[ScenarioReport]) -> Groups {
    let skipped = scenarios.iter().enumerate().filter(|(_, s)| s.verdict == Verdict::Skipped);
    let why = |s: &ScenarioReport| s.reason.clone().unwrap_or_default();
    let keys: Vec<(usize, (String, &str))> =
        skipped.map(|(n, s)| (n, (why(s), s.skip.as_deref().unwrap_or_default()))).collect();
    grouped("skipped", keys.iter().map(|(n, (why, text))| (*n, (why.as_str(), *text))), scenarios)
}

/// The most frequent first.
fn grouped<'a>(
    kind: &'static str,
    all: impl Iterator<Item = (usize, (&'a str, &'a str))>,
    scenarios: &[ScenarioReport],
) -> Groups {
    let mut groups: Vec<((&str, &str), Vec<usize>)> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for (n, key) in all {
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(n);
    }
    groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    let group =
        |((rule, text), members): &((&str, &str), Vec<usize>)| group(kind, rule, line(text), members, scenarios);
    Groups::new(groups.iter().map(group).collect())
}

fn group(kind: &'static str, rule: &str, text: String, members: &[usize], scenarios: &[ScenarioReport]) -> Group {
    Group {
        kind,
        rule: visible(rule).into_owned(),
        text,
        hint: Rule::from_id(rule).map_or("", Rule::broken_when),
        times: counted(members.len(), "scenario"),
        links: members.iter().take(NAMED).map(|n| Link::to(scenarios, *n)).collect(),
        more: members.len().saturating_sub(NAMED),
    }
}
