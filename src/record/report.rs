//! The report of a whole run.

use std::time::Duration;

use super::baseline;
use super::coverage::{self, Intention};
use super::drift;
use super::gates::Gates;
use super::observed::Sightings;
use crate::model::catalogue::Catalogue;
use crate::model::exit::{Ending, Exit};
use crate::model::project::{Day, Waiver};
use crate::model::report::{ExitReport, RunReport, ScenarioReport, ShardReport, TargetReport, Totals, VERSION};
use crate::model::rule::Rule;
use crate::model::secret::Redactor;
use crate::model::verdict::Verdict;

/// The sentence that every report of a run against the embedded reference has.
pub const SIMULATION: &str =
    "This was a simulation: the target is the reference deployment that is built into trueline, not a real service.";

/// A run that has ended.
pub struct Run<'a> {
    pub catalogue: &'a Catalogue,
    pub waivers: &'a [Waiver],
    pub today: Day,
    /// What the scenarios mean to trigger, those that the selection left out included.
    pub intentions: &'a [Intention],
    pub redactor: &'a Redactor,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub duration: Duration,
    /// Identity of the run, a UUID.
    pub id: Option<String>,
    pub host: Option<String>,
    pub target: TargetReport,
    pub seed: Option<u64>,
    /// Where it is one of several runs: then every gate is for `merge`, which sees all of them.
    pub shard: Option<ShardReport>,
    /// The digest of the whole plan.
    pub plan: Option<String>,
    /// In plan order.
    pub scenarios: Vec<ScenarioReport>,
    pub sightings: &'a Sightings,
    pub gates: Gates<'a>,
    /// [`Exit::Interrupted`] or [`Exit::Terminated`].
    pub interrupted: Option<Exit>,
    /// Whether one of those that it is joined of ended early, and no other made up for it.
    pub broke_off: bool,
    pub notices: Vec<String>,
    /// Reasons that are known already, such as gates of their own.
    pub ending: Ending,
}

/// The report, and how the run ends.
pub fn run(run: Run) -> (RunReport, Ending) {
    let totals = Totals::of(&run.scenarios);
    let coverage = coverage::of(run.catalogue, run.waivers, run.today, run.intentions, &run.scenarios);
    let mut ending = run.ending;
    let is_whole = run.shard.is_none();
    let baseline = run.gates.baseline.map(|ledger| ledger.report(&run.scenarios));
    emptiness(&mut ending, &totals, &run.scenarios, run.shard.as_ref());
    reasons(&mut ending, &totals, &run.scenarios, run.interrupted);
    if is_whole {
        run.gates.check(&mut ending, &coverage, &run.scenarios);
    }
    for waiver in run.waivers.iter().filter(|w| is_whole && coverage::is_expired(w, run.today)) {
        let until = waiver.until.map(|day| day.to_string()).unwrap_or_default();
        ending.because(Exit::GateMissed, format!("the waiver of {} ran out on {until}", waiver.pair));
    }
    let mut notices = run.notices;
    if run.target.simulation {
        notices.insert(0, SIMULATION.to_owned());
    }
    if run.sightings.left_out() > 0 {
        notices.push(format!("{} sightings of further codes are not listed as observed", run.sightings.left_out()));
    }
    notices.extend(baseline.iter().flat_map(baseline::notices));
    notices.extend(run.shard.as_ref().map(|shard| part_of(shard, totals.scenarios)));
    let redact = |text: &str| run.redactor.redact(text).into_owned();
    let exit = ExitReport { code: ending.exit().code(), reasons: ending.reasons().into_iter().map(redact).collect() };
    let observed = run.sightings.list(run.catalogue, run.redactor);
    let report = RunReport {
        version: VERSION,
        tool: concat!("trueline ", env!("CARGO_PKG_VERSION")).to_owned(),
        id: run.id,
        host: run.host,
        page: run.catalogue.page.to_string(),
        started_at: run.started_at,
        duration_ms: u64::try_from(run.duration.as_millis()).unwrap_or(u64::MAX),
        complete: run.interrupted.is_none()
            && !run.broke_off
            && !run.scenarios.iter().any(|s| s.never_ran() || was_not_fired(s)),
        target: TargetReport { url: redact(&run.target.url), ..run.target },
        seed: run.seed,
        shard: run.shard,
        plan: run.plan,
        notices: notices.iter().map(|n| redact(n)).collect(),
        totals,
        drift: drift::drift(&coverage, &run.scenarios, &observed),
        coverage,
        exit,
        baseline,
        observed,
        scenarios: run.scenarios,
    };
    (report, ending)
}

/// Whether its target was down before the scenario's turn.
fn was_not_fired(scenario: &ScenarioReport) -> bool {
    scenario.requests == 0 && scenario.reason.as_deref() == Some(Rule::NoAnswer.id())
}

/// Nothing is green because nothing ran. A shard may be empty where there are others.
fn emptiness(ending: &mut Ending, totals: &Totals, scenarios: &[ScenarioReport], shard: Option<&ShardReport>) {
    if shard.map_or(totals.scenarios, |shard| shard.selected) == 0 {
        // Who selected may have said it better.
        if ending.exit() != Exit::NothingJudged {
            ending.because(Exit::NothingJudged, "nothing was selected");
        }
    } else if shard.is_none() && totals.skipped == totals.scenarios && !scenarios.iter().any(ScenarioReport::never_ran)
    {
        ending.because(Exit::NothingJudged, format!("{} skipped, so nothing was judged", all(totals.skipped)));
    }
}

/// The sentence that every report of a shard has.
pub fn part_of(shard: &ShardReport, scenarios: usize) -> String {
    let ShardReport { index, of, selected, .. } = shard;
    let selected = counted(*selected, "scenario");
    format!(
        "This is shard {index} of {of}, with {scenarios} of {selected}. Gates are for the whole run: `trueline merge` joins the run.json files of all {of} and checks them."
    )
}

