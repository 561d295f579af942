//! A project with a scenario for each behaviour, and a run of it through the binary.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::words::{Due, Kind, Where};
use crate::support::outcome::command;

const CATALOGUE: &str = "\
# Error codes

| Code | HTTP status | Meaning |
| --- | --- | --- |
| NOT_FOUND | 404 | There is no such thing. |
| CONFLICT | 409, 410 | Something stands against it. |
| TOO_LARGE | 413 | The body is too large. |
| RATE_LIMITED | 429 | Too many requests. |
| UPSTREAM_DOWN | 503 | An upstream is down. |
| UNSTATED | not stated | Nobody says. |
";

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["error"],
  "properties": {
    "error": {
      "type": "object",
      "required": ["code", "message"],
      "properties": { "code": { "type": "string" }, "message": { "type": "string" } }
    }
  }
}
"#;

/// Runs that are measured do not run beside each other.
static ALONE: Mutex<()> = Mutex::new(());

/// So much memory fails every test; it is not waited for until there is none left.
const TOO_MUCH: u64 = 1 << 30;

/// A project in a temporary folder.
pub struct Project {
    folder: TempDir,
}

/// How a run went.
pub struct Outcome {
    pub exit: Option<i32>,
    pub run: Value,
    pub junit: String,
    pub stdout: String,
    pub stderr: String,
    pub elapsed: Duration,
    /// The most memory that the process held, in bytes.
    pub peak: u64,
}

impl Project {
    /// `deployments` are names with URLs, beside the target that listens at `url`.
    pub fn new(url: &str, deployments: &[(&str, String)], scenarios: &str) -> Project {
        let folder = TempDir::new().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let named: Vec<String> = deployments.iter().map(|(name, _)| format!("{name} = {name:?}")).collect();
        let mut settings = format!(
            "[envelope]\nschema = \"schemas/error-envelope.json\"\ncode = \"/error/code\"\nmessage = \"/error/message\"\n\
             [run]\ntarget = \"main\"\njobs = 16\ntimeout = \"2s\"\nmax_wait = \"200ms\"\n\
             [required-headers]\nRATE_LIMITED = [\"Retry-After\"]\n\
             [targets.main]\nurl = {url:?}\neffects = \"data\"\ndeployments = {{ {} }}\n",
            named.join(", ")
        );
        for (name, url) in deployments {
            write!(settings, "[targets.{name}]\nurl = {url:?}\neffects = \"data\"\n").unwrap();
        }
        write("trueline.toml", &settings);
        write("catalogue.md", CATALOGUE);
        write("schemas/error-envelope.json", SCHEMA);
        write("scenarios/misbehaving.yaml", scenarios);
        Project { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs it, and watches how much memory it takes.
    pub fn run(&self, flags: &[&str]) -> Outcome {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        let files = [self.path().join("out.txt"), self.path().join("err.txt")];
        let [out, err] = files.each_ref().map(|path| Stdio::from(fs::File::create(path).unwrap()));
        let mut child =
            command(self.path()).arg("run").args(flags).stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap();
        let mut peak = 0;
        let status = loop {
            peak = peak.max(high_water(child.id()));
            if peak > TOO_MUCH {
                child.kill().unwrap();
            }
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let elapsed = start.elapsed();
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        let [stdout, stderr] = files.each_ref().map(|path| read(path));
        assert!(peak <= TOO_MUCH, "{} MiB\n{stdout}\n{stderr}", peak >> 20);
        let json = read(&self.path().join("reports/run.json"));
        let run = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}\n{stdout}\n{stderr}"));
        let junit = read(&self.path().join("reports/junit.xml"));
        Outcome { exit: status.code(), run, junit, stdout, stderr, elapsed, peak }
    }
}

impl Outcome {
    pub fn scenarios(&self) -> &[Value] {
        self.run["scenarios"].as_array().unwrap()
    }
}

/// The most memory that a process has held so far.
fn high_water(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).map_or(0, |kib| kib << 10)
}

/// The scenario file of these kinds, each asked by its number so many times.
pub fn scenarios(kinds: &[Kind], times: usize) -> String {
    let mut out = "area: misbehaving\nscenarios:\n".to_owned();
    for round in 0..times {
        for (number, kind) in kinds.iter().enumerate() {
            let name = if times > 1 { format!("{} {}", kind.name, round + 1) } else { kind.name.to_owned() };
            let Kind { expect, method, sending, .. } = kind;
            // What is to be heard is waited for, however busy the machine is.
            let patience = if kind.due == Due::Inconclusive("timeout") { "" } else { r#", "timeout": "60s""# };
            writeln!(out, "  - name: {name:?}\n    expect: {expect}\n    effects: none").unwrap();
            if let Where::At(deployment) = kind.place {
                writeln!(out, "    deployment: {deployment}").unwrap();
            }
            writeln!(out, "    when: {{ \"request\": \"{method} /k/{number}\"{sending}{patience} }}").unwrap();
        }
    }
    out
}
