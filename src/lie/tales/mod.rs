//! How each lie is told.

pub mod body;
pub mod code;
pub mod envelope;
pub mod harmless;
pub mod headers;
pub mod status;
