use super::*;
use crate::effort::effort;

#[test]
fn the_kind_is_recognised_by_content_and_by_name() {
    let table = "| Code | Status |\n|---|:-:|\n| A | 404 |\n";
    for (name, text, kind) in [
        ("a.md", table, PageKind::Markdown),
        ("a.txt", table, PageKind::Markdown),
        ("standard input", table, PageKind::Markdown),
        ("a", "<!DOCTYPE HTML><p>", PageKind::Html),
        ("a.md", "<html>", PageKind::Html),
        ("a.htm", "x", PageKind::Html),
        ("a.txt", "# A\n<div><TABLE class=x>", PageKind::Html),
        ("a.yml", "x: 1", PageKind::OpenApi),
        ("a", "# comment\nopenapi: 3.1.0\n", PageKind::OpenApi),
        ("a", "{ \"openapi\": \"3.0.0\" }", PageKind::OpenApi),
        ("a.json", "{}", PageKind::OpenApi),
        ("a.md", "A_B404Gone.\n", PageKind::Text),
        ("a.md", "# Title\n", PageKind::Markdown),
        ("a", "anything", PageKind::Text),
        ("a", "", PageKind::Text),
    ] {
        assert_eq!(PageKind::of(name, text), kind, "{name} {text}");
    }
}

#[test]
fn a_kind_that_is_named_is_taken() {
    let read = read("a.md", "|A_B404Gone.|\n|---|\nA_B404Gone.", Some(PageKind::Text), None);
    assert_eq!((read.kind, read.catalogue.len()), (PageKind::Text, 1));
}

#[test]
fn a_markdown_page_may_name_its_columns_otherwise() {
    let read = read("a.md", "| Error code | HTTP code | Why |\n|---|---|---|\n| `A` | 404 | x |\n", None, None);
    assert_eq!((read.complaints, read.catalogue.len()), (vec![], 1));
}

#[test]
fn a_page_without_codes_says_what_it_was_read_as() {
    for (name, text, due) in [
        ("a.txt", "Nothing.", "read as the text of a page"),
        ("a.html", "<p>Nothing.", "read as HTML"),
        ("a.html", "<table><tr><th>Name<th>Level<tr><td>a<td>b</table>", "no table"),
        ("a.md", "Nothing.", "no table of codes"),
    ] {
        let read = read(name, text, None, None);
        assert!(read.catalogue.is_empty() && read.refused() == 1, "{name}: {:?}", read.complaints);
        assert!(read.complaints[0].to_string().contains(due), "{}", read.complaints[0]);
    }
}

#[test]
fn columns_of_a_page_are_looked_at_only_as_far_as_needed() {
    let wide = format!("|{}|\n|{}|\n|{}|\n", "a|".repeat(20_000), "-|".repeat(20_000), "x|".repeat(20_000));
    let (_, taken) = effort(|| read("a.md", &wide, None, None));
    assert!(taken.as_secs() < 10, "{taken:?}");
}
