//! The Common Test Report Format (CTRF), a JSON that actions and dashboards read.

use std::io::{self, Write};

use chrono::DateTime;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::json_text;
use super::junit::{description, headline};
use super::transcript::transcript;
use super::words::line;
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::visible;

/// The version of the format.
const SPEC: &str = "0.0.0";

/// Writes the report, test by test.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let root = Root {
        report_format: "CTRF",
        spec_version: SPEC,
        report_id: report.id.as_deref(),
        timestamp: &report.started_at,
        generated_by: &report.tool,
        results: Results {
            tool: tool(report),
            summary: summary(report),
            tests: Tests(report),
            environment: json!({
                "testEnvironment": line(&report.target.name),
                "extra": { "url": line(&report.target.url), "simulation": report.target.simulation }
            }),
            extra: extra(report),
        },
    };
    json_text::write(&root, out)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Root<'a> {
    report_format: &'static str,
    spec_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_id: Option<&'a str>,
    timestamp: &'a str,
    generated_by: &'a str,
    results: Results<'a>,
}

#[derive(Serialize)]
struct Results<'a> {
    tool: Value,
    summary: Value,
    tests: Tests<'a>,
    environment: Value,
    extra: Value,
}

/// The tests, each made when it is written.
struct Tests<'a>(&'a RunReport);

impl Serialize for Tests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.scenarios.iter().map(|scenario| test(self.0, scenario)))
    }
}

fn tool(report: &RunReport) -> Value {
    match report.tool.split_once(' ') {
        Some((name, version)) => json!({ "name": name, "version": version }),
        None => json!({ "name": "trueline" }),
    }
}

fn summary(report: &RunReport) -> Value {
    let totals = &report.totals;
    let known = report.scenarios.iter().filter(|scenario| scenario.is_known()).count();
    let start = DateTime::parse_from_rfc3339(&report.started_at).map_or(0, |start| start.timestamp_millis());
    let duration = i64::try_from(report.duration_ms).unwrap_or(i64::MAX);
    let mut files: Vec<&str> = report.scenarios.iter().map(|s| &*s.file).collect();
    files.sort_unstable();
    files.dedup();
    json!({
        "tests": totals.scenarios,
        "passed": totals.conforms,
        // The format knows nothing that could not be judged: the raw status tells the two apart.
        "failed": totals.violates + totals.inconclusive - known,
        "skipped": totals.skipped,
        "pending": 0,
        "other": known,
        "flaky": report.scenarios.iter().filter(|s| is_flaky(s)).count(),
        "suites": files.len(),
        "start": start,
        "stop": start.saturating_add(duration),
        "duration": report.duration_ms,
        "extra": { "violates": totals.violates, "inconclusive": totals.inconclusive, "requests": totals.requests }
    })
}

fn extra(report: &RunReport) -> Value {
    json!({
        "complete": report.complete,
        "exit": report.exit,
        "notices": report.notices,
        "coverage": { "codes": report.coverage.codes, "pairs": report.coverage.pairs },
        "drift": report.drift,
        "documentation": report.page,
    })
}

fn is_flaky(scenario: &ScenarioReport) -> bool {
    scenario.findings.iter().any(|finding| finding.rule == Rule::Flaky.id())
}

fn test(report: &RunReport, scenario: &ScenarioReport) -> Value {
    let (status, raw) = match scenario.counts_as() {
        // No failure for whoever counts them, and no pass for whoever reads it.
        _ if scenario.is_known() => ("other", "known"),
        Verdict::Conforms => ("passed", "passed"),
        Verdict::Violates => ("failed", "failure"),
        Verdict::Inconclusive => ("failed", "error"),
        Verdict::Skipped => ("skipped", "skipped"),
    };
    let mut test = json!({
        "name": visible(scenario.name()),
        "status": status,
        "duration": scenario.duration_ms,
        "suite": [visible(scenario.area())],
        "rawStatus": raw,
        "filePath": visible(&scenario.file),
        "line": scenario.line,
        "type": "contract",
        "retries": scenario.attempts.saturating_sub(1),
        "flaky": is_flaky(scenario),
        "extra": more(scenario),
    });
    let mut add = |name: &str, value: Value| test[name] = value;
    if !scenario.tags.is_empty() {
        add("tags", scenario.tags.iter().map(|tag| visible(tag)).collect());
    }
    if let Some(message) = message(scenario) {
        add("message", visible(&message).into());
        if scenario.verdict != Verdict::Skipped {
            add("trace", description(report, scenario, &visible(&message)).into());
        }
    }
    if matches!(scenario.verdict, Verdict::Violates | Verdict::Inconclusive) {
        add("stdout", transcript(scenario).trim_end().lines().collect());
    }
    if is_flaky(scenario) {
        add("retryAttempts", attempts(scenario));
    }
    test
}

/// What did not go as it should, or what a pass is warned of.
fn message(scenario: &ScenarioReport) -> Option<String> {
    match scenario.verdict {
        Verdict::Conforms => scenario.findings.first().map(|finding| finding.text.clone()),
        Verdict::Skipped => scenario.skip.clone().or_else(|| scenario.reason.clone()),
        Verdict::Violates | Verdict::Inconclusive => Some(headline(scenario)),
    }
}

