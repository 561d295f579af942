//! `trueline man [COMMAND]`

use super::console::Console;
use crate::cli::{self, ManArgs, NoSuchCommand};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;

pub fn run(console: &Console, args: &ManArgs) -> Result<Exit, Exit> {
    let page = cli::man(&args.command).map_err(|wrong| console.refuse(None, &[complaint(&wrong)]))?;
    console.print(&String::from_utf8_lossy(&page));
    Ok(Exit::Conforms)
}

fn complaint(wrong: &NoSuchCommand) -> Complaint {
    let NoSuchCommand { asked, there_are } = wrong;
    let complaint = Complaint::error("", At::File, format!("there is no command `{asked}`"));
    complaint.did_you_mean(asked, there_are.iter().map(String::as_str))
}
