//! The middle of a run: fires the plan, and judges and records each scenario as it ends.

use std::cell::RefCell;
use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::MissedTickBehavior;

use super::console::Console;
use super::order;
use super::ready::Ready;
use crate::fire::{self, Due, Flow, Stop};
use crate::judge::{Judge, Judged, Marks};
use crate::model::exchange::{Exchange, Observation};
use crate::model::exit::Exit;
use crate::model::headers::Headers;
use crate::model::plan::{Plan, Planned, Skip, SkipWhy};
use crate::model::project::RunSettings;
use crate::model::report::ScenarioReport;
use crate::model::secret::Redactor;
use crate::model::verdict::{Early, Fired, Verdict};
use crate::record::attribution::Tally;
use crate::record::observed::Sightings;
use crate::record::{Keep, Recorder};

/// Bytes of answers that are kept until all are known. Pages of proxies are small, but one may be as large as any body.
const ROOM: usize = 4 << 20;

/// What a run came to.
pub struct Results {
    /// In plan order.
    pub scenarios: Vec<ScenarioReport>,
    pub sightings: Sightings,
    /// What the answers come to as a whole.
    pub notices: Vec<String>,
    /// The signal that ended it early.
    pub interrupted: Option<Exit>,
    /// What was fired of scenarios that conform, by their place in the plan, where it was to be kept.
    pub kept: Vec<(usize, Fired)>,
    /// What was learned of proxies.
    pub marks: Marks,
}

/// Whether the exchanges of scenarios that conform are kept for a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Nothing,
    Conforming,
}

/// Tells the runner whether an answer is what its scenario waits for.
pub struct Expected<'a> {
    pub plan: &'a Plan,
    pub judge: &'a Judge,
}

impl Due for Expected<'_> {
    fn is_met(&self, scenario: usize, exchange: &Exchange) -> bool {
        let planned = &self.plan.scenarios[scenario];
        // `eventually` waits for an answer that conforms, `repeat` for the code.
        match planned.work().is_some_and(|work| work.eventually.is_some()) {
            true => self.judge.exchange(exchange, Some(&planned.expect), &Marks::default()).conforms(),
            false => self.judge.is_met(&planned.expect, exchange),
        }
    }

    fn judge(&self, exchange: &Exchange) -> Early {
        self.judge.early(exchange)
    }

    fn telling(&self, headers: &Headers) -> Headers {
        self.judge.telling_headers(headers)
    }
}

/// Where results are kept safe while a run goes on.
pub trait Keeping {
    /// Before the first scenario begins: what one is to be called if the run does not come to it.
    fn announce(&mut self, report: &ScenarioReport);
    /// A scenario has ended.
    fn add(&mut self, report: &ScenarioReport);
    /// Called at the latest after [`UNSAFE`]: what was added must not be lost from here on.
    fn flush(&mut self);
}

/// Keeps nothing.
pub struct Unkept;

impl Keeping for Unkept {
    fn announce(&mut self, _: &ScenarioReport) {}
    fn add(&mut self, _: &ScenarioReport) {}
    fn flush(&mut self) {}
}

/// How long a result may be lost, if the process is killed.
pub const UNSAFE: Duration = Duration::from_millis(150);

/// Fires the whole plan. Ctrl-C and SIGTERM end it with what ran; a second one ends it at once. `safe` is given each
/// result as it comes.
pub fn fire(
    console: &Console,
    ready: &Ready,
    settings: &RunSettings,
    kept: Kept,
    safe: &mut dyn Keeping,
) -> io::Result<Results> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let keep = if settings.record { Keep::All } else { Keep::Findings };
    let mut desk = Desk { keeps_fired: kept == Kept::Conforming, ..Desk::new(console, ready, settings, keep) };
    let order = order::of(&ready.plan, settings.seed);
    desk.announce(safe);
    let expected = Expected { plan: &ready.plan, judge: &ready.judge };
    let interrupted = runtime.block_on(async {
        let stop = Stop::new();
        let mut signals = Signals::listen()?;
        let mut caught = None;
        let safe = RefCell::new(safe);
        let mut tick = tokio::time::interval(UNSAFE);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut run = std::pin::pin!(fire::run(&ready.firing, &order, &expected, &stop, |index, fired| {
            let flow = desk.take(index, fired);
            desk.results[index].iter().for_each(|report| safe.borrow_mut().add(report));
            flow
        }));
        loop {
            tokio::select! {
                biased;
                () = &mut run => {
                    safe.borrow_mut().flush();
                    return io::Result::Ok(caught);
                }
                _ = tick.tick() => safe.borrow_mut().flush(),
                exit = signals.next() => {
                    console.stopping(caught.is_some());
                    caught.get_or_insert(exit);
                    stop.signal();
                }
            }
        }
    })?;
    // What still hangs in a second thread of the runtime must not delay the reports.
    runtime.shutdown_background();
    Ok(desk.close(interrupted))
}

/// Ctrl-C and SIGTERM.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Signals> {
        Ok(Signals { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    pub(super) async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
    }
}

/// Where scenarios arrive as they end: judged, recorded, shown, counted.
struct Desk<'a> {
    console: &'a Console,
    ready: &'a Ready,
    keep: Keep,
    /// Finds the secrets known so far: logins and captures bring further ones.
    redactor: Redactor,
    results: Vec<Option<ScenarioReport>>,
    marks: Marks,
    sightings: Sightings,
    tally: Tally,
    /// Scenarios whose verdict rests on marks of a proxy: judged again when all answers are known, as far as there is
    /// room to keep them.
    open: Vec<(usize, Fired)>,
    room: usize,
    keeps_fired: bool,
    kept: Vec<(usize, Fired)>,
    failures: u32,
    max_failures: u32,
}