/// Adds every reason that the results give. An ending does not depend on the order in which they are added.
fn reasons(ending: &mut Ending, totals: &Totals, scenarios: &[ScenarioReport], interrupted: Option<Exit>) {
    if let Some(exit) = interrupted {
        let ran = totals.scenarios - scenarios.iter().filter(|s| s.never_ran()).count();
        let text = format!("the run was interrupted after {ran} of {}", counted(totals.scenarios, "scenario"));
        ending.because(exit, text);
    }
    let counting = |verdict: Verdict| scenarios.iter().filter(|s| s.counts_as() == verdict).count();
    let (violates, inconclusive) = (counting(Verdict::Violates), counting(Verdict::Inconclusive));
    if violates > 0 {
        let verb = if violates == 1 { "violates" } else { "violate" };
        ending.because(Exit::Broken, format!("{} {verb} the contract", counted(violates, "scenario")));
    }
    if inconclusive > 0 {
        let text = format!("{} could not be judged", counted(inconclusive, "scenario"));
        ending.because(Exit::Inconclusive, text);
    }
}

fn all(count: usize) -> String {
    if count == 1 { "the only scenario was".to_owned() } else { format!("all {count} scenarios were") }
}

/// `1 scenario`, `2 scenarios`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::{Skip, SkipWhy};
    use crate::record::Keep;
    use crate::record::fixture::World;

    fn ended(world: &World, scenarios: Vec<ScenarioReport>, interrupted: Option<Exit>) -> RunReport {
        shard_ended(world, scenarios, interrupted, None)
    }

    fn shard_ended(
        world: &World,
        scenarios: Vec<ScenarioReport>,
        interrupted: Option<Exit>,
        shard: Option<ShardReport>,
    ) -> RunReport {
        let run = Run {
            catalogue: &world.catalogue,
            waivers: &[],
            today: Day { year: 2026, month: 11, day: 22 },
            intentions: &[],
            redactor: &world.redactor,
            started_at: "2026-11-22T12:00:00Z".into(),
            duration: Duration::from_millis(812),
            id: None,
            host: None,
            target: TargetReport { simulation: true, ..TargetReport::default() },
            seed: None,
            shard,
            plan: None,
            scenarios,
            sightings: &Sightings::default(),
            gates: Gates::default(),
            interrupted,
            broke_off: false,
            notices: vec![],
            ending: Ending::default(),
        };
        super::run(run).0
    }

    fn skipped(world: &World, why: SkipWhy, foreseen: bool) -> ScenarioReport {
        let skip = Skip { why, reason: "because".into(), foreseen };
        world.recorder(Keep::Findings).skipped(&world.plan.scenarios[0], &skip)
    }

    #[test]
    fn every_reason_is_listed_and_the_first_in_rank_gives_the_code() {
        let world = World::new();
        let of = |verdict| world.report(0, verdict, None);
        let skip = skipped(&world, SkipWhy::Credential, false);
        let scenarios = vec![of(Verdict::Inconclusive), of(Verdict::Violates), skip, of(Verdict::Conforms)];
        let report = ended(&world, scenarios, None);
        assert_eq!(report.exit.code, 1);
        assert_eq!(report.exit.reasons.len(), 3);
        assert_eq!(report.exit.reasons[0], "1 scenario violates the contract");
        assert_eq!(report.exit.reasons[1], "1 scenario could not be judged");
        assert!(report.exit.reasons[2].contains("(credential)"));
        assert!(report.complete && report.notices == [SIMULATION]);
    }

    #[test]
    fn nothing_is_green_because_nothing_ran() {
        let world = World::new();
        assert_eq!(ended(&world, vec![], None).exit.code, 5);
        assert_eq!(ended(&world, vec![skipped(&world, SkipWhy::Written, true)], None).exit.code, 5);
        assert_eq!(ended(&world, vec![world.report(0, Verdict::Conforms, None)], None).exit.code, 0);
    }

    #[test]
    fn a_shard_may_be_empty_or_skipped_whole_where_others_are_not() {
        let world = World::new();
        let shard = |selected| Some(ShardReport { index: 2, of: 5, selected, durations: None });
        let empty = shard_ended(&world, vec![], None, shard(3));
        assert_eq!((empty.exit.code, &empty.exit.reasons[..]), (0, &[][..]));
        assert!(empty.notices[1].starts_with("This is shard 2 of 5, with 0 of 3 scenarios."), "{:?}", empty.notices);
        let unforeseen = vec![skipped(&world, SkipWhy::Credential, false)];
        assert_eq!(shard_ended(&world, unforeseen, None, shard(3)).exit.code, 0);
        assert_eq!(shard_ended(&world, vec![], None, shard(0)).exit.code, 5);
        let wrong = vec![world.report(0, Verdict::Violates, None)];
        assert_eq!(shard_ended(&world, wrong, None, shard(3)).exit.code, 1);
    }

    #[test]
    fn an_interrupted_run_is_not_complete_and_says_how_far_it_came() {
        let world = World::new();
        let scenarios = vec![world.report(0, Verdict::Violates, None), skipped(&world, SkipWhy::Interrupted, false)];
        let report = ended(&world, scenarios, Some(Exit::Interrupted));
        assert_eq!(report.exit.code, 130);
        assert_eq!(report.exit.reasons[0], "the run was interrupted after 1 of 2 scenarios");
        assert!(!report.complete);
        let none = vec![skipped(&world, SkipWhy::Interrupted, false)];
        assert_eq!(ended(&world, none, Some(Exit::Terminated)).exit.code, 143);
    }
}
