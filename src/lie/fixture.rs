//! A small contract for tests, and answers that keep it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Promises, Statement};
use crate::model::catalogue::{Catalogue, DocumentedStatus, Entry, Status};
use crate::model::plan::Expect;
use crate::model::project::EnvelopePlace;
use crate::model::scenario::Ordered;

/// A contract in parts, so that a test can weaken one of them.
#[derive(Clone)]
pub struct World {
    pub catalogue: Catalogue,
    pub place: EnvelopePlace,
    pub schema: Value,
    pub required: Ordered<Vec<String>>,
}

impl World {
    /// String codes at `/error/code`.
    pub fn new() -> Self {
        let exact = |codes: &[u16]| codes.iter().map(|code| Status::Exact(*code)).collect::<Vec<_>>();
        let codes = [
            ("NOT_FOUND", exact(&[404, 410])),
            ("GONE", exact(&[404])),
            ("ALREADY_CLOSED", exact(&[409])),
            ("RATE_LIMITED", exact(&[429])),
            ("ANY_CLIENT_ERROR", vec![Status::Class(4)]),
            ("UNSTATED", vec![Status::Unstated]),
        ];
        World {
            catalogue: catalogue(&codes),
            place: place("/error/code", "/error/message"),
            schema: json!({
                "type": "object",
                "required": ["error"],
                "properties": { "error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                        "code": { "type": "string", "pattern": "^[A-Z][A-Z0-9_]*$" },
                        "message": { "type": "string", "minLength": 1 },
                    },
                } },
            }),
            required: Ordered(vec![("RATE_LIMITED".into(), vec!["Retry-After".into(), "X-Quota".into()])]),
        }
    }

    /// Integer codes in a list of errors.
    pub fn of_integers() -> Self {
        let exact = |code: u16| vec![Status::Exact(code)];
        World {
            catalogue: catalogue(&[("104", exact(400)), ("105", exact(400)), ("200", exact(403))]),
            place: place("/errors/0/code", "/errors/0/text"),
            schema: json!({
                "type": "object",
                "required": ["errors"],
                "properties": { "errors": { "type": "array", "minItems": 1, "items": {
                    "type": "object",
                    "required": ["code"],
                    "properties": { "code": { "type": "integer" }, "text": { "type": "string" } },
                } } },
            }),
            required: Ordered::default(),
        }
    }

    pub fn promises(&self) -> Promises {
        Promises::new(Arc::new(self.catalogue.clone()), &self.place, &self.schema, &self.required).expect("a schema")
    }

    pub fn due(&self, code: &str, pinned: Option<u16>) -> Expect {
        let pinned = pinned.map(Status::Exact);
        Expect { code: Some(self.catalogue.find(code).expect("documented")), pinned, at: None }
    }
}

pub fn catalogue(codes: &[(&str, Vec<Status>)]) -> Catalogue {
    let mut catalogue = Catalogue::new("catalogue.md");
    for (line, (code, statuses)) in (1..).zip(codes) {
        let statuses = statuses.iter().map(|status| DocumentedStatus { status: *status, line }).collect();
        let entry = Entry { code: (*code).into(), statuses, section: 0, meaning: "".into(), line };
        catalogue.add(entry).expect("codes are unique");
    }
    catalogue
}

fn place(code: &str, message: &str) -> EnvelopePlace {
    EnvelopePlace { schema: "envelope.json".into(), code: code.into(), message: Some(message.into()) }
}

pub fn said(status: u16, body: &Value) -> Statement {
    let headers = vec![("content-type".to_owned(), b"application/json".to_vec())];
    Statement { status, headers, body: body.to_string().into() }
}

/// `{"error": {"code", "message"}}`
pub fn error(status: u16, code: &str) -> Statement {
    said(status, &json!({ "error": { "code": code, "message": "some prose" } }))
}
