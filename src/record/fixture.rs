//! A small world for tests: a catalogue, a plan, and what firing it gave.

use std::time::Duration;

use bytes::Bytes;

use super::{Keep, Recorder};
use crate::model::catalogue::{Catalogue, DocumentedStatus, Entry, Status};
use crate::model::exchange::{Answer, Exchange, Observation, Phase, Sent, SentBody};
use crate::model::headers::Headers;
use crate::model::plan::{
    Act, Auth, Body, Expect, Plan, Planned, PlannedFile, PlannedTarget, PlannedValue, Step, ValueFrom, Work,
};
use crate::model::report::ScenarioReport;
use crate::model::rule::{Outcome, Rule, Severity};
use crate::model::scenario::Effects;
use crate::model::secret::{NamedSecret, Redactor};
use crate::model::template::{Encoding, Source, Template};
use crate::model::verdict::{Finding, Fired, Seen, Verdict};

pub const CANARY: &str = "canary-\"key/öß 4711";

pub struct World {
    pub plan: Plan,
    pub catalogue: Catalogue,
    pub redactor: Redactor,
}

pub fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new("catalogue.md");
    catalogue.sections = vec!["Tickets".into(), "Everything else".into()];
    let rows: [(&str, &[Status], u32, &str); 5] = [
        ("ALREADY_CLOSED", &[Status::Exact(409)], 0, "The ticket was closed before."),
        ("NOT_FOUND", &[Status::Exact(404), Status::Exact(410)], 1, "There is no such thing."),
        ("LIMITED", &[Status::Class(4)], 1, "Too much of it."),
        ("104", &[Status::Unstated], 1, "An old number."),
        ("NEVER", &[Status::Exact(500)], 1, "Nobody knows how."),
    ];
    for (index, (code, statuses, section, meaning)) in rows.into_iter().enumerate() {
        let line = 10 + index as u32;
        let statuses = statuses.iter().map(|s| DocumentedStatus { status: *s, line }).collect();
        let entry = Entry { code: code.into(), statuses, section, meaning: meaning.into(), line };
        catalogue.add(entry).unwrap();
    }
    catalogue
}

/// `POST /api/v1/tickets/{{ ticket }}/close?u={{ unique }}`
pub fn close() -> Step {
    let mut path = Template::text("/api/v1/tickets/");
    path.push_value(Source::Slot(0), Encoding::Segment);
    path.push_text("/close?u=");
    path.push_value(Source::Unique, Encoding::Segment);
    let mut body = Template::text("{\"by\":\"");
    body.push_value(Source::Target(0), Encoding::JsonString);
    body.push_text("\",\"why\":\"it's done\"}");
    Step { method: "POST".into(), path, body: Body::Json(body), auth: Auth::Anonymous, ..Step::default() }
}

impl World {
    pub fn new() -> World {
        let catalogue = catalogue();
        let open = Step {
            fixture: Some("an open ticket".into()),
            method: "GET".into(),
            path: Template::text("/api/v1/tickets"),
            ..Step::default()
        };
        let work =
            Work { given: Box::new([open]), when: close(), slots: Box::new(["ticket".into()]), ..Work::default() };
        let rows = [
            ("ALREADY_CLOSED", "closing a ticket twice is refused", Effects::Data),
            ("NOT_FOUND", "an unknown ticket is not found", Effects::None),
            ("LIMITED", "too many tickets are limited", Effects::None),
            ("104", "an old number still comes", Effects::None),
        ];
        let scenario = |(index, (code, name, effects)): (usize, (&str, &str, Effects))| Planned {
            file: 0,
            line: 19 + 10 * index as u32,
            name: name.into(),
            expect: Expect { code: catalogue.find(code), pinned: None, at: None },
            effects,
            tags: Box::new([]),
            act: Act::Fire(Box::new(work.clone())),
        };
        let target = PlannedTarget {
            name: "staging".into(),
            url: "http://127.0.0.1:8080".into(),
            values: vec![PlannedValue {
                name: "user".into(),
                value: ValueFrom::Env("STAGING_USER".into()),
                secret: true,
            }],
            ..PlannedTarget::default()
        };
        let plan = Plan {
            targets: vec![target],
            files: vec![PlannedFile { path: "scenarios/tickets.yaml".into(), area: "tickets".into() }],
            scenarios: rows.into_iter().enumerate().map(scenario).collect(),
            ..Plan::default()
        };
        let redactor = Redactor::new(&[NamedSecret::new("STAGING_KEY", CANARY)]);
        World { plan, catalogue, redactor }
    }

