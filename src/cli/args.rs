//! Commands and their flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use super::gates::GateArgs;
use super::help;
use super::reports::ReportArgs;
use super::sharding::ShardArgs;
use crate::model::project::MOST_JOBS;
use crate::model::units::{self, Rate};

/// Checks that a live HTTP API answers with the error codes its documentation promises.
#[derive(Debug, Parser)]
#[command(name = "trueline", version, about, after_help = help::exit_codes(), propagate_version = true)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub general: GeneralArgs,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "General")]
pub struct GeneralArgs {
    /// Uses this trueline.toml, or with `embedded` the project inside the binary
    #[arg(long, global = true, value_name = "PATH", env = "TRUELINE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Says more; twice says all
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Says only what did not conform, and errors: no warnings, totals, coverage or paths of reports
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", env = "TRUELINE_COLOR")]
    pub color: ColorWhen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes a small project that runs at once
    Init(InitArgs),
    /// Fires scenarios at the target and judges every answer
    #[command(after_help = help::exit_codes())]
    Run(Box<RunArgs>),
    /// Reads everything, sends nothing
    Check(CheckArgs),
    /// The scenarios that a selection takes
    List(ListArgs),
    /// Fires one scenario of the last run again, and shows the whole conversation
    Replay(Box<super::replay::ReplayArgs>),
    /// Joins the results of runs, or recovers one that was killed from its journal
    Merge(MergeArgs),
    /// The state of each pair, planned from the files or as it came out
    Coverage(CoverageArgs),
    /// Since when each code drifts, how often it flaked, how long its answers take
    History(HistoryArgs),
    /// Reads documentation pages: Markdown, HTML, pasted text, OpenAPI
    Catalogue(super::catalogue::CatalogueArgs),
    /// What is known of a code or a rule
    Explain(ExplainArgs),
    /// Shows that green would have been red: alters every answer and judges again
    Prove(Box<ProveArgs>),
    /// Runs the reference deployment alone and prints the target to paste
    Serve(ServeArgs),
    /// Prints the completion script of a shell
    Completions(CompletionsArgs),
    /// Prints the manual page of trueline or of one command
    Man(ManArgs),
}

impl Command {
    /// Whether there has to be a project, which `--config` may name.
    pub fn reads_a_project(&self) -> bool {
        !matches!(self, Command::Init(_) | Command::Completions(_) | Command::Man(_))
    }
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Scenario files or folders; `file.yaml:19` takes the scenario on that line
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Scenarios that expect a code that matches
    #[arg(long, value_name = "GLOB")]
    pub code: Vec<String>,
    /// Scenarios that expect this status
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(100..600))]
    pub status: Vec<u16>,
    /// Scenarios with this tag
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Scenarios without this tag
    #[arg(long, value_name = "TAG")]
    pub exclude_tag: Vec<String>,
    /// Scenarios whose id (area/name) contains this text
    #[arg(short, long, value_name = "TEXT")]
    pub name: Vec<String>,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// The target of trueline.toml to test
    #[arg(short, long, value_name = "NAME", env = "TRUELINE_TARGET")]
    pub target: Option<String>,
    /// Tests this URL; with --target it replaces that target's
    #[arg(short, long, value_name = "URL", env = "TRUELINE_URL", hide_env_values = true)]
    pub url: Option<String>,
    /// Sends this header with every request to the API; the variable has one on each line
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    #[arg(env = "TRUELINE_HEADER", hide_env_values = true)]
    pub headers: Vec<(String, String)>,
    /// Sets a variable of the target; TRUELINE_VAR has one on each line
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = assignment)]
    #[arg(env = "TRUELINE_VAR", hide_env_values = true)]
    pub vars: Vec<(String, String)>,
    /// Reads environment variables from this file too; the environment itself wins
    #[arg(long, value_name = "PATH", env = "TRUELINE_ENV_FILE")]
    pub env_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Running")]