/// What the format has no field for.
fn more(scenario: &ScenarioReport) -> Value {
    json!({
        "id": scenario.id,
        "verdict": scenario.verdict,
        "reason": scenario.reason,
        "expect": scenario.expect,
        "seen": scenario.seen,
        "findings": scenario.findings,
        "notes": scenario.notes,
        "attempts": scenario.attempts,
        "requests": scenario.requests,
        "unforeseen": scenario.unforeseen,
    })
}

/// The attempts that were lost: the one that passed is the test itself.
fn attempts(scenario: &ScenarioReport) -> Value {
    (1..scenario.attempts.max(2)).map(|number| json!({ "attempt": number, "status": "failed" })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    fn ctrf(report: &RunReport) -> Value {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    /// What the format's specification demands of what we write.
    fn schema() -> Value {
        let count = json!({ "type": "integer", "minimum": 0 });
        let state = json!({ "enum": ["passed", "failed", "skipped", "pending", "other"] });
        let text = json!({ "type": "string" });
        let texts = json!({ "type": "array", "items": text });
        let free = json!({ "type": "object" });
        let closed = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
        let summary = ["tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"];
        let mut counts = serde_json::Map::new();
        for name in summary.iter().chain(&["flaky", "suites", "duration"]) {
            counts.insert((*name).to_owned(), count.clone());
        }
        counts.insert("extra".into(), free.clone());
        let attempt =
            closed(&["attempt", "status"], json!({ "attempt": { "type": "integer", "minimum": 1 }, "status": state }));
        let test = closed(
            &["name", "status", "duration"],
            json!({
                "name": { "type": "string", "minLength": 1 }, "status": state, "duration": count,
                "suite": { "type": "array", "minItems": 1, "items": text }, "message": text, "trace": text,
                "rawStatus": text, "tags": texts, "type": text, "filePath": text, "line": count, "retries": count,
                "retryAttempts": { "type": "array", "minItems": 1, "items": attempt }, "flaky": { "type": "boolean" }, "stdout": texts,
                "extra": free
            }),
        );
        let results = closed(
            &["tool", "summary", "tests"],
            json!({
                "tool": closed(&["name"], json!({ "name": { "type": "string", "minLength": 1 }, "version": text })),
                "summary": closed(&summary, Value::Object(counts)),
                "tests": { "type": "array", "items": test },
                "environment": closed(&[], json!({ "testEnvironment": text, "extra": free })),
                "extra": free
            }),
        );
        closed(
            &["results", "reportFormat", "specVersion"],
            json!({
                "reportFormat": { "const": "CTRF" },
                "specVersion": { "type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$" },
                "reportId": { "type": "string", "format": "uuid" },
                "timestamp": { "type": "string", "format": "date-time" },
                "generatedBy": text, "results": results
            }),
        )
    }

    #[test]
    fn a_report_holds_to_the_specification() {
        let validator = jsonschema::options().offline().should_validate_formats(true).build(&schema()).unwrap();
        let value = ctrf(&fixture::report());
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
        let mut broken = value;
        broken["results"]["tests"][0]["rule"] = "x".into();
        assert!(!validator.is_valid(&broken));
    }

    #[test]
    fn the_summary_counts_the_tests() {
        let report = fixture::report();
        let value = ctrf(&report);
        let tests = value["results"]["tests"].as_array().unwrap();
        let summary = &value["results"]["summary"];
        for status in ["passed", "failed", "skipped", "pending", "other"] {
            let count = tests.iter().filter(|test| test["status"] == status).count();
            assert_eq!(summary[status], count, "{status}");
        }
        assert_eq!(summary["tests"], tests.len());
        assert_eq!(summary["flaky"], tests.iter().filter(|test| test["flaky"] == true).count());
        let errors = tests.iter().filter(|test| test["rawStatus"] == "error").count();
        assert_eq!(
            (errors, summary["extra"]["inconclusive"].as_u64()),
            (report.totals.inconclusive, Some(errors as u64))
        );
        let mut accepted = report.clone();
        let fails = accepted.scenarios.iter_mut().filter(|s| s.verdict == Verdict::Violates);
        fails.take(2).for_each(|s| s.findings[0].known = Some(Default::default()));
        let counts = &ctrf(&accepted)["results"]["summary"];
        let failed = summary["failed"].as_u64().unwrap();
        assert_eq!((counts["other"].as_u64(), counts["failed"].as_u64()), (Some(2), Some(failed - 2)));
        assert_eq!(summary["stop"].as_u64().unwrap() - summary["start"].as_u64().unwrap(), 812);
        let flaky = tests.iter().find(|test| test["flaky"] == true).unwrap();
        assert_eq!((flaky["retries"].as_u64(), flaky["retryAttempts"].as_array().unwrap().len()), (Some(2), 2));
    }

    #[test]
    fn a_report_looks_like_this() {
        let mut report = fixture::report();
        let keep = ["undocumented-status", "timeout", "credential"];
        report.scenarios.retain(|s| s.reason.as_deref().is_none_or(|r| keep.contains(&r)));
        report.totals = crate::model::report::Totals::of(&report.scenarios);
        insta::assert_json_snapshot!("ctrf", ctrf(&report));
    }
}
