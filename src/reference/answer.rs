//! What a handler hands back: a reply, or a refusal in the error envelope.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// What every handler returns.
pub type Answer = Result<Reply, Refusal>;

/// An answer to a request that was carried out.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    content: Content,
    headers: Vec<(&'static str, String)>,
}

#[derive(Debug)]
enum Content {
    Nothing,
    Json(Value),
    Bytes(&'static str, Vec<u8>),
}

/// An answer to a request that a rule turned down. The rule writes status and code where it stands.
#[derive(Debug)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    retry_after: Option<u64>,
    wait: Duration,
}

/// Turns a request down.
pub fn refuse(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal { status, code, message: message.into(), retry_after: None, wait: Duration::ZERO }
}

/// 200 with a JSON body.
pub fn ok(body: Value) -> Answer {
    Ok(Reply::new(200, Content::Json(body)))
}

/// 201 with a JSON body.
pub fn created(body: Value) -> Answer {
    Ok(Reply::new(201, Content::Json(body)))
}

/// 202 with a JSON body: the work goes on after the answer.
pub fn accepted(body: Value) -> Answer {
    Ok(Reply::new(202, Content::Json(body)))
}

/// 204.
pub fn done() -> Answer {
    Ok(Reply::new(204, Content::Nothing))
}

/// 200 with the bytes of a file.
pub fn file(content_type: &'static str, bytes: Vec<u8>) -> Answer {
    Ok(Reply::new(200, Content::Bytes(content_type, bytes)))
}

/// 302 to another address.
pub fn redirect(location: impl Into<String>) -> Answer {
    Ok(Reply::new(302, Content::Nothing).header("location", location))
}

impl Reply {
    fn new(status: u16, content: Content) -> Self {
        Reply { status, content, headers: Vec::new() }
    }

    /// Adds a header, for instance `set-cookie`.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let (kind, body) = match self.content {
            Content::Nothing => (None, Body::empty()),
            Content::Json(value) => (Some("application/json"), Body::from(value.to_string())),
            Content::Bytes(kind, bytes) => (Some(kind), Body::from(bytes)),
        };
        let mut response = respond(self.status, kind, body);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

impl Refusal {
    /// Tells the caller when to come back.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The refusal is only known after this time (something was waited for in vain).
    pub fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    pub(super) fn wait(&self) -> Duration {
        self.wait
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let envelope = json!({ "error": { "code": self.code, "message": self.message } });
        let mut response = respond(self.status, Some("application/json"), Body::from(envelope.to_string()));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn respond(status: u16, kind: Option<&'static str>, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}
