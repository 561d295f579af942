//! Results kept safe while a run goes on: in a journal beside the reports, for `trueline merge` after a `kill -9`.

use std::path::Path;

use super::closing;
use super::ready::Ready;
use super::session::Session;
use super::sharding::Cut;
use crate::emit::journal::Journal;
use crate::model::report::{RunReport, ScenarioReport, VERSION};

/// The journal, unless it cannot be written: then nor can the reports, and that is told at the end.
pub struct Safe(Option<Journal>);

impl Safe {
    pub fn open(folder: &Path, session: &Session, ready: &Ready, started_at: &str, cut: &Cut) -> Safe {
        let head = head(session, ready, started_at, cut);
        let head = serde_json::to_vec(&head).unwrap_or_default();
        Safe(Journal::begin(folder, &head).ok())
    }

    pub fn add(&mut self, report: &ScenarioReport) {
        let Some(journal) = &mut self.0 else { return };
        let line = serde_json::to_vec(report).unwrap_or_default();
        if journal.add(&line).is_err() {
            self.0 = None;
        }
    }

    /// The reports are written.
    pub fn close(self) {
        if let Some(journal) = self.0 {
            journal.end();
        }
    }
}

/// A report of which no scenario has ended yet.
fn head(session: &Session, ready: &Ready, started_at: &str, cut: &Cut) -> RunReport {
    let mut target = closing::target(session, ready);
    target.url = ready.redactor.redact(&target.url).into_owned();
    RunReport {
        version: VERSION,
        tool: concat!("trueline ", env!("CARGO_PKG_VERSION")).to_owned(),
        page: session.catalogue.page.to_string(),
        started_at: started_at.to_owned(),
        target,
        shard: cut.shard.clone(),
        plan: Some(cut.plan.clone()),
        notices: ready.notices.clone(),
        ..RunReport::default()
    }
}
