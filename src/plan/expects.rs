//! `expect`: the code that is due, and whether the catalogue knows it.

use super::captures::pointer;
use super::texts::Composer;
use crate::model::catalogue::{CodeId, Entry, Status};
use crate::model::plan::Expect;
use crate::model::scenario::{ExpectDetail, ExpectSpec};

impl<'i> Composer<'_, 'i> {
    /// Reads `expect`; the notes stand at the scenario.
    pub fn expect(&mut self, spec: &'i ExpectSpec) -> Option<Expect> {
        self.notes.enter("expect");
        let expect = match spec {
            ExpectSpec::Code(code) => self.code(code).map(|code| Expect { code: Some(code), pinned: None, at: None }),
            ExpectSpec::Detail(detail) => self.expect_detail(detail),
        };
        self.notes.leave();
        expect
    }

    fn expect_detail(&mut self, detail: &'i ExpectDetail) -> Option<Expect> {
        let at = detail.at.as_deref().map(|at| {
            if let Err(help) = pointer(at) {
                self.notes.add(self.notes.value("at"), format!("`{at}` is not a JSON Pointer"), help);
            }
            at.into()
        });
        if at.is_some() && detail.status.is_some() {
            let text = "with `at` the status is not judged, so a pinned one would mean nothing";
            self.notes.add(self.notes.key("status"), text, "leave `status` out");
        }
        let code = match &detail.code {
            Some(code) => {
                self.notes.enter("code");
                let code = self.code(&code.0);
                self.notes.leave();
                Some(code?)
            }
            None => None,
        };
        let pinned = match (code, detail.status) {
            (Some(code), Some(status)) => Some(self.pin(code, status)?),
            (None, Some(status)) => Some(self.any_code(status)?),
            (Some(_), None) => None,
            (None, None) => {
                self.notes.add(
                    self.notes.here(),
                    "`expect` names neither a code nor a status",
                    "write `expect: NOT_FOUND`",
                );
                return None;
            }
        };
        Some(Expect { code, pinned, at })
    }

    fn code(&mut self, written: &'i str) -> Option<CodeId> {
        let catalogue = &self.world.inputs.catalogue;
        let code = self.row_text(written).unwrap_or(written);
        let found = catalogue.find(code);
        if found.is_none() && !catalogue.is_partial {
            let text = format!("the code `{code}` is not in {}", catalogue.page);
            let help = format!("write a code as it stands in {}", catalogue.page);
            let codes = catalogue.entries().map(|(_, entry)| &*entry.code);
            let complaint = self.notes.error(self.written_at(written), text).help(help).did_you_mean(code, codes);
            self.notes.push(complaint);
        }
        found
    }

    fn pin(&mut self, code: CodeId, status: u16) -> Option<Status> {
        let entry = self.world.inputs.catalogue.entry(code);
        if entry.documented(status).is_some() || self.world.inputs.catalogue.is_partial {
            return Some(Status::Exact(status));
        }
        let text = format!("`{}` is not documented with the status {status}", entry.code);
        let help = format!("documented is {} ({}:{})", statuses(entry), self.world.inputs.catalogue.page, entry.line);
        self.notes.add(self.notes.value("status"), text, help);
        None
    }

    fn any_code(&mut self, status: u16) -> Option<Status> {
        if self.world.documents(status) || self.world.inputs.catalogue.is_partial {
            return Some(Status::Exact(status));
        }
        let page = &self.world.inputs.catalogue.page;
        let text = format!("no code in {page} is documented with the status {status}");
        self.notes.add(self.notes.value("status"), text, "name the code, or a status that the page has");
        None
    }
}

fn statuses(entry: &Entry) -> String {
    entry.statuses.iter().map(|d| d.status.to_string()).collect::<Vec<_>>().join(", ")
}

/// Whether a 429 is an answer that this expectation is about, and not weather.
pub(super) fn is_about_429(expect: &Expect, entry: Option<&Entry>) -> bool {
    let covers = |status: Status| status != Status::Unstated && status.covers(429);
    expect.pinned.is_some_and(covers) || entry.is_some_and(|entry| entry.statuses.iter().any(|d| covers(d.status)))
}
