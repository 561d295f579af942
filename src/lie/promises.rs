//! What is promised of every error answer, as far as lies need to know.

use std::sync::Arc;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::model::catalogue::{Catalogue, CodeId};
use crate::model::project::EnvelopePlace;
use crate::model::scenario::Ordered;

/// The catalogue, the schema of the envelope, where code and message stand in it, and the headers that codes must have.
#[derive(Debug)]
pub struct Promises {
    pub(super) catalogue: Arc<Catalogue>,
    /// JSON Pointers.
    pub(super) code: Box<str>,
    pub(super) message: Option<Box<str>>,
    schema: Validator,
    required: Vec<(CodeId, Vec<String>)>,
}

impl Promises {
    /// The reason in words, where the schema cannot be used.
    pub fn new(
        catalogue: Arc<Catalogue>,
        place: &EnvelopePlace,
        schema: &Value,
        required: &Ordered<Vec<String>>,
    ) -> Result<Self, String> {
        let named = schema.get("$schema").is_some();
        let draft = if named { Draft::Draft202012.detect(schema) } else { Draft::Draft202012 };
        let options = jsonschema::options().with_draft(draft).offline().should_validate_formats(true);
        let schema = options.with_pattern_options(PatternOptions::regex()).build(schema).map_err(|e| e.to_string())?;
        let required =
            required.iter().filter_map(|(code, names)| Some((catalogue.find(code)?, names.clone()))).collect();
        Ok(Promises { code: place.code.clone(), message: place.message.clone(), catalogue, schema, required })
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Whether the schema lets this envelope pass.
    pub(super) fn holds(&self, envelope: &Value) -> bool {
        self.schema.is_valid(envelope)
    }

    /// The headers that an answer with this code must have.
    pub(super) fn required(&self, code: CodeId) -> &[String] {
        self.required.iter().find(|(id, _)| *id == code).map_or(&[], |(_, names)| names)
    }
}
