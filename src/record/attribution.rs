//! What answers come to as a whole: where nearly all are alike, one mistake of the set-up is more likely than hundreds
//! of the service.

use std::collections::BTreeMap;

use super::exchange::step;
use crate::model::catalogue::Catalogue;
use crate::model::exchange::{Exchange, Observation, Phase};
use crate::model::plan::{Auth, Plan, Planned, PlannedTarget};
use crate::model::verdict::{Fired, ObstacleKind, Seen};

/// From so many answers on, and of so many in a hundred, something is said.
const ANSWERS: u32 = 5;
const PERCENT: u32 = 90;

/// Counts the answers of a run.
#[derive(Debug, Default)]
pub struct Tally {
    /// By target, how many answers came, how many of them are 404, and how many scenarios were not fired.
    targets: BTreeMap<u16, Heard>,
    /// By target and credential, how many answers came and how many of them are 401.
    credentials: BTreeMap<(u16, Option<u16>), Alike>,
}

#[derive(Debug, Default)]
struct Heard {
    not_found: Alike,
    /// Of error answers in JSON, those that have no code where it is looked for.
    without_code: Alike,
    answered: bool,
    unfired: u32,
}

/// How many of some answers are alike.
#[derive(Debug, Default, Clone, Copy)]
struct Alike {
    of: u32,
    count: u32,
}

impl Alike {
    fn add(&mut self, is_one: bool) {
        self.of += 1;
        self.count += u32::from(is_one);
    }

    fn is_nearly_all(self) -> bool {
        self.of >= ANSWERS && u64::from(self.count) * 100 >= u64::from(self.of) * u64::from(PERCENT)
    }
}

impl Tally {
    /// Adds a scenario that has been judged.
    pub fn add(&mut self, planned: &Planned, fired: &Fired, catalogue: &Catalogue) {
        let Some(work) = planned.work() else { return };
        let heard = self.targets.entry(work.target).or_default();
        let silent = fired.obstacles.iter().any(|obstacle| obstacle.kind == ObstacleKind::Silent);
        heard.unfired += u32::from(silent && fired.exchanges.is_empty() && !fired.interrupted);
        for exchange in fired.exchanges.iter().filter(|exchange| !exchange.control && !exchange.superseded) {
            let Observation::Answered(answer) = &exchange.observation else { continue };
            heard.answered = true;
            // What was due says nothing about the set-up, even where something else about it is wrong.
            if matches!(answer.status, 401 | 404) && was_due(planned, exchange, answer.status, catalogue) {
                continue;
            }
            heard.not_found.add(answer.status == 404);
            if let Some(credential) = credential(planned, exchange) {
                self.credentials.entry((work.target, credential)).or_default().add(answer.status == 401);
            }
        }
    }

    /// Adds what was read of the answer that is judged. Whether a code is there can be told only of a JSON object.
    pub fn add_reading(&mut self, planned: &Planned, fired: &Fired, seen: Option<&Seen>) {
        let (Some(work), Some(seen), None) = (planned.work(), seen, &planned.expect.at) else { return };
        let judged = fired.exchanges.iter().rev().find(|e| e.phase == Phase::When && !e.superseded);
        let Some(Observation::Answered(answer)) = judged.map(|exchange| &exchange.observation) else { return };
        if answer.status >= 400 && answer.body.trim_ascii_start().starts_with(b"{") {
            self.targets.entry(work.target).or_default().without_code.add(seen.code.is_none());
        }
    }

    /// What a reader should know, in whole sentences. `pointer` is where the code is looked for.
    pub fn notices(&self, plan: &Plan, pointer: &str) -> Vec<String> {
        let targets = self.targets.iter().filter_map(|(index, heard)| Some((*index, heard, target(plan, *index)?)));
        targets.flat_map(|(index, heard, target)| self.of_target(index, heard, target, pointer)).collect()
    }

