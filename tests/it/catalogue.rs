//! `trueline catalogue`: pages of all kinds are read, compared and shown.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::outcome::command;
use crate::support::{Outcome, Project, root, trueline, trueline_in};

use trueline::load::{catalogue, pages};
use trueline::model::catalogue::{Catalogue, DocumentedStatus, Entry, Status};
use trueline::render::catalogue::page;

fn shop(name: &str) -> String {
    root().join("tests/it/pages").join(name).to_string_lossy().into_owned()
}

/// What is imported from a page, as the written catalogue.md has it.
fn imported(args: &[&str], exit: i32) -> (Vec<String>, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    let said = trueline_in(folder.path(), &[&["catalogue", "import"], args].concat()).exits(exit);
    let text = fs::read_to_string(folder.path().join("catalogue.md")).unwrap();
    let (catalogue, complaints) = catalogue::read("catalogue.md", &text);
    assert_eq!(complaints, []);
    (outline(&catalogue), said)
}

/// `section: CODE 400/401 meaning`
fn outline(catalogue: &Catalogue) -> Vec<String> {
    let one = |entry: &Entry| {
        let statuses: Vec<String> = entry.statuses.iter().map(|d| d.status.to_string()).collect();
        format!("{}: {} {} {}", catalogue.section_of(entry), entry.code, statuses.join("/"), entry.meaning)
    };
    catalogue.entries().map(|(_, entry)| one(entry)).collect()
}

#[test]
fn an_html_page_becomes_a_catalogue_and_what_is_refused_is_said_with_its_line() {
    let (codes, said) = imported(&[&shop("shop.html")], 2);
    assert_eq!(
        codes,
        [
            "Orders: ORDER_NOT_FOUND 404 There is no order “N”. · Check the number & the account.",
            "Orders: ORDER_CLOSED 409/410 It is closed. It was removed a year after it was closed.",
            "Payment: CARD_REFUSED 402 The bank said no; another card may do.",
            "Signing in: SIGN_IN_FAILED 401 ",
            "Signing in: TOO_MANY * ",
        ]
    );
    said.complains(&[
        "read as HTML: 5 codes, 6 pairs in 3 sections; 2 mistakes refused",
        "this row has no code",
        "shop.html:38:",
        "`742` is no HTTP status",
        "shop.html:55:",
        "wrote catalogue.md",
    ]);
    imported(&[&shop("shop.html"), "--allow-refused"], 0);
}

#[test]
fn a_pasted_page_becomes_a_catalogue() {
    let (codes, said) = imported(&[&shop("shop.txt")], 2);
    assert_eq!(
        codes,
        [
            "Orders: ORDER_NOT_FOUND 404 There is no such order.",
            "Orders: ORDER_CLOSED 409/410 It is closed, or was removed.",
            "Orders: B2B_ORDER 502 B2B orders are taken elsewhere.",
            "Signing in: SIGN_IN_FAILED 401 The password is wrong.",
            "Signing in: TOO_MANY 429 Wait a minute.",
        ]
    );
    said.complains(&[
        "read as the text of a page: 5 codes",
        "shop.txt:15:",
        "`201` behind the code is no status of an error",
    ]);
}

#[test]
fn an_openapi_file_becomes_a_catalogue() {
    let (codes, said) = imported(&[&shop("shop.yaml")], 0);
    assert_eq!(
        codes,
        [
            "Orders: ORDER_NOT_FOUND 404 There is no such order.",
            "Orders: UNFORESEEN * oh",
            "Orders: ORDER_CLOSED 409 It is closed.",
            "Signing in: SIGN_IN_FAILED 401 The password is wrong.",
        ]
    );
    said.complains(&["read as OpenAPI: 4 codes", "`more.yaml#/Other` is not followed", "shop.yaml:35:"]);
    let (pointed, _) = imported(&[&shop("shop.yaml"), "--code-at", "/error/code"], 0);
    assert_eq!(pointed.len(), 4);
}

