//! Flags of `trueline replay`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{NetworkArgs, TargetArgs};
use crate::model::units;

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
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
}
