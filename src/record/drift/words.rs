//! A drift in one sentence.

use super::page::Page;
use crate::model::drift::{Drift, DriftKind};
use crate::model::report::{SeenReport, StatusText};
use crate::model::visible::{code, shortened};

/// Characters shown of a code.
const CODE: usize = 100;

pub fn sentence(drift: &Drift, page: &Page<'_>) -> String {
    let pair = pair(&drift.code, &drift.status);
    match drift.kind {
        DriftKind::UndocumentedCode => {
            format!("{pair} was answered {}, and the documentation does not have this code", times(drift.count))
        }
        DriftKind::UndocumentedStatus => {
            let stated: Vec<String> = page.of_code(&drift.code).iter().map(|pair| status(&pair.status)).collect();
            format!("{pair} was answered {}; documented is {}", times(drift.count), either(&stated))
        }
        DriftKind::WrongCode => format!("{pair} was due, and {} came{}", came(drift), in_scenarios(drift.count)),
        DriftKind::NeverSeen => {
            let what = if drift.came.is_empty() { "no error answer" } else { &came(drift) };
            format!("{pair} never came, though {} at it: {what} came", aim(drift.count))
        }
        DriftKind::Waived | DriftKind::Missing => of_pair(drift),
    }
}

pub fn of_pair(drift: &Drift) -> String {
    let pair = pair(&drift.code, &drift.status);
    match (drift.kind, &drift.reason) {
        (DriftKind::Waived, Some(reason)) if drift.expired => {
            format!("the waiver of {pair} has run out: {reason}")
        }
        (DriftKind::Waived, Some(reason)) => format!("{pair} is waived: {reason}"),
        _ => format!("no scenario aims at {pair}"),
    }
}

/// `CODE 404`
fn pair(text: &str, of: &StatusText) -> String {
    format!("{} {of}", code(&shortened(text, CODE)))
}

fn status(status: &StatusText) -> String {
    match status.to_string().as_str() {
        "*" => "any error status".to_owned(),
        text => text.to_owned(),
    }
}

fn came(drift: &Drift) -> String {
    let told = |seen: &SeenReport| match &seen.code {
        Some(text) => pair(text, &StatusText::Number(seen.status)),
        None => format!("{} without a code", seen.status),
    };
    either(&drift.came.iter().map(told).collect::<Vec<_>>())
}

fn either(texts: &[String]) -> String {
    match texts.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

fn in_scenarios(count: u64) -> String {
    if count > 1 { format!(", {}", times(count)) } else { String::new() }
}

fn aim(count: u64) -> String {
    if count == 1 { "a scenario aims".to_owned() } else { format!("{count} scenarios aim") }
}