#[test]
fn an_openapi_file_may_be_json() {
    let yaml = fs::read_to_string(shop("shop.yaml")).unwrap();
    let value: Value = json!({ "openapi": "3.0.3", "paths": { "/a": { "get": { "responses": { "404": {
        "description": "Gone.", "content": { "application/json": { "example": { "error": { "code": "A_B" } } } } } } } } } });
    assert!(yaml.starts_with("openapi"));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.json"), serde_json::to_string(&value).unwrap()).unwrap();
    trueline_in(folder.path(), &["catalogue", "import", "api.json", "-o", "-"])
        .exits(0)
        .says(&["| `A_B` | 404 | Gone. |"]);
}

#[test]
fn a_file_that_is_there_is_overwritten_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("catalogue.md");
    fs::write(&there, "mine").unwrap();
    let page = shop("before.md");
    trueline_in(folder.path(), &["catalogue", "import", &page])
        .exits(2)
        .complains(&["`catalogue.md` is there already", "--force overwrites it"]);
    assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
    trueline_in(folder.path(), &["catalogue", "import", &page, "-o", "new/errors.md"]).exits(0);
    assert!(fs::read_to_string(folder.path().join("new/errors.md")).unwrap().contains("ORDER_LOST"));
    trueline_in(folder.path(), &["catalogue", "import", &page, "--force"]).exits(0);
    assert!(fs::read_to_string(&there).unwrap().contains("ORDER_LOST"));
}

#[test]
fn a_page_without_codes_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in
        [("a.txt", "Nothing."), ("b.html", "<p>Nothing."), ("c.yaml", "openapi: 3.0.0\n"), ("d.md", "")]
    {
        fs::write(folder.path().join(name), content).unwrap();
        trueline_in(folder.path(), &["catalogue", "import", name]).exits(2).complains(&["error"]);
    }
    fs::write(folder.path().join("e.txt"), b"A\0B").unwrap();
    trueline_in(folder.path(), &["catalogue", "import", "e.txt"]).exits(2).complains(&["binary"]);
    trueline_in(folder.path(), &["catalogue", "import", "missing.md"])
        .exits(2)
        .complains(&["there is no file `missing.md`"]);
    assert!(!folder.path().join("catalogue.md").exists());
}

#[test]
fn a_huge_page_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::File::create(folder.path().join("huge.html")).unwrap().set_len((64 << 20) + 1).unwrap();
    trueline_in(folder.path(), &["catalogue", "import", "huge.html"]).exits(2).complains(&["larger than 64 MB"]);
}

/// With this text as standard input.
fn piped(args: &[&str], input: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Outcome::of(&child.wait_with_output().unwrap())
}

#[test]
fn a_page_may_come_through_a_pipe() {
    let said = piped(&["catalogue", "import", "-", "-o", "-"], "A_B404Gone.\n\nMADE_IT201Done.\n");
    said.exits(2).says(&["| `A_B` | 404 | Gone. |"]).complains(&["standard input", "line 3: this line is left out"]);
    piped(&["catalogue", "diff", "-", &shop("before.md")], &fs::read_to_string(shop("before.md")).unwrap())
        .exits(0)
        .says(&["no change"]);
    trueline(&["catalogue", "diff", "-", "-"]).exits(2).complains(&["only one of the two"]);
}

#[test]
fn the_kind_of_a_page_can_be_named() {
    let html = "<table><tr><th>Code<th>Status<tr><td>A<td>404</table>";
    piped(&["catalogue", "import", "-", "-o", "-", "--kind", "html"], html).exits(0).says(&["| `A` | 404 |"]);
    piped(&["catalogue", "import", "-", "-o", "-", "--kind", "text"], html)
        .exits(2)
        .complains(&["read as the text of a page; name another kind with `--kind`"]);
}

#[test]
fn a_diff_says_what_changed_and_what_of_it_breaks_clients() {
    let said = trueline(&["catalogue", "diff", &shop("before.md"), &shop("after.md")]).exits(0);
    let lines: Vec<String> =
        said.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for due in [
        "1 code removed",
        "breaks ORDER_LOST 500",
        "2 codes restatused",
        "ORDER_NOT_FOUND 404 -> 404/410",
        "breaks SIGN_IN_FAILED 401/403 -> 401",
        "1 code reordered",
        "breaks ORDER_CLOSED 410/409 -> 409/410",
        "1 code added",
        "ORDER_EMPTY 422",
        "1 code reworded",
        "+ The bank refused.",
        "6 changes, 3 of them break clients",
        "A change breaks clients if a code or a status is promised no longer",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(due)), "no `{due}` in {}", said.stdout);
    }
    assert!(said.stdout.contains("after.md:8") && said.stdout.contains("before.md:9"), "{}", said.stdout);
}

