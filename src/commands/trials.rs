//! Scenarios one by one, for a test harness: each is a test by its id.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use tokio::runtime::Runtime;

use super::console::Console;
use super::firing::Expected;
use super::ready::{self, Ready};
use super::session::{self, Session};
use crate::cli::{GeneralArgs, RunArgs};
use crate::fire::Stop;
use crate::judge::Marks;
use crate::model::exit::Exit;
use crate::model::plan::{Lock, Plan};
use crate::model::verdict::Verdict;
use crate::record::Keep;
use crate::render::failure;
use crate::render::style::Style;

/// A project whose scenarios can be listed.
pub struct Trials {
    console: Console,
    session: Session,
    args: RunArgs,
    plan: Plan,
}

/// A scenario as a harness lists it.
pub struct Listed {
    /// `area/name`
    pub id: String,
    /// Why it is skipped.
    pub skip: Option<String>,
}

impl Trials {
    /// Reads the project of the environment (`TRUELINE_CONFIG`, `TRUELINE_TARGET`, ...). Nothing is started, and no
    /// secret is read. Mistakes have been shown.
    pub fn open() -> Result<Trials, Exit> {
        let (general, args) = crate::cli::from_environment();
        let console = Console::start(&general)?;
        let session = session::open(&console, config(&general))?;
        let settings = super::asked::settings(&session.inputs.project.run, &args.pace, false);
        let asked = session.asked(&console, &args.selection, &args.target, settings)?;
        let plan = session.plan(&console, &asked)?.plan;
        Ok(Trials { console, session, args, plan })
    }

    /// All scenarios, in plan order.
    pub fn list(&self) -> Vec<Listed> {
        let listed = |planned| {
            let skip = crate::model::plan::Planned::skip(planned).map(|skip| skip.reason.clone());
            Listed { id: self.plan.id(planned), skip }
        };
        self.plan.scenarios.iter().map(listed).collect()
    }

    /// Starts what is embedded and binds the environment. Mistakes have been shown.
    pub fn ready(&self) -> Result<Bench, Exit> {
        let settings = super::asked::settings(&self.session.inputs.project.run, &self.args.pace, false);
        let (target, network) = (&self.args.target, &self.args.network);
        let ready = ready::prepare(&self.console, &self.session, self.plan.clone(), &settings, target, network)?;
        Bench::new(ready).map_err(|error| {
            self.console.say(&format!("error: the runtime could not be started: {error}"));
            Exit::BadInput
        })
    }
}

fn config(general: &GeneralArgs) -> Option<&Path> {
    general.config.as_deref()
}

/// Where scenarios are fired one by one, from any thread.
pub struct Bench {
    ready: Ready,
    runtime: Runtime,
    locks: HashMap<u16, RwLock<()>>,
}

impl Bench {
    fn new(ready: Ready) -> io::Result<Bench> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let locks = (0..ready.plan.locks.len() as u16).map(|lock| (lock, RwLock::new(()))).collect();
        Ok(Bench { ready, runtime, locks })
    }

    /// Fires and judges the scenario at this place of the list. The error is what a failure's block says.
    pub fn try_one(&self, index: usize) -> Result<(), String> {
        let Ready { plan, judge, firing, .. } = &self.ready;
        let planned = &plan.scenarios[index];
        let lock = planned.work().and_then(|work| work.lock);
        let (exclusive, shared) = match lock {
            None => (None, None),
            Some(Lock::Exclusive(lock)) => (Some(lock), None),
            Some(Lock::Shared(lock)) => (None, Some(lock)),
            Some(Lock::Both(exclusive, shared)) => (Some(exclusive), Some(shared)),
        };
        let lock = |index: Option<u16>| index.and_then(|index| self.locks.get(&index));
        let _exclusive = lock(exclusive).map(|lock| lock.write().unwrap_or_else(PoisonError::into_inner));
        let _shared = lock(shared).map(|lock| lock.read().unwrap_or_else(PoisonError::into_inner));
        let due = Expected { plan, judge };
        let stop = Stop::new();
        let fired = self.runtime.block_on(firing.scenario(index, &due, &stop));
        let mut marks = Marks::default();
        fired.exchanges.iter().for_each(|exchange| judge.learn(&mut marks, exchange));
        let judged = judge.scenario(planned, &fired, &marks);
        if judged.verdict == Verdict::Conforms {
            return Ok(());
        }
        let recorder = self.ready.recorder(Keep::Findings);
        let report = recorder.scenario(planned, &fired, judged.verdict, judged.findings, judged.seen);
        Err(failure::block(&report, &self.ready.catalogue.page, Style::PLAIN))
    }
}
