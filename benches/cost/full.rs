//! The full form: every figure beside what is asked of it.

use std::time::Duration;

use super::bare;
use super::counter::Counter;
use super::process::{Cost, cost, median, pinned, trueline};
use super::project::Project;
use super::server::Server;
use super::short::count;

const SMALL: usize = 284;
const MIDDLE: usize = 2_840;
const LARGE: usize = 28_400;
const HUGE: usize = 100_000;
/// Files of the ordinary projects.
const FILES: usize = 10;
/// Pairs of runs of which the median is taken.
const PAIRS: usize = 5;

pub fn run() -> Result<(), String> {
    println!("{:<64} {:>10} {:>10} {:>10}", "figure", "measured", "gate", "aim");
    let server = Server::start(Duration::ZERO).map_err(|e| e.to_string())?;
    instructions(&server)?;
    let middle = sized(&server, MIDDLE)?;
    sizes(&server, &middle)?;
    files(&server)?;
    starts(&server)?;
    slow()?;
    Ok(())
}

fn row(figure: &str, measured: String, gate: &str, aim: &str) {
    println!("{figure:<64} {measured:>10} {gate:>10} {aim:>10}");
}

fn project(name: &str, scenarios: usize, files: usize, port: u16) -> Result<Project, String> {
    Project::new(name, scenarios, files, port).map_err(|e| e.to_string())
}

fn instructions(server: &Server) -> Result<(), String> {
    let Some(counter) = Counter::find() else {
        println!("notice: neither perf nor valgrind counts instructions here");
        return Ok(());
    };
    let slope = |few: u64, more: u64| more.saturating_sub(few) / (MIDDLE - SMALL) as u64;
    let ours = slope(count(counter, server, SMALL)?, count(counter, server, MIDDLE)?);
    let bare = |n| counter.count(bare::command(server.port, n));
    let theirs = slope(bare(SMALL)?, bare(MIDDLE)?);
    let thousands = |n: u64| format!("{}k", n / 1000);
    row(&format!("instructions a scenario, {SMALL} to {MIDDLE} ({})", counter.name()), thousands(ours), "130k", "90k");
    row("  the same of the bare loop", thousands(theirs), "", "");
    Ok(())
}

/// Medians of paired runs of trueline and of the bare loop.
struct Pair {
    ours: Cost,
    cpu: f64,
    wall: f64,
}

fn pair(project: &Project, port: u16, scenarios: usize, pairs: usize) -> Result<Pair, String> {
    let mut runs = Vec::new();
    for _ in 0..pairs {
        let ours = cost(pinned(trueline(&project.folder, &["run"])))?;
        let theirs = cost(pinned(bare::command(port, scenarios)))?;
        runs.push((ours, theirs));
    }
    let ratio = |of: fn(&Cost) -> Duration| median(runs.iter().map(|(a, b)| of(a).as_secs_f64() / of(b).as_secs_f64()));
    let ours = Cost {
        cpu: median(runs.iter().map(|(ours, _)| ours.cpu)),
        wall: median(runs.iter().map(|(ours, _)| ours.wall)),
        memory: median(runs.iter().map(|(ours, _)| ours.memory)),
    };
    Ok(Pair { ours, cpu: ratio(|c| c.cpu), wall: ratio(|c| c.wall) })
}

fn sized(server: &Server, scenarios: usize) -> Result<Pair, String> {
    let project = project(&scenarios.to_string(), scenarios, FILES, server.port)?;
    pair(&project, server.port, scenarios, PAIRS)
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

fn sizes(server: &Server, middle: &Pair) -> Result<(), String> {
    let small = sized(server, SMALL)?;
    let before = server.connections().map_err(|e| e.to_string())?;
    let project = project("large", LARGE, FILES, server.port)?;
    cost(trueline(&project.folder, &["run"]))?;
    let connections = server.connections().map_err(|e| e.to_string())? - before - 1;
    let large = pair(&project, server.port, LARGE, 3)?;
    let per = |pair: &Pair, n: usize| pair.ours.cpu.as_secs_f64() / n as f64;
    for (n, pair) in [(SMALL, &small), (MIDDLE, middle)] {
        row(&format!("CPU at {n} over the bare loop, one core"), format!("{:.2}", pair.cpu), "", "");
    }
    row(&format!("CPU at {LARGE} over the bare loop, one core"), format!("{:.2}", large.cpu), "2.0", "1.5");
    row(&format!("wall at {LARGE} over the bare loop, one core"), format!("{:.2}", large.wall), "", "");
    row(&format!("most memory at {SMALL}, MiB"), format!("{:.1}", mib(small.ours.memory)), "20", "12");
    row(&format!("most memory at {LARGE}, MiB"), format!("{:.1}", mib(large.ours.memory)), "72", "45");
    let linear = per(&large, LARGE) / per(middle, MIDDLE);
    row(&format!("CPU a scenario at {LARGE} over that at {MIDDLE}"), format!("{linear:.2}"), "1.15", "1.05");
    row(&format!("connections opened at {LARGE}"), connections.to_string(), "20", "16");
    let check = cost(trueline(&project.folder, &["check"]))?;
    row(&format!("`trueline check` over {LARGE}, s"), format!("{:.2}", check.wall.as_secs_f64()), "2", "0.7");
    drop(project);
    let project = self::project("huge", HUGE, FILES, server.port)?;
    let huge = cost(trueline(&project.folder, &["run"]))?;
    let growth = huge.memory.saturating_sub(large.ours.memory) as f64 / 1024.0 / (HUGE - LARGE) as f64;
    row(&format!("memory a scenario, {LARGE} to {HUGE}, KiB"), format!("{growth:.2}"), "2.2", "");
    Ok(())
}

fn files(server: &Server) -> Result<(), String> {
    let project = project("files", MIDDLE, MIDDLE, server.port)?;
    let each = pair(&project, server.port, MIDDLE, PAIRS)?;
    row(&format!("one file a scenario at {MIDDLE}: CPU over the bare loop"), format!("{:.2}", each.cpu), "3.0", "2.3");
    Ok(())
}

fn starts(server: &Server) -> Result<(), String> {
    let project = project("one", 1, 1, server.port)?;
    let walls = |args: &[&str], times: usize| -> Result<f64, String> {
        let costs: Result<Vec<Cost>, String> = (0..times).map(|_| cost(trueline(&project.folder, args))).collect();
        Ok(median(costs?.iter().map(|cost| cost.wall.as_secs_f64() * 1000.0)))
    };
    row("one scenario, start to finish, ms", format!("{:.1}", walls(&["run"], 21)?), "9", "5");
    row("`trueline --version`, ms", format!("{:.1}", walls(&["--version"], 21)?), "5", "3");
    let reference = walls(&["run", "--config", "embedded", "--reports", "embedded"], 3)? / 1000.0;
    row("all pairs on the embedded reference, s", format!("{reference:.2}"), "2", "1");
    Ok(())
}

fn slow() -> Result<(), String> {
    let server = Server::start(Duration::from_millis(20)).map_err(|e| e.to_string())?;
    let project = project("slow", MIDDLE, FILES, server.port)?;
    let slow = pair(&project, server.port, MIDDLE, 3)?;
    row(&format!("server with 20 ms, {MIDDLE}: wall over the bare loop"), format!("{:.3}", slow.wall), "1.05", "1.02");
    Ok(())
}
