//! What changed from one documentation page to another, for people and for comments under a change.

use std::fmt::Write;

use super::escaped;
use super::style::Style;
use super::words::{counted, line, table};
use crate::model::catalogue_diff::{CatalogueDiff, Change, ChangeKind, PageSize, Side};
use crate::model::visible::{code, visible};

/// What breaks clients, in one sentence.
const RULE: &str = "A change breaks clients if a code or a status is promised no longer, or if another status is the most \
                    common. New codes and statuses and other words do not; clients have to treat an unknown code by its status.";

/// Kind by kind, a line for each change.
pub fn text(diff: &CatalogueDiff, style: Style) -> String {
    let mut out = format!("{} -> {}\n", size(&diff.old), size(&diff.new));
    for kind in ChangeKind::ALL {
        let changes: Vec<&Change> = diff.changes.iter().filter(|change| change.kind == kind).collect();
        if changes.is_empty() {
            continue;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(out, "\n{}", style.strong(format!("{} {}", counted(changes.len(), "code"), kind.id())));
        match kind {
            ChangeKind::Reworded => changes.iter().for_each(|change| reworded(&mut out, diff, change, style)),
            _ => rows(&mut out, diff, &changes, style),
        }
    }
    let _ = write!(out, "\n{}\n", summary(diff));
    if !diff.changes.is_empty() {
        let _ = writeln!(out, "{}", style.faint(RULE));
    }
    out
}

fn rows(out: &mut String, diff: &CatalogueDiff, changes: &[&Change], style: Style) {
    let row = |change: &&Change| {
        let mark = if change.breaks { "breaks" } else { "" };
        vec![
            mark.to_owned(),
            code(&change.code).into_owned(),
            statuses(change),
            place(diff, change),
            change.why.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = changes.iter().map(row).collect();
    table(out, "  ", &rows, |_, x, cell| match x {
        0 => style.red(cell),
        1 => style.blue(cell),
        3 | 4 => style.faint(cell),
        _ => cell.to_owned(),
    });
}

fn reworded(out: &mut String, diff: &CatalogueDiff, change: &Change, style: Style) {
    let _ = writeln!(out, "  {}  {}", style.blue(code(&change.code)), style.faint(place(diff, change)));
    for (sign, side) in [("-", &change.old), ("+", &change.new)] {
        let meaning = side.as_ref().map_or("", |side| &side.meaning);
        let _ = writeln!(out, "    {sign} {}", if meaning.is_empty() { "(nothing)".to_owned() } else { line(meaning) });
    }
}

/// `7 changes, 3 of them break clients`
pub fn summary(diff: &CatalogueDiff) -> String {
    match (diff.changes.len(), diff.breaking) {
        (0, _) => "no change".to_owned(),
        (all, 0) => format!("{}, none breaks clients", counted(all, "change")),
        (1, _) => "1 change, and it breaks clients".to_owned(),
        (all, 1) => format!("{}, 1 of them breaks clients", counted(all, "change")),
        (all, breaking) => format!("{}, {breaking} of them break clients", counted(all, "change")),
    }
}

fn size(page: &PageSize) -> String {
    format!("{} ({}, {})", visible(&page.page), counted(page.codes, "code"), counted(page.pairs, "pair"))
}

/// `404`, `404 -> 410`
fn statuses(change: &Change) -> String {
    let texts = |side: &Side| side.statuses.iter().map(ToString::to_string).collect::<Vec<_>>().join("/");
    let mut both: Vec<String> = [&change.old, &change.new].into_iter().flatten().map(texts).collect();
    both.dedup();
    both.join(" -> ")
}

/// The line of the page that has the code now, or had it.
fn place(diff: &CatalogueDiff, change: &Change) -> String {
    match (&change.new, &change.old) {
        (Some(new), _) => format!("{}:{}", visible(&diff.new.page), new.line),
        (None, Some(old)) => format!("{}:{}", visible(&diff.old.page), old.line),
        (None, None) => String::new(),
    }
}

/// The same as Markdown, breaking changes first.
pub fn markdown(diff: &CatalogueDiff) -> String {
    let mut out = format!("## Documented error codes: {}\n\n", summary(diff));
    let page = |page: &PageSize| {
        format!(
            "{} ({}, {})",
            escaped::code(&visible(&page.page)),
            counted(page.codes, "code"),
            counted(page.pairs, "pair")
        )
    };
    let _ = writeln!(out, "{} → {}", page(&diff.old), page(&diff.new));
    for (breaks, title) in [(true, "Breaks clients"), (false, "Breaks no client")] {
        let changes: Vec<&Change> = diff.changes.iter().filter(|change| change.breaks == breaks).collect();
        if changes.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n### {title}\n\n| Change | Code | HTTP status | Line | Why |\n| --- | --- | --- | --- | --- |\n"
        );
        for change in changes {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                change.kind.id(),
                escaped::code(&code(&change.code)),
                escaped::text(&statuses(change).replace("->", "→")),
                escaped::text(&place(diff, change)),
                escaped::text(&why(change)),
            );
        }
    }
    if !diff.changes.is_empty() {
        let _ = write!(out, "\n{RULE}\n");
    }
    out
}

fn why(change: &Change) -> String {
    match (change.kind, &change.old, &change.new) {
        (ChangeKind::Reworded, Some(old), Some(new)) => {
            format!("was “{}”, is “{}”", line(&old.meaning), line(&new.meaning))
        }
        (ChangeKind::Added, _, Some(new)) if !new.meaning.is_empty() => line(&new.meaning),
        _ => change.why.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::StatusText;

    fn side(statuses: &[u16], meaning: &str, line: u32) -> Option<Side> {
        Some(Side {
            statuses: statuses.iter().map(|n| StatusText::Number(*n)).collect(),
            meaning: meaning.into(),
            line,
        })
    }

    fn diff() -> CatalogueDiff {
        let page = |page: &str| PageSize { page: page.into(), codes: 3, pairs: 4 };
        let change = |kind, code: &str, breaks, old, new| Change {
            kind,
            code: code.into(),
            breaks,
            why: "because".into(),
            old,
            new,
        };
        let changes = vec![
            change(ChangeKind::Removed, "OLD", true, side(&[404], "x", 7), None),
            change(ChangeKind::Restatused, "A_B", true, side(&[400, 401], "x", 8), side(&[401], "x", 9)),
            change(ChangeKind::Added, "NEW", false, None, side(&[409], "It | is new.", 10)),
            change(ChangeKind::Reworded, "C", false, side(&[500], "", 11), side(&[500], "Said\u{1b}.", 12)),
        ];
        CatalogueDiff { version: 1, old: page("old.md"), new: page("new.md"), breaking: 2, changes }
    }

    #[test]
    fn a_diff_looks_like_this() {
        insta::assert_snapshot!(text(&diff(), Style::PLAIN));
    }

    #[test]
    fn a_diff_as_markdown_looks_like_this() {
        insta::assert_snapshot!(markdown(&diff()));
    }

    #[test]
    fn nothing_changed_is_said() {
        let none = CatalogueDiff { changes: Vec::new(), breaking: 0, ..diff() };
        assert!(text(&none, Style::PLAIN).ends_with("\nno change\n"));
        assert!(markdown(&none).starts_with("## Documented error codes: no change\n"));
    }
}
