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
    schema
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
