//! `trueline completions SHELL`

use crate::cli::{self, CompletionsArgs};
use crate::model::exit::Exit;

use super::console::Console;

pub fn run(console: &Console, args: &CompletionsArgs) -> Exit {
    console.print(&String::from_utf8_lossy(&cli::completions(args.shell)));
    Exit::Conforms
}
