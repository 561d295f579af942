//! What leaves the process: reports, progress, logs, standard output.

pub mod files;
pub mod journal;
pub mod logging;
pub mod progress;
pub mod screen;
pub mod stdout;
