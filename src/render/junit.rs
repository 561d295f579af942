//! JUnit XML, as the many who read it read it.

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite, XmlString};

use super::failure::{documented, telling_exchange};
use super::transcript::transcript;
use super::words::{expected_code, known, place, seen_code, seen_status, statuses};
use crate::model::report::{FindingReport, RunReport, ScenarioReport};
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::{shortened, visible, visible_lines};

/// Characters of a message; it is shown as a headline.
const MESSAGE: usize = 200;

/// Writes the report: one suite for each scenario file, one case for each scenario.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let started = DateTime::parse_from_rfc3339(&report.started_at).ok();
    let mut junit = Report::new("trueline");
    junit.uuid = report.id.as_deref().and_then(|id| id.parse().ok());
    junit.timestamp = started;
    junit.time = Some(Duration::from_millis(report.duration_ms));
    for scenarios in by_file(&report.scenarios) {
        junit.add_test_suite(suite(report, &scenarios, started));
    }
    junit.serialize(out).map_err(io::Error::other)
}

/// The scenarios of each file, files in the order in which they first come.
fn by_file(scenarios: &[ScenarioReport]) -> Vec<Vec<&ScenarioReport>> {
    let mut files: Vec<Vec<&ScenarioReport>> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for scenario in scenarios {
        let index = *at.entry(&scenario.file).or_insert_with(|| {
            files.push(Vec::new());
            files.len() - 1
        });
        files[index].push(scenario);
    }
    files
}

fn suite(report: &RunReport, scenarios: &[&ScenarioReport], started: Option<DateTime<FixedOffset>>) -> TestSuite {
    let first = scenarios[0];
    let mut suite = TestSuite::new(visible(first.area()));
    suite.timestamp = started;
    suite.time = Some(Duration::from_millis(scenarios.iter().map(|s| s.duration_ms).sum()));
    suite.extra.insert("file".into(), visible(&first.file).into());
    suite.extra.insert("hostname".into(), visible(report.host.as_deref().unwrap_or("unknown")).into());
    suite.add_property(("tool", report.tool.as_str()));
    suite.add_property(("target", &*visible(&report.target.name)));
    suite.add_property(("target.url", &*visible(&report.target.url)));
    suite.add_property(("simulation", if report.target.simulation { "true" } else { "false" }));
    suite.add_property(("catalogue", &*visible(&report.page)));
    if let Some(seed) = report.seed {
        suite.add_property(("seed", seed.to_string().as_str()));
    }
    let notices = report.notices.iter().map(|notice| ("notice", visible(notice)));
    suite.add_properties(notices.map(|(name, value)| quick_junit::Property::new(name, &*value)));
    let shared = Shared::new(first);
    let mut names: HashMap<&str, usize> = HashMap::with_capacity(scenarios.len());
    for scenario in scenarios {
        let count = names.entry(scenario.name()).or_insert(0);
        *count += 1;
        suite.add_test_case(case(report, scenario, *count, &shared));
    }
    suite
}

/// What all cases of a suite have in common, cleaned once: the library cleans each text that it is given.
struct Shared {
    area: XmlString,
    file: XmlString,
    file_key: XmlString,
    line_key: XmlString,
    code_expected: XmlString,
    status_expected: XmlString,
    code_seen: XmlString,
    status_seen: XmlString,
    rule: XmlString,
    attempts: XmlString,
    one: XmlString,
    warning: XmlString,
}

impl Shared {
    fn new(first: &ScenarioReport) -> Self {
        Shared {
            area: visible(first.area()).into(),
            file: visible(&first.file).into(),
            file_key: "file".into(),
            line_key: "line".into(),
            code_expected: "code.expected".into(),
            status_expected: "status.expected".into(),
            code_seen: "code.seen".into(),
            status_seen: "status.seen".into(),
            rule: "rule".into(),
            attempts: "attempts".into(),
            one: "1".into(),
            warning: "warning".into(),
        }
    }
}

fn case(report: &RunReport, scenario: &ScenarioReport, count: usize, shared: &Shared) -> TestCase {
    let name = visible(scenario.name());
    // Names are unique in a file; this holds when reports are joined that should not have been.
    let name = if count > 1 { format!("{name} ({count})").into() } else { name };
    let mut case = TestCase::new(name, status(report, scenario));
    case.set_classname(shared.area.clone());
    case.set_time(Duration::from_millis(scenario.duration_ms));
    case.extra.insert(shared.file_key.clone(), shared.file.clone());
    case.extra.insert(shared.line_key.clone(), scenario.line.to_string().into());
    properties(&mut case, scenario, shared);
    if matches!(scenario.verdict, Verdict::Violates | Verdict::Inconclusive) {
        case.set_system_out(transcript(scenario).trim_end());
    }
    case
}

