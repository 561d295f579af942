//! The body of an answer, read as far as it is judged.

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
        match json::read(&answer.body) {
            Ok(json) => Body::Json(json),
            Err(reason) => Body::NotJson(reason),
        }
    }
}