pub struct PaceArgs {
    /// Scenarios at a time [default: 16]
    #[arg(short, long, value_name = "N", env = "TRUELINE_JOBS", value_parser = jobs())]
    pub jobs: Option<u32>,
    /// At most so many requests, such as 20/s
    #[arg(long, value_name = "RATE", env = "TRUELINE_RATE_LIMIT")]
    pub rate_limit: Option<Rate>,
    /// The longest that one exchange takes [default: 10s]
    #[arg(long, value_name = "TIME", env = "TRUELINE_TIMEOUT", value_parser = units::duration)]
    pub timeout: Option<Duration>,
    /// The longest that connecting takes [default: 5s]
    #[arg(long, value_name = "TIME", env = "TRUELINE_CONNECT_TIMEOUT", value_parser = units::duration)]
    pub connect_timeout: Option<Duration>,
    /// The longest wait that a Retry-After can ask for [default: 60s]
    #[arg(long, value_name = "TIME", env = "TRUELINE_MAX_WAIT", value_parser = units::duration)]
    pub max_wait: Option<Duration>,
    /// Tries again so often when a connection failed, never for a verdict
    #[arg(long, value_name = "N", env = "TRUELINE_RETRY", value_parser = clap::value_parser!(u32).range(0..=20))]
    pub retry: Option<u32>,
    /// Stops after the first scenario that does not conform
    #[arg(long, env = "TRUELINE_FAIL_FAST", action = ArgAction::SetTrue, value_parser = switch())]
    pub fail_fast: bool,
    /// Stops after so many scenarios that do not conform
    #[arg(long, value_name = "N", env = "TRUELINE_MAX_FAILURES", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_failures: Option<u32>,
    /// Shuffles the order of the scenarios
    #[arg(long, value_name = "N", env = "TRUELINE_SEED")]
    pub seed: Option<u64>,
    /// Says what would be sent, and sends nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub struct NetworkArgs {
    /// Accepts any certificate
    #[arg(short = 'k', long, env = "TRUELINE_INSECURE", action = ArgAction::SetTrue, value_parser = switch())]
    pub insecure: bool,
    /// PEM file of further root certificates
    #[arg(long, value_name = "PATH", env = "TRUELINE_CACERT")]
    pub cacert: Option<PathBuf>,
    /// PEM file of a client certificate
    #[arg(short = 'E', long, value_name = "PATH", env = "TRUELINE_CERT")]
    pub cert: Option<PathBuf>,
    /// PEM file of the client certificate's key
    #[arg(long, value_name = "PATH", requires = "cert", env = "TRUELINE_KEY")]
    pub key: Option<PathBuf>,
    /// Sends through this proxy
    #[arg(short = 'x', long, value_name = "URL", env = "TRUELINE_PROXY", hide_env_values = true)]
    pub proxy: Option<String>,
    /// Connects to this address in place of what the name says
    #[arg(long, value_name = "HOST:PORT:ADDRESS", value_delimiter = ',', value_parser = resolve)]
    #[arg(env = "TRUELINE_RESOLVE")]
    pub resolve: Vec<(String, std::net::SocketAddr)>,
}

#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Only what did not conform in the last run
    #[arg(long, help_heading = "Selection", conflicts_with = "watch")]
    pub failed: bool,
    #[command(flatten)]
    pub shard: ShardArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub gates: GateArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Waits for changed files and runs the scenarios that they touch, until Ctrl-C
    #[arg(long, help_heading = "Running")]
    pub watch: bool,
}

#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub target: TargetArgs,
}

