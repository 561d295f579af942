//! SARIF 2.1.0 for drift: what code scanning shows on the lines of the documentation page.

use std::io::{self, Write};

use chrono::{DateTime, Duration, SecondsFormat};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::drift::{pair, proof};
use super::json_text;
use super::notifications::{Notification, notifications};
use super::words::line;
use crate::model::drift::{Drift, DriftKind, Proof};
use crate::model::report::RunReport;

/// Results kept: GitHub takes no more of one upload.
pub const MOST: usize = 5000;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What stands for itself in the path of a URI.
const PATH: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// Writes the drift; `folder` is where the project lies in its repository: empty, or with a slash at its end.
pub fn write(report: &RunReport, folder: &str, out: &mut dyn Write) -> io::Result<()> {
    let list = &report.drift.list;
    let results: Vec<Value> = list.iter().take(MOST).map(|drift| result(report, drift, folder)).collect();
    let left_out = list.len().saturating_sub(MOST) + report.drift.left_out;
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(report) },
            "automationDetails": { "id": format!("trueline/drift/{}/", line(&report.target.name)) },
            "invocations": [invocation(report, left_out)],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": { "counts": report.drift.counts, "leftOut": left_out, "simulation": report.target.simulation },
        }]
    });
    json_text::write(&log, out)?;
    out.write_all(b"\n")
}

fn driver(report: &RunReport) -> Value {
    let rule = |kind: DriftKind| {
        json!({
            "id": kind.id(),
            "name": name(kind),
            "shortDescription": { "text": message(kind.meaning().split_inclusive(". ").next().unwrap_or_default().trim()) },
            "fullDescription": { "text": message(kind.meaning()) },
            "help": { "text": message(kind.meaning()) },
            "defaultConfiguration": { "level": level(kind) },
            "properties": { "tags": ["documentation", "error-codes"] },
        })
    };
    let version = report.tool.split_once(' ').map_or("unknown", |(_, version)| version);
    json!({ "name": "trueline", "version": line(version), "rules": DriftKind::ALL.map(rule) })
}

/// `UndocumentedCode`
fn name(kind: DriftKind) -> String {
    let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    kind.id().split('-').map(capital).collect()
}

fn level(kind: DriftKind) -> &'static str {
    match kind {
        DriftKind::UndocumentedCode | DriftKind::UndocumentedStatus | DriftKind::WrongCode => "error",
        DriftKind::NeverSeen => "warning",
        DriftKind::Waived | DriftKind::Missing => "note",
    }
}

fn invocation(report: &RunReport, left_out: usize) -> Value {
    let mut invocation = json!({
        "executionSuccessful": report.complete,
        "exitCode": report.exit.code,
        "startTimeUtc": report.started_at,
    });
    let milliseconds = i64::try_from(report.duration_ms).unwrap_or(i64::MAX / 1000);
    if let Ok(start) = DateTime::parse_from_rfc3339(&report.started_at)
        && let Some(end) = start.checked_add_signed(Duration::milliseconds(milliseconds))
    {
        invocation["endTimeUtc"] = end.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true).into();
    }
    let cut = format!("{left_out} further results are left out; run.json has their number");
    let cut = (left_out > 0).then(|| json!({ "level": "warning", "message": { "text": cut } }));
    let aside = |told: Notification| json!({ "level": told.level, "message": { "text": message(&told.text) } });
    let said: Vec<Value> = cut.into_iter().chain(notifications(report).into_iter().map(aside)).collect();
    if !said.is_empty() {
        invocation["toolExecutionNotifications"] = said.into();
    }
    invocation
}

fn result(report: &RunReport, drift: &Drift, folder: &str) -> Value {
    let index = DriftKind::ALL.iter().position(|kind| *kind == drift.kind).unwrap_or_default();
    let mut text = format!("{}.", drift.text.trim_end_matches('.'));
    if !drift.place.remark().is_empty() {
        text += &format!(" About the line: {}.", drift.place.remark());
    }
    if let Some(shown) = &drift.proof {
        text += &format!(" Shown by {} in scenario {}.", proof(shown), shown.scenario);
    }
    let mut result = json!({
        "ruleId": drift.kind.id(),
        "ruleIndex": index,
        "level": level(drift.kind),
        "message": { "text": message(&text) },
        "locations": [location(&report.page, drift.line, folder)],
        "partialFingerprints": fingerprints(drift),
        "properties": { "pair": pair(drift), "count": drift.count, "section": line(&drift.section) },
        // Where one result has them, all must.
        "suppressions": [],
    });
    if let Some(shown) = &drift.proof {
        result["relatedLocations"] = json!([related(shown, folder)]);
        result["properties"]["proof"] = json!(shown);
    }
    if drift.kind == DriftKind::Waived && !drift.expired {
        let why = line(drift.reason.as_deref().unwrap_or_default());
        result["suppressions"] = json!([{ "kind": "external", "justification": why }]);
    }
    if drift.known {
        let why = "the baseline accepts every finding that shows it";
        result["suppressions"] = json!([{ "kind": "external", "justification": why }]);
    }
    result
}