    pub fn recorder(&self, keep: Keep) -> Recorder<'_> {
        Recorder { plan: &self.plan, catalogue: &self.catalogue, redactor: &self.redactor, keep }
    }

    pub fn report(&self, index: usize, verdict: Verdict, seen: Option<Seen>) -> ScenarioReport {
        self.recorder(Keep::Findings).scenario(&self.plan.scenarios[index], &self.fired(), verdict, vec![], seen)
    }

    /// A ticket was listed and closed; the answer gives the key away.
    pub fn fired(&self) -> Fired {
        let given =
            Sent { method: "GET".into(), url: "http://127.0.0.1:8080/api/v1/tickets".into(), ..Sent::default() };
        let given = Exchange { phase: Phase::Given, ..exchange(given, answer(200, "[]")) };
        let body = format!("{{\"error\":{{\"code\":\"ALREADY_CLOSED\",\"message\":{}}}}}", serde_json::json!(CANARY));
        Fired {
            exchanges: vec![given, exchange(sent_close(), answer(409, &body))],
            attempts: 1,
            elapsed: Duration::from_millis(4),
            captured: vec![Some("t-4711-99".into())],
            ..Fired::default()
        }
    }
}

pub fn sent_close() -> Sent {
    Sent {
        method: "POST".into(),
        url: "http://127.0.0.1:8080/api/v1/tickets/t-4711-99/close?u=0a1b2c3d".into(),
        headers: vec![
            ("Content-Type".into(), "application/json".into()),
            ("Authorization".into(), format!("Bearer {CANARY}").into()),
        ],
        body: SentBody::Bytes(Bytes::from_static(b"{\"by\":\"bob\",\"why\":\"it's done\"}")),
        secrets: vec![NamedSecret::new("STAGING_KEY", CANARY), NamedSecret::new("STAGING_USER", "bob")],
    }
}

pub fn exchange(sent: Sent, answer: Answer) -> Exchange {
    Exchange {
        phase: Phase::When,
        index: 0,
        control: false,
        sent,
        observation: Observation::Answered(answer),
        elapsed: Duration::from_millis(2),
        waited: Duration::ZERO,
        superseded: false,
        early: None,
    }
}

pub fn answer(status: u16, body: &str) -> Answer {
    let mut headers = Headers::default();
    headers.set("content-type", b"application/json");
    headers.set("set-cookie", b"sid=xyz; Path=/");
    Answer { status, headers, body: Bytes::copy_from_slice(body.as_bytes()), cut: false }
}

pub fn seen(code: &str, status: u16) -> Option<Seen> {
    Some(Seen { code: Some(code.into()), status })
}

pub fn finding(rule: Rule) -> Finding {
    let severity = if rule.outcome() == Outcome::Warning { Severity::Warning } else { Severity::Error };
    Finding {
        rule,
        severity,
        text: format!("the promise of {rule} is broken"),
        pointer: None,
        expected: Some("ALREADY_CLOSED 409".into()),
        seen: Some("ALREADY_CLOSED 400".into()),
        step: "when".into(),
        documentation: Some("catalogue.md:10".into()),
        came: match rule {
            Rule::UndocumentedCode => seen("BRAND_NEW", 418),
            Rule::WrongCode => seen("NOT_FOUND", 404),
            _ => seen("ALREADY_CLOSED", 400),
        },
        exchange: Some(1),
    }
}
