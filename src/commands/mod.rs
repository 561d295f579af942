//! The spine: every command, and the only place that knows the order of the verbs.

mod again;
mod asked;
mod catalogue;
mod check;
mod closing;
mod completions;
mod console;
mod coverage;
mod dry_run;
mod embedded;
mod explain;
mod firing;
mod gates;
mod github;
mod history;
mod init;
mod kept;
mod last;
mod list;
mod lying;
mod man;
mod memory;
mod merge;
mod node;
mod now;
mod order;
mod prove;
mod ready;
mod replay;
mod run;
mod safe;
mod secrets;
mod serve;
mod session;
mod sharding;
pub mod trials;
mod watch;

use crate::cli::{Cli, Command};
use crate::model::exit::Exit;
use crate::model::visible::visible;

use console::Console;

/// Carries a command out and says how it ended.
pub fn run(cli: Cli) -> Exit {
    let console = match Console::start(&cli.general) {
        Ok(console) => console,
        Err(exit) => return exit,
    };
    let general = &cli.general;
    if let Some(config) = general.config.as_deref().filter(|_| !cli.command.reads_a_project() && !general.quiet) {
        let config = visible(&config.to_string_lossy()).into_owned();
        console.say(&format!("this command reads no project: `--config {config}` changes nothing"));
    }
    let ended = match &cli.command {
        Command::Init(args) => init::run(&console, args),
        Command::Run(args) if args.watch => watch::run(&console, general, args),
        Command::Run(args) => run::run(&console, general, args),
        Command::Check(args) => check::run(&console, general, args),
        Command::List(args) => list::run(&console, general, args),
        Command::Replay(args) => replay::run(&console, general, args),
        Command::Merge(args) => merge::run(&console, general, args),
        Command::Coverage(args) => coverage::run(&console, general, args),
        Command::History(args) => history::run(&console, general, args),
        Command::Catalogue(args) => catalogue::run(&console, general, args),
        Command::Explain(args) => explain::run(&console, general, args),
        Command::Prove(args) => prove::run(&console, general, args),
        Command::Serve(args) => serve::run(&console, general, args),
        Command::Completions(args) => completions::run(&console, args),
        Command::Man(args) => man::run(&console, args),
    };
    match ended {
        Ok(_) if console.has_lost() => Exit::BadInput,
        Ok(exit) | Err(exit) => exit,
    }
}
