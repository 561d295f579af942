//! The nouns: what flows through a run. Nothing here reads, sends, judges or writes.

pub mod baseline;
pub mod catalogue;
pub mod catalogue_diff;
pub mod complaint;
pub mod drift;
pub mod escapes;
pub mod exchange;
pub mod exit;
pub mod headers;
pub mod history;
pub mod inputs;
pub mod known_secrets;
pub mod percent;
pub mod plan;
pub mod project;
pub mod proof;
pub mod report;
pub mod rule;
pub mod scenario;
pub mod secret;
pub mod selection;
pub mod shard;
pub mod template;
pub mod units;
pub mod verdict;
pub mod visible;
