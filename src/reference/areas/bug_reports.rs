//! Bug reports about the product itself, handed on to the tracker of its makers.

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "bug_reports",
    &[
        get("/api/v1/bug-reports", list).person().unbilled(),
        post("/api/v1/bug-reports", file_report).person().unbilled().up_to(MOST_BODY),
    ],
);

const MOST_SCREENSHOT: usize = 5 * 1024 * 1024;
/// A form around the largest screenshot.
const MOST_BODY: usize = MOST_SCREENSHOT + 64 * 1024;

/// What people of an organisation reported.
#[derive(Default)]
struct BugReports(Shelf<BugReport>);

/// The screenshot is the tracker's to keep.
struct BugReport {
    by: Uuid,
    title: String,
    description: String,
    screenshot_bytes: usize,
    at: Millis,
}

impl BugReport {
    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "title": self.title,
            "description": self.description,
            "screenshot_bytes": self.screenshot_bytes,
            "created_at": stamp(self.at),
        })
    }
}

fn invalid(why: &str) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn list(call: &mut Call<'_>) -> Answer {
    let by = call.user_id()?;
    let reports = call.state::<BugReports>()?.0.iter().filter(|(_, it)| it.by == by);
    let reports: Vec<Value> = reports.map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "bug_reports": reports }))
}

fn file_report(call: &mut Call<'_>) -> Answer {
    let too_large = || refuse(413, "PAYLOAD_TOO_LARGE", "A screenshot may have 5 MB.");
    if call.oversize() {
        return Err(too_large());
    }
    let parts = call.parts().map_err(|_| invalid("send the report as multipart/form-data"))?;
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name)?;
        let text = String::from_utf8(part.bytes.clone()).ok()?;
        (!text.trim().is_empty()).then_some(text)
    };
    let title = text("title").ok_or_else(|| invalid("title is required"))?;
    let description = text("description").unwrap_or_default();
    let screenshot = parts.iter().find(|part| part.name == "screenshot");
    let screenshot_bytes = screenshot.map_or(0, |part| part.bytes.len());
    if screenshot_bytes > MOST_SCREENSHOT {
        return Err(too_large());
    }
    if !call.world.profile.bug_tracker {
        return Err(refuse(503, "BUGREPORT_DISABLED", "This deployment hands no bug reports on."));
    }
    if call.upstream(Service::BugTracker) != Mode::Working {
        return Err(refuse(502, "BUGREPORT_FORWARD_FAILED", "The bug tracker did not take the report."));
    }
    let report = BugReport { by: call.user_id()?, title, description, screenshot_bytes, at: call.now() };
    let id = Uuid::new_v4();
    created(call.state::<BugReports>()?.0.insert(id, report).shown(id))
}
