//! What happened to what is told: redacted records, coverage, the report. Pure.

pub mod attribution;
pub mod baseline;
pub mod catalogue_diff;
pub mod conceal;
pub mod coverage;
pub mod curl;
pub mod digest;
pub mod drift;
mod exchange;
pub mod gates;
mod json;
pub mod memory;
pub mod observed;
pub mod past;
pub mod report;
mod scenario;
pub mod shards;
pub mod stories;

pub use scenario::{Keep, Recorder};

#[cfg(test)]
pub(crate) mod fixture;
