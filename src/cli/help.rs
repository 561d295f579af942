//! The parts of the help that come from the nouns, so that they cannot differ from them.

use crate::model::exit::Exit;

/// The exit codes, as `--help` ends.
pub fn exit_codes() -> String {
    let mut text = String::from("Exit codes:\n");
    for exit in Exit::ALL {
        text.push_str(&format!("  {:>3}  {}\n", exit.code(), exit.meaning()));
    }
    text.push_str("Where several apply the exit code is the first of 2, 5, 130/143, 1, 3, 4.");
    text
}
