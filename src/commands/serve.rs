//! `trueline serve`: the reference deployment alone, and the target to paste.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

use super::console::Console;
use super::embedded::Embedded;
use super::lying;
use crate::cli::{GeneralArgs, ServeArgs};
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::reference::{Deployed, Distortion, Options};

/// How often four free ports in a row are looked for.
const TRIES: u32 = 20;

pub fn run(console: &Console, general: &GeneralArgs, args: &ServeArgs) -> Result<Exit, Exit> {
    let lie = args.lie.as_deref().map(|lie| lying::distortion(console, general, lie)).transpose()?;
    let started = if args.port == 0 { start_anywhere(&lie) } else { start_at(args.port, &lie) };
    let embedded = started.map_err(|error| {
        let text =
            format!("the reference deployment cannot listen on port {} and the three after it: {error}", args.port);
        console
            .refuse(None, &[Complaint::error("", At::File, text).help("name another with --port; 0 takes free ones")])
    })?;
    console.print(&told(&embedded.deployments));
    console.say("the reference deployment listens; Ctrl-C ends it");
    embedded.wait();
    Ok(Exit::Conforms)
}

/// The API on this port, `bare`, `miskeyed` and the control service on the three after it.
fn start_at(port: u16, distortion: &Option<Distortion>) -> io::Result<Embedded> {
    let distortion = distortion.clone();
    let ports = Options { full: port, bare: port + 1, miskeyed: port + 2, control: port + 3, ..Options::default() };
    let options = Options { distortion, ..ports };
    Embedded::start(options)
}

fn start_anywhere(distortion: &Option<Distortion>) -> io::Result<Embedded> {
    let mut last = io::Error::other("no four free ports in a row were found");
    for _ in 0..TRIES {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        if free > u16::MAX - 3 {
            continue;
        }
        match start_at(free, distortion) {
            Ok(embedded) => return Ok(embedded),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn told(deployments: &[Deployed]) -> String {
    let url = deployments.first().map_or("", |it| &it.url);
    let others: Vec<&str> = deployments.iter().skip(1).map(|it| it.name).chain(["control"]).collect();
    format!(
        "# for trueline.toml; on the ports after it: {}\n[targets.served]\nembedded = true\nurl = \"{url}\"\n",
        others.join(", ")
    )
}
