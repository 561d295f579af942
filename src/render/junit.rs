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

/// Cases that are held at a time. The library holds what it is to write, several times as large as what it is made of.
const AT_ONCE: usize = 128;

/// Writes the report: one suite for each scenario file, one case for each scenario.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let started = DateTime::parse_from_rfc3339(&report.started_at).ok();
    let mut junit = Report::new("trueline");
    junit.uuid = report.id.as_deref().and_then(|id| id.parse().ok());
    junit.timestamp = started;
    junit.time = Some(Duration::from_millis(report.duration_ms));
    let counts = Counts::of(&report.scenarios);
    (junit.tests, junit.failures, junit.errors, junit.skipped) = counts.all();
    let files = by_file(&report.scenarios);
    if files.is_empty() {
        return junit.serialize(out).map_err(io::Error::other);
    }
    let mut pieces = Pieces { junit, text: Vec::new(), out };
    for (index, scenarios) in files.iter().enumerate() {
        pieces.suite(report, scenarios, started, index == 0)?;
    }
    pieces.out.write_all(END.as_bytes())
}

/// How many cases of each kind the library counts.
#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of<'s>(scenarios: impl IntoIterator<Item = &'s ScenarioReport>) -> Counts {
        let mut counts = Counts::default();
        for scenario in scenarios {
            counts.tests += 1;
            match scenario.counts_as() {
                Verdict::Conforms if scenario.is_known() => counts.skipped += 1,
                Verdict::Conforms => {}
                Verdict::Violates => counts.failures += 1,
                Verdict::Inconclusive => counts.errors += 1,
                Verdict::Skipped => counts.skipped += 1,
            }
        }
        counts
    }

    fn all(&self) -> (usize, usize, usize, usize) {
        (self.tests, self.failures, self.errors, self.skipped)
    }
}

const END_OF_SUITE: &str = "\n    </testsuite>";
const END: &str = "\n</testsuites>\n";

/// The report as the library writes it, with only a few of its cases at a time: what stands around them is cut off.
struct Pieces<'w> {
    junit: Report,
    text: Vec<u8>,
    out: &'w mut dyn Write,
}

impl Pieces<'_> {
    fn suite(
        &mut self,
        report: &RunReport,
        scenarios: &[&ScenarioReport],
        started: Option<DateTime<FixedOffset>>,
        is_first: bool,
    ) -> io::Result<()> {
        let mut shared = Shared::new(scenarios[0]);
        self.junit.test_suites = vec![suite(report, scenarios, started)];
        let begins = if is_first { None } else { Some("<testsuite ") };
        self.piece(begins, if is_first { "" } else { "\n    " })?;
        let mut names: HashMap<&str, usize> = HashMap::with_capacity(scenarios.len());
        for few in scenarios.chunks(AT_ONCE) {
            let cases = few.iter().map(|scenario| {
                let count = names.entry(scenario.name()).or_insert(0);
                *count += 1;
                case(report, scenario, *count, &mut shared)
            });
            self.junit.test_suites[0].test_cases = cases.collect();
            self.piece(Some("<testcase "), "\n        ")?;
        }
        self.out.write_all(END_OF_SUITE.as_bytes())
    }

    /// Writes what stands between the first place with this beginning and the end of the suite. Neither can stand within
    /// a text: there `<` is escaped.
    fn piece(&mut self, begins: Option<&str>, before: &str) -> io::Result<()> {
        self.text.clear();
        self.junit.serialize(&mut self.text).map_err(io::Error::other)?;
        let start = begins.map_or(Some(0), |begins| memchr::memmem::find(&self.text, begins.as_bytes()));
        let end = memchr::memmem::rfind(&self.text, END_OF_SUITE.as_bytes());
        let (Some(start), Some(end)) = (start, end) else {
            return Err(io::Error::other("the report is not written as its pieces are"));
        };
        self.out.write_all(before.as_bytes())?;
        self.out.write_all(&self.text[start..end])
    }
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

/// A suite without its cases, which are counted.
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
    let counts = Counts::of(scenarios.iter().copied());
    (suite.tests, suite.failures, suite.errors, suite.skipped) = counts.all();
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
    /// Codes and statuses, which come again and again.
    words: HashMap<Box<str>, XmlString>,
}

/// Codes that are not documented are without number.
const WORDS: usize = 4096;

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
            words: HashMap::new(),
        }
    }

    fn word(&mut self, word: &str) -> XmlString {
        if let Some(known) = self.words.get(word) {
            return known.clone();
        }
        let clean = XmlString::new(word);
        if self.words.len() < WORDS {
            self.words.insert(word.into(), clean.clone());
        }
        clean
    }
}