    fn of_target(&self, index: u16, heard: &Heard, target: &PlannedTarget, pointer: &str) -> Vec<String> {
        let mut notices = Vec::new();
        if heard.unfired > 0 {
            let what = if heard.answered { "went down" } else { "could not be reached" };
            let scenarios = if heard.unfired == 1 { "scenario was" } else { "scenarios were" };
            notices.push(format!(
                "The target `{}` ({}) {what}: {} {scenarios} not fired.",
                target.name, target.url, heard.unfired
            ));
        }
        if heard.not_found.is_nearly_all() {
            let Alike { of, count } = heard.not_found;
            notices.push(format!("{count} of {of} answers were 404: the base URL {} is probably wrong.", target.url));
        }
        if heard.without_code.is_nearly_all() {
            let Alike { of, count } = heard.without_code;
            notices.push(format!(
                "{count} of {of} error answers have no code at {pointer}: `code` under `[envelope]` in trueline.toml is probably wrong."
            ));
        }
        let of_target = self.credentials.range((index, None)..=(index, Some(u16::MAX)));
        for (&(_, credential), &Alike { of, count }) in of_target.filter(|(_, alike)| alike.is_nearly_all()) {
            notices.push(match credential.and_then(|index| target.credentials.get(usize::from(index))) {
                Some(credential) => format!(
                    "{count} of {of} answers to requests as `{}` were 401: the credential is probably wrong.",
                    credential.name
                ),
                None if has_authorization(target) => format!(
                    "{count} of {of} answers to requests with the Authorization of the command line were 401: it is probably wrong."
                ),
                None => format!(
                    "{count} of {of} answers to requests without a credential were 401: probably one is needed (`as`, or `--header`)."
                ),
            });
        }
        notices
    }
}

/// Whether this status may come: the one that `when` expects, or one that the step says itself.
fn was_due(planned: &Planned, exchange: &Exchange, status: u16, catalogue: &Catalogue) -> bool {
    if exchange.phase != Phase::When {
        return step(planned, exchange).is_some_and(|step| step.accept.contains(&status));
    }
    let expect = &planned.expect;
    match (expect.pinned, expect.code) {
        _ if expect.at.is_some() => false,
        (Some(pinned), _) => pinned.covers(status),
        (None, Some(code)) => catalogue.entry(code).documented(status).is_some(),
        (None, None) => false,
    }
}

fn target(plan: &Plan, index: u16) -> Option<&PlannedTarget> {
    plan.targets.get(usize::from(index))
}

fn has_authorization(target: &PlannedTarget) -> bool {
    target.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
}

