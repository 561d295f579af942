//! Reports that the page must be able to show, for the tests here and for the check in a browser.

use crate::model::exchange::Observation;
use crate::model::history::{Latency, Past};
use crate::model::report::{
    CoverageState, CoveredPair, ExitReport, Observed, RunReport, ScenarioReport, SeenReport, Totals,
};
use crate::model::verdict::Verdict;
use crate::record::drift::drift;
use crate::record::stories::pasts;
use crate::record::stories::tests::runs;
use crate::render::fixture;

pub const HOSTILE: &str = "</style><script>document.title='taken'</script><!--room--> ]]> {{ 7*7 }} {% endif %} \0 \u{202e}rtl\u{2066} \u{200b} \u{fffe} \u{1b}[31m &lt; &#27; \"' onload=x\r\n::error::x ##[error]y [[ATTACHMENT|/etc/passwd]]";

/// One of every rule, every verdict and every state of a pair.
pub fn everything() -> RunReport {
    let mut report = fixture::report();
    let pairs = &mut report.coverage.list;
    (pairs[1].state, pairs[1].reason, pairs[1].expired) =
        (CoverageState::Waived, Some("Mobile devices are not deployed there".into()), true);
    pairs[2].state = CoverageState::Planned;
    pairs[3].state = CoverageState::Triggered;
    let warned = |s: &&mut ScenarioReport| s.reason.as_deref() == Some("cleanup-failed") || s.findings.len() == 1;
    for scenario in report.scenarios.iter_mut().filter(warned) {
        (scenario.tags, scenario.notes) = (vec!["slow".into()], vec!["waited 2 s as `Retry-After` says".into()]);
        scenario.findings[0].pointer = Some("/error/code".into());
    }
    let undocumented = Observed { code: "BRAND_NEW".into(), status: 418, documented: false, count: 1 };
    report.observed.push(undocumented);
    (report.complete, report.seed) = (false, Some(7));
    report.exit = ExitReport { code: 1, reasons: vec!["17 scenarios violate the contract".into()] };
    finish(report)
}

/// Everything that others write holds what could break a page.
pub fn hostile() -> RunReport {
    let mut report = fixture::report_with(|finding, fired| {
        finding.text = format!("{HOSTILE} {}", finding.text);
        finding.expected = Some(HOSTILE.into());
        (finding.seen, finding.pointer, finding.documentation) =
            (Some(HOSTILE.into()), Some(HOSTILE.into()), Some(HOSTILE.into()));
        fired.notes.push(HOSTILE.into());
        if let Observation::Answered(answer) = &mut fired.exchanges[1].observation {
            answer.body = HOSTILE.as_bytes().to_vec().into();
            answer.headers.set("x-evil", HOSTILE.replace(['\0', '\r', '\n', '\u{1b}'], "").as_bytes());
        }
    });
    for scenario in &mut report.scenarios {
        scenario.id += HOSTILE;
        (scenario.file, scenario.tags) = (HOSTILE.into(), vec![HOSTILE.into()]);
        scenario.expect.code = Some(HOSTILE.into());
        scenario.seen = Some(SeenReport { code: Some(HOSTILE.into()), status: 400 });
        scenario.skip = scenario.skip.as_ref().map(|_| HOSTILE.into());
        scenario.findings.iter_mut().for_each(|finding| finding.rule += HOSTILE);
    }
    for pair in &mut report.coverage.list {
        pair.section += HOSTILE;
        (pair.reason, pair.code) = (Some(HOSTILE.into()), HOSTILE.into());
    }
    report.observed.push(Observed { code: HOSTILE.into(), status: 400, documented: false, count: 2 });
    for text in [&mut report.tool, &mut report.page, &mut report.started_at, &mut report.target.name] {
        *text = HOSTILE.into();
    }
    (report.target.url, report.target.effects, report.host) = (HOSTILE.into(), HOSTILE.into(), Some(HOSTILE.into()));
    (report.notices, report.exit.reasons) = (vec![HOSTILE.into()], vec![HOSTILE.into()]);
    for drift in &mut report.drift.list {
        (drift.code, drift.text, drift.section) = (HOSTILE.into(), HOSTILE.into(), HOSTILE.into());
        drift.reason = Some(HOSTILE.into());
        if let Some(proof) = &mut drift.proof {
            (proof.url, proof.step) = (Some(HOSTILE.into()), HOSTILE.into());
            (proof.file, proof.scenario) = (HOSTILE.into(), HOSTILE.into());
        }
    }
    report
}