fn case(report: &RunReport, scenario: &ScenarioReport, count: usize, shared: &mut Shared) -> TestCase {
    let name = visible(scenario.name());
    // Names are unique in a file; this holds when reports are joined that should not have been.
    let name = if count > 1 { format!("{name} ({count})").into() } else { name };
    let mut case = TestCase::new(name, status(report, scenario));
    case.set_classname(shared.area.clone());
    case.set_time(Duration::from_millis(scenario.duration_ms));
    case.extra.insert(shared.file_key.clone(), shared.file.clone());
    case.extra.insert(shared.line_key.clone(), scenario.line.to_string().into());
    properties(&mut case, scenario, shared);
    if matches!(scenario.verdict, Verdict::Violates | Verdict::Inconclusive) || scenario.was_cut_off() {
        case.set_system_out(transcript(scenario).trim_end());
    }
    case
}

fn properties(case: &mut TestCase, scenario: &ScenarioReport, shared: &mut Shared) {
    case.properties.reserve_exact(5);
    let mut add = |name: &XmlString, value: XmlString| {
        case.properties.push(Property { name: name.clone(), value });
    };
    let code = shared.word(&expected_code(&scenario.expect));
    add(&shared.code_expected, code.clone());
    let due = shared.word(&statuses(&scenario.expect));
    add(&shared.status_expected, due);
    if let Some(seen) = &scenario.seen {
        // Most see what they expect.
        match (&seen.code, &scenario.expect.code) {
            (Some(seen), Some(expected)) if seen == expected => add(&shared.code_seen, code),
            (Some(_), _) => {
                let code = shared.word(&seen_code(Some(seen)));
                add(&shared.code_seen, code);
            }
            (None, _) => {}
        }
        let status = shared.word(&seen_status(Some(seen)));
        add(&shared.status_seen, status);
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
        Verdict::Skipped if !scenario.was_cut_off() => message.clone(),
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

pub(super) fn headline(scenario: &ScenarioReport) -> String {
    scenario.leading().map_or_else(|| scenario.verdict.id().to_owned(), |finding| finding.text.clone())
}

/// A pass; where it came only on a later attempt, with each attempt that was lost.
fn passed(scenario: &ScenarioReport) -> TestCaseStatus {
    let mut status = TestCaseStatus::success();
    if let Some(flaky) = scenario.findings.iter().find(|f| f.rule == Rule::Flaky.id()) {
        let of_when = scenario.exchanges.iter().filter(|e| e.step == "when");
        let silences: Vec<&str> = of_when.filter_map(|e| e.silence.as_deref()).collect();
        for attempt in 1..scenario.attempts.max(2) {
            let mut lost = TestRerun::new(NonSuccessKind::Failure);
            let text = visible(&flaky.text);
            lost.set_type("inconclusive.no-answer").set_message(shortened(&text, MESSAGE));
            let why = silences.get(attempt as usize - 1).map_or_else(String::new, |why| format!("\n{}", visible(why)));
            lost.set_stack_trace(format!("attempt {attempt}: {text}{why}\nat {}", place(scenario)));
            status.add_rerun(lost);
        }
    }
    status
}

/// The message again, for readers that drop the attribute; then every finding and how to repeat it.
pub(super) fn description(report: &RunReport, scenario: &ScenarioReport, message: &str) -> String {
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
pub(super) fn sentence(finding: &FindingReport) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    #[test]
    fn the_pieces_make_the_whole_that_the_library_writes() {
        let mut report = fixture::report();
        let some: Vec<_> = report.scenarios.clone();
        for number in 0..3 * AT_ONCE {
            let mut more = some[number % some.len()].clone();
            more.id = format!("{} {number} <testcase  </testsuite>", more.id);
            if number % 5 == 0 {
                more.file = "scenarios/of-another-file.yaml".to_owned();
            }
            report.scenarios.push(more);
        }
        let started = DateTime::parse_from_rfc3339(&report.started_at).ok();
        let mut junit = Report::new("trueline");
        junit.uuid = report.id.as_deref().and_then(|id| id.parse().ok());
        junit.timestamp = started;
        junit.time = Some(Duration::from_millis(report.duration_ms));
        let files = by_file(&report.scenarios);
        assert!(files.len() > 1 && files.iter().any(|cases| cases.len() > AT_ONCE));
        for scenarios in files {
            let mut whole = suite(&report, &scenarios, started);
            (whole.tests, whole.failures, whole.errors, whole.skipped) = (0, 0, 0, 0);
            let mut shared = Shared::new(scenarios[0]);
            for scenario in scenarios {
                whole.add_test_case(case(&report, scenario, 1, &mut shared));
            }
            junit.add_test_suite(whole);
        }
        let mut pieces = Vec::new();
        write(&report, &mut pieces).unwrap();
        assert!(String::from_utf8(pieces).unwrap() == junit.to_string().unwrap());
        let nothing = RunReport::default();
        let mut empty = Vec::new();
        write(&nothing, &mut empty).unwrap();
        assert!(String::from_utf8(empty).unwrap().contains("tests=\"0\""));
    }
}