fn properties(case: &mut TestCase, scenario: &ScenarioReport, shared: &Shared) {
    let mut add = |name: &XmlString, value: XmlString| {
        case.properties.push(Property { name: name.clone(), value });
    };
    let code = XmlString::new(expected_code(&scenario.expect));
    add(&shared.code_expected, code.clone());
    add(&shared.status_expected, statuses(&scenario.expect).into());
    if let Some(seen) = &scenario.seen {
        // Most see what they expect.
        match (&seen.code, &scenario.expect.code) {
            (Some(seen), Some(expected)) if seen == expected => add(&shared.code_seen, code),
            (Some(_), _) => add(&shared.code_seen, seen_code(Some(seen)).into()),
            (None, _) => {}
        }
        add(&shared.status_seen, seen_status(Some(seen)).into());
    }
    for finding in scenario.findings.iter().filter(|f| f.severity == "error") {
        add(&shared.rule, finding.rule.as_str().into());
    }
    match (scenario.verdict, scenario.attempts) {
        (Verdict::Skipped, _) => {}
        (_, 1) => add(&shared.attempts, shared.one.clone()),
        (_, attempts) => add(&shared.attempts, attempts.to_string().into()),
    }
    for finding in scenario.findings.iter().filter(|f| f.severity != "error") {
        add(&shared.warning, sentence(finding).into());
    }
}

fn status(report: &RunReport, scenario: &ScenarioReport) -> TestCaseStatus {
    let reason = scenario.reason.as_deref().unwrap_or("unknown");
    let (mut status, kind, message) = match scenario.counts_as() {
        Verdict::Conforms if scenario.is_known() => return accepted(report, scenario),
        Verdict::Conforms => return passed(scenario),
        Verdict::Violates => (TestCaseStatus::non_success(NonSuccessKind::Failure), "contract", headline(scenario)),
        Verdict::Inconclusive => {
            (TestCaseStatus::non_success(NonSuccessKind::Error), "inconclusive", headline(scenario))
        }
        Verdict::Skipped => (TestCaseStatus::skipped(), "skip", scenario.skip.as_deref().unwrap_or(reason).to_owned()),
    };
    let message = visible(&message).into_owned();
    status.set_type(format!("{kind}.{}", visible(reason)));
    status.set_description(match scenario.verdict {
        Verdict::Skipped => message.clone(),
        _ => description(report, scenario, &message),
    });
    status.set_message(shortened(&message, MESSAGE));
    status
}

/// What violates only in ways that are known: no failure for whoever counts them, and no pass for whoever reads it.
fn accepted(report: &RunReport, scenario: &ScenarioReport) -> TestCaseStatus {
    let known = scenario.leading().and_then(known).unwrap_or_default();
    let message = visible(&format!("{known}: {}", headline(scenario))).into_owned();
    let mut status = TestCaseStatus::skipped();
    status.set_type("skip.known");
    status.set_description(description(report, scenario, &message));
    status.set_message(shortened(&message, MESSAGE));
    status
}

fn headline(scenario: &ScenarioReport) -> String {
    scenario.leading().map_or_else(|| scenario.verdict.id().to_owned(), |finding| finding.text.clone())
}

/// A pass; where it came only on a later attempt, with each attempt that was lost.
fn passed(scenario: &ScenarioReport) -> TestCaseStatus {
    let mut status = TestCaseStatus::success();
    if let Some(flaky) = scenario.findings.iter().find(|f| f.rule == Rule::Flaky.id()) {
        for attempt in 1..scenario.attempts.max(2) {
            let mut lost = TestRerun::new(NonSuccessKind::Failure);
            let text = visible(&flaky.text);
            lost.set_type("contract.flaky").set_message(shortened(&text, MESSAGE));
            lost.set_stack_trace(format!("attempt {attempt}: {text}\nat {}", place(scenario)));
            status.add_rerun(lost);
        }
    }
    status
}

/// The message again, for readers that drop the attribute; then every finding and how to repeat it.
fn description(report: &RunReport, scenario: &ScenarioReport, message: &str) -> String {
    let mut lines = vec![message.to_owned(), String::new()];
    lines.extend(scenario.findings.iter().map(sentence));
    lines.push(format!("expected {} {}", expected_code(&scenario.expect), statuses(&scenario.expect)));
    let seen = scenario.seen.as_ref();
    lines.push(format!("seen {} {}", seen_code(seen), seen_status(seen)));
    lines.extend(documented(scenario, &report.page).map(|d| format!("documented {d}")));
    lines.push(format!("at {}", place(scenario)));
    lines.extend(telling_exchange(scenario).map(|e| visible(&e.curl).into_owned()));
    visible_lines(&lines.join("\n"))
}

/// `wrong-code: text (in given 1) at /error/code, expected x, seen y`
fn sentence(finding: &FindingReport) -> String {
    let mut out = format!("{}: {}", visible(&finding.rule), visible(&finding.text));
    if finding.step != "when" {
        out += &format!(" (in {})", visible(&finding.step));
    }
    for (label, value) in [("at", &finding.pointer), ("expected", &finding.expected), ("seen", &finding.seen)] {
        if let Some(value) = value.as_deref().filter(|v| !v.is_empty()) {
            out += &format!(", {label} {}", visible(value));
        }
    }
    if let Some(known) = known(finding) {
        out += &format!(" [{known}]");
    }
    out
}
