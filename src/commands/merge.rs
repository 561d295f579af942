//! `trueline merge RUN.json...`: joins the results of shards, or what a journal has kept of a run that was killed, and
//! owns every gate.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::closing;
use super::console::Console;
use super::gates::Baseline;
use super::session::{self, Session};
use super::{gates, kept, last, now};
use crate::cli::{GeneralArgs, MergeArgs, SelectionArgs, TargetArgs};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::{Ending, Exit};
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::rule::Rule;
use crate::model::secret::Redactor;
use crate::model::verdict::Verdict;
use crate::record::baseline;
use crate::record::coverage::intentions;
use crate::record::digest;
use crate::record::gates::{Gates, raise};
use crate::record::observed::Sightings;
use crate::record::report::{Run, SIMULATION, part_of, run as whole};
use crate::record::shards::{self, Part};

pub fn run(console: &Console, general: &GeneralArgs, args: &MergeArgs) -> Result<Exit, Exit> {
    let session = session::open(console, general.config.as_deref())?;
    let mut parts = Vec::new();
    let mut complaints = Vec::new();
    for path in &args.runs {
        match last::read(path) {
            Ok(report) => parts.push(Part { file: path.display().to_string(), report }),
            Err(complaint) => complaints.push(complaint),
        }
    }
    if !complaints.is_empty() {
        return Err(console.refuse(Some(&session.home), &complaints));
    }
    let refuse = |texts: Vec<String>| {
        let complaints: Vec<_> = texts.into_iter().map(|text| Complaint::error("", At::File, text)).collect();
        console.refuse(Some(&session.home), &complaints)
    };
    let parts = shards::whole(parts).map_err(refuse)?;
    parts.first().map_or(Ok(()), |first| all_there(&session, first, &parts)).map_err(|text| refuse(vec![text]))?;
    let baseline = gates::baseline(console, &args.gates)?;
    let ledger = baseline.as_ref().map(Baseline::ledger);
    let gates = gates::of(&args.gates, ledger.as_ref());
    let ids = parts.iter().map(identity).collect();
    let (mut report, exit) = joined(console, &session, parts, &args.gates.fail_on, gates)?;
    let kept = baseline.is_none_or(|baseline| baseline.keep(console, &report));
    kept::add(console, &session, &args.report, &mut report, ids, &BTreeSet::new());
    let written = closing::write(console, &session, &args.report, &report);
    closing::tell(console, &session, "", &report, &written);
    Ok(if written.is_whole && kept { exit } else { Exit::BadInput })
}

/// What names a run, so that joining it again adds no further one to the history. A journal has no id yet.
fn identity(part: &RunReport) -> String {
    part.id.clone().unwrap_or_else(|| format!("{}@{}", part.target.name.replace(' ', "-"), part.started_at))
}

fn joined(
    console: &Console,
    session: &Session,
    parts: Vec<RunReport>,
    fail_on: &[Rule],
    gates: Gates<'_>,
) -> Result<(RunReport, Exit), Exit> {
    let settings = session.inputs.project.run.clone();
    let asked = session.asked(console, &SelectionArgs::default(), &TargetArgs::default(), settings)?;
    let plan = session.plan_for_reading(console, &asked)?;
    let mut sightings = Sightings::default();
    parts.iter().for_each(|part| sightings.restore(&part.observed));
    let mut notices: Vec<String> = Vec::new();
    for notice in parts.iter().flat_map(own_notices) {
        if !notices.contains(notice) {
            notices.push(notice.clone());
        }
    }
    notices.extend(strangers(&parts));
    let first = &parts[0];
    let (target, seed) = (first.target.clone(), first.seed);
    let digest = first.plan.clone().filter(|_| parts.iter().all(|part| part.plan == first.plan));
    let selected = first.shard.as_ref().map_or(plan.scenarios.len(), |shard| shard.selected);
    let started_at = parts.iter().map(|part| part.started_at.clone()).min().unwrap_or_default();
    let duration = parts.iter().map(|part| part.duration_ms).max().unwrap_or(0);
    let broke_off = parts.iter().any(|part| !part.complete);
    let mut scenarios = union(parts);
    raise(&mut scenarios, fail_on);
    for scenario in &mut scenarios {
        gates.mark(scenario, now::today());
    }
    let mut ending = Ending::default();
    if broke_off && (scenarios.iter().any(ScenarioReport::never_ran) || scenarios.len() < selected) {
        ending.because(Exit::Inconclusive, "a run broke off before all its scenarios were judged");
    }
    let (report, ending) = whole(Run {
        catalogue: &session.catalogue,
        waivers: &session.inputs.project.waivers,
        today: now::today(),
        intentions: &intentions(&plan, &session.catalogue),
        redactor: &Redactor::default(),
        started_at,
        duration: Duration::from_millis(duration),
        id: Some(uuid::Uuid::new_v4().to_string()),
        host: now::host(),
        target,
        seed,
        shard: None,
        plan: digest,
        scenarios,
        sightings: &sightings,
        gates,
        interrupted: None,
        notices,
        ending,
    });
    Ok((report, ending.exit()))
}

