//! How a run ended, in one sentence.

use crate::model::exit::Exit;

/// The sentence, and its mood: `good`, `bad` or `unsure`.
pub fn headline(exit: u8) -> (&'static str, &'static str) {
    match Exit::ALL.into_iter().find(|known| known.code() == exit) {
        Some(Exit::Conforms) => ("The answers conform to the documentation", "good"),
        Some(Exit::Broken) => ("The contract is broken", "bad"),
        Some(Exit::Inconclusive) => ("Not everything could be judged", "unsure"),
        Some(Exit::GateMissed) => ("A gate was missed", "bad"),
        Some(Exit::NothingJudged) => ("Nothing was judged", "unsure"),
        Some(Exit::Interrupted | Exit::Terminated) => ("The run was interrupted", "unsure"),
        Some(Exit::BadInput) | None => ("The run could not do what was asked for", "unsure"),
    }
}
