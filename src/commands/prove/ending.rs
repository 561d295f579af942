//! From the counts to the proof, and how it ends.

use super::tally::Tally;
use crate::model::exit::{Ending, Exit};
use crate::model::proof::{Proof, RunBehind, VERSION};
use crate::model::report::{ExitReport, TargetReport};

/// What was proved: a run, or the recording of one.
pub struct Behind {
    pub target: TargetReport,
    pub recording: Option<String>,
    pub run: RunBehind,
    pub exit: Exit,
    pub notices: Vec<String>,
}

/// Anything but all lies caught and no false alarm is a broken contract; a run that did not conform keeps its code.
pub fn conclude(tally: Tally, behind: Behind) -> (Proof, Exit) {
    let totals = tally.totals();
    let mut ending = Ending::default();
    for reason in &behind.run.reasons {
        ending.because(behind.exit, format!("the run itself: {reason}"));
    }
    if behind.exit == Exit::Conforms && totals.lies + totals.harmless == 0 {
        ending.because(Exit::NothingJudged, "nothing was tried");
    }
    let escaped = tally.survivors.len();
    if escaped > 0 {
        ending.because(Exit::Broken, format!("{escaped} of {} lies came through", totals.lies));
    }
    if totals.false_alarms > 0 {
        let text = format!("{} of {} harmless changes gave an alarm", totals.false_alarms, totals.harmless);
        ending.because(Exit::Broken, text);
    }
    let exit = ending.exit();
    let proof = Proof {
        version: VERSION,
        tool: concat!("trueline ", env!("CARGO_PKG_VERSION")).to_owned(),
        target: behind.target,
        recording: behind.recording,
        run: behind.run,
        duration_ms: u64::try_from(tally.duration.as_millis()).unwrap_or(u64::MAX),
        lies: tally.lies(),
        harmless: tally.harmless(),
        totals,
        survivors: tally.survivors,
        false_alarms: tally.false_alarms,
        notices: behind.notices,
        exit: ExitReport { code: exit.code(), reasons: ending.reasons().into_iter().map(str::to_owned).collect() },
    };
    (proof, exit)
}
