//! JUnit XML, as the many who read it read it. It is written case by case, so that none of it is held.

use std::collections::HashMap;
use std::io::{self, Write};

use chrono::DateTime;

use super::failure::{documented, telling_exchange};
use super::transcript::transcript;
use super::words::{expected_code, place, seen_code, seen_status, statuses};
use super::xml::Xml;
use crate::model::report::{FindingReport, RunReport, ScenarioReport, Totals};
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::{shortened, visible, visible_lines};

/// Characters of a message; it is shown as a headline.
const MESSAGE: usize = 200;

/// Writes the report: one suite for each scenario file, one case for each scenario.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = Writer { report, started: started(report), xml: Xml::default(), out };
    writer.out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writer.xml.start("testsuites").attribute("name", "trueline");
    let totals = Totals::of(&report.scenarios);
    writer.xml.number("tests", totals.scenarios).number("skipped", totals.skipped);
    writer.xml.number("failures", totals.violates).number("errors", totals.inconclusive);
    if let Some(id) = report.id.as_deref().and_then(|id| id.parse::<uuid::Uuid>().ok()) {
        writer.xml.number("uuid", id);
    }
    writer.times(report.duration_ms);
    writer.xml.inside();
    for scenarios in by_file(&report.scenarios) {
        writer.suite(&scenarios)?;
    }
    writer.xml.end("testsuites");
    writer.pass_on()?;
    writer.out.write_all(b"\n")
}

/// RFC 3339 with milliseconds, as readers of JUnit expect it.
fn started(report: &RunReport) -> Option<String> {
    let started = DateTime::parse_from_rfc3339(&report.started_at).ok()?;
    Some(started.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string())
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

struct Writer<'a> {
    report: &'a RunReport,
    started: Option<String>,
    xml: Xml,
    out: &'a mut dyn Write,
}

impl Writer<'_> {
    /// Hands on what was made so far.
    fn pass_on(&mut self) -> io::Result<()> {
        self.out.write_all(self.xml.made())?;
        self.xml.forget();
        Ok(())
    }

    fn times(&mut self, milliseconds: u64) {
        if let Some(started) = &self.started {
            self.xml.attribute("timestamp", started);
        }
        self.xml.seconds("time", milliseconds);
    }

    fn suite(&mut self, scenarios: &[&ScenarioReport]) -> io::Result<()> {
        let (report, first) = (self.report, scenarios[0]);
        let (area, file) = (visible(first.area()), visible(&first.file));
        self.xml.start("testsuite").attribute("name", &area);
        let totals = Totals::of(scenarios.iter().copied());
        self.xml.number("tests", totals.scenarios).number("skipped", totals.skipped);
        self.xml.number("errors", totals.inconclusive).number("failures", totals.violates);
        self.times(scenarios.iter().map(|s| s.duration_ms).sum());
        self.xml.attribute("file", &file);
        self.xml.attribute("hostname", &visible(report.host.as_deref().unwrap_or("unknown")));
        self.xml.inside();
        self.suite_properties();
        let mut names: HashMap<&str, usize> = HashMap::with_capacity(scenarios.len());
        for scenario in scenarios {
            let count = names.entry(scenario.name()).or_insert(0);
            *count += 1;
            case(&mut self.xml, report, scenario, *count, (&area, &file));
            self.pass_on()?;
        }
        self.xml.end("testsuite");
        Ok(())
    }

    fn suite_properties(&mut self) {
        let report = self.report;
        let xml = &mut self.xml;
        xml.start("properties").inside();
        property(xml, "tool", &report.tool);
        property(xml, "target", &visible(&report.target.name));
        property(xml, "target.url", &visible(&report.target.url));
        property(xml, "simulation", if report.target.simulation { "true" } else { "false" });
        property(xml, "catalogue", &visible(&report.page));
        if let Some(seed) = report.seed {
            property(xml, "seed", &seed.to_string());
        }
        for notice in &report.notices {
            property(xml, "notice", &visible(notice));
        }
        xml.end("properties");
    }
}

fn property(xml: &mut Xml, name: &str, value: &str) {
    xml.start("property").attribute("name", name).attribute("value", value).end_empty();
}

fn case(xml: &mut Xml, report: &RunReport, scenario: &ScenarioReport, count: usize, (area, file): (&str, &str)) {
    let name = visible(scenario.name());
    // Names are unique in a file; this holds when reports are joined that should not have been.
    let name = if count > 1 { format!("{name} ({count})").into() } else { name };
    xml.start("testcase").attribute("name", &name).attribute("classname", area);
    xml.seconds("time", scenario.duration_ms).attribute("file", file).number("line", scenario.line).inside();
    xml.start("properties").inside();
    properties(xml, scenario);
    xml.end("properties");
    outcome(xml, report, scenario);
    if matches!(scenario.verdict, Verdict::Violates | Verdict::Inconclusive) {
        xml.start("system-out").text("system-out", transcript(scenario).trim_end());
    }
    xml.end("testcase");
}

fn properties(xml: &mut Xml, scenario: &ScenarioReport) {
    property(xml, "code.expected", &expected_code(&scenario.expect));
    property(xml, "status.expected", &statuses(&scenario.expect));
    if let Some(seen) = &scenario.seen {
        if seen.code.is_some() {
            property(xml, "code.seen", &seen_code(Some(seen)));
        }
        property(xml, "status.seen", &seen_status(Some(seen)));
    }
    for finding in scenario.findings.iter().filter(|f| f.severity == "error") {
        property(xml, "rule", &finding.rule);
    }
    if scenario.verdict != Verdict::Skipped {
        xml.start("property").attribute("name", "attempts").number("value", scenario.attempts).end_empty();
    }
    for finding in scenario.findings.iter().filter(|f| f.severity != "error") {
        property(xml, "warning", &sentence(finding));
    }
}

fn outcome(xml: &mut Xml, report: &RunReport, scenario: &ScenarioReport) {
    let reason = scenario.reason.as_deref().unwrap_or("unknown");
    let (element, kind, message) = match scenario.verdict {
        Verdict::Conforms => return passed(xml, scenario),
        Verdict::Violates => ("failure", "contract", headline(scenario)),
        Verdict::Inconclusive => ("error", "inconclusive", headline(scenario)),
        Verdict::Skipped => ("skipped", "skip", scenario.skip.as_deref().unwrap_or(reason).to_owned()),
    };
    let message = visible(&message);
    xml.start(element).attribute("message", &shortened(&message, MESSAGE));
    xml.attribute("type", &format!("{kind}.{}", visible(reason)));
    match scenario.verdict {
        Verdict::Skipped => xml.text(element, &message),
        _ => xml.text(element, &description(report, scenario, &message)),
    }
}

fn headline(scenario: &ScenarioReport) -> String {
    scenario.leading().map_or_else(|| scenario.verdict.id().to_owned(), |finding| finding.text.clone())
}

/// A pass; where it came only on a later attempt, with each attempt that was lost.
fn passed(xml: &mut Xml, scenario: &ScenarioReport) {
    let Some(flaky) = scenario.findings.iter().find(|f| f.rule == Rule::Flaky.id()) else { return };
    let text = visible(&flaky.text);
    for attempt in 1..scenario.attempts.max(2) {
        xml.start("flakyFailure").attribute("message", &shortened(&text, MESSAGE)).attribute("type", "contract.flaky");
        xml.inside();
        let trace = format!("attempt {attempt}: {text}\nat {}", place(scenario));
        xml.start("stackTrace").text("stackTrace", &trace);
        xml.end("flakyFailure");
    }
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
    out
}
