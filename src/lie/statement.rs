//! What an answer says, in plain parts: these are altered.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::model::exchange::Answer;
use crate::model::headers::Headers;

/// Status, headers and body of an answer. Names of headers keep their case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Bytes,
}

impl Statement {
    pub fn of(answer: &Answer) -> Self {
        let headers = answer.headers.iter().map(|(name, value)| (name.to_owned(), value.to_vec())).collect();
        Statement { status: answer.status, headers, body: answer.body.clone() }
    }

    /// As an answer that was read whole. A header that cannot be is left out.
    pub fn answer(&self) -> Answer {
        let mut map = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
                map.append(name, value);
            }
        }
        Answer { status: self.status, headers: Headers::new(map), body: self.body.clone(), cut: false }
    }

    pub fn is_error(&self) -> bool {
        self.status >= 400
    }

    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    pub fn with_status(&self, status: u16) -> Self {
        Statement { status, ..self.clone() }
    }

    /// With another body; a `Content-Length` follows it.
    pub fn with_body(&self, body: impl Into<Bytes>) -> Self {
        let mut other = Statement { body: body.into(), ..self.clone() };
        let length = other.body.len().to_string();
        for (name, value) in &mut other.headers {
            if name.eq_ignore_ascii_case("content-length") {
                *value = length.clone().into_bytes();
            }
        }
        other
    }

    pub fn with_json(&self, json: &Value) -> Self {
        self.with_body(json.to_string())
    }

    /// With this header in place of all of its name.
    pub fn with_header(&self, name: &str, value: &[u8]) -> Self {
        let mut other = self.without_header(name);
        other.headers.push((name.to_owned(), value.to_vec()));
        other
    }

    pub fn without_header(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        other
    }
}
