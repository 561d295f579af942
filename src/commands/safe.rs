//! Results kept safe while a run goes on: in a journal beside the reports, for `trueline merge` after a `kill -9`.

use std::path::Path;
use std::time::Instant;

use super::closing;
use super::firing::{Keeping, UNSAFE};
use super::ready::Ready;
use super::session::Session;
use super::sharding::Cut;
use crate::emit::journal::Journal;
use crate::model::report::{RunReport, ScenarioReport, VERSION};
use crate::render::json_text;

/// The journal, unless it cannot be written: then nor can the reports, and that is told at the end.
pub struct Safe {
    journal: Option<Journal>,
    flushed: Option<Instant>,
    /// Whether it could not be written to: nothing more is added.
    is_broken: bool,
}

impl Safe {
    pub fn open(folder: &Path, session: &Session, ready: &Ready, started_at: &str, cut: &Cut) -> Safe {
        let head = head(session, ready, started_at, cut);
        let head = serde_json::to_vec(&head).unwrap_or_default();
        Safe { journal: Journal::begin(folder, &head).ok(), flushed: None, is_broken: false }
    }

    fn or_give_up(&mut self, write: impl FnOnce(&mut Journal) -> std::io::Result<()>) {
        // It is kept all the same, so that it goes when the reports are written.
        if !self.is_broken {
            self.is_broken = self.journal.as_mut().is_some_and(|journal| write(journal).is_err());
        }
    }

    /// The reports are written.
    pub fn close(self) {
        if let Some(journal) = self.journal {
            journal.end();
        }
    }
}

impl Keeping for Safe {
    fn add(&mut self, report: &ScenarioReport) {
        self.or_give_up(|journal| journal.add(|line| json_text::append(report, line)));
        // One that comes alone is safe at once; those that come close together are written together.
        if self.flushed.is_none_or(|flushed| flushed.elapsed() >= UNSAFE) {
            self.flush();
            self.flushed = Some(Instant::now());
        }
    }

    fn flush(&mut self) {
        self.or_give_up(Journal::flush);
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
