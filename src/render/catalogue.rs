//! A catalogue as a page, as a list and as data.

use std::fmt::Write;

use serde_json::{Value, json};

use super::escaped;
use super::style::Style;
use super::words::{counted, line, table};
use crate::model::catalogue::{Catalogue, CodeId, Entry, Status};
use crate::model::report::StatusText;
use crate::model::visible::{code, visible};

/// The title of a page that is written.
const TITLE: &str = "Error codes";
/// The section of codes that stood under no heading.
const OTHERS: &str = "Other error codes";

/// The catalogue as a Markdown page, which reads back as the same catalogue; codes that stood under no heading are in a
/// section of their own.
pub fn page(catalogue: &Catalogue) -> String {
    let mut out = format!("# {TITLE}\n\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "Read from {}. Where a code has more than one status, the first is the most common.",
        escaped::text(&catalogue.page)
    );
    let mut section = None;
    for (_, entry) in catalogue.entries() {
        if section != Some(entry.section) {
            let heading = match (catalogue.section_of(entry), section) {
                // Codes under no heading stand under the title of the page, or after others under one that says so.
                ("", None) => String::new(),
                ("", Some(_)) => format!("\n## {OTHERS}\n"),
                (heading, _) => format!("\n## {}\n", escaped::text(heading)),
            };
            section = Some(entry.section);
            let _ = write!(out, "{heading}\n| Code | HTTP status | Meaning |\n| --- | --- | --- |\n");
        }
        let statuses = match statuses(entry).as_str() {
            "*" => "not stated".to_owned(),
            stated => stated.to_owned(),
        };
        let _ = writeln!(out, "| {} | {statuses} | {} |", escaped::code(&entry.code), escaped::text(&entry.meaning));
    }
    out
}

/// `400 / 401`, `4xx`, `*`.
fn statuses(entry: &Entry) -> String {
    let texts: Vec<String> = entry.statuses.iter().map(|documented| documented.status.to_string()).collect();
    texts.join(" / ")
}

/// Section by section, a line for each code.
pub fn text(catalogue: &Catalogue, taken: &[CodeId], style: Style) -> String {
    let mut out = String::new();
    for codes in sections(catalogue, taken) {
        let _ = writeln!(out, "{}", style.strong(section(catalogue, codes[0])));
        let row = |id: &CodeId| {
            let entry = catalogue.entry(*id);
            vec![entry.line.to_string(), code(&entry.code).into_owned(), statuses(entry), line(&entry.meaning)]
        };
        let rows: Vec<Vec<String>> = codes.iter().map(row).collect();
        table(&mut out, "  ", &rows, |_, x, cell| match x {
            0 | 3 => style.faint(cell),
            1 => style.blue(cell),
            _ => cell.to_owned(),
        });
    }
    let _ = writeln!(out, "{}", total(catalogue, taken));
    out
}

/// How many there are, by section and in all.
pub fn counts(catalogue: &Catalogue, taken: &[CodeId], style: Style) -> String {
    let row = |codes: &[CodeId]| {
        vec![section(catalogue, codes[0]), counted(codes.len(), "code"), counted(pairs(catalogue, codes), "pair")]
    };
    let rows: Vec<Vec<String>> = sections(catalogue, taken).map(row).collect();
    let mut out = String::new();
    table(&mut out, "", &rows, |_, x, cell| if x == 0 { style.strong(cell) } else { cell.to_owned() });
    let _ = writeln!(out, "{}", total(catalogue, taken));
    out
}

fn sections<'c>(catalogue: &'c Catalogue, taken: &'c [CodeId]) -> impl Iterator<Item = &'c [CodeId]> {
    taken.chunk_by(|a, b| catalogue.entry(*a).section == catalogue.entry(*b).section)
}

fn section(catalogue: &Catalogue, id: CodeId) -> String {
    match catalogue.section_of(catalogue.entry(id)) {
        "" => "(no section)".to_owned(),
        section => visible(section).into_owned(),
    }
}

fn pairs(catalogue: &Catalogue, taken: &[CodeId]) -> usize {
    taken.iter().map(|id| catalogue.entry(*id).statuses.len()).sum()
}

/// `284 codes, 297 pairs`
pub fn total(catalogue: &Catalogue, taken: &[CodeId]) -> String {
    format!("{}, {}", counted(taken.len(), "code"), counted(pairs(catalogue, taken), "pair"))
}

/// The codes as data.
pub fn json(catalogue: &Catalogue, taken: &[CodeId]) -> Value {
    let one = |id: &CodeId| {
        let entry = catalogue.entry(*id);
        let statuses: Vec<StatusText> = entry.statuses.iter().map(|documented| documented.status.into()).collect();
        json!({
            "code": entry.code,
            "statuses": statuses,
            "section": catalogue.section_of(entry),
            "meaning": entry.meaning,
            "line": entry.line,
        })
    };
    taken.iter().map(one).collect()
}

/// The numbers as data.
pub fn counts_json(catalogue: &Catalogue, taken: &[CodeId]) -> Value {
    let one = |codes: &[CodeId]| {
        let section = catalogue.section_of(catalogue.entry(codes[0]));
        json!({ "section": section, "codes": codes.len(), "pairs": pairs(catalogue, codes) })
    };
    let sections: Vec<Value> = sections(catalogue, taken).map(one).collect();
    json!({ "codes": taken.len(), "pairs": pairs(catalogue, taken), "sections": sections })
}

/// Whether a code has this status, a class that it is in, or none stated.
pub fn has_status(entry: &Entry, status: u16) -> bool {
    entry.statuses.iter().any(|documented| Status::covers(documented.status, status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::DocumentedStatus;

    fn catalogue() -> Catalogue {
        let mut catalogue = Catalogue::new("docs/a|b.html");
        catalogue.sections = vec!["".into(), "Tickets & *time*".into()];
        let rows: [(&str, &[Status], u32, &str); 3] = [
            ("A_B", &[Status::Exact(404), Status::Class(5)], 0, "Use `x` or <b> | y_z & so on."),
            ("a`b|c", &[Status::Unstated], 1, ""),
            ("7", &[Status::Exact(409)], 1, "#1 [see](x) ~~y~~ \\ !"),
        ];
        for (line, (code, statuses, section, meaning)) in (10..).zip(rows) {
            let statuses = statuses.iter().map(|status| DocumentedStatus { status: *status, line }).collect();
            catalogue.add(Entry { code: code.into(), statuses, section, meaning: meaning.into(), line }).unwrap();
        }
        catalogue
    }

    fn all(catalogue: &Catalogue) -> Vec<CodeId> {
        catalogue.entries().map(|(id, _)| id).collect()
    }

    #[test]
    fn a_page_looks_like_this() {
        insta::assert_snapshot!(page(&catalogue()));
    }

    #[test]
    fn a_list_and_its_numbers_look_like_this() {
        let catalogue = catalogue();
        let taken = all(&catalogue);
        let both = text(&catalogue, &taken, Style::PLAIN) + "\n" + &counts(&catalogue, &taken, Style::PLAIN);
        insta::assert_snapshot!(both);
    }

    #[test]
    fn data_has_the_same_codes_and_numbers() {
        let catalogue = catalogue();
        let taken = all(&catalogue);
        let due =
            json!({ "code": "a`b|c", "statuses": ["*"], "section": "Tickets & *time*", "meaning": "", "line": 11 });
        assert_eq!(json(&catalogue, &taken)[1], due);
        let numbers = counts_json(&catalogue, &taken[1..]);
        assert_eq!((&numbers["codes"], &numbers["pairs"]), (&json!(2), &json!(2)));
    }
}
