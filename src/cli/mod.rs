//! The command line: flags and `TRUELINE_*` variables. The only room that knows clap.

mod args;
mod catalogue;
mod gates;
mod help;
mod man;
mod replay;
mod reports;
mod sharding;
mod variables;

pub use args::{
    CheckArgs, Cli, ColorWhen, Command, CompletionsArgs, CoverageArgs, ExplainArgs, GeneralArgs, HistoryArgs, InitArgs,
    ListArgs, ManArgs, MergeArgs, NetworkArgs, PaceArgs, ProveArgs, RunArgs, SelectionArgs, ServeArgs, TargetArgs,
};

pub use catalogue::{
    CatalogueArgs, CatalogueCommand, CatalogueDiffArgs, CatalogueImportArgs, CatalogueShowArgs, FailOn, PageFormat,
    ReadingArgs,
};

pub use gates::GateArgs;

pub use replay::ReplayArgs;

pub use man::{NoSuchCommand, man};
pub use reports::ReportArgs;

pub use sharding::ShardArgs;

use std::io::Write;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue};

use crate::model::visible::visible_lines;

/// Reads the process's arguments; prints help, version or a usage error and exits by itself.
pub fn parse() -> Cli {
    variables::read(std::env::args_os()).unwrap_or_else(|error| refuse(error))
}

/// Flags whose values may be secrets, or have one in them.
const SECRET: [&str; 4] = ["--header", "--proxy", "--url", "--var"];

/// Help and versions as they are; what is wrong without the secrets in it, and without what moves a cursor.
fn refuse(mut error: clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit();
    }
    let flag = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    if SECRET.iter().any(|secret| flag.starts_with(secret)) {
        error.insert(ContextKind::InvalidValue, ContextValue::String("***".to_owned()));
    }
    // Nobody hears it if that fails.
    let _ = std::io::stderr().write_all(visible_lines(&error.to_string()).as_bytes());
    std::process::exit(error.exit_code());
}

/// What is wrong with a command line, the words after `trueline`; it is only read. To ask for help is nothing wrong.
pub fn complaint(words: &[String]) -> Option<String> {
    let words = std::iter::once("trueline").chain(words.iter().map(String::as_str));
    let error = variables::read(words).err()?;
    error.use_stderr().then(|| error.to_string())
}

/// The completion script of a shell.
pub fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "trueline", &mut script);
    script
}

/// The flags of a run as the `TRUELINE_*` variables alone have them. Wrong values end the process, as on a command line.
pub fn from_environment() -> (GeneralArgs, RunArgs) {
    let cli = variables::read(["trueline", "run"]).unwrap_or_else(|error| refuse(error));
    match cli.command {
        Command::Run(args) => (cli.general, *args),
        _ => unreachable!("`run` was asked for on the line before"),
    }
}
