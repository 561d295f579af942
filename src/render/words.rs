//! How numbers and places are put into words.

use std::fmt::Write;

use crate::model::report::{ExpectReport, FindingReport, ScenarioReport, SeenReport, StatusText};
use crate::model::visible::{code, shortened, visible};

/// The longest text that is shown in one line, in characters.
pub const LINE: usize = 400;

/// `1 scenario`, `2 scenarios`.
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// `812 ms`, `1.3 s`, `2 min 5 s`.
pub fn took(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// `scenarios/tickets.yaml:19`
pub fn place(scenario: &ScenarioReport) -> String {
    format!("{}:{}", visible(&scenario.file), scenario.line)
}

/// A text of unknown length on one line.
pub fn line(text: &str) -> String {
    visible(&shortened(text, LINE)).into_owned()
}

/// `known: REASON (owner OWNER, until 2027-06-30)`, of a finding that the baseline accepts.
pub fn known(finding: &FindingReport) -> Option<String> {
    let known = finding.known.as_ref()?;
    let owner = known.owner.as_deref().map(|owner| format!("owner {}", line(owner)));
    let until = known.until.as_deref().map(|until| format!("until {}", line(until)));
    let more: Vec<String> = owner.into_iter().chain(until).collect();
    let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
    Some(format!("known: {}{more}", line(&known.reason)))
}

/// `409`, `404 or 410`, `4xx`; `4xx or 5xx` where the documentation states none.
pub fn statuses(expect: &ExpectReport) -> String {
    if expect.at.is_some() {
        return "not judged".to_owned();
    }
    if let [StatusText::Number(one)] = &*expect.statuses {
        return one.to_string();
    }
    let stated = |status: &StatusText| match status.to_string().as_str() {
        "*" => "4xx or 5xx".to_owned(),
        text => visible(text).into_owned(),
    };
    let texts: Vec<String> = expect.statuses.iter().map(stated).collect();
    match texts.split_last() {
        None => "any".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

pub fn expected_code(expect: &ExpectReport) -> String {
    expect.code.as_deref().map_or_else(|| "any documented code".to_owned(), |c| code(c).into_owned())
}

pub fn seen_code(seen: Option<&SeenReport>) -> String {
    let seen = seen.and_then(|s| s.code.as_deref());
    seen.map_or_else(|| "none".to_owned(), |c| code(&shortened(c, 100)).into_owned())
}

pub fn seen_status(seen: Option<&SeenReport>) -> String {
    seen.map_or_else(|| "none".to_owned(), |s| s.status.to_string())
}

/// `CODE 404`
pub fn pair(seen: &SeenReport) -> String {
    match &seen.code {
        Some(_) => format!("{} {}", seen_code(Some(seen)), seen.status),
        None => format!("{} without a code", seen.status),
    }
}

/// An argument of a POSIX shell, quoted where it has to be.
pub fn argument(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", visible(text).replace('\'', "'\\''"))
}

/// Columns, as wide as their widest text but the last, two blanks apart. Widths are counted in characters.
pub fn table(out: &mut String, indent: &str, rows: &[Vec<String>], paint: impl Fn(usize, usize, &str) -> String) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter(|r| column + 1 < r.len()).map(|r| r[column].chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (y, row) in rows.iter().enumerate() {
        out.push_str(indent);
        for (x, cell) in row.iter().enumerate() {
            out.push_str(&paint(y, x, cell));
            if x + 1 < row.len() {
                // Writing to a string cannot fail.
                let _ = write!(out, "{:1$}", "", widths[x] - cell.chars().count() + 2);
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
}
