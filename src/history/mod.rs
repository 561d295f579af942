//! Past runs on disk: a small SQLite database beside the reports. What is wrong with it never harms a run.

mod add;
mod open;
mod read;
mod trouble;

#[cfg(test)]
mod tests;

pub use add::add;
pub use read::{Wanted, read};
pub use trouble::Trouble;

/// Its name in the folder for reports.
pub const NAME: &str = "history.db";
