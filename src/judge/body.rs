//! The body of an answer, read as far as it is judged.

use http::header::{CONTENT_ENCODING, TRANSFER_ENCODING};

use crate::model::exchange::{Answer, Exchange};

use super::json::{self, Json};
use super::not_json::NotJson;

/// A body, read as far as it is judged.
#[derive(Debug)]
pub enum Body {
    /// Not judged: the answer to HEAD has none, and one that was cut off is not read.
    Unread,
    NotJson(NotJson),
    Json(Json),
}

impl Body {
    pub fn of(exchange: &Exchange, answer: &Answer) -> Self {
        if &*exchange.sent.method == "HEAD" || answer.cut {
            return Body::Unread;
        }
        if let Some(coding) = coding(answer) {
            return Body::NotJson(NotJson::Coded(coding));
        }
        match json::read(&answer.body) {
            Ok(json) => Body::Json(json),
            Err(reason) => Body::NotJson(reason),
        }
    }
}

/// The coding that a body is still in. What was decoded has lost the header (RFC 9110, 8.4; RFC 9112, 6.1).
fn coding(answer: &Answer) -> Option<String> {
    let is_none = |coding: &str| ["", "identity", "chunked"].iter().any(|none| coding.eq_ignore_ascii_case(none));
    let names = [CONTENT_ENCODING, TRANSFER_ENCODING];
    let names = names.iter().flat_map(|name| answer.headers.all_known(name));
    let mut codings = names.map(|value| String::from_utf8_lossy(value).into_owned());
    codings.find(|value| !answer.body.is_empty() && !value.split(',').all(|coding| is_none(coding.trim())))
}