#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub shard: ShardArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    /// As data
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct MergeArgs {
    /// run.json files of shards, or the run.journal that a killed run left beside its reports
    #[arg(value_name = "RUN.json", required = true)]
    pub runs: Vec<PathBuf>,
    #[command(flatten)]
    pub gates: GateArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

#[derive(Debug, Clone, Args)]
pub struct CoverageArgs {
    /// A run.json: the states as they came out; left out, as the files plan them
    #[arg(value_name = "RUN.json")]
    pub run: Option<PathBuf>,
    /// Every pair, not only those that are not triggered
    #[arg(short, long)]
    pub all: bool,
    /// As data
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct HistoryArgs {
    /// A code: each of its runs, and the scenarios that did not conform
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    /// The target of which runs are told; left out, the project's, or every one where it names none
    #[arg(short, long, value_name = "NAME", env = "TRUELINE_TARGET")]
    pub target: Option<String>,
    /// Every target, each for itself
    #[arg(long)]
    pub all_targets: bool,
    /// Every pair, not only those that a reader has to look at
    #[arg(short, long)]
    pub all: bool,
    /// Only the last runs of each target, so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub last: Option<u32>,
    /// The folder for reports [default: reports]
    #[arg(long, value_name = "DIR", env = "TRUELINE_REPORTS")]
    pub reports: Option<PathBuf>,
    /// As data
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// A code of the catalogue or the id of a rule
    #[arg(value_name = "CODE|RULE")]
    pub subject: String,
    /// The folder for reports, in whose run.json the last answer is [default: reports]
    #[arg(long, value_name = "DIR", env = "TRUELINE_REPORTS")]
    pub reports: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct ProveArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Proves the run.json of a run with --record, without a network; a single PATH that ends in .json does the same
    #[arg(long, value_name = "RUN.json")]
    pub recorded: Option<PathBuf>,
    /// The proof as data, here
    #[arg(long, value_name = "PATH")]
    pub report_json: Option<PathBuf>,
    /// A skip that the project does not foresee misses no gate
    #[arg(long, env = "TRUELINE_ALLOW_SKIPS", action = ArgAction::SetTrue, value_parser = switch())]
    pub allow_skips: bool,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
}

impl ProveArgs {
    /// Whether scenarios or a target are selected, beside a recording.
    pub fn selects_more_than_a_recording(&self) -> bool {
        let SelectionArgs { paths, code, status, tag, exclude_tag, name } = &self.selection;
        let lists = [code, tag, exclude_tag, name].iter().any(|list| !list.is_empty());
        lists || !status.is_empty() || paths.len() > usize::from(self.recorded.is_none()) || self.pace.dry_run
    }
}

#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Tells this lie in every error answer of the API, or in those with this code (a wrong KIND lists them all)
    #[arg(long, value_name = "KIND[:CODE]")]
    pub lie: Option<String>,
    /// Listens on this port and the three after it (bare, miskeyed, control); 0 takes free ones
    #[arg(short, long, value_name = "PORT", default_value_t = 7300, value_parser = clap::value_parser!(u16).range(0..=65532))]
    pub port: u16,
}

#[derive(Debug, Clone, Args)]
pub struct CompletionsArgs {
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Clone, Args)]
pub struct InitArgs {
    /// The folder for the project, created where it is missing
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// The command, such as `run` or `catalogue diff`; left out, the page of trueline itself
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

fn jobs() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(MOST_JOBS))
}

/// On or off, as a variable says it.
pub(super) fn switch() -> BoolishValueParser {
    BoolishValueParser::new()
}

pub(super) fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write it like `Name: value`")?;
    let name = name.trim();
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        return Err("the name is not a header name; write it like `Name: value`".into());
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it like `name=value`".into()),
    }
}

fn resolve(text: &str) -> Result<(String, std::net::SocketAddr), String> {
    let wrong = || "write it like `api.example.com:443:127.0.0.1`".to_owned();
    let mut parts = text.splitn(3, ':');
    let (Some(host), Some(port), Some(address)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    let port = port.parse().map_err(|_| wrong())?;
    let address = address.trim_matches(['[', ']']).parse().map_err(|_| wrong())?;
    Ok((format!("{host}:{port}"), std::net::SocketAddr::new(address, port)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_header_has_a_name_and_a_value() {
        assert_eq!(header("X-Tenant: a:b"), Ok(("X-Tenant".into(), "a:b".into())));
        assert!(header("no colon").is_err());
        assert!(header("bad name: x").is_err());
    }

    #[test]
    fn resolve_reads_an_ipv6_address() {
        let (host, address) = resolve("api.example.com:443:[::1]").unwrap();
        assert_eq!((host.as_str(), address.to_string().as_str()), ("api.example.com:443", "[::1]:443"));
    }
}
