//! Lies that leave no JSON.

use serde_json::Value;

use crate::lie::{Statement, Truth};

const PAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body><h1>Something went wrong</h1></body></html>\n";

/// Half of it. A number would still be one when it is cut, so only what has an end is.
pub fn cut(truth: &Truth<'_>) -> Option<Statement> {
    let whole =
        truth.json.as_ref().filter(|body| matches!(body, Value::Object(_) | Value::Array(_) | Value::String(_)));
    whole.and(truth.entry())?;
    let length = truth.said.body.trim_ascii_end().len();
    Some(truth.said.with_body(truth.said.body.slice(..length.div_ceil(2))))
}

pub fn empty(truth: &Truth<'_>) -> Option<Statement> {
    truth.json.as_ref().and(truth.entry())?;
    Some(truth.said.with_body(""))
}

pub fn html(truth: &Truth<'_>) -> Option<Statement> {
    truth.json.as_ref().and(truth.entry())?;
    Some(truth.said.with_body(PAGE).with_header("content-type", b"text/html; charset=utf-8"))
}
