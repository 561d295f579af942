//! A command line that is being written.

use super::shell::Word;

/// `curl` with its arguments, what feeds it, and a comment.
pub struct Line {
    before: String,
    arguments: String,
    after: String,
}

impl Line {
    pub fn new() -> Self {
        Line { before: String::new(), arguments: String::from("curl -sS -i"), after: String::new() }
    }

    /// An option, written as it is.
    pub fn flag(&mut self, flag: &str) {
        // `-I` and `-i` say the same thing twice.
        if flag == "-I" {
            self.arguments = self.arguments.replace(" -i", "");
        }
        self.arguments.push(' ');
        self.arguments.push_str(flag);
    }

    pub fn word(&mut self, word: Word) {
        self.arguments.push(' ');
        self.arguments.push_str(&word.quoted());
    }

    /// A command whose output curl reads.
    pub fn piped(&mut self, command: &str) {
        self.before = format!("{command} | ");
    }

    pub fn comment(&mut self, comment: &str) {
        self.after = format!("  # {comment}");
    }

    pub fn finish(self) -> String {
        self.before + &self.arguments + &self.after
    }
}