#[test]
fn a_diff_is_data_and_markdown_too() {
    let (before, after) = (shop("before.md"), shop("after.md"));
    let said = trueline(&["catalogue", "diff", &before, &after, "--json"]).exits(0);
    let diff: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&diff["version"], &diff["breaking"]), (&json!(1), &json!(3)));
    let seen: Vec<Value> =
        diff["changes"].as_array().unwrap().iter().map(|c| json!([c["kind"], c["code"], c["breaks"]])).collect();
    let due = json!([
        ["removed", "ORDER_LOST", true],
        ["restatused", "ORDER_NOT_FOUND", false],
        ["restatused", "SIGN_IN_FAILED", true],
        ["reordered", "ORDER_CLOSED", true],
        ["added", "ORDER_EMPTY", false],
        ["reworded", "CARD_REFUSED", false]
    ]);
    assert_eq!(json!(seen), due);
    let markdown = trueline(&["catalogue", "diff", &before, &after, "--markdown"]).exits(0).stdout;
    for change in diff["changes"].as_array().unwrap() {
        let row = format!("| {} | `{}` |", change["kind"].as_str().unwrap(), change["code"].as_str().unwrap());
        assert!(markdown.contains(&row), "no `{row}` in {markdown}");
    }
    assert!(markdown.find("### Breaks clients") < markdown.find("### Breaks no client"));
    trueline(&["catalogue", "diff", &before, &after, "--json", "--markdown"]).exits(2);
}

#[test]
fn a_gate_on_the_documentation_ends_with_4_when_it_is_hit() {
    let (before, after) = (shop("before.md"), shop("after.md"));
    for gate in ["breaking", "any"] {
        trueline(&["catalogue", "diff", &before, &before, "--fail-on", gate]).exits(0);
        trueline(&["catalogue", "diff", &before, &after, "--fail-on", gate])
            .exits(4)
            .complains(&["the documentation changed: 6 changes, 3 of them break clients"]);
    }
    let folder = tempfile::tempdir().unwrap();
    let more = fs::read_to_string(&before).unwrap() + "| `NEW_ONE` | 400 | New. |\n";
    fs::write(folder.path().join("more.md"), more).unwrap();
    trueline_in(folder.path(), &["catalogue", "diff", &before, "more.md", "--fail-on", "breaking"]).exits(0);
    trueline_in(folder.path(), &["catalogue", "diff", &before, "more.md", "--fail-on", "any"]).exits(4);
}

#[test]
fn pages_of_different_kinds_are_compared() {
    let said = trueline(&["catalogue", "diff", &shop("shop.txt"), &shop("shop.yaml"), "--allow-refused"]).exits(0);
    said.says(&["ORDER_CLOSED", "breaks", "UNFORESEEN", "4 codes, 4 pairs"]);
    // A page that could not be read whole decides nothing.
    trueline(&["catalogue", "diff", &shop("shop.txt"), &shop("shop.yaml")]).exits(2);
}

#[test]
fn the_catalogue_is_listed_filtered_and_counted() {
    trueline_in(root(), &["catalogue", "show"]).exits(0).says(&["284 codes, 297 pairs", "400 Bad Request"]);
    let one = trueline_in(root(), &["catalogue", "show", "--code", "MSP360_*", "--status", "502"]).exits(0);
    assert!(one.stdout.contains("MSP360_SYNC_FAILED") && !one.stdout.contains("NOT_FOUND"), "{}", one.stdout);
    let section = trueline_in(root(), &["catalogue", "show", "--section", "authentication", "--json"]).exits(0);
    let codes: Value = serde_json::from_str(&section.stdout).unwrap();
    assert_eq!(codes[0]["code"], "AUTH_REQUIRED");
    assert!(codes.as_array().unwrap().iter().all(|c| c["section"] == "Authentication and authorisation"));
    let count = trueline_in(root(), &["catalogue", "show", "--count", "--json"]).exits(0);
    let count: Value = serde_json::from_str(&count.stdout).unwrap();
    assert_eq!((&count["codes"], &count["pairs"]), (&json!(284), &json!(297)));
    assert_eq!(count["sections"].as_array().map(Vec::len), Some(14));
    trueline_in(root(), &["catalogue", "show", "--count"]).exits(0).says(&["284 codes, 297 pairs\n"]);
    trueline_in(root(), &["catalogue", "show", "--code", "NO_SUCH"]).exits(5);
    trueline_in(root(), &["catalogue", "show", "--code", "[x"]).exits(2).complains(&["is not a pattern for codes"]);
}

