//! Alerts: what needs somebody's attention.

use super::invalid;
use crate::reference::prelude::*;

const SEVERITIES: &[&str] = &["info", "warning", "critical"];
const LONGEST_SNOOZE: i64 = 7 * 24 * 60;

/// The alerts of an organisation. They lie in a database of their own.
#[derive(Default)]
struct Alerts(Shelf<Alert>);

pub(super) struct Alert {
    title: String,
    severity: &'static str,
    source: String,
    status: Status,
    raised: Millis,
}

#[derive(Debug, Clone, Copy)]
enum Status {
    Open,
    Acknowledged,
    Resolved,
    /// Comes back at this time.
    Snoozed(Millis),
}

impl Alert {
    /// An alert as another system describes it.
    pub(super) fn described(body: &Fields, source: &str, raised: Millis) -> Result<Self, Refusal> {
        let severity = body.opt_text("severity")?.unwrap_or_else(|| "warning".into());
        let known = SEVERITIES.iter().find(|it| **it == severity);
        let severity = known.ok_or_else(|| body.refusal(format!("severity is one of {}", SEVERITIES.join(", "))))?;
        let title = body.text("title")?;
        Ok(Alert { title, severity, source: source.to_owned(), status: Status::Open, raised })
    }

    fn shown(&self, id: Uuid, now: Millis) -> Value {
        let (status, until) = match self.status {
            Status::Acknowledged => ("acknowledged", None),
            Status::Resolved => ("resolved", None),
            Status::Snoozed(until) if until > now => ("snoozed", Some(stamp(until))),
            Status::Open | Status::Snoozed(_) => ("open", None),
        };
        json!({
            "id": id,
            "title": self.title,
            "severity": self.severity,
            "source": self.source,
            "status": status,
            "snoozed_until": until,
            "raised_at": stamp(self.raised),
        })
    }
}

/// The alerts, if their database answers.
fn stored<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Shelf<Alert>, Refusal> {
    if call.broken(Component::AlertDatabase).is_some() {
        return Err(refuse(500, "DB_ERROR", "The alerts cannot be read at the moment."));
    }
    Ok(&mut call.state::<Alerts>()?.0)
}

pub(super) fn raise(call: &mut Call<'_>, alert: Alert) -> Result<Value, Refusal> {
    let (id, now) = (Uuid::new_v4(), alert.raised);
    Ok(stored(call)?.insert(id, alert).shown(id, now))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let now = call.now();
    let alerts: Vec<Value> = stored(call)?.iter().map(|(id, alert)| alert.shown(id, now)).collect();
    ok(json!({ "alerts": alerts }))
}

/// Does the same to many alerts. Those that are not there any more are passed over.
pub(super) fn change_many(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let status = match body.text("action")?.as_str() {
        "acknowledge" => Status::Acknowledged,
        "resolve" => Status::Resolved,
        "snooze" => Status::Snoozed(call.now() + body.int("minutes", 1..=LONGEST_SNOOZE)? * 60_000),
        _ => return Err(refuse(400, "INVALID_ACTION", "Alerts can be acknowledged, resolved or snoozed.")),
    };
    let ids = body.ids("alert_ids")?;
    let alerts = stored(call)?;
    let mut changed = 0;
    for id in ids {
        if let Some(alert) = alerts.get_mut(id) {
            alert.status = status;
            changed += 1;
        }
    }
    ok(json!({ "changed": changed }))
}
