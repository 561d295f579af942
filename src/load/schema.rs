//! JSON Schemas of the files that people write, generated from the types.

use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::model::baseline::BaselineSpec;
use crate::model::project::ProjectSpec;
use crate::model::scenario::ScenarioFile;

/// The schema of scenario files for editors, which read draft-07; kept in `schemas/scenario.json`.
pub fn scenario_schema() -> Value {
    let mut schema = of::<ScenarioFile>();
    if let Some(title) = schema.get_mut("title") {
        *title = "Scenario file of trueline".into();
    }
    without_nothing(&mut schema);
    schema
}

/// A key may be left out; where it stands it has a value, whatever its type makes of an absent one.
fn without_nothing(schema: &mut Value) {
    let is_nothing = |schema: &Value| schema.get("type").is_some_and(|ty| ty == "null");
    match schema {
        Value::Array(items) => items.iter_mut().for_each(without_nothing),
        Value::Object(members) => {
            if members.get("default").is_some_and(Value::is_null) {
                members.shift_remove("default");
            }
            if let Some(types) = members.get_mut("type") {
                *types = one_of_types(types.take());
            }
            if let Some(Value::Array(branches)) = members.get_mut("anyOf") {
                branches.retain(|branch| !is_nothing(branch));
                if branches.len() == 1
                    && let Some(only) = members.shift_remove("anyOf")
                {
                    members.insert("allOf".to_owned(), only);
                }
            }
            members.values_mut().for_each(without_nothing);
        }
        _ => {}
    }
}

fn one_of_types(types: Value) -> Value {
    match types {
        Value::Array(mut types) => {
            types.retain(|ty| ty != "null");
            if types.len() == 1 { types.remove(0) } else { Value::Array(types) }
        }
        one => one,
    }
}

fn of<T: JsonSchema>() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value()
}

/// A schema with the validator made of it.
pub struct Checked {
    pub schema: Value,
    /// `None` if the schema does not compile, which a test excludes.
    pub validator: Option<Validator>,
}

impl Checked {
    fn new(schema: Value) -> Self {
        let validator = jsonschema::options().offline().build(&schema).ok();
        Checked { schema, validator }
    }
}

/// Made on the first mistake only: files without mistakes never need them.
pub static SCENARIO: LazyLock<Checked> = LazyLock::new(|| Checked::new(scenario_schema()));
pub static BASELINE: LazyLock<Checked> = LazyLock::new(|| Checked::new(of::<BaselineSpec>()));
pub static PROJECT: LazyLock<Checked> = LazyLock::new(|| Checked::new(of::<ProjectSpec>()));

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn root(path: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    #[test]
    fn the_schemas_compile() {
        assert!([&SCENARIO, &PROJECT, &BASELINE].iter().all(|checked| checked.validator.is_some()));
    }

    #[test]
    fn the_schema_for_editors_is_current() {
        let path = root("schemas/scenario.json");
        let current = serde_json::to_string_pretty(&scenario_schema()).unwrap() + "\n";
        if std::env::var_os("TRUELINE_UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &current).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == current,
            "schemas/scenario.json differs from the types; renew it: TRUELINE_UPDATE_SCHEMAS=1 cargo test --lib schema"
        );
    }

    #[test]
    fn every_scenario_file_keeps_the_schema_for_editors() {
        let validator = SCENARIO.validator.as_ref().unwrap();
        for entry in walkdir::WalkDir::new(root("scenarios")).into_iter().flatten() {
            if entry.path().extension().is_some_and(|e| e == "yaml" || e == "yml") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                let value: Value = crate::load::yaml::read(&text).unwrap();
                let wrong: Vec<_> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
                assert_eq!(wrong, Vec::<String>::new(), "{}", entry.path().display());
            }
        }
    }
}
