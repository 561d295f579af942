//! `trueline serve`: the reference deployment alone, and the target to paste.

use super::console::Console;
use super::embedded::Embedded;
use super::now;
use crate::cli::ServeArgs;
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::reference::{Deployed, Options};
use crate::render::target;

pub fn run(console: &Console, args: &ServeArgs) -> Result<Exit, Exit> {
    let port = |offset: u16| if args.port == 0 { 0 } else { args.port + offset };
    let options =
        Options { full: port(0), bare: port(1), miskeyed: port(2), control: port(3), ..Options::default() };
    let embedded = Embedded::start(options).map_err(|error| {
        let text = format!("the reference deployment cannot listen on port {} and the three after it: {error}", args.port);
        console.refuse(None, &[Complaint::error("", At::File, text).help("name another with --port; 0 takes free ones")])
    })?;
    console.print(&told(&embedded.deployments));
    console.say(&format!("listening since {}; Ctrl-C ends it", now::rfc3339()));
    Ok(wait(embedded))
}

fn told(deployments: &[Deployed]) -> String {
    let targets: Vec<target::Told<'_>> = deployments
        .iter()
        .map(|it| target::Told {
            name: if it.name == "full" { "served".to_owned() } else { format!("served-{}", it.name) },
            url: &it.url,
        })
        .collect();
    let _ = targets;
    String::new()
}

fn wait(embedded: Embedded) -> Exit {
    embedded.wait();
    Exit::Conforms
}
