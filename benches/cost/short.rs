//! The short form: instructions alone, held against the figures kept in the repository. Fails on a fifth more.

use std::time::Duration;

use super::counter::Counter;
use super::figures::{self, Figures};
use super::process::trueline;
use super::project::Project;
use super::server::Server;

/// Counting needs a program, or a processor that tells; where CI has neither, nothing may pass for counted.
const UNCOUNTED: &str = "neither perf nor valgrind counts instructions here, so nothing was compared";

/// The two sizes between which the slope is taken.
const FEW: usize = 284;
const MORE: usize = 852;

pub fn run(keeps: bool) -> Result<(), String> {
    let Some(counter) = Counter::find() else {
        if std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false") {
            return Err(format!("{UNCOUNTED}; install valgrind"));
        }
        println!("notice: {UNCOUNTED}");
        return Ok(());
    };
    let server = Server::start(Duration::ZERO).map_err(|e| e.to_string())?;
    let counted = |scenarios: usize| count(counter, &server, scenarios);
    let (one, few, more) = (counted(1)?, counted(FEW)?, counted(MORE)?);
    let now = Figures { per_scenario: more.saturating_sub(few) / (MORE - FEW) as u64, one_scenario: one };
    if keeps {
        figures::keep(now)?;
    }
    let kept = figures::kept()?;
    println!("instructions, counted by {}; a fifth more than kept is a failure", counter.name());
    let worse = [
        compare("one scenario more", now.per_scenario, kept.per_scenario),
        compare("a run of one scenario", now.one_scenario, kept.one_scenario),
    ];
    if worse.contains(&true) { Err("it costs more than a fifth more instructions".to_owned()) } else { Ok(()) }
}

pub fn count(counter: Counter, server: &Server, scenarios: usize) -> Result<u64, String> {
    let files = scenarios.min(10);
    let project = Project::new(&format!("count-{scenarios}"), scenarios, files, server.port);
    let project = project.map_err(|e| e.to_string())?;
    counter.count(trueline(&project.folder, &["run"]))
}

/// Prints a figure beside the one that is kept; gives whether it is more than a fifth worse.
fn compare(what: &str, now: u64, kept: u64) -> bool {
    let share = now as f64 / kept.max(1) as f64;
    println!("{what:<22} {now:>12}   kept {kept:>12}   {share:.2}");
    if share < 0.8 {
        println!("notice: that is more than a fifth better; keep it with `cargo bench -- --short --keep`");
    }
    share > 1.2
}
