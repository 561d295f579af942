//! Flags of `trueline replay`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{NetworkArgs, TargetArgs};
use super::gates::rules;
use crate::model::rule::Rule;
use crate::model::units::{self, Rate};

#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// The scenario: its id (area/name), a part of it that no other has, or `file.yaml:19`
    #[arg(value_name = "ID")]
    pub id: String,
    /// The run to take it from [default: run.json in the folder for reports]
    #[arg(long, value_name = "RUN.json")]
    pub from: Option<PathBuf>,
    /// The folder for reports [default: reports]
    #[arg(long, value_name = "DIR", env = "TRUELINE_REPORTS")]
    pub reports: Option<PathBuf>,
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
    /// At most so many requests, such as 20/s
    #[arg(long, value_name = "RATE", env = "TRUELINE_RATE_LIMIT")]
    pub rate_limit: Option<Rate>,
    /// Rules whose warnings count as errors, such as extra-fields,flaky
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rules(), hide_possible_values = true)]
    #[arg(env = "TRUELINE_FAIL_ON")]
    pub fail_on: Vec<Rule>,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
}