/// Nothing was selected.
pub fn nothing() -> RunReport {
    let mut report = fixture::report();
    (report.scenarios, report.observed, report.notices) = Default::default();
    report.target.simulation = false;
    report.coverage.list.iter_mut().for_each(|pair| pair.state = CoverageState::Missing);
    report.exit = ExitReport { code: 5, reasons: vec!["nothing was selected".into()] };
    finish(report)
}

/// So many scenarios, one in `failing` of which does not conform.
pub fn many(count: usize, failing: usize) -> RunReport {
    let mut report = fixture::report();
    let models = std::mem::take(&mut report.scenarios);
    let passes = &models[0];
    let fails: Vec<&ScenarioReport> = models.iter().filter(|s| s.verdict == Verdict::Violates).collect();
    report.scenarios = (0..count)
        .map(|n| {
            let model = if n % failing == 0 { fails[n / failing % fails.len()] } else { passes };
            let id = format!("area-{}/scenario {n} of a very large project is refused", n / 100);
            let file = format!("scenarios/area-{}.yaml", n / 100).into();
            let mut scenario = ScenarioReport { id, file, line: 10 + n as u32 % 100 * 9, ..model.clone() };
            scenario.expect.code = Some(format!("CODE_NUMBER_{}", n % 3000).into());
            scenario
        })
        .collect();
    let pair = |n: u32| CoveredPair {
        code: format!("CODE_NUMBER_{n}"),
        status: crate::model::report::StatusText::Number(400 + n as u16 % 30),
        state: CoverageState::Triggered,
        line: n + 9,
        section: format!("Section {}", n / 100),
        reason: None,
        until: None,
        expired: false,
    };
    report.coverage.list = (0..3000).map(pair).collect();
    (report.coverage.pairs.documented, report.coverage.pairs.triggered) = (3000, 3000);
    finish(report)
}

pub fn finish(mut report: RunReport) -> RunReport {
    report.totals = Totals::of(&report.scenarios);
    report.drift = drift(&report.coverage, &report.scenarios, &report.observed);
    report
}

/// A history of every kind of pair, some of them with what could break a page.
fn past() -> Past {
    let streaks = [
        ("ALREADY_CLOSED", "......x..~.........xxxxxxxxxxxxxxx"),
        ("A_CODE_WITH_A_VERY_LONG_NAME_THAT_TAKES_MUCH_ROOM", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("LIMITED", ".~..~~....?...~..---.....~....~..."),
        ("NOT_FOUND", "...........................??? ???"),
        ("SLOW", ".................................."),
        ("STEADY", ".................................."),
        (HOSTILE, "x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.xx"),
    ];
    let mut runs = runs(&streaks);
    for (n, run) in runs.iter_mut().enumerate() {
        run.started_at = format!("2026-{:02}-{:02}T09:{n:02}:00Z", 10 + n / 28, 1 + n % 28);
        run.totals.violates = run.pairs.iter().map(|pair| pair.counts.violates as usize).sum();
        for (place, pair) in run.pairs.iter_mut().enumerate() {
            let slow = if pair.code == "SLOW" && n > 25 { 90_000 } else { 0 };
            pair.latency = Latency::of(vec![4000 + (n * (place + 3) * 977 % 2500) as u64 + slow]);
        }
    }
    pasts(runs).remove(0)
}

/// The files that the check in a browser opens, where `TRUELINE_SAMPLES` names a folder for them.
#[test]
fn samples_are_written_for_the_check_in_a_browser() {
    let folder = std::env::var_os("TRUELINE_SAMPLES").map(std::path::PathBuf::from);
    // Without a browser there is no need for as many.
    let count = if folder.is_some() { 30_000 } else { 1000 };
    let reports = [
        ("everything", everything()),
        ("hostile", hostile()),
        ("nothing", nothing()),
        ("many", many(count, 300)),
        ("all-fail", many(count, 1)),
    ];
    let past = past();
    for (name, report) in reports {
        let mut page = Vec::new();
        let past = Some(&past).filter(|_| name == "everything" || name == "hostile");
        super::write_with(&report, past, &mut page).unwrap();
        assert!(page.ends_with(b"</html>\n") && page.len() < 40 << 20, "{name} has {} bytes", page.len());
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(format!("{name}.html")), page).unwrap();
        }
    }
}