#[test]
fn the_catalogue_is_shown_whatever_else_is_wrong_and_so_is_any_page() {
    let project = Project::new("[targets.a]\nurl = \"http://127.0.0.1:1\"\n").file("scenarios/a.yaml", "nonsense");
    trueline_in(&project.path("."), &["catalogue", "show"]).exits(0).says(&["ALREADY_CLOSED"]);
    trueline(&["catalogue", "show", &shop("shop.yaml"), "--status", "409"]).exits(0).says(&["ORDER_CLOSED", "2 codes"]);
    trueline(&["catalogue", "show"]).exits(2).complains(&["trueline init"]);
    trueline(&["catalogue", "show", "--config", "embedded", "--count"]).exits(0).says(&["284 codes"]);
}

fn own_page() -> (String, Catalogue) {
    let text = fs::read_to_string(root().join("catalogue.md")).unwrap();
    let (catalogue, complaints) = catalogue::read("catalogue.md", &text);
    assert_eq!(complaints, []);
    (text, catalogue)
}

/// Reads a page of some kind that has the project's own codes, and compares all.
fn is_the_own_catalogue(name: &str, text: &str, due: &Catalogue) {
    let read = pages::read(name, text, None, None);
    assert_eq!(read.complaints, [], "{name}");
    assert_eq!((read.catalogue.len(), read.catalogue.pairs().count()), (284, 297), "{name}");
    for (seen, due) in outline(&read.catalogue).iter().zip(outline(due)) {
        assert_eq!(*seen, due, "{name}");
    }
    for (_, entry) in read.catalogue.entries() {
        let line = text.lines().nth(entry.line as usize - 1).unwrap();
        assert!(line.contains(&*entry.code), "{name}:{} has not {}", entry.line, entry.code);
    }
}

/// The page's lines, with each table row made by one function and each heading by another; the rest as it is.
fn rewritten(text: &str, row: impl Fn(&[&str]) -> String, heading: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let inner = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |"));
        match (inner, line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))) {
            (Some(inner), _) if inner.starts_with("---") => {}
            (Some(inner), _) => out.push_str(&row(&inner.split(" | ").collect::<Vec<_>>())),
            (None, Some(title)) => out.push_str(&heading(title)),
            (None, None) => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

#[test]
fn the_own_page_as_html_has_the_same_codes() {
    let (text, due) = own_page();
    let marked = |cell: &str| {
        let cell = cell.replace('&', "&amp;").replace('<', "&lt;");
        let parts: Vec<&str> = cell.split('`').collect();
        let part =
            |(at, part): (usize, &&str)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_string() };
        parts.iter().enumerate().map(part).collect::<String>()
    };
    let row = |cells: &[&str]| match cells[0] {
        "Code" => format!("<table class=\"codes\"><thead><tr><th>{}</th></tr></thead><tbody>", cells.join("</th><th>")),
        _ => {
            format!("<tr><td>{}</td></tr>", cells.iter().map(|cell| marked(cell)).collect::<Vec<_>>().join("</td><td>"))
        }
    };
    let page = rewritten(&text, row, |title| format!("</tbody></table><h2>{title}</h2>"));
    is_the_own_catalogue("errors", &format!("<!doctype html><body><main>{page}</main>"), &due);
}

