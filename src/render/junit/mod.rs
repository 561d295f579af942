//! JUnit XML, as the many who read it read it.

mod case;
mod sentences;
mod xml;

use std::collections::HashMap;
use std::io::{self, Write};

use chrono::DateTime;

use case::Cases;
use xml::{Tag, Xml};

pub(super) use sentences::{description, headline};

use crate::model::report::{RunReport, ScenarioReport};
use crate::model::verdict::Verdict;
use crate::model::visible::visible;

/// Writes the report, case by case: one suite for each scenario file, one case for each scenario.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let started = DateTime::parse_from_rfc3339(&report.started_at).ok();
    let started = started.map(|at| at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string());
    let id = report.id.as_deref().and_then(|id| uuid::Uuid::parse_str(id).ok()).map(|id| id.to_string());
    let counts = Counts::of(&report.scenarios);
    let mut xml = Xml::begin(out)?;
    let mut root = Tag::new("testsuites");
    root.with("name", "trueline");
    for (name, count) in
        [("tests", counts.tests), ("skipped", counts.skipped), ("failures", counts.failures), ("errors", counts.errors)]
    {
        root.with_plain(name, &count.to_string());
    }
    if let Some(id) = &id {
        root.with_plain("uuid", id);
    }
    if let Some(at) = &started {
        root.with_plain("timestamp", at);
    }
    root.with_plain("time", &seconds(report.duration_ms));
    xml.start(&root)?;
    for scenarios in by_file(&report.scenarios) {
        suite(&mut xml, report, &scenarios, started.as_deref())?;
    }
    xml.end("testsuites")?;
    xml.close()
}

/// How many cases of each kind there are; known before the first is written.
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
}

/// The scenarios of each file, files in the order in which they first come.
fn by_file(scenarios: &[ScenarioReport]) -> Vec<Vec<&ScenarioReport>> {
    let mut files: Vec<Vec<&ScenarioReport>> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for together in scenarios.chunk_by(|one, next| one.file == next.file) {
        let index = *at.entry(&together[0].file).or_insert_with(|| {
            files.push(Vec::new());
            files.len() - 1
        });
        files[index].extend(together);
    }
    files
}

fn suite(
    xml: &mut Xml<'_>,
    report: &RunReport,
    scenarios: &[&ScenarioReport],
    started: Option<&str>,
) -> io::Result<()> {
    let (area, file) = (visible(scenarios[0].area()), visible(&scenarios[0].file));
    let counts = Counts::of(scenarios.iter().copied());
    let mut tag = Tag::new("testsuite");
    tag.with("name", &area);
    for (name, count) in
        [("tests", counts.tests), ("skipped", counts.skipped), ("errors", counts.errors), ("failures", counts.failures)]
    {
        tag.with_plain(name, &count.to_string());
    }
    if let Some(at) = started {
        tag.with_plain("timestamp", at);
    }
    tag.with_plain("time", &seconds(scenarios.iter().map(|s| s.duration_ms).fold(0, u64::saturating_add)));
    tag.with("file", &file).with("hostname", &visible(report.host.as_deref().unwrap_or("unknown")));
    xml.start(&tag)?;
    xml.open("properties")?;
    xml.property("tool", &visible(&report.tool))?;
    xml.property("target", &visible(&report.target.name))?;
    xml.property("target.url", &visible(&report.target.url))?;
    xml.property("simulation", if report.target.simulation { "true" } else { "false" })?;
    xml.property("catalogue", &visible(&report.page))?;
    if let Some(seed) = report.seed {
        xml.property("seed", &seed.to_string())?;
    }
    for notice in &report.notices {
        xml.property("notice", &visible(notice))?;
    }
    xml.end("properties")?;
    let mut cases = Cases::new(xml, report, &area, &file);
    let mut names: HashMap<&str, usize> = HashMap::with_capacity(scenarios.len());
    for scenario in scenarios {
        let count = names.entry(scenario.name()).or_insert(0);
        *count += 1;
        cases.write(scenario, *count)?;
    }
    xml.end("testsuite")
}

/// `0.004`
fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests {
    use quick_junit::Report;

    use super::*;
    use crate::render::fixture;
    use crate::render::html::samples::everything;

    fn written(report: &RunReport) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// A library that others use reads the report, and would write what it has read in the same bytes.
    fn is_as_others_write_it(report: &RunReport) {
        let xml = written(report);
        let again = Report::deserialize_from_str(&xml).unwrap().to_string().unwrap();
        assert!(xml == again, "{xml}\n{again}");
    }

    #[test]
    fn the_report_is_what_a_library_of_others_would_write() {
        let mut report = fixture::report();
        is_as_others_write_it(&report);
        let some: Vec<_> = report.scenarios.clone();
        for number in 0..100 {
            let mut more = some[number % some.len()].clone();
            more.id = format!("{} {number} <testcase  </testsuite> \"'&", more.id);
            more.duration_ms = 997 * number as u64;
            if number % 5 == 0 {
                more.file = "scenarios/of-another-file.yaml".into();
            }
            report.scenarios.push(more);
        }
        report.seed = Some(7);
        report.notices = vec!["<a> & \"b\" it's\u{1b}[31m".into()];
        is_as_others_write_it(&report);
        is_as_others_write_it(&everything());
        let nothing = written(&RunReport::default());
        assert!(nothing.contains("tests=\"0\"") && nothing.ends_with("</testsuites>\n"));
    }

    #[test]
    fn a_name_that_comes_again_is_counted() {
        let mut report = fixture::report();
        let twice = report.scenarios[0].clone();
        report.scenarios.push(twice);
        let xml = written(&report);
        let name = report.scenarios[0].name();
        assert!(xml.contains(&format!("name=\"{name}\"")) && xml.contains(&format!("name=\"{name} (2)\"")));
    }

    #[test]
    fn times_are_seconds_with_three_decimals() {
        assert_eq!([0, 4, 812, 60_050].map(seconds), ["0.000", "0.004", "0.812", "60.050"]);
    }
}
