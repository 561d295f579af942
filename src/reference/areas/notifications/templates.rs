//! Templates: what is said when something happens to a ticket.

use super::{invalid, markdown, placeholders};
use crate::reference::prelude::*;

const TRIGGERS: &[&str] = &[
    "ticket.created",
    "ticket.updated",
    "ticket.commented",
    "ticket.sla_warning",
    "ticket.scheduled_stale",
    "ticket.scheduled_customer_silence",
];

/// The templates of an organisation.
#[derive(Default)]
struct Templates(Shelf<Template>);

struct Template {
    trigger: &'static str,
    subject: String,
    body: String,
}

impl Template {
    fn shown(&self, id: Uuid) -> Value {
        json!({ "id": id, "trigger": self.trigger, "subject": self.subject, "body": self.body })
    }
}

fn unreadable(why: String) -> Refusal {
    refuse(400, "TEMPLATE_PARSE_ERROR", why)
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let templates: Vec<Value> = call.state::<Templates>()?.0.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "templates": templates }))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(|why| refuse(400, "TEMPLATE_ERROR", why))?;
    let trigger = body.text("trigger")?;
    let known = TRIGGERS.iter().find(|it| **it == trigger).copied();
    let trigger = known.ok_or_else(|| body.refusal(format!("nothing triggers {trigger}")))?;
    let template = Template { trigger, subject: body.text("subject")?, body: body.text("body")? };
    for text in [&template.subject, &template.body] {
        placeholders::fill(text).map_err(unreadable)?;
    }
    let id = Uuid::new_v4();
    created(call.state::<Templates>()?.0.insert(id, template).shown(id))
}

/// Shows what a template would look like, with made-up values.
pub(super) fn preview(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (subject, text) = (body.opt_text("subject")?.unwrap_or_default(), body.text("body")?);
    let subject = placeholders::fill(&subject).map_err(unreadable)?;
    let text = placeholders::fill(&text).map_err(unreadable)?;
    if call.broken(Component::MarkdownRenderer).is_some() {
        return Err(refuse(500, "RENDER_ERROR", "The template could not be turned into a page."));
    }
    ok(json!({ "subject": subject, "html": markdown::html(&text) }))
}

pub(super) fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let template = call.state::<Templates>()?.0.remove(id);
    template.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such template."))?;
    done()
}
