//! No format loses what another shows, and none lets through what is secret or hostile.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};

use super::annotations::annotations;
use super::digest::{Closing, digest};
use super::failure::block;
use super::fixture;
use super::formats::{self, Aside, Format};
use super::html::samples::everything;
use super::style::Style;
use super::{junit, run_json};
use crate::model::exchange::Observation;
use crate::model::report::RunReport;
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::{gives_orders, is_plain};
use crate::record::fixture::CANARY;

const HOSTILE: &str = "\u{1b}[31mred\u{1b}]8;;x\u{7} \0 ]]> <script> \u{202e}rtl\u{2066} \u{200b} \u{fffe}\u{ffff} &#27; \u{9b}2J\r\n::error::x\n##[error]y [[ATTACHMENT|/etc/passwd]] \u{d7ff}\u{e000}\t\"'";

fn xml(report: &RunReport) -> String {
    let mut out = Vec::new();
    junit::write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json(report: &RunReport) -> String {
    let mut out = Vec::new();
    run_json::write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The report in every format that is a file, by id.
fn files(report: &RunReport) -> Vec<(&'static str, String)> {
    let file = |format: &Format| {
        let mut out = Vec::new();
        format.write(report, Aside::default(), &mut out).unwrap();
        (format.id, String::from_utf8(out).unwrap())
    };
    formats::ALL.iter().map(file).collect()
}

/// The same with what is printed.
fn everywhere(report: &RunReport) -> Vec<(&'static str, String)> {
    let mut all = files(report);
    all.push(("terminal", terminal(report, Style::PLAIN)));
    all.push(("annotations", annotations(report, "")));
    all
}

/// Formats that tell every finding: SARIF tells of drift, and there are at most ten annotations of a kind.
fn tells_all(format: &str) -> bool {
    !["sarif", "annotations"].contains(&format)
}

fn terminal(report: &RunReport, style: Style) -> String {
    let failed = report.scenarios.iter().filter(|s| matches!(s.verdict, Verdict::Violates | Verdict::Inconclusive));
    let blocks: Vec<String> = failed.map(|s| block(s, &report.page, style)).collect();
    let reports = ["reports/junit.xml".to_owned(), "reports/run.json".to_owned()];
    blocks.join("\n") + "\n" + &digest(report, Closing { reports: &reports, flags: "" }, style)
}

#[test]
fn every_finding_is_in_every_format() {
    let report = fixture::report();
    for (format, output) in everywhere(&report).iter().filter(|(format, _)| tells_all(format)) {
        for rule in Rule::ALL {
            let text = format!("the promise of {rule} is broken");
            assert!(output.contains(&text), "{rule} is lost in {format}");
            assert!(output.contains(&format!("a scenario in which {rule} is broken")), "{rule} in {format}");
        }
        for skip in report.scenarios.iter().filter_map(|s| s.skip.as_deref()) {
            assert!(output.contains(skip), "{skip} is lost in {format}");
        }
    }
    let (xml, json) = (xml(&report), json(&report));
    for scenario in &report.scenarios {
        assert!(xml.contains(&format!("name=\"{}\"", scenario.name())) && json.contains(&scenario.id));
    }
}

/// JUnit knows tests alone: there, drift is what its findings say.
#[test]
fn every_drift_is_in_every_format_that_tells_of_it() {
    let report = everything();
    let answered: Vec<_> = report.drift.list.iter().filter(|d| d.kind.was_answered()).collect();
    assert!(answered.len() >= 3);
    for (format, output) in everywhere(&report).iter().filter(|(format, _)| *format != "junit") {
        for drift in &answered {
            assert!(output.contains(&drift.text), "{} is lost in {format}", drift.text);
            let line = drift.line.unwrap();
            let place = match *format {
                "json" | "ctrf" => format!("\"line\":{line}"),
                "sarif" => format!("\"startLine\":{line}"),
                "annotations" => format!("file=catalogue.md,line={line}"),
                _ => format!("catalogue.md:{line}"),
            };
            assert!(output.contains(&place), "{place} is lost in {format}");
        }
        assert!(output.contains(crate::record::report::SIMULATION) || *format == "sarif", "{format}");
    }
}

#[test]
fn the_counts_of_junit_are_the_totals() {
    let report = fixture::report();
    let junit = Report::deserialize_from_str(&xml(&report)).unwrap();
    let totals = &report.totals;
    assert_eq!(junit.tests, totals.scenarios);
    assert_eq!((junit.failures, junit.errors, junit.skipped), (totals.violates, totals.inconclusive, totals.skipped));
    assert_eq!(totals.violates + totals.inconclusive + totals.skipped + totals.conforms, totals.scenarios);
    assert!(totals.violates > 0 && totals.inconclusive > 0 && totals.skipped > 0 && totals.conforms > 0);
    let suites = junit.test_suites.iter().map(|s| (s.tests, s.failures, s.errors, s.skipped));
    let sum = suites.fold((0, 0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3));
    assert_eq!(sum, (junit.tests, junit.failures, junit.errors, junit.skipped));
}

#[test]
fn every_case_has_its_type_and_its_message_twice() {
    let report = fixture::report();
    let junit = Report::deserialize_from_str(&xml(&report)).unwrap();
    let cases = &junit.test_suites[0].test_cases;
    assert_eq!(cases.len(), report.scenarios.len());
    for (case, scenario) in cases.iter().zip(&report.scenarios) {
        let reason = scenario.reason.as_deref().unwrap_or_default();
        let (due, ty, message, text) = match &case.status {
            TestCaseStatus::Success { flaky_runs } => {
                let is_flaky = scenario.findings.iter().any(|f| f.rule == "flaky");
                assert_eq!(flaky_runs.len(), if is_flaky { 2 } else { 0 });
                assert!(flaky_runs.iter().all(|r| r.stack_trace.is_some() && r.kind == NonSuccessKind::Failure));
                assert_eq!(scenario.verdict, Verdict::Conforms);
                continue;
            }
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, ty, message, description, .. } => {
                ("contract", ty, message, description)
            }
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, ty, message, description, .. } => {
                ("inconclusive", ty, message, description)
            }
            TestCaseStatus::Skipped { ty, message, description } => ("skip", ty, message, description),
        };
        assert_eq!(ty.as_ref().unwrap().as_str(), format!("{due}.{reason}"));
        assert!(text.as_ref().unwrap().starts_with(message.as_ref().unwrap().as_str()));
        assert!(scenario.verdict == Verdict::Skipped || case.system_out.is_some());
    }
}

