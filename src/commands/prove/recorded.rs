//! Proving a recording: the `run.json` of a run with `--record`. Nothing is sent.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::court::Court;
use super::ending::Behind;
use super::tally::{Place, Tally};
use crate::cli::ProveArgs;
use crate::commands::console::Console;
use crate::commands::last;
use crate::commands::session::Session;
use crate::judge::{Judge, Marks};
use crate::lie::{Promises, Statement};
use crate::model::catalogue::{Catalogue, Status};
use crate::model::complaint::{At, Complaint};
use crate::model::exchange::{Exchange, Observation, Phase, Sent, Silence, Silent};
use crate::model::exit::Exit;
use crate::model::plan::{Act, Expect, Planned, Step, Work};
use crate::model::proof::RunBehind;
use crate::model::report::{BodyRecord, ExchangeRecord, ExpectReport, RunReport, ScenarioReport, StatusText};
use crate::model::scenario::Effects;
use crate::model::verdict::{Fired, Verdict};

pub fn prove(
    console: &Console,
    session: &Session,
    promises: &Promises,
    args: &ProveArgs,
    path: &Path,
) -> Result<(Tally, Behind), Exit> {
    let refuse = |complaint| console.refuse(Some(&session.home), &[complaint]);
    if args.selects_more_than_a_recording() {
        let text = "a recording is proved whole: leave out what selects scenarios or targets";
        return Err(refuse(Complaint::error("", At::File, text)));
    }
    let report = last::read(path).map_err(refuse)?;
    let judge = session.judge(console)?;
    let (mut tally, mut notices) = (Tally::default(), report.notices.clone());
    let changed = prove_all(&report, &judge, promises, &mut tally, &mut notices);
    if tally.answers > 0 {
        notices.push("secret-echoed does not apply to a recording, for no secret is in it".to_owned());
    }
    let (mut exit, mut reasons) = (exit_of(report.exit.code), report.exit.reasons.clone());
    if changed > 0 {
        // The recording is true of another contract than the one it is held to now.
        exit = exit.min(Exit::Broken);
        reasons.push(format!("{changed} recorded as conforming do not conform to the project as it is now"));
    }
    let run = RunBehind {
        scenarios: report.totals.scenarios,
        conforms: report.totals.conforms,
        answers: tally.answers,
        exit: exit.code(),
        reasons,
    };
    let recording = Some(path.to_string_lossy().replace('\\', "/"));
    Ok((tally, Behind { target: report.target, recording, run, exit, notices }))
}

/// How many do not conform any more.
fn prove_all(
    report: &RunReport,
    judge: &Judge,
    promises: &Promises,
    tally: &mut Tally,
    notices: &mut Vec<String>,
) -> usize {
    let conforming = || report.scenarios.iter().filter(|scenario| scenario.verdict == Verdict::Conforms);
    let mut known: Vec<(&ScenarioReport, Planned, Fired)> = Vec::new();
    let mut left_out = 0;
    for scenario in conforming() {
        match rebuilt(scenario, judge.catalogue()) {
            Some((planned, fired)) => known.push((scenario, planned, fired)),
            None => left_out += 1,
        }
    }
    let mut marks = Marks::default();
    known.iter().flat_map(|(_, _, fired)| &fired.exchanges).for_each(|exchange| judge.learn(&mut marks, exchange));
    let court = Court { judge, promises, marks: &marks };
    let mut changed = 0;
    for (scenario, planned, mut fired) in known {
        let place = Place { scenario: scenario.id.clone(), file: scenario.file.to_string(), line: scenario.line };
        changed += usize::from(!court.try_scenario(&planned, &mut fired, &place, tally));
    }
    if left_out > 0 {
        notices.push(format!(
            "{left_out} scenarios that conformed were not recorded whole, so nothing was tried on them (run with --record)"
        ));
    }
    changed
}

/// `None` where the exchanges were not kept, or not whole, or a code is not documented any more.
fn rebuilt(scenario: &ScenarioReport, catalogue: &Catalogue) -> Option<(Planned, Fired)> {
    let expect = expect(&scenario.expect, catalogue)?;
    let exchanges: Vec<Exchange> = scenario.exchanges.iter().map(exchange).collect::<Option<_>>()?;
    if exchanges.is_empty() {
        return None;
    }
    let documents_429 = expect.code.is_some_and(|id| catalogue.entry(id).documented(429).is_some());
    let judges_429 = expect.pinned.map_or(documents_429, |pin| pin.covers(429));
    let when = Step { judges_429, ..Step::default() };
    let planned = Planned {
        file: 0,
        line: scenario.line,
        name: scenario.name().into(),
        expect,
        effects: Effects::Data,
        tags: Box::default(),
        act: Act::Fire(Box::new(Work { when, ..Work::default() })),
    };
    Some((planned, Fired { exchanges, attempts: scenario.attempts, ..Fired::default() }))
}

fn expect(report: &ExpectReport, catalogue: &Catalogue) -> Option<Expect> {
    let code = match &report.code {
        Some(code) => Some(catalogue.find(code)?),
        None => None,
    };
    let pinned = match report.statuses.first().filter(|_| report.pinned) {
        Some(StatusText::Number(status)) => Some(Status::Exact(*status)),
        Some(StatusText::Text(text)) => match text.as_bytes() {
            [class @ b'1'..=b'5', b'x', b'x'] => Some(Status::Class(class - b'0')),
            _ => Some(Status::Unstated),
        },
        None => None,
    };
    Some(Expect { code, pinned, at: report.at.as_deref().map(Into::into) })
}

fn exchange(record: &ExchangeRecord) -> Option<Exchange> {
    let mut words = record.step.split(' ');
    let phase = match words.next()? {
        "login" => Phase::Login,
        "given" => Phase::Given,
        "when" => Phase::When,
        "finally" => Phase::Finally,
        _ => return None,
    };
    let index = words.next().and_then(|number| number.parse::<u16>().ok()).map_or(0, |number| number.saturating_sub(1));
    let observation = match &record.response {
        Some(response) => {
            let body = body(response.body.as_ref())?;
            let headers = response.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes()));
            let said = Statement { status: response.status, headers: headers.collect(), body: body.into() };
            Observation::Answered(said.answer())
        }
        None => {
            let text = record.silence.clone().unwrap_or_default();
            Observation::Silent(Silence { kind: Silent::Other, text, status: None })
        }
    };
    let request = &record.request;
    Some(Exchange {
        phase,
        index,
        control: record.control,
        sent: Sent { method: request.method.as_str().into(), url: request.url.as_str().into(), ..Sent::default() },
        observation,
        elapsed: Duration::from_millis(record.duration_ms),
        waited: Duration::from_millis(record.waited_ms),
        superseded: record.superseded,
        early: None,
    })
}

/// `None` where less than the whole was kept.
fn body(record: Option<&BodyRecord>) -> Option<Vec<u8>> {
    let Some(record) = record else { return Some(Vec::new()) };
    match (&record.text, &record.base64) {
        _ if record.cut || record.more => None,
        (Some(text), _) => Some(text.clone().into_bytes()),
        (None, Some(base64)) => STANDARD.decode(base64).ok(),
        (None, None) => Some(Vec::new()),
    }
}

fn exit_of(code: u8) -> Exit {
    Exit::ALL.into_iter().find(|exit| exit.code() == code).unwrap_or(Exit::Broken)
}
