//! `trueline completions SHELL`

use super::console::Console;
use crate::cli::{self, CompletionsArgs};
use crate::model::exit::Exit;

pub fn run(console: &Console, args: &CompletionsArgs) -> Result<Exit, Exit> {
    console.print(&String::from_utf8_lossy(&cli::completions(args.shell)));
    Ok(Exit::Conforms)
}