#[test]
fn the_own_page_as_pasted_text_has_the_same_codes_however_its_columns_are_parted() {
    let (text, due) = own_page();
    let plain = text.replace('`', "");
    for (name, between) in [("glued", ""), ("tabs", "\t"), ("lines", "\n"), ("blanks", "    ")] {
        let row = |cells: &[&str]| cells.join(between);
        is_the_own_catalogue(name, &rewritten(&plain, row, str::to_owned), &due);
    }
    let tight = rewritten(&plain, |cells| [cells[0], &cells[1].replace(' ', ""), cells[2]].concat(), str::to_owned);
    assert!(tight.contains("INVALID_CODE400/401The six digits"), "the columns run together");
    is_the_own_catalogue("tight", &tight, &due);
    let headless: String =
        tight.lines().filter(|line| !line.starts_with("CodeHTTP")).map(|line| format!("{line}\n")).collect();
    is_the_own_catalogue("headless", &headless, &due);
}

#[test]
fn the_own_page_written_again_is_the_same() {
    let (_, due) = own_page();
    let (again, complaints) = catalogue::read("again.md", &page(&due));
    assert_eq!(complaints, []);
    assert_eq!(outline(&again), outline(&due));
}

/// A text of a cell as every reader has it: single spaces, none at the ends.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn any_entry() -> impl Strategy<Value = (String, Vec<Status>, String, bool)> {
    let status = prop_oneof![(100u16..600).prop_map(Status::Exact), (1u8..6).prop_map(Status::Class)];
    let statuses = prop::collection::vec(status, 0..4).prop_map(|mut statuses| {
        let mut seen = std::collections::HashSet::new();
        statuses.retain(|status| seen.insert(*status));
        if statuses.is_empty() { vec![Status::Unstated] } else { statuses }
    });
    let text = || {
        prop_oneof![
            "\\PC{0,12}",
            "[-a*_`|\\\\<>&#\\[\\](){}!~^:; \\.0=+$@%'\"/]{0,12}",
            "[A-Z_]{1,8}",
            "&[a-z]{2,3};<br>"
        ]
    };
    (text(), statuses, text(), any::<bool>())
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same(
        rows in prop::collection::vec(any_entry(), 1..8),
        headings in prop::collection::vec("\\PC{0,8}|[-#*_`| \\\\=a<>&;]{0,8}", 8),
    ) {
        let mut due = Catalogue::new("docs/a page.html");
        for ((code, statuses, meaning, opens), heading) in rows.iter().zip(&headings) {
            let code = cell(code);
            if code.is_empty() || due.find(&code).is_some() {
                continue;
            }
            if *opens || due.sections.is_empty() {
                due.sections.push(cell(heading).into());
            }
            let section = due.sections.len() as u32 - 1;
            let statuses = statuses.iter().map(|status| DocumentedStatus { status: *status, line: 1 }).collect();
            due.add(Entry { code: code.into(), statuses, section, meaning: cell(meaning).into(), line: 1 }).unwrap();
        }
        prop_assume!(!due.is_empty());
        let text = page(&due);
        let (again, complaints) = catalogue::read("again.md", &text);
        let refused = complaints.iter().filter(|c| c.weight == trueline::model::complaint::Weight::Error).count();
        prop_assert_eq!(refused, 0, "{}", text);
        prop_assert!(!text.lines().any(|line| line.trim() == "##"), "{}", text);
        for (at, section) in due.sections.iter_mut().enumerate().filter(|(_, section)| section.is_empty()) {
            *section = if at == 0 { "Error codes" } else { "Other error codes" }.into();
        }
        prop_assert_eq!(outline(&again), outline(&due), "{}", text);
    }
}

#[test]
fn codes_under_no_heading_get_no_empty_one() {
    let said = piped(&["catalogue", "import", "-", "-o", "-"], "A_B404Gone.\nC_D409Closed.\n").exits(0);
    said.says(&["the most common.\n\n| Code | HTTP status | Meaning |\n| --- | --- | --- |\n| `A_B` | 404 | Gone. |"]);
}

#[test]
fn pages_of_this_folder_are_all_used() {
    let source = fs::read_to_string(root().join("tests/it/catalogue.rs")).unwrap();
    for entry in fs::read_dir(root().join("tests/it/pages")).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(source.contains(&format!("\"{name}\"")), "{name}");
    }
}
