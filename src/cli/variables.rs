//! What `TRUELINE_*` variables mean beyond the one value that each flag takes of them.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, Error, FromArgMatches};

use super::args::{Cli, Command, PaceArgs, TargetArgs, assignment, header};

/// Reads a command line and the variables.
pub fn read<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Result<Cli, Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
    if let Some((_, matches)) = matches.subcommand() {
        if let Some(target) = target(&mut cli.command) {
            lines(target, matches)?;
        }
        if let Some(pace) = pace(&mut cli.command) {
            failures(pace, matches)?;
        }
    }
    Ok(cli)
}

fn target(command: &mut Command) -> Option<&mut TargetArgs> {
    match command {
        Command::Run(args) => Some(&mut args.target),
        Command::Check(args) => Some(&mut args.target),
        Command::List(args) => Some(&mut args.target),
        Command::Replay(args) => Some(&mut args.target),
        Command::Prove(args) => Some(&mut args.target),
        _ => None,
    }
}

fn pace(command: &mut Command) -> Option<&mut PaceArgs> {
    match command {
        Command::Run(args) => Some(&mut args.pace),
        Command::Prove(args) => Some(&mut args.pace),
        _ => None,
    }
}

/// A flag that is repeated has one value a line in its variable: commas stand in headers and values themselves.
fn lines(target: &mut TargetArgs, matches: &ArgMatches) -> Result<(), Error> {
    if source(matches, "headers") == Some(ValueSource::EnvVariable) {
        let text = target.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        target.headers = each("TRUELINE_HEADER", &text.collect::<String>(), header)?;
    }
    if source(matches, "vars") == Some(ValueSource::EnvVariable) {
        let text = target.vars.iter().map(|(name, value)| format!("{name}={value}"));
        target.vars = each("TRUELINE_VAR", &text.collect::<String>(), assignment)?;
    }
    Ok(())
}

type Pairs = Vec<(String, String)>;

fn each(variable: &str, text: &str, read: impl Fn(&str) -> Result<(String, String), String>) -> Result<Pairs, Error> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let value = |(at, line): (usize, &str)| {
        // The line itself may be a secret.
        let wrong = |why| refuse(ErrorKind::ValueValidation, format!("line {} of {variable}: {why}", at + 1));
        read(line.trim()).map_err(wrong)
    };
    lines.map(value).collect()
}

/// `--fail-fast` and `--max-failures` exclude each other; one that is a flag outweighs the other's variable.
fn failures(pace: &mut PaceArgs, matches: &ArgMatches) -> Result<(), Error> {
    if !pace.fail_fast || pace.max_failures.is_none() {
        return Ok(());
    }
    let is_flag = |id| source(matches, id) == Some(ValueSource::CommandLine);
    match (is_flag("fail_fast"), is_flag("max_failures")) {
        (true, false) => pace.max_failures = None,
        (false, true) => pace.fail_fast = false,
        _ => {
            let text = "--fail-fast cannot be used with --max-failures: it is the same as --max-failures 1";
            return Err(refuse(ErrorKind::ArgumentConflict, text.to_owned()));
        }
    }
    Ok(())
}

fn source(matches: &ArgMatches, id: &str) -> Option<ValueSource> {
    matches.try_contains_id(id).ok()?.then(|| matches.value_source(id))?
}

fn refuse(kind: ErrorKind, text: String) -> Error {
    Cli::command().error(kind, text)
}