#[test]
fn plain_output_is_coloured_output_without_the_escapes() {
    let report = fixture::report();
    let (plain, coloured) = (terminal(&report, Style::PLAIN), terminal(&report, Style::COLOURED));
    assert!(coloured.contains('\u{1b}') && !plain.contains('\u{1b}'));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn hostile_text_is_visible_and_harmless_everywhere() {
    let report = fixture::report_with(|finding, fired| {
        finding.text = format!("{HOSTILE} {}", finding.text);
        (finding.seen, finding.pointer) = (Some(HOSTILE.into()), Some(HOSTILE.into()));
        fired.notes.push(HOSTILE.into());
        if let Observation::Answered(answer) = &mut fired.exchanges[1].observation {
            answer.body = HOSTILE.as_bytes().to_vec().into();
            answer.headers.set("x-evil", b"\xff::error::\tx ##[y]");
        }
    });
    for (format, text) in everywhere(&report) {
        assert!(text.chars().all(|c| c == '\n' || is_plain(c)), "hidden characters in {format}");
        let orders = text.lines().filter(|l| l.trim_start().starts_with("::"));
        assert!(orders.count() == 0 || format == "annotations", "an order in {format}");
        // What is data holds texts as they are; nobody prints it.
        if !["json", "ctrf"].contains(&format) {
            assert!(!text.contains("##[") && !text.contains("[[ATTACHMENT"), "an order in {format}");
            assert!(text.contains("␛") || format == "sarif", "not visible in {format}");
        }
        assert!(
            ["json", "ctrf", "sarif", "terminal", "annotations"].contains(&format) || !text.contains("<script> "),
            "{format}"
        );
    }
    let (xml, json) = (xml(&report), json(&report));
    assert!(!xml.contains("]]>") && !xml.contains("<script>"));
    let junit = Report::deserialize_from_str(&xml).unwrap();
    assert_eq!(junit.tests, report.totals.scenarios);
    let parsed: RunReport = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed.scenarios[1].findings[0].seen.as_deref(), Some(HOSTILE));
    for scenario in &report.scenarios {
        for exchange in &scenario.exchanges {
            assert!(!gives_orders(&exchange.curl) && exchange.curl.chars().all(is_plain));
        }
    }
}

#[test]
fn no_format_holds_a_secret() {
    let report = fixture::report_with(|finding, fired| {
        finding.text = format!("{CANARY} {}", finding.text);
        finding.seen = Some(serde_json::json!(CANARY).to_string());
        fired.notes.push(format!("waited for {CANARY}"));
        let encoded = percent_encoding::utf8_percent_encode(CANARY, percent_encoding::NON_ALPHANUMERIC).to_string();
        fired.exchanges[1].sent.url = format!("http://127.0.0.1:8080/x?k={encoded}").into();
    });
    let json = json(&report);
    let printed = [("coloured", terminal(&report, Style::COLOURED))];
    for (format, output) in everywhere(&report).into_iter().chain(printed) {
        for form in ["canary-", "key/", "4711 ", "Y2FuYXJ5", "%2Dkey", "sid=xyz"] {
            assert!(!output.contains(form), "{form} in {format}: {output}");
        }
    }
    assert!(json.contains("[secret:STAGING_KEY]") && json.contains("sid=[secret:sid]"));
    let body = report.scenarios[1].exchanges[1].response.as_ref().unwrap().body.as_ref().unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(body.text.as_deref().unwrap()).is_ok());
}

#[test]
fn a_block_looks_like_this() {
    let report = fixture::report();
    let violation = report.scenarios.iter().find(|s| s.reason.as_deref() == Some("undocumented-status")).unwrap();
    insta::assert_snapshot!("block", block(violation, &report.page, Style::PLAIN));
}

#[test]
fn a_digest_looks_like_this() {
    let report = fixture::report();
    let reports = ["reports/junit.xml".to_owned(), "reports/run.json".to_owned()];
    let closing = Closing { reports: &reports, flags: "--target staging" };
    insta::assert_snapshot!("digest", digest(&report, closing, Style::PLAIN));
}

#[test]
fn reports_look_like_this() {
    let mut report = fixture::report();
    let keep = ["undocumented-status", "timeout", "credential"];
    report.scenarios.retain(|s| s.reason.as_deref().is_none_or(|r| keep.contains(&r)));
    report.totals = crate::model::report::Totals::of(&report.scenarios);
    insta::assert_snapshot!("junit", xml(&report));
    insta::assert_json_snapshot!("run_json", report);
}
