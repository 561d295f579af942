//! What holds for every page.

use super::read;

use proptest::prelude::*;

use crate::effort::effort;
use crate::fuzzing;
use crate::model::catalogue::Status;
use crate::model::complaint::{At, Weight};

const PAGE: &str = "docs/errors.md";

/// A code, its statuses and its meaning, as a page may hold them.
fn row() -> impl Strategy<Value = (String, Vec<Status>, String)> {
    let status = prop_oneof![(100u16..600).prop_map(Status::Exact), (1u8..6).prop_map(Status::Class)];
    let statuses = prop::collection::vec(status, 0..4).prop_map(|mut statuses| {
        let mut seen = std::collections::HashSet::new();
        statuses.retain(|status| seen.insert(*status));
        statuses
    });
    let code = prop_oneof!["[A-Z][A-Z0-9]{0,5}(_[A-Z0-9]{1,5}){0,2}", "[1-9][0-9]{0,4}", "[a-z]{1,6}[.-][a-z]{1,6}"];
    (code, statuses, "[A-Z][a-z|]{0,8}( [a-z|]{1,8}){0,4}\\.")
}

/// One way to write a table: markup of the codes, between statuses, headings, order of columns.
type Style = (&'static str, &'static str, &'static str, bool);

fn style() -> impl Strategy<Value = Style> {
    (
        prop::sample::select(vec!["", "`", "**"]),
        prop::sample::select(vec![" / ", "/", ", ", "<br>", " or "]),
        prop::sample::select(vec!["HTTP status", "Status", "**status**"]),
        any::<bool>(),
    )
}

fn written((code, statuses, meaning): &(String, Vec<Status>, String), (mark, between, _, turned): Style) -> String {
    let statuses = statuses.iter().map(Status::to_string).collect::<Vec<_>>().join(between);
    let meaning = meaning.replace('|', "\\|");
    let code = format!("{mark}{code}{mark}");
    if turned { format!("| {meaning} | {statuses} | {code} |") } else { format!("| {code} | {statuses} | {meaning} |") }
}

proptest! {
    #[test]
    fn what_a_page_says_is_what_is_read(
        tables in prop::collection::vec((style(), prop::collection::vec(row(), 1..8)), 1..4),
        crlf in any::<bool>(),
    ) {
        let mut codes = std::collections::HashSet::new();
        let (mut lines, mut expected) = (Vec::new(), Vec::new());
        for (i, (style, rows)) in tables.iter().enumerate() {
            lines.push(format!("## Part {i}\n\nSome text about 404.\n"));
            let head = if style.3 { format!("|Meaning|{}|Code|", style.2) } else { format!("|Code|{}|Meaning|", style.2) };
            lines.push(format!("{head}\n|---|:-:|---|"));
            for row in rows.iter().filter(|row| codes.insert(row.0.clone())) {
                lines.push(written(row, *style));
                let line = lines.join("\n").lines().count() as u32;
                let statuses = if row.1.is_empty() { vec![Status::Unstated] } else { row.1.clone() };
                expected.push((row.0.clone(), statuses, row.2.clone(), format!("Part {i}"), line));
            }
            lines.push(String::new());
        }
        prop_assume!(!expected.is_empty());
        let page = lines.join("\n");
        let (catalogue, complaints) = read(PAGE, &if crlf { page.replace('\n', "\r\n") } else { page });
        prop_assert_eq!(complaints, vec![]);
        let seen: Vec<_> = catalogue.entries().map(|(_, e)| {
            let statuses = e.statuses.iter().map(|d| d.status).collect::<Vec<_>>();
            (e.code.to_string(), statuses, e.meaning.to_string(), catalogue.section_of(e).to_string(), e.line)
        }).collect();
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in any::<String>()) {
        let (catalogue, complaints) = read(PAGE, &text);
        prop_assert!(!catalogue.is_empty() || complaints.iter().any(|c| c.weight == Weight::Error));
    }
}

/// A table in rubble, which has lines of the page of this repository in it.
fn rubble() -> impl Strategy<Value = String> {
    let lines: Vec<&str> = include_str!("../../../catalogue.md").split_inclusive('\n').collect();
    let part = prop_oneof![
        6 => prop::sample::select(RUBBLE.to_vec()).prop_map(str::to_owned),
        3 => prop::sample::select(lines).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(part, 0..60).prop_map(|parts| ["|Code|Status|\n|-|-|\n", &parts.concat()].concat())
}

#[test]
fn any_rubble_of_tables_keeps_what_holds_for_every_catalogue() {
    fuzzing::holds("rubble is read or refused", 256, &rubble(), |page| {
        let lines = page.split('\n').count() as u32;
        let (catalogue, complaints) = read(PAGE, &page);
        prop_assert!(!catalogue.is_empty() || complaints.iter().any(|c| c.weight == Weight::Error));
        let mut pairs = std::collections::HashSet::new();
        for (pair, line) in catalogue.pairs() {
            prop_assert!((3..=lines).contains(&line));
            prop_assert!(pairs.insert(pair));
        }
        for (id, entry) in catalogue.entries() {
            prop_assert!(!entry.statuses.is_empty() && !entry.code.trim().is_empty());
            prop_assert!((entry.section as usize) < catalogue.sections.len());
            prop_assert_eq!(catalogue.find(&entry.code), Some(id));
        }
        for complaint in complaints {
            prop_assert!(matches!(complaint.at, At::Line(line) if (1..=lines).contains(&line)));
        }
        Ok(())
    });
}

const RUBBLE: [&str; 26] = [
    "|",
    "\n",
    "|A|",
    "|B|404|\n",
    "|A|4xx|\n",
    "`",
    "\\",
    "\r\n",
    "> ",
    "- ",
    "# x\n",
    "|Code|Status|\n|-|-|\n",
    "<!--",
    "-->",
    "```\n",
    "404",
    "**",
    "[",
    "](x)",
    "\u{feff}",
    "---\n",
    "é٤",
    "    ",
    "[^1]",
    "\r",
    "|A|404|\r",
];

#[test]
fn the_same_rubble_again_and_again_takes_linear_time() {
    let more = ["|a", "[^1]: x\n", "<!", "a|b\n-|-\n", "~~", "[[", "<a ", "&", "*_", "> - ", "# x\n|a|\n|-|\n"];
    for part in RUBBLE.into_iter().chain(more) {
        let page = format!("|Code|Status|\n|-|-|\n{}", part.repeat(200_000 / part.len()));
        let (_, taken) = effort(|| read(PAGE, &page));
        // It takes a tenth of a second; a quadratic reader would take minutes.
        assert!(taken.as_secs() < 10, "{part:?} took {taken:?}");
    }
}
