//! What the tests of the judge are made of: a small contract, and answers in a line each.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::model::catalogue::{Catalogue, DocumentedStatus, Entry, Status};
use crate::model::exchange::{Answer, Exchange, Observation, Phase, Sent, Silence, Silent};
use crate::model::headers::Headers;
use crate::model::plan::{Act, Expect, Planned, Step, Work};
use crate::model::project::EnvelopePlace;
use crate::model::rule::Rule;
use crate::model::scenario::{Effects, Ordered};
use crate::model::secret::NamedSecret;
use crate::model::verdict::{Finding, Fired};

use super::{Contract, Judge};

/// Each code with its statuses, `0` for a status that is not stated and `4` for 4xx.
const CODES: [(&str, &[u16]); 9] = [
    ("ALREADY_CLOSED", &[409]),
    ("NOT_FOUND", &[404, 410]),
    ("VALIDATION_ERROR", &[400, 422]),
    ("INVALID_ID", &[400]),
    ("RATE_LIMITED", &[429]),
    ("UPSTREAM_DOWN", &[503]),
    ("UNSTATED", &[0]),
    ("ANY_CLIENT_ERROR", &[4]),
    ("104", &[400]),
];

pub fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new("catalogue.md");
    for (i, (code, statuses)) in CODES.into_iter().enumerate() {
        let line = 10 + i as u32;
        let status = |status: &u16| match *status {
            0 => Status::Unstated,
            class if class < 10 => Status::Class(class as u8),
            exact => Status::Exact(exact),
        };
        let statuses = statuses.iter().map(|s| DocumentedStatus { status: status(s), line }).collect();
        let meaning = format!("what {code} means").into();
        catalogue.add(Entry { code: code.into(), statuses, section: 0, meaning, line }).expect("codes are unique");
    }
    catalogue
}

pub fn contract() -> Contract {
    Contract {
        catalogue: Arc::new(catalogue()),
        envelope: EnvelopePlace {
            schema: "schemas/error-envelope.json".into(),
            code: "/error/code".into(),
            message: Some("/error/message".into()),
        },
        schema: json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["error"],
            "properties": { "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": { "code": { "type": ["string", "integer"] }, "message": { "type": "string" } },
            } },
        }),
        severities: Default::default(),
        required_headers: Ordered(vec![("RATE_LIMITED".to_owned(), vec!["Retry-After".to_owned()])]),
        project_file: "trueline.toml".into(),
        secrets: vec![known_secret()],
    }
}

pub fn judge() -> Judge {
    Judge::new(contract()).expect("the contract is sound")
}

pub fn known_secret() -> NamedSecret {
    NamedSecret::new("TECHNICIAN_KEY", "hunter2/hunter2")
}

pub fn expect(code: &str) -> Expect {
    Expect { code: Some(catalogue().find(code).expect("a documented code")), pinned: None, at: None }
}

pub fn pinned(code: &str, status: u16) -> Expect {
    Expect { pinned: Some(Status::Exact(status)), ..expect(code) }
}

pub fn at(code: &str, pointer: &str) -> Expect {
    Expect { at: Some(pointer.into()), ..expect(code) }
}

pub fn status_alone(status: u16) -> Expect {
    Expect { code: None, pinned: Some(Status::Exact(status)), at: None }
}

pub fn envelope(code: impl Into<Value>) -> Value {
    json!({ "error": { "code": code.into(), "message": "some prose" } })
}

/// Makes an answer and the exchange around it.
#[derive(Clone)]
pub struct Said {
    answer: Answer,
    pub exchange: Exchange,
}

/// An answer without headers and body.
pub fn answer(status: u16) -> Said {
    let answer = Answer { status, headers: Headers::default(), body: Default::default(), cut: false };
    let sent = Sent { method: "POST".into(), url: "http://api.test/tickets".into(), ..Sent::default() };
    let exchange = Exchange {
        phase: Phase::When,
        index: 0,
        control: false,
        sent,
        observation: Observation::Answered(answer.clone()),
        elapsed: Duration::ZERO,
        waited: Duration::ZERO,
        superseded: false,
        early: None,
    };
    Said { answer, exchange }
}

/// The envelope with this code, as it should be.
pub fn error(status: u16, code: impl Into<Value>) -> Said {
    answer(status).json(&envelope(code))
}

pub fn silent(kind: Silent, text: &str) -> Exchange {
    let observation = Observation::Silent(Silence { kind, text: text.to_owned(), status: None });
    Exchange { observation, ..answer(0).exchange() }
}

impl Said {
    pub fn json(self, body: &Value) -> Self {
        self.text(&body.to_string()).header("content-type", "application/json")
    }

    pub fn text(self, body: &str) -> Self {
        self.bytes(body.as_bytes())
    }

    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.answer.body = body.to_vec().into();
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        assert!(self.answer.headers.set(name, value.as_bytes()), "{name}: {value}");
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.answer.headers.remove(name);
        self
    }

    pub fn cut(mut self) -> Self {
        self.answer.cut = true;
        self
    }

    pub fn method(mut self, method: &str) -> Self {
        self.exchange.sent.method = method.into();
        self
    }

    pub fn secret(mut self, secret: NamedSecret) -> Self {
        self.exchange.sent.secrets.push(secret);
        self
    }

    pub fn phase(mut self, phase: Phase, index: u16) -> Self {
        (self.exchange.phase, self.exchange.index) = (phase, index);
        self
    }

    pub fn superseded(mut self) -> Self {
        self.exchange.superseded = true;
        self
    }

    pub fn control(mut self) -> Self {
        self.exchange.control = true;
        self
    }

    pub fn built(self) -> Answer {
        self.answer
    }

    pub fn exchange(self) -> Exchange {
        Exchange { observation: Observation::Answered(self.answer), ..self.exchange }
    }
}

pub fn planned(expect: Expect) -> Planned {
    let when =
        Step { method: "POST".into(), judges_429: expect == super::testing::expect("RATE_LIMITED"), ..Step::default() };
    let step = |fixture: Option<&str>| Step { fixture: fixture.map(Into::into), ..Step::default() };
    let given = Box::new([step(Some("an open ticket")), step(None)]);
    let work = Work { given, when, finally: Box::new([step(None)]), ..Work::default() };
    Planned {
        file: 0,
        line: 19,
        name: "closing a ticket twice is refused".into(),
        expect,
        effects: Effects::Data,
        tags: Box::new([]),
        act: Act::Fire(Box::new(work)),
    }
}

pub fn fired(exchanges: Vec<Exchange>) -> Fired {
    Fired { exchanges, attempts: 1, ..Fired::default() }
}

pub fn rules(findings: &[Finding]) -> Vec<Rule> {
    findings.iter().map(|finding| finding.rule).collect()
}
