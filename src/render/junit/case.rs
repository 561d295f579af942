//! One case.

use std::fmt::Write as _;
use std::io;

use super::sentences::{description, headline, sentence};
use super::xml::{Tag, Xml};
use crate::model::report::{RunReport, ScenarioReport};
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::{shortened, visible};
use crate::render::transcript::transcript;
use crate::render::words::{expected_code, known, place, seen_code, seen_status, statuses};

/// Characters of a message; it is shown as a headline.
const MESSAGE: usize = 200;

/// Writes the cases of one suite.
pub struct Cases<'x, 'w> {
    xml: &'x mut Xml<'w>,
    report: &'x RunReport,
    area: &'x str,
    file: &'x str,
    tag: Tag,
    /// A number at a time.
    number: String,
}

impl<'x, 'w> Cases<'x, 'w> {
    pub fn new(xml: &'x mut Xml<'w>, report: &'x RunReport, area: &'x str, file: &'x str) -> Self {
        Cases { xml, report, area, file, tag: Tag::new("testcase"), number: String::new() }
    }

    /// The scenario is the `count`th of its name in this file. Names are unique in a file; the count shows when reports
    /// are joined that should not have been.
    pub fn write(&mut self, scenario: &ScenarioReport, count: usize) -> io::Result<()> {
        let name = visible(scenario.name());
        let name = if count > 1 { format!("{name} ({count})").into() } else { name };
        self.tag.clear().with("name", &name).with("classname", self.area);
        let number = &mut self.number;
        number.clear();
        // Writing to a string cannot fail.
        let _ = write!(number, "{}.{:03}", scenario.duration_ms / 1000, scenario.duration_ms % 1000);
        self.tag.with_plain("time", number).with("file", self.file);
        number.clear();
        let _ = write!(number, "{}", scenario.line);
        self.tag.with_plain("line", number);
        self.xml.start(&self.tag)?;
        self.properties(scenario)?;
        self.status(scenario)?;
        if matches!(scenario.verdict, Verdict::Violates | Verdict::Inconclusive) {
            self.xml.simple("system-out", transcript(scenario).trim_end())?;
        }
        self.xml.end("testcase")
    }

    fn properties(&mut self, scenario: &ScenarioReport) -> io::Result<()> {
        let xml = &mut *self.xml;
        xml.open("properties")?;
        xml.property("code.expected", &expected_code(&scenario.expect))?;
        xml.property("status.expected", &statuses(&scenario.expect))?;
        if let Some(seen) = &scenario.seen {
            if seen.code.is_some() {
                xml.property("code.seen", &seen_code(Some(seen)))?;
            }
            xml.property("status.seen", &seen_status(Some(seen)))?;
        }
        for finding in scenario.findings.iter().filter(|f| f.severity == "error") {
            xml.property("rule", &visible(&finding.rule))?;
        }
        match (scenario.verdict, scenario.attempts) {
            (Verdict::Skipped, _) => {}
            (_, 1) => xml.property("attempts", "1")?,
            (_, attempts) => xml.property("attempts", &attempts.to_string())?,
        }
        for finding in scenario.findings.iter().filter(|f| f.severity != "error") {
            xml.property("warning", &sentence(finding))?;
        }
        xml.end("properties")
    }

    fn status(&mut self, scenario: &ScenarioReport) -> io::Result<()> {
        let reason = scenario.reason.as_deref().unwrap_or("unknown");
        let (element, kind, message) = match scenario.counts_as() {
            Verdict::Conforms if scenario.is_known() => return self.accepted(scenario),
            Verdict::Conforms => return self.lost_attempts(scenario),
            Verdict::Violates => ("failure", "contract", headline(scenario)),
            Verdict::Inconclusive => ("error", "inconclusive", headline(scenario)),
            Verdict::Skipped => ("skipped", "skip", scenario.skip.as_deref().unwrap_or(reason).to_owned()),
        };
        let message = visible(&message);
        let kind = format!("{kind}.{}", visible(reason));
        match scenario.verdict {
            Verdict::Skipped => self.outcome(element, &kind, &message, &message),
            _ => self.outcome(element, &kind, &message, &description(self.report, scenario, &message)),
        }
    }

    /// What violates only in ways that are known: no failure for whoever counts them, and no pass for whoever reads it.
    fn accepted(&mut self, scenario: &ScenarioReport) -> io::Result<()> {
        let known = scenario.leading().and_then(known).unwrap_or_default();
        let message = format!("{known}: {}", headline(scenario));
        let message = visible(&message);
        self.outcome("skipped", "skip.known", &message, &description(self.report, scenario, &message))
    }

    /// The message as an attribute *and* at the start of the text: one reader takes only this, others only that, and an
    /// element without text is a pass to some.
    fn outcome(&mut self, element: &'static str, kind: &str, message: &str, text: &str) -> io::Result<()> {
        let mut tag = Tag::new(element);
        tag.with("message", &shortened(message, MESSAGE)).with("type", kind);
        self.xml.element(&tag, element, text)
    }

    /// Of a pass that came only on a later attempt: each attempt that was lost.
    fn lost_attempts(&mut self, scenario: &ScenarioReport) -> io::Result<()> {
        let Some(flaky) = scenario.findings.iter().find(|f| f.rule == Rule::Flaky.id()) else { return Ok(()) };
        let of_when = scenario.exchanges.iter().filter(|e| e.step == "when");
        let silences: Vec<&str> = of_when.filter_map(|e| e.silence.as_deref()).collect();
        let text = visible(&flaky.text);
        let mut tag = Tag::new("flakyFailure");
        tag.with("message", &shortened(&text, MESSAGE)).with("type", "inconclusive.no-answer");
        for attempt in 1..scenario.attempts.max(2) {
            let why = silences.get(attempt as usize - 1).map_or_else(String::new, |why| format!("\n{}", visible(why)));
            self.xml.start(&tag)?;
            self.xml.simple("stackTrace", &format!("attempt {attempt}: {text}{why}\nat {}", place(scenario)))?;
            self.xml.end("flakyFailure")?;
        }
        Ok(())
    }
}
