//! The contract: what is promised of every error answer, and the judge that is made of it once.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::model::catalogue::{Catalogue, CodeId};
use crate::model::complaint::{At, Complaint, Seg};
use crate::model::known_secrets::KnownSecrets;
use crate::model::project::{EnvelopePlace, Project};
use crate::model::rule::{Outcome, Rule, Severity};
use crate::model::scenario::Ordered;
use crate::model::secret::{NamedSecret, Redactor};

use super::named::Named;
use super::pointer::Pointer;

/// What answers are held to.
#[derive(Debug, Clone)]
pub struct Contract {
    pub catalogue: Arc<Catalogue>,
    pub envelope: EnvelopePlace,
    /// The JSON Schema of the envelope.
    pub schema: Value,
    /// Severities of rules whose outcome is a warning; those left out are warnings.
    pub severities: HashMap<Rule, Severity>,
    pub required_headers: Ordered<Vec<String>>,
    /// The project's file, for complaints about it.
    pub project_file: Box<str>,
    /// Secrets that many requests carry: the search for them is prepared once. One that is sent but not listed here is
    /// searched for all the same, at a higher price.
    pub secrets: Vec<NamedSecret>,
}

impl Contract {
    pub fn of(project: &Project, catalogue: Arc<Catalogue>, schema: Value) -> Self {
        Contract {
            catalogue,
            envelope: project.envelope.clone(),
            schema,
            severities: project.severities.clone(),
            required_headers: project.required_headers.clone(),
            project_file: project.file.clone(),
            secrets: Vec::new(),
        }
    }
}

/// Judges exchanges by a contract. Made once for a run and shared by its workers.
#[derive(Debug)]
pub struct Judge {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) code: Pointer,
    pub(super) schema: Validator,
    pub(super) named: Named,
    pub(super) required_headers: HashMap<CodeId, Vec<Box<str>>>,
    severities: [Severity; Rule::ALL.len()],
    pub(super) secrets: Vec<(NamedSecret, OnceLock<Redactor>)>,
    /// Those and what a run brings: pieces of answers are told without them.
    pub(super) known: KnownSecrets,
}

impl Judge {
    /// All that is wrong with the contract itself, where something is.
    pub fn new(contract: Contract) -> Result<Self, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let named = Named::of(&contract.schema);
        let schema = compile(&contract).map_err(|c| complaints.push(c)).ok();
        let code = pointer(&contract, &named, "code", &contract.envelope.code).map_err(|c| complaints.push(c)).ok();
        let message =
            contract.envelope.message.as_deref().map(|written| pointer(&contract, &named, "message", written));
        complaints.extend(message.and_then(Result::err));
        let required_headers = required_headers(&contract, &mut complaints);
        match (schema, code) {
            (Some(schema), Some(code)) if complaints.is_empty() => Ok(Judge {
                code,
                schema,
                named,
                required_headers,
                severities: Rule::ALL.map(|rule| severity(&contract.severities, rule)),
                known: KnownSecrets::new(contract.secrets.iter().cloned()),
                secrets: contract.secrets.into_iter().map(|secret| (secret, OnceLock::new())).collect(),
                catalogue: contract.catalogue,
            }),
            _ => Err(complaints),
        }
    }

    /// The same judge with these secrets in place of those of its contract, for secrets that come after it was made; what
    /// is known by the time that it judges is kept out of what it tells.
    pub fn knowing(self, secrets: Vec<NamedSecret>, known: KnownSecrets) -> Self {
        Judge { secrets: secrets.into_iter().map(|secret| (secret, OnceLock::new())).collect(), known, ..self }
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The JSON Pointer at which the code is looked for, as it is written.
    pub fn code(&self) -> &str {
        self.code.as_str()
    }

    pub(super) fn severity(&self, rule: Rule) -> Severity {
        self.severities[rule as usize]
    }
}

fn severity(severities: &HashMap<Rule, Severity>, rule: Rule) -> Severity {
    match rule.outcome() {
        Outcome::Warning => severities.get(&rule).copied().unwrap_or(Severity::Warning),
        Outcome::Violates | Outcome::Inconclusive => Severity::Error,
    }
}

fn compile(contract: &Contract) -> Result<Validator, Complaint> {
    jsonschema::options()
        .with_draft(draft(&contract.schema))
        .offline()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_pattern_options(PatternOptions::regex())
        .build(&contract.schema)
        .map_err(|error| {
            let path = error.instance_path().as_str().split('/').skip(1).map(segment).collect();
            let text = format!("the schema of the envelope cannot be used: {error}");
            Complaint::error(&contract.envelope.schema, At::Value(path), text)
        })
}