/// Whether shards have among them all that was selected when they were cut, under the catalogue that there is now. What
/// a shard that broke off has not judged is told otherwise.
fn all_there(session: &Session, first: &RunReport, parts: &[RunReport]) -> Result<(), String> {
    let Some(shard) = &first.shard else { return Ok(()) };
    let scenarios: Vec<&ScenarioReport> = parts.iter().flat_map(|part| &part.scenarios).collect();
    let broke_off = parts.iter().any(|part| !part.complete);
    match scenarios.len() {
        there if there < shard.selected && broke_off => Ok(()),
        there if there != shard.selected => Err(format!(
            "the shards have {there} scenarios, and {} were selected: they are not of one run",
            shard.selected
        )),
        _ if Some(digest::of_reports(scenarios, &session.catalogue)) == first.plan => Ok(()),
        _ => Err(format!(
            "the shards ran with another {}: join them where the same files are checked out",
            session.catalogue.page
        )),
    }
}

/// Without those that every report of its kind has.
fn own_notices(part: &RunReport) -> impl Iterator<Item = &String> {
    let of_baseline: Vec<String> = part.baseline.iter().flat_map(baseline::notices).collect();
    let of_shard = part.shard.as_ref().map(|shard| part_of(shard, part.totals.scenarios));
    let made = move |notice: &String| {
        notice == SIMULATION
            || Some(notice) == of_shard.as_ref()
            || of_baseline.contains(notice)
            || kept::is_about_keeping(notice)
    };
    part.notices.iter().filter(move |notice| !made(notice))
}

/// What a reader should know of parts that do not belong together.
fn strangers(parts: &[RunReport]) -> Option<String> {
    let other = parts.iter().find(|part| part.target.name != parts[0].target.name)?;
    Some(format!("the runs are of different targets, {} and {}", parts[0].target.name, other.target.name))
}

/// All scenarios, each once. What is worse outweighs what is better, so that the order of the files turns nothing green;
/// one that was judged outweighs one that never ran, and else a later file an earlier one.
fn union(parts: Vec<RunReport>) -> Vec<ScenarioReport> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut all: Vec<ScenarioReport> = Vec::new();
    for scenario in parts.into_iter().flat_map(|part| part.scenarios) {
        match places.get(&scenario.id) {
            None => {
                places.insert(scenario.id.clone(), all.len());
                all.push(scenario);
            }
            Some(&at) if weight(&scenario) >= weight(&all[at]) => all[at] = scenario,
            Some(_) => {}
        }
    }
    all.sort_by(|a, b| (&a.file, a.line, &a.id).cmp(&(&b.file, b.line, &b.id)));
    all
}

fn weight(scenario: &ScenarioReport) -> u8 {
    match scenario.verdict {
        _ if scenario.never_ran() => 0,
        Verdict::Skipped => 1,
        Verdict::Conforms => 2,
        Verdict::Inconclusive => 3,
        Verdict::Violates => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(verdict: &str, reason: Option<&str>) -> RunReport {
        let scenario = json!({
            "id": "a/one", "file": "scenarios/a.yaml", "line": 3, "expect": { "statuses": [404] }, "verdict": verdict,
            "reason": reason, "skip": reason, "duration_ms": 1, "attempts": 1, "requests": 1, "findings": [], "exchanges": []
        });
        RunReport { scenarios: vec![serde_json::from_value(scenario).unwrap()], ..RunReport::default() }
    }

    #[test]
    fn the_order_of_runs_turns_nothing_green() {
        let ranked = [
            ("skipped", Some("interrupted")),
            ("skipped", Some("credential")),
            ("conforms", None),
            ("inconclusive", None),
            ("violates", None),
        ];
        for (worse, (verdict, reason)) in ranked.iter().enumerate() {
            for (other, other_reason) in &ranked[..worse] {
                let there = || vec![run(verdict, *reason), run(other, *other_reason)];
                let (forth, back) = (union(there()), union(there().into_iter().rev().collect()));
                assert_eq!(
                    (forth[0].verdict.id(), back[0].verdict.id()),
                    (*verdict, *verdict),
                    "{verdict} and {other}"
                );
                assert_eq!((&forth[0].reason, forth.len(), back.len()), (&back[0].reason, 1, 1));
            }
        }
    }
}
