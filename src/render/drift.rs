//! How formats tell of drift.

use super::words::line;
use crate::model::drift::{Drift, DriftCounts, DriftKind, Proof};
use crate::model::report::RunReport;
use crate::model::visible::{code, shortened, visible};

/// `1 undocumented-code, 2 never-seen`: what answers gave away; the others are states of coverage.
pub fn summary(counts: &DriftCounts) -> String {
    let answered = DriftKind::ALL.into_iter().filter(|kind| kind.was_answered() && counts.of(*kind) > 0);
    answered.map(|kind| format!("{} {}", counts.of(kind), kind.id())).collect::<Vec<_>>().join(", ")
}

/// What answers gave away.
pub fn answered(report: &RunReport) -> impl Iterator<Item = &Drift> {
    report.drift.list.iter().filter(|drift| drift.kind.was_answered())
}

/// `CODE 404`
pub fn pair(drift: &Drift) -> String {
    format!("{} {}", code(&shortened(&drift.code, 100)), visible(&drift.status.to_string()))
}

/// `catalogue.md:212`, the line to change.
pub fn place(drift: &Drift, page: &str) -> String {
    match drift.line {
        Some(number) => format!("{}:{number}", visible(page)),
        None => visible(page).into_owned(),
    }
}

/// `409 to POST http://127.0.0.1/tickets/7/close (given 2)`
pub fn proof(proof: &Proof) -> String {
    let mut out = proof.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    if let (Some(method), Some(url)) = (&proof.method, &proof.url) {
        out += &format!(" to {} {}", visible(method), line(url));
    }
    if proof.step != "when" {
        out += &format!(" ({})", line(&proof.step));
    }
    out
}