fn location(path: &str, at: Option<u32>, folder: &str) -> Value {
    let path = format!("{folder}{path}");
    let uri = utf8_percent_encode(&path, &PATH).to_string();
    let mut place = json!({ "artifactLocation": { "uri": uri, "uriBaseId": "%SRCROOT%" } });
    // Code scanning shows nothing without a line: what has none of its own is shown at the page's first.
    place["region"] = json!({ "startLine": at.unwrap_or(1).max(1) });
    json!({ "physicalLocation": place })
}

/// The scenario that shows it.
fn related(shown: &Proof, folder: &str) -> Value {
    let mut place = location(&shown.file, Some(shown.line), folder);
    place["id"] = 1.into();
    place["message"] = json!({ "text": message(&shown.scenario) });
    place
}

/// What a result is known by from run to run. The first name is the only one that code scanning goes by; without it, it
/// takes the text of the line, which is the same for all that is said about one row.
fn fingerprints(drift: &Drift) -> Value {
    let print = fingerprint(drift);
    json!({ "primaryLocationLineHash": format!("{}:1", &print[..16]), "trueline/drift/v1": print })
}

/// The same for the same pair in every run, wherever its row stands.
fn fingerprint(drift: &Drift) -> String {
    let status = drift.status.to_string();
    let digest = Sha256::digest([drift.kind.id(), &drift.code, &status].join("\0"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A text in which nothing is a link or a placeholder, as the format reads them.
fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in line_of(text).chars() {
        match c {
            '\\' | '[' | ']' => out.extend(['\\', c]),
            '{' | '}' => out.extend([c, c]),
            c => out.push(c),
        }
    }
    out
}

fn line_of(text: &str) -> String {
    use crate::model::visible::{shortened, visible};
    visible(&shortened(text, 1000)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::drift::{DriftPlace, DriftReport};
    use crate::model::report::StatusText;
    use crate::render::html::samples::{everything, hostile};

    fn sarif(report: &RunReport, folder: &str) -> Value {
        let mut out = Vec::new();
        write(report, folder, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    /// What the specification demands of the parts of the format that we write, and GitHub beyond it: a rule, a place
    /// with a line in a file, and a fingerprint for each result.
    fn schema() -> Value {
        let text = json!({ "type": "string", "minLength": 1 });
        let level = json!({ "enum": ["none", "note", "warning", "error"] });
        let free = json!({ "type": "object" });
        let moment = json!({ "type": "string", "format": "date-time" });
        let closed = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
        let list = |items: &Value| json!({ "type": "array", "items": items, "uniqueItems": true });
        let said = closed(&["text"], json!({ "text": text }));
        let rule = closed(
            &["id"],
            json!({
                "id": text, "name": text, "shortDescription": said, "fullDescription": said, "help": said,
                "defaultConfiguration": closed(&[], json!({ "level": level })), "properties": free
            }),
        );
        let file = closed(
            &["uri"],
            json!({ "uri": { "type": "string", "minLength": 1, "format": "uri-reference" }, "uriBaseId": text }),
        );
        let region = closed(&["startLine"], json!({ "startLine": { "type": "integer", "minimum": 1 } }));
        let physical = closed(&["artifactLocation", "region"], json!({ "artifactLocation": file, "region": region }));
        let place = closed(
            &[],
            json!({ "id": { "type": "integer", "minimum": -1 }, "physicalLocation": physical, "message": said }),
        );
        let suppression =
            closed(&["kind"], json!({ "kind": { "enum": ["inSource", "external"] }, "justification": text }));
        let result = closed(
            &["message", "ruleId", "locations", "partialFingerprints"],
            json!({
                "ruleId": text, "ruleIndex": { "type": "integer", "minimum": -1 }, "level": level, "message": said,
                "locations": { "type": "array", "items": place, "minItems": 1 }, "relatedLocations": list(&place),
                "partialFingerprints": {
                    "type": "object", "required": ["primaryLocationLineHash"], "additionalProperties": { "type": "string" }
                },
                "suppressions": list(&suppression), "properties": free
            }),
        );
        let notification = closed(&["message"], json!({ "level": level, "message": said }));
        let invocation = closed(
            &["executionSuccessful"],
            json!({
                "executionSuccessful": { "type": "boolean" }, "exitCode": { "type": "integer" }, "startTimeUtc": moment,
                "endTimeUtc": moment, "toolExecutionNotifications": { "type": "array", "items": notification }
            }),
        );
        let driver = closed(&["name"], json!({ "name": text, "version": text, "rules": list(&rule) }));
        let run = closed(
            &["tool"],
            json!({
                "tool": closed(&["driver"], json!({ "driver": driver })),
                "automationDetails": closed(&[], json!({ "id": text })),
                "invocations": { "type": "array", "items": invocation },
                "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
                "results": { "type": "array", "items": result }, "properties": free
            }),
        );
        closed(
            &["version", "runs"],
            json!({
                "$schema": { "type": "string", "format": "uri" }, "version": { "const": "2.1.0" },
                "runs": { "type": "array", "items": run }
            }),
        )
    }

    #[test]
    fn a_log_holds_to_the_specification() {
        let validator = jsonschema::options().offline().should_validate_formats(true).build(&schema()).unwrap();
        for report in [everything(), hostile(), many(6000), RunReport::default()] {
            let mut value = sarif(&report, "api tests/");
            if report.started_at.starts_with("2026") {
                let errors: Vec<String> =
                    validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert_eq!(errors, Vec::<String>::new());
                value["runs"][0]["results"][0]["ruleID"] = "x".into();
                assert!(!validator.is_valid(&value));
            }
            let run = &value["runs"][0];
            let rules = run["tool"]["driver"]["rules"].as_array();
            for result in run["results"].as_array().into_iter().flatten().filter(|r| r["ruleIndex"].is_number()) {
                let index = result["ruleIndex"].as_u64().unwrap() as usize;
                assert_eq!(rules.unwrap()[index]["id"], result["ruleId"]);
            }
        }
    }

    fn many(count: usize) -> RunReport {
        let drift = |n: usize| Drift {
            kind: DriftKind::UndocumentedCode,
            code: format!("MADE_UP_{n}"),
            status: StatusText::Number(400),
            line: None,
            place: DriftPlace::End,
            section: String::new(),
            text: format!("MADE_UP_{n} 400 was answered once"),
            count: 1,
            documented: vec![],
            came: vec![],
            proof: None,
            scenarios: vec![],
            more_scenarios: 0,
            known: false,
            reason: None,
            expired: false,
        };
        let mut report = everything();
        report.drift = DriftReport { list: (0..count).map(drift).collect(), left_out: 7, ..DriftReport::default() };
        report
    }

    #[test]
    fn results_beyond_what_is_taken_are_counted() {
        let value = sarif(&many(6000), "");
        let run = &value["runs"][0];
        assert_eq!(
            (run["results"].as_array().unwrap().len(), run["properties"]["leftOut"].as_u64()),
            (5000, Some(1007))
        );
        let told = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert!(told.as_str().unwrap().starts_with("1007 further results"), "{told}");
        assert_eq!(run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], 1);
    }

    #[test]
    fn every_drift_is_a_result_with_a_fingerprint_of_its_own() {
        let report = everything();
        let value = sarif(&report, "");
        let results = value["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), report.drift.list.len());
        let prints: std::collections::HashSet<String> =
            results.iter().map(|r| r["partialFingerprints"].to_string()).collect();
        assert_eq!(prints.len(), results.len());
        let mut moved = report.clone();
        for drift in &mut moved.drift.list {
            (drift.line, drift.count, drift.text) = (Some(7), 99, "otherwise".into());
        }
        for (before, after) in results.iter().zip(sarif(&moved, "")["runs"][0]["results"].as_array().unwrap()) {
            assert_eq!(before["partialFingerprints"], after["partialFingerprints"]);
        }
    }

    #[test]
    fn a_text_is_neither_link_nor_placeholder() {
        assert_eq!(message("see [x](http://e) {0} \\"), "see \\[x\\](http://e) {{0}} \\\\");
    }

    #[test]
    fn a_log_looks_like_this() {
        insta::assert_json_snapshot!("sarif", sarif(&everything(), "api tests/"));
    }
}
