//! The flags that take one shard of a run.

use std::path::PathBuf;

use clap::Args;

use crate::model::shard::ShardAsked;

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Selection")]
pub struct ShardArgs {
    /// Takes the second of five slices, as 2/5, or the one that the CI system's variables name, as auto
    #[arg(long, value_name = "N/M|auto", env = "TRUELINE_SHARD")]
    pub shard: Option<ShardAsked>,
    /// Balances the shards by the durations in this run.json; all shards need the same file
    #[arg(long, value_name = "RUN.json", requires = "shard")]
    pub durations: Option<PathBuf>,
}
