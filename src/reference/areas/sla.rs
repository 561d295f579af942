//! Service levels: plans, and the calendars of business hours that their clocks run in.

use chrono::NaiveTime;

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "sla",
    &[
        get("/api/v1/sla/calendars", list_calendars).needs("settings:read"),
        post("/api/v1/sla/calendars", create_calendar).needs("settings:write"),
        delete("/api/v1/sla/calendars/{id}", remove_calendar).needs("settings:write"),
        get("/api/v1/sla/plans", list_plans).needs("settings:read"),
        post("/api/v1/sla/plans", create_plan).needs("settings:write"),
        delete("/api/v1/sla/plans/{id}", remove_plan).needs("settings:write"),
    ],
);

const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Nobody promises anything beyond a quarter.
const LONGEST: i64 = 90 * 24 * 60;

#[derive(Default)]
struct Sla {
    calendars: Shelf<Calendar>,
    plans: Shelf<Plan>,
}

struct Calendar {
    name: String,
    days: Vec<String>,
    opens: NaiveTime,
    closes: NaiveTime,
}

struct Plan {
    name: String,
    /// Around the clock where there is none.
    calendar: Option<Uuid>,
    respond_minutes: i64,
    resolve_minutes: i64,
}

impl Calendar {
    fn shown(&self, id: Uuid) -> Value {
        let time = |it: NaiveTime| it.format("%H:%M").to_string();
        json!({
            "id": id,
            "name": self.name,
            "days": self.days,
            "opens": time(self.opens),
            "closes": time(self.closes),
        })
    }
}

impl Plan {
    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "name": self.name,
            "calendar_id": self.calendar,
            "respond_minutes": self.respond_minutes,
            "resolve_minutes": self.resolve_minutes,
        })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn time(body: &Fields, name: &str, usual: &str) -> Result<NaiveTime, Refusal> {
    let text = body.opt_text(name)?.unwrap_or_else(|| usual.into());
    NaiveTime::parse_from_str(&text, "%H:%M").map_err(|_| body.refusal(format!("{name} has to be written HH:MM")))
}

fn list_calendars(call: &mut Call<'_>) -> Answer {
    let calendars: Vec<Value> = call.state::<Sla>()?.calendars.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "calendars": calendars }))
}

fn create_calendar(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (name, days) = (body.text("name")?, body.texts("days")?);
    let (opens, closes) = (time(&body, "opens", "09:00")?, time(&body, "closes", "17:30")?);
    if days.is_empty() || !days.iter().all(|day| DAYS.contains(&day.as_str())) {
        return Err(invalid(format!("days has to name some of {}", DAYS.join(", "))));
    }
    if opens >= closes {
        return Err(invalid("a calendar opens before it closes".into()));
    }
    let id = Uuid::new_v4();
    let calendar = Calendar { name, days, opens, closes };
    created(call.state::<Sla>()?.calendars.insert(id, calendar).shown(id))
}

fn remove_calendar(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let sla: &mut Sla = call.state()?;
    if !sla.calendars.contains(id) {
        return Err(refuse(404, "NOT_FOUND", "There is no such calendar."));
    }
    if sla.plans.values().any(|plan| plan.calendar == Some(id)) {
        return Err(refuse(409, "CALENDAR_IN_USE", "The clock of a plan runs in this calendar."));
    }
    sla.calendars.remove(id);
    done()
}

fn list_plans(call: &mut Call<'_>) -> Answer {
    let plans: Vec<Value> = call.state::<Sla>()?.plans.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "plans": plans }))
}

fn create_plan(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let plan = Plan {
        name: body.text("name")?,
        calendar: body.opt_id("calendar_id")?,
        respond_minutes: body.int("respond_minutes", 1..=LONGEST)?,
        resolve_minutes: body.int("resolve_minutes", 1..=LONGEST)?,
    };
    let sla: &mut Sla = call.state()?;
    if plan.calendar.is_some_and(|calendar| !sla.calendars.contains(calendar)) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such calendar."));
    }
    let id = Uuid::new_v4();
    created(sla.plans.insert(id, plan).shown(id))
}

fn remove_plan(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let plan = call.state::<Sla>()?.plans.remove(id);
    plan.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such plan."))?;
    done()
}
