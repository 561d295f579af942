use std::collections::{HashMap, HashSet};

use super::samples::{HOSTILE, everything, finish, hostile, many, nothing};
use super::write;
use crate::model::report::RunReport;
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::visible;
use crate::record::fixture::CANARY;
use crate::render::fixture;

fn page(report: &RunReport) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What a reader sees: the text between tags, with the entities that the templates write.
fn text(page: &str) -> String {
    let texts = page.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text));
    let joined = texts.collect::<Vec<_>>().join("");
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    entities.iter().fold(joined, |text, (entity, c)| text.replace(entity, c))
}

fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let begins = format!(" {attribute}=\"");
    page.split(begins.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// `7" data-area=...`
fn numbered(part: &str) -> Option<(usize, &str)> {
    let (n, rest) = part.split_once('"')?;
    Some((n.parse().ok()?, rest))
}

#[test]
fn every_scenario_and_every_finding_is_on_the_page() {
    for report in [everything(), many(900, 1), many(900, 7), fixture::report()] {
        let page = page(&report);
        let own: HashMap<usize, &str> = page.split(" id=\"s").skip(1).filter_map(numbered).collect();
        assert_eq!(own.len(), report.scenarios.len());
        for (n, scenario) in report.scenarios.iter().enumerate() {
            let own = text(own[&n]);
            assert!(own.contains(&scenario.id), "{}", scenario.id);
            for finding in &scenario.findings {
                assert!(
                    own.contains(&finding.rule) && own.contains(&finding.text),
                    "{}: {}",
                    scenario.id,
                    finding.text
                );
            }
        }
    }
}

#[test]
fn what_else_a_report_says_is_on_the_page() {
    let report = everything();
    let text = text(&page(&report));
    let when = report.scenarios[1].exchanges.last().unwrap();
    let body = when.response.as_ref().unwrap().body.as_ref().unwrap();
    for due in [
        "The contract is broken",
        "17 scenarios violate the contract",
        crate::record::report::SIMULATION,
        "reference at http://127.0.0.1:8080",
        "disruptive",
        "runner-1",
        "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "2026-11-22 12:00:00 UTC",
        "catalogue.md:10",
        "Mobile devices are not deployed there",
        "waiver expired",
        "BRAND_NEW 418",
        "waited 2 s as `Retry-After` says",
        "tagged slow",
        "skipped, being credential",
        "BRAND_NEW 418 was answered once, and the documentation does not have this code",
        "409 to POST http://127.0.0.1:8080",
        when.curl.as_str(),
        when.request.url.as_str(),
        body.text.as_deref().unwrap(),
    ] {
        assert!(text.contains(due), "{due} is not on the page");
    }
    for pair in &report.coverage.list {
        assert!(text.contains(&format!("{} {}", pair.code, pair.status)), "{}", pair.code);
    }
}

#[test]
fn every_state_of_a_pair_has_its_cell() {
    let mut report = everything();
    report.scenarios.retain(|s| s.findings.is_empty() || s.findings[0].rule == Rule::UndocumentedStatus.id());
    let page = page(&finish(report));
    for state in ["drifted", "waived", "planned", "missing", "triggered"] {
        let cells = page.matches(&format!("<a class=\"cell {state}\"")).count();
        assert_eq!(page.matches(&format!("<b class=\"state {state}\">")).count(), cells, "{state}");
        assert!(cells > 0, "{state}");
    }
    let drifted = page.split("<b class=\"state drifted\">").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(drifted.contains("ALREADY_CLOSED 400 came") && drifted.contains("undocumented-status"), "{drifted}");
}

#[test]
fn only_what_contradicts_a_pair_makes_it_drift() {
    for rule in Rule::ALL {
        let mut report = everything();
        report.scenarios.retain(|s| s.findings.iter().any(|f| f.rule == rule.id()));
        report.observed.clear();
        let drifts = page(&finish(report)).contains("<a class=\"cell drifted\"");
        let due = matches!(rule, Rule::UndocumentedCode | Rule::UndocumentedStatus | Rule::WrongCode);
        assert_eq!(drifts, due, "{rule}");
    }
}

#[test]
fn links_lead_somewhere_and_ids_are_unique() {
    for report in [everything(), hostile(), nothing(), many(1000, 2)] {
        let page = page(&report);
        let ids = values(&page, "id");
        let unique: HashSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len());
        for link in values(&page, "href").iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(unique.contains(&link), "#{link}");
        }
    }
}

#[test]
fn hostile_text_is_visible_and_harmless() {
    let page = page(&hostile());
    let script = page.rfind("<script>").unwrap();
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</style").count(), 1);
    assert!(!page[..script].contains("onload=x\r") && !page.contains("<!--room-->"));
    assert!(page.chars().all(|c| c == '\n' || crate::model::visible::is_plain(c)));
    assert!(text(&page).contains(visible(HOSTILE).as_ref()));
    assert!(!page.contains("##") && !page.contains("[[A"));
}

#[test]
fn the_page_asks_for_nothing() {
    let page = page(&everything());
    let links: Vec<_> = values(&page, "href").into_iter().chain(values(&page, "src")).collect();
    assert!(links.iter().all(|link| link.starts_with('#') || *link == "data:,"), "{links:?}");
    for word in ["@import", "url(", "fetch(", "XMLHttpRequest", "<img", "<iframe", "<form action", "<object", "<base"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn no_secret_is_on_the_page() {
    let report = fixture::report_with(|finding, fired| {
        finding.text = format!("{CANARY} {}", finding.text);
        finding.seen = Some(serde_json::json!(CANARY).to_string());
        fired.notes.push(format!("waited for {CANARY}"));
    });
    let page = page(&report);
    for form in ["canary-", "key/", "key&#x2f;", "4711 ", "Y2FuYXJ5", "%2Dkey", "sid=xyz"] {
        assert!(!page.contains(form), "{form}");
    }
    assert!(text(&page).contains("[secret:STAGING_KEY]"));
}

#[test]
fn a_page_of_many_failures_tells_some_of_each_cause_in_full() {
    let mut report = many(1500, 1);
    report.scenarios[1400].findings[0].text = "something that happened once".into();
    let page = page(&report);
    assert_eq!(page.matches("<article").count(), 400);
    assert!(page.contains("Violates, in brief"));
    assert!(page.contains("<article class=\"violates\" id=\"s1400\""));
}

#[test]
fn every_ending_has_its_headline() {
    let mut seen = HashSet::new();
    for code in [0, 1, 2, 3, 4, 5, 130] {
        let mut report = fixture::report();
        report.exit.code = code;
        let page = page(&report);
        let title = page.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
        assert!(seen.insert(title), "{code}");
    }
}

#[test]
fn the_bar_and_the_counts_are_the_totals() {
    let report = everything();
    let page = page(&report);
    let counts = [
        (Verdict::Violates, report.totals.violates),
        (Verdict::Inconclusive, report.totals.inconclusive),
        (Verdict::Skipped, report.totals.skipped),
        (Verdict::Conforms, report.totals.conforms),
    ];
    for (verdict, count) in counts {
        let count = format!("<dt>{}</dt><dd>{count}</dd>", verdict.id());
        assert!(page.contains(&count), "{count}");
    }
    let bar = &page[page.find("<svg").unwrap()..page.find("</svg>").unwrap()];
    let widths: usize = values(bar, "width").iter().map(|width| width.parse::<usize>().unwrap()).sum();
    assert!((990..1030).contains(&widths), "{widths}");
}
