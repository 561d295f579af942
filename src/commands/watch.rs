//! `trueline run --watch`: runs what a changed file touches, until it is interrupted.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use tokio::runtime::Runtime;

use super::console::Console;
use super::firing::Signals;
use super::run::once;
use crate::cli::{GeneralArgs, RunArgs};
use crate::load::{self, Changes, Watch};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;

/// What the next run is of.
enum Due {
    Everything,
    /// Scenario files, from the project's root.
    Files(BTreeSet<String>),
}

pub fn run(console: &Console, general: &GeneralArgs, args: &RunArgs) -> Result<Exit, Exit> {
    let refuse = |complaint: Complaint| console.refuse(None, &[complaint]);
    let start = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let home = load::find(&start, general.config.as_deref()).map_err(refuse)?;
    let further: Vec<PathBuf> = args.target.env_file.iter().chain(&args.gates.baseline).cloned().collect();
    let mut watch = Watch::start(&home, &further).map_err(refuse)?;
    let (runtime, mut signals) = listening()
        .map_err(|error| refuse(Complaint::error("", At::File, format!("the run could not be started: {error}"))))?;
    let mut due = Due::Everything;
    loop {
        let only: Vec<String> = match &due {
            Due::Everything => Vec::new(),
            Due::Files(files) => files.iter().cloned().collect(),
        };
        let ended = once(console, general, args, &only);
        if matches!(ended, Ok(Exit::Interrupted | Exit::Terminated)) {
            return ended;
        }
        watch.follow(&home).map_err(refuse)?;
        console.say("\nwaiting for a change of the project's files; Ctrl-C ends");
        let changes = runtime.block_on(async {
            tokio::select! {
                exit = signals.next() => Err(exit),
                changes = watch.changes() => Ok(changes),
            }
        });
        match changes {
            Err(exit) => return Ok(exit),
            Ok(changes) => {
                console.say(&format!("\n{}", told(&changes)));
                due = next(due, ended.is_err(), changes);
            }
        }
    }
}

/// Signals are heard from the beginning to the end, whatever is being done.
fn listening() -> io::Result<(Runtime, Signals)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let signals = runtime.block_on(async { Signals::listen() })?;
    Ok((runtime, signals))
}

/// What could not begin is still due, with what has changed since.
fn next(before: Due, is_still_due: bool, changes: Changes) -> Due {
    match (changes, before) {
        (Changes::Everything(_), _) => Due::Everything,
        (Changes::Files(_), Due::Everything) if is_still_due => Due::Everything,
        (Changes::Files(files), Due::Files(before)) if is_still_due => Due::Files(&files | &before),
        (Changes::Files(files), _) => Due::Files(files),
    }
}

/// The most files that are named.
const MOST_NAMED: usize = 5;

fn told(changes: &Changes) -> String {
    let (Changes::Files(files) | Changes::Everything(files)) = changes;
    let mut names: Vec<String> = files.iter().take(MOST_NAMED).cloned().collect();
    if files.len() > names.len() {
        names.push(format!("{} more", files.len() - names.len()));
    }
    if names.is_empty() {
        names.push("much at once".to_owned());
    }
    format!("changed: {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn after(before: Due, is_still_due: bool, changes: Changes) -> Option<BTreeSet<String>> {
        match next(before, is_still_due, changes) {
            Due::Everything => None,
            Due::Files(files) => Some(files),
        }
    }

    #[test]
    fn what_a_mistake_has_kept_from_running_runs_when_it_is_mended() {
        let changes = || Changes::Files(files(&["b"]));
        assert_eq!(after(Due::Files(files(&["a"])), true, changes()), Some(files(&["a", "b"])));
        assert_eq!(after(Due::Files(files(&["a"])), false, changes()), Some(files(&["b"])));
        assert_eq!(after(Due::Everything, true, changes()), None);
        assert_eq!(after(Due::Everything, false, changes()), Some(files(&["b"])));
        assert_eq!(after(Due::Files(files(&["a"])), false, Changes::Everything(files(&["c"]))), None);
    }

    #[test]
    fn many_changed_files_are_counted() {
        let names: BTreeSet<String> = (0..7).map(|n| n.to_string()).collect();
        assert_eq!(told(&Changes::Files(names)), "changed: 0, 1, 2, 3, 4, 2 more");
        assert_eq!(told(&Changes::Everything(files(&[]))), "changed: much at once");
    }
}
