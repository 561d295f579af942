//! trueline: checks that a live HTTP API answers with the error codes its documentation promises.
//!
//! The flow is one way. Nouns (`model`) import no verbs; verbs import nouns and no other verb; only the spine
//! (`commands`) knows the order.
//!
//! ```text
//!  load ──> plan ──> fire ──> judge ──> record ──> render ──> emit
//!   I/O     pure      I/O      pure      pure       pure       I/O
//! ```

pub mod cli;
pub mod commands;
#[cfg(test)]
mod effort;
pub mod emit;
pub mod fire;
#[cfg(test)]
mod fuzzing;
pub mod history;
pub mod judge;
pub mod lie;
pub mod load;
pub mod model;
pub mod plan;
pub mod record;
pub mod reference;
pub mod render;
