//! `run.json`, which other programs read, and its schema.

use std::io::{self, Write};

use schemars::generate::SchemaSettings;

use super::json_text;
use crate::model::report::RunReport;

/// Writes the report as one JSON text, value by value.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    json_text::write(report, out)?;
    out.write_all(b"\n")
}

/// The JSON Schema (2020-12) of `run.json`, as `schemas/run.json` has it.
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<RunReport>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    #[test]
    fn the_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/run.json");
        if std::env::var_os("TRUELINE_UPDATE_SCHEMAS").is_some() {
            std::fs::write(path, schema()).unwrap();
        }
        let current = std::fs::read_to_string(path).unwrap_or_default();
        assert!(current == schema(), "schemas/run.json is old: run the tests with TRUELINE_UPDATE_SCHEMAS=1");
    }

    #[test]
    fn a_report_holds_to_the_schema_and_reads_back() {
        let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
        let mut out = Vec::new();
        write(&fixture::report(), &mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let validator = jsonschema::options().offline().build(&schema).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        let mut broken = value.clone();
        broken["totals"]["scenarios"] = "many".into();
        assert!(!validator.is_valid(&broken));
        let back: RunReport = serde_json::from_slice(&out).unwrap();
        assert_eq!(serde_json::to_value(back).unwrap(), value);
    }
}
