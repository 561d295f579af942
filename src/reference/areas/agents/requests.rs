//! What technicians ask of agents.

use crate::reference::prelude::*;

use super::asking::{agent, failed, find, reach};
use super::{Agents, Os, Sample, fleet, invalid};

/// Commands, and whether they take arguments.
const COMMANDS: &[(&str, bool)] = &[("refresh", false), ("reboot", false), ("run", true), ("restart_service", true)];
const LOG_LEVELS: &[&str] = &["debug", "info", "warn", "error"];
const KINDS: &[&str] = &["cpu", "memory", "disk"];
const HIVES: &[&str] = &["HKLM", "HKCU", "HKCR", "HKU", "HKCC"];
/// The processes of every simulated device.
const PROCESSES: &[(u32, &str)] = &[(1, "init"), (412, "opsmerge-agent"), (2_040, "browser")];
/// The registry of every simulated Windows device: hive, key, name and data.
const REGISTRY: &[[&str; 4]] = &[
    ["HKLM", r"SOFTWARE\OpsMerge\Agent", "Version", VERSION],
    ["HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "ProductName", "Windows 11 Pro"],
];
const VERSION: &str = "2.14.0";
const MOST_HOURS: u32 = 24 * 90;

pub fn latest_version(call: &mut Call<'_>) -> Answer {
    if call.world.profile.updates_paused {
        return Err(refuse(404, "UPDATES_PAUSED", "Agent updates are paused by the operator of the platform."));
    }
    ok(json!({ "version": VERSION, "update_check_interval": 21_600 }))
}

pub fn list(call: &mut Call<'_>) -> Answer {
    let agents: Vec<Value> = call.state::<Agents>()?.all.iter().map(|(id, agent)| agent.shown(id)).collect();
    ok(json!({ "agents": agents }))
}

pub fn show(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    ok(agent(call, id)?.shown(id))
}

/// Removes an agent and lets its device go.
pub fn release(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    if let Some(agent) = call.state::<Agents>()?.all.remove(id) {
        fleet::release(call.world, &agent.hardware);
        agent.token.iter().for_each(|token| call.world.revoke(token));
    }
    done()
}

pub fn command(call: &mut Call<'_>) -> Answer {
    let wrong = |why: String| refuse(400, "COMMAND_ERROR", why);
    let id = find(call)?;
    let body = call.json(wrong)?;
    let (kind, arguments) = (body.text("type")?, body.texts("arguments")?);
    match COMMANDS.iter().find(|(name, _)| *name == kind) {
        None => return Err(wrong(format!("there is no command {kind}"))),
        Some((_, true)) if arguments.is_empty() => return Err(wrong(format!("{kind} takes arguments"))),
        Some(_) => {}
    }
    reach(call, id)?;
    accepted(json!({ "id": Uuid::new_v4(), "agent_id": id, "type": kind, "status": "done" }))
}

pub fn processes(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    reach(call, id)?;
    let processes = PROCESSES.iter().map(|(pid, name)| json!({ "pid": pid, "name": name }));
    ok(json!({ "processes": processes.collect::<Vec<Value>>() }))
}

pub fn end_process(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let pid = call.path("pid").parse::<u32>().ok().filter(|pid| *pid > 0);
    let pid = pid.ok_or_else(|| refuse(400, "INVALID_PID", "A process has a whole number above zero."))?;
    reach(call, id)?;
    match PROCESSES.iter().find(|(known, _)| *known == pid) {
        None => Err(failed("there is no such process")),
        Some((1 | 412, _)) => Err(failed("this process cannot be ended")),
        Some(_) => done(),
    }
}

pub fn query_registry(call: &mut Call<'_>) -> Answer {
    let wrong = |why: String| refuse(400, "REGISTRY_ERROR", why);
    let id = find(call)?;
    let body = call.json(wrong)?;
    let (hive, key) = (body.text("hive")?.to_uppercase(), body.text("key")?);
    if !HIVES.contains(&hive.as_str()) {
        return Err(wrong(format!("there is no hive {hive}")));
    }
    if agent(call, id)?.os != Os::Windows {
        return Err(wrong("only Windows has a registry".into()));
    }
    reach(call, id)?;
    let below = REGISTRY.iter().filter(|[in_hive, at, ..]| *in_hive == hive && at.eq_ignore_ascii_case(&key));
    let values: Vec<Value> = below.map(|[_, _, name, data]| json!({ "name": name, "data": data })).collect();
    if values.is_empty() {
        return Err(failed("the key does not exist"));
    }
    ok(json!({ "hive": hive, "key": key, "values": values }))
}

pub fn set_log_level(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let level = call.json(invalid)?.text("level")?;
    if !LOG_LEVELS.contains(&level.as_str()) {
        return Err(invalid(format!("there is no log level {level}")));
    }
    reach(call, id)?;
    agent(call, id)?.log_level = level;
    ok(agent(call, id)?.shown(id))
}

/// What was recorded over the last hours; `live=true` asks the device for the value of this moment.
pub fn metrics(call: &mut Call<'_>) -> Answer {
    let id = find(call)?;
    let kind = call.query("kind").unwrap_or_else(|| "cpu".into());
    if !KINDS.contains(&kind.as_str()) {
        return Err(refuse(400, "INVALID_KIND", "The history has the kinds cpu, memory and disk."));
    }
    let hours = call.query("hours").unwrap_or_else(|| "24".into()).parse::<u32>().ok();
    let hours = hours.filter(|hours| (1..=MOST_HOURS).contains(hours));
    let hours = hours.ok_or_else(|| refuse(400, "INVALID_PARAM", "hours has to be a positive whole number."))?;
    if call.query("live").as_deref() == Some("true") {
        reach(call, id)?;
    }
    let since = call.now() - Millis::from(hours) * 3_600_000;
    let value = |sample: &Sample| match kind.as_str() {
        "cpu" => sample.cpu,
        "memory" => sample.memory,
        _ => sample.disk,
    };
    let shown = |sample: &Sample| json!({ "at": stamp(sample.at), "percent": value(sample) });
    let samples = agent(call, id)?.samples.iter().filter(|sample| sample.at >= since).map(shown);
    ok(json!({ "kind": kind, "samples": samples.collect::<Vec<Value>>() }))
}
