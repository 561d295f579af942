//! Reports from the list of results. Pure: nothing here opens a file or asks the clock.

pub mod annotations;
pub mod baseline;
pub mod catalogue;
pub mod catalogue_diff;
pub mod causes;
pub mod coverage;
pub mod ctrf;
pub mod digest;
pub mod drift;
pub mod dry_run;
mod escaped;
pub mod explain;
pub mod failure;
pub mod formats;
mod gathered;
pub mod headline;
pub mod history;
pub mod html;
pub mod json_text;
pub mod junit;
pub mod list;
pub mod markdown;
mod notifications;
pub mod prove;
pub mod replay;
pub mod run_json;
pub mod sarif;
pub mod skips;
pub mod style;
pub mod terminal;
pub mod transcript;
pub mod words;

#[cfg(test)]
mod conservation;
#[cfg(test)]
pub(crate) mod fixture;
