//! `trueline serve`: the reference deployment alone, and the target to paste.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use super::console::Console;
use super::embedded::Embedded;
use super::lying;
use crate::cli::{GeneralArgs, ServeArgs};
use crate::load;
use crate::model::complaint::{At, Complaint};
use crate::model::exit::Exit;
use crate::model::project::Target;
use crate::reference::{Distortion, Options};
use crate::render::words::argument;

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
    let url = embedded.deployments.first().map_or("", |it| &it.url);
    let others: Vec<&str> = embedded.deployments.iter().skip(1).map(|it| it.name).chain(["control"]).collect();
    console.print(&told(url, &others, &targets(general), general.config.as_deref()));
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

/// The targets of the project that this was started in; none where there is no sound project.
fn targets(general: &GeneralArgs) -> Vec<Target> {
    let start = std::env::current_dir().unwrap_or_default();
    let home = load::find(&start, general.config.as_deref()).ok();
    home.and_then(|home| load::project(&home).ok()).map(|loaded| loaded.inputs.project.targets).unwrap_or_default()
}

/// What the target is called.
const NAME: &str = "served";

/// The target to paste; where the project has it already, the command that tests it.
fn told(url: &str, others: &[&str], targets: &[Target], config: Option<&Path>) -> String {
    let others = format!("on the ports after it: {}", others.join(", "));
    if let Some(own) = targets.iter().find(|target| target.embedded && &*target.url == url) {
        let config = config.map(|path| format!(" --config {}", argument(&path.to_string_lossy()))).unwrap_or_default();
        return format!(
            "# trueline.toml has this target already; {others}\ntrueline run{config} --target {}\n",
            argument(&own.name)
        );
    }
    let instead = match targets.iter().any(|target| &*target.name == NAME) {
        true => format!(", in place of `[targets.{NAME}]` there"),
        false => String::new(),
    };
    format!("# for trueline.toml{instead}; {others}\n[targets.{NAME}]\nembedded = true\nurl = \"{url}\"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(url: &str) -> Target {
        Target { name: NAME.into(), embedded: true, url: url.into(), ..Target::default() }
    }

    #[test]
    fn a_project_that_has_the_target_is_told_the_command() {
        let told = |targets: &[Target], config| told("http://127.0.0.1:7300", &["bare", "control"], targets, config);
        let paste = "[targets.served]\nembedded = true\nurl = \"http://127.0.0.1:7300\"\n";
        let alone = told(&[], None);
        assert_eq!(alone, format!("# for trueline.toml; on the ports after it: bare, control\n{paste}"));
        let has = told(&[served("http://127.0.0.1:7300")], Some(Path::new("a b.toml")));
        assert!(has.ends_with("\ntrueline run --config 'a b.toml' --target served\n"), "{has}");
        assert!(!has.contains("[targets"), "{has}");
        // With another port what is pasted takes its place.
        let other = told(&[served("http://127.0.0.1:9")], None);
        assert!(other.starts_with("# for trueline.toml, in place of `[targets.served]` there; "), "{other}");
        assert!(other.ends_with(paste), "{other}");
    }
}
