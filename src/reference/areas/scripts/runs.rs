//! Running a script on devices, and how far that has come.

use crate::reference::prelude::*;

use super::super::agents::{Agents, Behaviour, connected};
use super::{Scripts, invalid, script};

const MOST_DEVICES: usize = 1_000;

/// A script that was handed to devices.
pub struct Job {
    script: Uuid,
    results: Vec<(Uuid, &'static str)>,
}

impl Job {
    fn shown(&self, id: Uuid) -> Value {
        let results = self.results.iter().map(|(agent, result)| json!({ "agent_id": agent, "status": result }));
        let running = self.results.iter().any(|(_, result)| *result == "running");
        json!({
            "job_id": id,
            "script_id": self.script,
            "status": if running { "running" } else { "finished" },
            "results": results.collect::<Vec<Value>>(),
        })
    }
}

pub fn run(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    script(call, id)?;
    let agents = call.json(invalid)?.ids("agent_ids")?;
    if agents.is_empty() || agents.len() > MOST_DEVICES {
        return Err(invalid(format!("agent_ids has to name 1 to {MOST_DEVICES} devices")));
    }
    let all = &call.state::<Agents>()?.all;
    if !agents.iter().all(|agent| all.contains(*agent)) {
        return Err(refuse(400, "AGENT_NOT_FOUND", "agent_ids names a device that your organisation does not have."));
    }
    for agent in &agents {
        connected(call, *agent)?;
    }
    start(call, id, &agents)
}

/// Hands a script to devices. What each makes of it shows in the job.
pub fn start(call: &mut Call<'_>, script: Uuid, agents: &[Uuid]) -> Answer {
    let all = &call.state::<Agents>()?.all;
    let result = |agent: &Uuid| match all.get(*agent).map(|agent| (agent.online, agent.behaviour)) {
        Some((true, Behaviour::Normal | Behaviour::InstallerFails)) => "succeeded",
        Some((true, Behaviour::Silent)) => "running",
        Some((true, _)) => "failed",
        _ => "skipped",
    };
    let job = Job { script, results: agents.iter().map(|agent| (*agent, result(agent))).collect() };
    let id = Uuid::new_v4();
    accepted(call.state::<Scripts>()?.jobs.insert(id, job).shown(id))
}

pub fn status(call: &mut Call<'_>) -> Answer {
    let id = call.query("job_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| refuse(400, "MISSING_JOB_ID", "Say which job is meant: job_id is missing."))?;
    let id = Uuid::parse_str(&id).unwrap_or_default();
    let job = call.state::<Scripts>()?.jobs.get(id);
    ok(job.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such job."))?.shown(id))
}