/// The draft that the schema names, else 2020-12.
fn draft(schema: &Value) -> Draft {
    if schema.get("$schema").is_some() { Draft::Draft202012.detect(schema) } else { Draft::Draft202012 }
}

fn segment(token: &str) -> Seg {
    match token.parse::<usize>() {
        Ok(index) => Seg::Index(index),
        Err(_) => Seg::Key(token.replace("~1", "/").replace("~0", "~").into()),
    }
}

/// A pointer of `[envelope]`, if an envelope can have a value there.
fn pointer(contract: &Contract, named: &Named, key: &str, written: &str) -> Result<Pointer, Complaint> {
    let at = || At::Value(vec!["envelope".into(), key.into()]);
    let pointer = Pointer::parse(written).map_err(|text| {
        Complaint::error(&contract.project_file, at(), text).help(format!("write it like `/error/{key}`"))
    })?;
    let Some(names) = named.rules_out(pointer.tokens()) else { return Ok(pointer) };
    let text = format!("no envelope that holds to {} has a value at `{written}`", contract.envelope.schema);
    let last = pointer.tokens().last().map_or("", |t| t);
    let complaint = Complaint::error(&contract.project_file, at(), text).did_you_mean(last, names.iter().copied());
    Err(if complaint.help.is_some() { complaint } else { complaint.help(format!("it names {}", names.join(", "))) })
}

fn required_headers(contract: &Contract, complaints: &mut Vec<Complaint>) -> HashMap<CodeId, Vec<Box<str>>> {
    let mut required = HashMap::new();
    for (code, names) in contract.required_headers.iter() {
        let path = || vec!["required-headers".into(), code.into()];
        let file = &contract.project_file;
        match contract.catalogue.find(code) {
            Some(id) => _ = required.insert(id, names.iter().map(|n| n.as_str().into()).collect()),
            None => {
                let codes = contract.catalogue.entries().map(|(_, entry)| &*entry.code);
                let text = format!("`{code}` is not in {}", contract.catalogue.page);
                complaints.push(Complaint::error(file, At::Key(path()), text).did_you_mean(code, codes));
            }
        }
        for name in names.iter().filter(|name| http::HeaderName::from_bytes(name.as_bytes()).is_err()) {
            let text = format!("`{name}` is not the name of a header");
            complaints.push(Complaint::error(file, At::Value(path()), text));
        }
    }
    required
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::testing::contract;
    use serde_json::json;

    fn complaint(contract: Contract) -> String {
        let complaints = Judge::new(contract).expect_err("complains");
        complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_judge_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Judge>();
    }

    #[test]
    fn a_schema_that_does_not_compile_is_refused_with_its_place() {
        let broken = Contract { schema: json!({ "properties": { "a": { "type": "strin" } } }), ..contract() };
        let complaints = Judge::new(broken).expect_err("complains");
        assert_eq!(&*complaints[0].file, "schemas/error-envelope.json");
        assert_eq!(complaints[0].at, At::Value(vec!["properties".into(), "a".into(), "type".into()]));
        let elsewhere = Contract { schema: json!({ "$ref": "https://example.com/x.json" }), ..contract() };
        assert!(complaint(elsewhere).contains("cannot be used"));
        let unknown = Contract { schema: json!({ "format": "emial" }), ..contract() };
        assert!(complaint(unknown).contains("emial"));
    }

    #[test]
    fn a_pointer_that_cannot_be_is_refused() {
        let mut no_pointer = contract();
        no_pointer.envelope.code = "error.code".into();
        assert!(complaint(no_pointer).contains("write it like `/error/code`"));
        let mut misspelt = contract();
        misspelt.envelope.code = "/error/cod".into();
        misspelt.schema["properties"]["error"]["additionalProperties"] = json!(false);
        misspelt.envelope.message = Some("/error/mesage".into());
        let said = complaint(misspelt);
        assert!(said.contains("did you mean `code`?") && said.contains("did you mean `message`?"), "{said}");
    }

    #[test]
    fn a_required_header_of_an_unknown_code_is_refused() {
        let headers = vec![("RATE_LIMITD".to_owned(), vec!["Retry After".to_owned()])];
        let said = complaint(Contract { required_headers: Ordered(headers), ..contract() });
        assert!(said.contains("did you mean `RATE_LIMITED`?"), "{said}");
        assert!(said.contains("`Retry After` is not the name of a header"), "{said}");
    }
}
