//! Values taken from an answer.

use serde_json::Value;

use super::Firing;
use crate::model::exchange::Answer;
use crate::model::plan::{Capture, CaptureFrom};
use crate::model::scenario::Decode;
use crate::model::template::plain;

/// The body of an answer as JSON, parsed when first asked for.
pub(super) struct Document<'a> {
    answer: &'a Answer,
    json: Option<Result<Value, ()>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(answer: &'a Answer) -> Self {
        Document { answer, json: None }
    }

    /// The value at a JSON Pointer.
    pub(super) fn at(&mut self, pointer: &str) -> Result<&Value, String> {
        let body = &self.answer.body;
        let json = self.json.get_or_insert_with(|| serde_json::from_slice(body).map_err(|_| ()));
        let json = json.as_ref().map_err(|()| "the answer is not JSON".to_owned())?;
        json.pointer(pointer).ok_or_else(|| format!("the answer has nothing at `{pointer}`"))
    }

    /// What a capture takes.
    pub(super) fn take(&mut self, capture: &Capture, firing: &Firing) -> Result<Value, String> {
        let value = match &capture.from {
            CaptureFrom::Body(pointer) => self.at(pointer)?.clone(),
            CaptureFrom::Header(name) => {
                let value = self.answer.headers.get(name);
                let value = value.ok_or_else(|| format!("the answer has no header `{name}`"))?;
                Value::String(String::from_utf8_lossy(value).into_owned())
            }
        };
        if capture.pattern.is_none() && capture.decode.is_none() {
            return Ok(value);
        }
        let mut text = plain(&value).into_owned();
        if let Some(pattern) = &capture.pattern {
            let groups = firing.pattern(pattern)?;
            let groups = groups.captures(&text).ok_or_else(|| format!("the value does not match `{pattern}`"))?;
            let part = groups.get(1).or_else(|| groups.get(0)).map_or("", |part| part.as_str());
            text = part.to_owned();
        }
        if capture.decode == Some(Decode::Url) {
            text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
        }
        Ok(Value::String(text))
    }
}
