//! Scheduled tasks: a script for a smart group, again and again.

use crate::reference::prelude::*;

use super::super::groups;
use super::{Scripts, invalid, runs};

/// Devices that one task may have.
const MOST_DEVICES: u64 = 50_000;
/// Devices that one job lists.
const MOST_LISTED: usize = 1_000;

pub struct Task {
    name: String,
    script: Uuid,
    group: Uuid,
    every_minutes: i64,
}

impl Task {
    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "name": self.name,
            "script_id": self.script,
            "smart_group_id": self.group,
            "every_minutes": self.every_minutes,
        })
    }
}

/// Whether a task of the caller's organisation is for a group.
pub fn targets_group(call: &mut Call<'_>, group: Uuid) -> Result<bool, Refusal> {
    Ok(call.state::<Scripts>()?.tasks.values().any(|task| task.group == group))
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let tasks: Vec<Value> = call.state::<Scripts>()?.tasks.iter().map(|(id, task)| task.shown(id)).collect();
    ok(json!({ "scheduled_tasks": tasks }))
}

pub fn create(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (script, group) = (body.id("script_id")?, body.id("smart_group_id")?);
    let task = Task {
        name: body.text("name")?,
        script,
        group,
        every_minutes: body.opt_int("every_minutes", 5..=366 * 1_440)?.unwrap_or(1_440),
    };
    if !call.state::<Scripts>()?.all.contains(script) {
        return Err(refuse(400, "INVALID_REFERENCE", "There is no such script."));
    }
    let members = groups::members(call, group)?;
    let members = members.ok_or_else(|| refuse(400, "INVALID_REFERENCE", "There is no such smart group."))?;
    if members.count > MOST_DEVICES {
        return Err(refuse(409, "GROUP_OVERSIZE", "The smart group has more devices than a task can have."));
    }
    let id = Uuid::new_v4();
    created(call.state::<Scripts>()?.tasks.insert(id, task).shown(id))
}

pub fn remove(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let task = call.state::<Scripts>()?.tasks.remove(id);
    task.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such task."))?;
    done()
}

/// Runs a task out of turn.
pub fn trigger(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let task = call.state::<Scripts>()?.tasks.get(id);
    let task = task.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such task."))?;
    let (script, group) = (task.script, task.group);
    if call.broken(Component::Scheduler).is_some() {
        return Err(refuse(500, "TRIGGER_ERROR", "The scheduler did not take the task."));
    }
    let mut agents = groups::members(call, group)?.map(|members| members.agents).unwrap_or_default();
    agents.truncate(MOST_LISTED);
    runs::start(call, script, &agents)
}
