use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::model::rule::Rule;
use crate::model::verdict::Verdict;
use crate::model::visible::is_plain;
use crate::render::fixture;
use crate::render::html::samples::{everything, hostile, many, nothing};

#[test]
fn a_page_looks_like_this() {
    let mut report = everything();
    report.scenarios.retain(|s| !matches!(s.verdict, Verdict::Violates) || drifts(s));
    insta::assert_snapshot!("markdown", page(&crate::render::html::samples::finish(report), MOST));
}

fn drifts(scenario: &crate::model::report::ScenarioReport) -> bool {
    let rules = [Rule::UndocumentedCode, Rule::UndocumentedStatus, Rule::WrongCode];
    rules.iter().any(|rule| scenario.reason.as_deref() == Some(rule.id()))
}

#[test]
fn a_page_of_a_run_in_which_nothing_ran_is_short() {
    let page = page(&nothing(), MOST);
    assert!(
        page.starts_with("## trueline: Nothing was judged\n") && page.contains("- nothing was selected\n"),
        "{page}"
    );
    assert!(!page.contains("What broke") && !page.contains("Skipped") && !page.contains("Drift"), "{page}");
}

#[test]
fn every_failure_is_told_in_full_while_there_is_room() {
    let report = fixture::report();
    let page = page(&report, MOST);
    for scenario in report.scenarios.iter().filter(|s| !s.findings.is_empty()) {
        for finding in &scenario.findings {
            assert!(page.contains(&finding.text) && page.contains(&format!("`{}`", finding.rule)), "{}", finding.text);
        }
    }
    for pair in report.coverage.list.iter().filter(|pair| pair.state.id() == "missing") {
        assert!(page.contains(&pair.code), "{}", pair.code);
    }
}

/// What a reader of Markdown makes of the page: it must be whole wherever it was cut short.
fn is_whole(page: &str) {
    let (mut tables, mut blocks, mut columns, mut cells) = (0, 0, 0, 0);
    for event in Parser::new_ext(page, Options::all()) {
        match event {
            Event::Start(Tag::Table(alignments)) => (tables, columns) = (tables + 1, alignments.len()),
            Event::Start(Tag::TableRow | Tag::TableHead) => cells = 0,
            Event::End(TagEnd::TableCell) => cells += 1,
            Event::End(TagEnd::TableRow | TagEnd::TableHead) => assert_eq!(cells, columns),
            Event::End(TagEnd::Table) => tables -= 1,
            Event::Start(Tag::CodeBlock(_)) => blocks += 1,
            Event::End(TagEnd::CodeBlock) => blocks -= 1,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => panic!("a link to {dest_url}"),
            Event::Html(tag) | Event::InlineHtml(tag) => {
                let tags = ["<details>", "</details>", "<summary>", "<code>", "</code>", "<br>"];
                assert!(tags.iter().any(|known| tag.trim().starts_with(known)), "{tag}");
            }
            Event::Text(text) => assert!(!text.contains("@octocat"), "{text}"),
            _ => {}
        }
    }
    assert_eq!((tables, blocks), (0, 0));
    assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
    assert_eq!(page.lines().filter(|line| line.starts_with("```")).count() % 2, 0);
}

#[test]
fn a_page_is_whole_however_short_it_must_be() {
    for report in [everything(), hostile(), many(2000, 1)] {
        let whole = page(&report, MOST);
        is_whole(&whole);
        assert!(whole.len() <= MOST);
        for most in (0..whole.len().min(60_000)).step_by(997) {
            let page = page(&report, most);
            assert!(page.len() <= most);
            is_whole(&page);
            assert!(page.is_empty() || page.starts_with("## trueline: "), "{page}");
        }
    }
}

#[test]
fn a_page_that_is_limited_says_so_and_counts_what_it_leaves_out() {
    let report = many(30_000, 1);
    let page = page(&report, MOST);
    assert!(page.len() <= MOST && page.len() > MOST - 10_000, "{}", page.len());
    let told = page.matches("<details>").count();
    assert!(page.contains(&format!("\n{} more scenarios did not conform", 30_000 - told)));
    assert!(page.ends_with("run.json has everything.\n"));
}

#[test]
fn hostile_text_is_visible_and_harmless() {
    let page = page(&hostile(), MOST);
    assert!(page.chars().all(|c| c == '\n' || is_plain(c)));
    assert!(page.lines().all(|line| !line.trim_start().starts_with("::")));
    assert!(!page.contains("##[") && !page.contains("[[A") && !page.contains("<script") && !page.contains("</style"));
}