/// The credential that a request was sent with (`Some(None)`: with none); nothing where the scenario brings its own.
fn credential(planned: &Planned, exchange: &Exchange) -> Option<Option<u16>> {
    let step = step(planned, exchange)?;
    if step.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        return None;
    }
    match step.auth {
        Auth::Anonymous => Some(None),
        Auth::Named(index) => Some(Some(index)),
        Auth::Captured(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::Status;
    use crate::model::plan::{Act, Expect, PlannedCredential, Scheme};
    use crate::model::template::Template;
    use crate::model::verdict::Obstacle;
    use crate::record::fixture::{World, answer, exchange, sent_close};

    /// What is said of a run in which `when` was answered with a status where one was due, so many times.
    fn said(auth: Auth, answers: &[(u16, u16, usize)]) -> Vec<String> {
        let mut world = World::new();
        let scheme = Scheme::Bearer(Template::text("x"));
        world.plan.targets[0].credentials =
            vec![PlannedCredential { name: "technician".into(), scheme: scheme.clone(), login: None }];
        let planned = &mut world.plan.scenarios[0];
        if let Act::Fire(work) = &mut planned.act {
            work.when.auth = auth;
        }
        let mut tally = Tally::default();
        for (status, due, times) in answers {
            world.plan.scenarios[0].expect.pinned = Some(Status::Exact(*due));
            for _ in 0..*times {
                let fired = Fired { exchanges: vec![exchange(sent_close(), answer(*status, ""))], ..Fired::default() };
                tally.add(&world.plan.scenarios[0], &fired, &world.catalogue);
            }
        }
        tally.notices(&world.plan, "/error/code")
    }

    #[test]
    fn a_401_on_nearly_everything_speaks_of_the_credential() {
        let wrong = (401, 409, 9);
        let named = said(Auth::Named(0), &[wrong, (403, 403, 1)]);
        let sentence = "9 of 10 answers to requests as `technician` were 401: the credential is probably wrong.";
        assert_eq!(named, [sentence]);
        assert!(said(Auth::Anonymous, &[wrong])[0].contains("probably one is needed"));
        assert!(said(Auth::Captured(Box::new(Scheme::Bearer(Template::text("x")))), &[wrong]).is_empty());
    }

    #[test]
    fn a_404_on_nearly_everything_speaks_of_the_base_url() {
        let notices = said(Auth::Named(0), &[(404, 409, 9), (409, 409, 1)]);
        assert_eq!(notices, ["9 of 10 answers were 404: the base URL http://127.0.0.1:8080 is probably wrong."]);
    }

    #[test]
    fn a_few_or_a_part_or_what_was_due_say_nothing() {
        for status in [401, 404] {
            for answers in [
                &[(status, 409, 4)][..],
                &[(status, 409, 8), (409, 409, 2)],
                &[(status, status, 100)],
                &[(status, 409, 4), (status, status, 100)],
            ] {
                assert!(said(Auth::Named(0), answers).is_empty(), "{answers:?}");
            }
        }
    }

    #[test]
    fn what_a_code_documents_or_a_step_accepts_was_due() {
        let mut world = World::new();
        let mut said = |code: &str, accept: &[u16]| {
            let planned = &mut world.plan.scenarios[0];
            planned.expect = Expect { code: world.catalogue.find(code), pinned: None, at: None };
            if let Act::Fire(work) = &mut planned.act {
                work.given[0].accept = accept.into();
            }
            let given = Exchange { phase: Phase::Given, ..exchange(sent_close(), answer(404, "")) };
            let fired = Fired { exchanges: vec![given, exchange(sent_close(), answer(404, ""))], ..Fired::default() };
            let mut tally = Tally::default();
            (0..9).for_each(|_| tally.add(&world.plan.scenarios[0], &fired, &world.catalogue));
            tally.notices(&world.plan, "/error/code")
        };
        assert!(said("NOT_FOUND", &[204, 404]).is_empty());
        assert!(said("NOT_FOUND", &[])[0].starts_with("9 of 9 answers were 404"));
        assert!(said("ALREADY_CLOSED", &[])[0].starts_with("18 of 18 answers were 404"));
    }

    #[test]
    fn a_pointer_that_never_matches_is_told() {
        let world = World::new();
        let said = |bodies: &[(&str, Option<&str>, usize)]| {
            let mut tally = Tally::default();
            for (body, code, times) in bodies {
                let fired = Fired { exchanges: vec![exchange(sent_close(), answer(409, body))], ..Fired::default() };
                let seen = Seen { code: code.map(Into::into), status: 409 };
                (0..*times).for_each(|_| tally.add_reading(&world.plan.scenarios[0], &fired, Some(&seen)));
            }
            tally.notices(&world.plan, "/error/code")
        };
        let sentence = "9 of 10 error answers have no code at /error/code: `code` under `[envelope]` in trueline.toml is probably wrong.";
        assert_eq!(said(&[(r#"{"code":"X"}"#, None, 9), (r#"{"error":{"code":"X"}}"#, Some("X"), 1)]), [sentence]);
        assert!(said(&[(r#"{"code":"X"}"#, None, 8), (r#"{"error":{"code":"X"}}"#, Some("X"), 2)]).is_empty());
        assert!(said(&[("<html>", None, 9)]).is_empty(), "a page has no pointers");
    }

    #[test]
    fn scenarios_that_were_not_fired_are_told_once() {
        let world = World::new();
        let mut tally = Tally::default();
        tally.add(&world.plan.scenarios[0], &world.fired(), &world.catalogue);
        for _ in 0..3 {
            let kind = ObstacleKind::Silent;
            let text = "not fired".to_owned();
            let obstacle = Obstacle { phase: Phase::When, index: 0, kind, text, expected: None, seen: None };
            let fired = Fired { obstacles: vec![obstacle], ..Fired::default() };
            tally.add(&world.plan.scenarios[0], &fired, &world.catalogue);
        }
        let sentence = "The target `staging` (http://127.0.0.1:8080) went down: 3 scenarios were not fired.";
        assert_eq!(tally.notices(&world.plan, "/error/code"), [sentence]);
    }
}