impl<'a> Desk<'a> {
    fn new(console: &'a Console, ready: &'a Ready, settings: &RunSettings, keep: Keep) -> Self {
        let recorder = ready.recorder(keep);
        let skipped = |planned: &Planned| planned.skip().map(|skip| recorder.skipped(planned, skip));
        let results: Vec<_> = ready.plan.scenarios.iter().map(skipped).collect();
        console.begin(&ready.catalogue.page, results.len(), results.iter().flatten());
        Desk {
            console,
            ready,
            keep,
            redactor: ready.redactor.clone(),
            results,
            marks: Marks::default(),
            sightings: Sightings::default(),
            tally: Tally::default(),
            open: Vec::new(),
            room: ROOM,
            keeps_fired: false,
            kept: Vec::new(),
            failures: 0,
            max_failures: settings.max_failures.unwrap_or(u32::MAX),
        }
    }

    /// Tells which scenarios are to come, so that of a run that is killed nobody takes those that ended for all.
    fn announce(&self, safe: &mut dyn Keeping) {
        let recorder = self.recorder();
        for (result, planned) in self.results.iter().zip(&self.ready.plan.scenarios) {
            match result {
                Some(skipped) => safe.announce(skipped),
                None => safe.announce(&recorder.skipped(planned, &broken_off())),
            }
        }
        safe.flush();
    }

    fn take(&mut self, index: usize, fired: Fired) -> Flow {
        let planned = &self.ready.plan.scenarios[index];
        if fired.interrupted && fired.exchanges.is_empty() {
            self.results[index] = Some(self.recorder().skipped(planned, &interrupted()));
            return Flow::Go;
        }
        for exchange in &fired.exchanges {
            self.ready.judge.learn(&mut self.marks, exchange);
        }
        let judged = self.ready.judge.scenario(planned, &fired, &self.marks);
        let rests_on_marks = judged.rests_on_marks();
        self.sightings.add(&judged.observed);
        if self.keep == Keep::All || !judged.findings.is_empty() || !fired.notes.is_empty() {
            self.redactor = self.ready.known.redactor();
        }
        self.tally.add_reading(planned, &fired, judged.seen.as_ref());
        let report = self.report(planned, &fired, judged);
        self.tally.add(planned, &fired, &self.ready.catalogue);
        if rests_on_marks && let Some(left) = self.room.checked_sub(size(&fired)) {
            self.room = left;
            self.open.push((index, fired));
        } else if self.keeps_fired && report.verdict == Verdict::Conforms {
            self.kept.push((index, fired));
        }
        self.failures += u32::from(report.counts_as() != Verdict::Conforms);
        self.console.ended(&report);
        self.results[index] = Some(report);
        if self.failures >= self.max_failures { Flow::Stop } else { Flow::Go }
    }

    fn report(&self, planned: &Planned, fired: &Fired, judged: Judged) -> ScenarioReport {
        let recorder = self.recorder();
        let mut report = match judged.verdict {
            Verdict::Skipped => recorder.cut_off(planned, fired, judged.findings, &cut_off()),
            verdict => recorder.scenario(planned, fired, verdict, judged.findings, judged.seen),
        };
        self.ready.mark(&mut report);
        report
    }

    fn recorder(&self) -> Recorder<'_> {
        Recorder { redactor: &self.redactor, ..self.ready.recorder(self.keep) }
    }

    fn close(mut self, caught: Option<Exit>) -> Results {
        self.redactor = self.ready.known.redactor();
        for (index, fired) in std::mem::take(&mut self.open) {
            let planned = &self.ready.plan.scenarios[index];
            let judged = self.ready.judge.scenario(planned, &fired, &self.marks);
            self.results[index] = Some(self.report(planned, &fired, judged));
        }
        self.console.end();
        let never_ran = if caught.is_some() { interrupted() } else { failed_fast() };
        let mut results = std::mem::take(&mut self.results);
        let recorder = self.recorder();
        for (result, planned) in results.iter_mut().zip(&self.ready.plan.scenarios) {
            result.get_or_insert_with(|| recorder.skipped(planned, &never_ran));
        }
        // In the room that they have already.
        let scenarios = results.into_iter().flatten().collect();
        let notices = self.tally.notices(&self.ready.plan, self.ready.judge.code());
        self.kept.sort_unstable_by_key(|(index, _)| *index);
        Results {
            scenarios,
            sightings: self.sightings,
            notices,
            interrupted: caught,
            kept: self.kept,
            marks: self.marks,
        }
    }
}

/// About how many bytes the answers of a scenario take.
fn size(fired: &Fired) -> usize {
    let of_answer = |exchange: &Exchange| match &exchange.observation {
        Observation::Answered(answer) => {
            let fields = answer.headers.iter().map(|(name, value)| name.len() + value.len());
            answer.body.len() + fields.sum::<usize>()
        }
        Observation::Silent(_) => 0,
    };
    fired.exchanges.iter().map(of_answer).sum()
}

fn interrupted() -> Skip {
    let reason = "the run was interrupted before this scenario was judged".to_owned();
    Skip { why: SkipWhy::Interrupted, reason, foreseen: true }
}

fn cut_off() -> Skip {
    let reason = "the run was interrupted in the midst of this scenario".to_owned();
    Skip { why: SkipWhy::Interrupted, reason, foreseen: true }
}

fn broken_off() -> Skip {
    let reason = "the run broke off before this scenario was judged".to_owned();
    Skip { why: SkipWhy::Interrupted, reason, foreseen: true }
}

fn failed_fast() -> Skip {
    let reason = "the run had stopped after the failures that it was allowed".to_owned();
    Skip { why: SkipWhy::FailFast, reason, foreseen: true }
}
