//! Projects in temporary folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::junit::Junit;
use super::outcome::{Outcome, command};
use super::server::Server;

/// The documentation of a small shop.
pub const CATALOGUE: &str = "# Codes of the shop

## About things

| Code | Status | Meaning |
| --- | --- | --- |
| NOT_FOUND | 404 | There is no such thing. |
| ALREADY_CLOSED | 409 | It is closed already. |
| INVALID | 400, 422 | The body does not hold. |

## About the service

| Code | Status | Meaning |
| --- | --- | --- |
| RATE_LIMITED | 429 | Too much at once. |
| DOWN | 503 | Not now. |
";

const SETTINGS: &str = r#"
[envelope]
schema = "schemas/error-envelope.json"
code = "/error/code"
message = "/error/message"
"#;

/// A project of its own. Where no scenario file is added it has none.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// With this text after the settings that all projects have.
    pub fn new(targets: &str) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        project.write("trueline.toml", &format!("{SETTINGS}\n{targets}"));
        project.write("catalogue.md", CATALOGUE);
        let schema = fs::read_to_string(super::root().join("schemas/error-envelope.json")).unwrap();
        project.write("schemas/error-envelope.json", &schema);
        fs::create_dir_all(project.path("scenarios")).unwrap();
        project
    }

    /// With one target, a server that may be changed.
    pub fn at(server: &Server) -> Project {
        Project::at_url(&server.url)
    }

    pub fn at_url(url: &str) -> Project {
        Project::new(&format!("[targets.shop]\nurl = \"{url}\"\neffects = \"data\"\n"))
    }

    /// Adds an area with these scenarios.
    pub fn area(self, area: &str, scenarios: &[String]) -> Project {
        let text = format!("area: {area}\nscenarios:\n{}", scenarios.concat());
        self.file(&format!("scenarios/{area}.yaml"), &text)
    }

    pub fn file(self, path: &str, text: &str) -> Project {
        self.write(path, text);
        self
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// `trueline` in the project's folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = command(self.root());
        command.args(args);
        command
    }

    pub fn trueline(&self, args: &[&str]) -> Outcome {
        Outcome::of(&self.command(args).output().unwrap())
    }

    /// `trueline run` with these.
    pub fn run(&self, args: &[&str]) -> Outcome {
        self.run_with(&[], args)
    }

    /// The same with variables of the environment.
    pub fn run_with(&self, environment: &[(&str, &str)], args: &[&str]) -> Outcome {
        let mut command = self.command(&["run"]);
        Outcome::of(&command.args(args).envs(environment.iter().copied()).output().unwrap())
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// The run.json of the last run.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.read("reports/run.json")).unwrap()
    }

    /// The junit.xml of the last run.
    pub fn junit(&self) -> Junit {
        Junit::read(&self.read("reports/junit.xml"))
    }

    /// Names of the scenarios of the last run that have this verdict.
    pub fn with_verdict(&self, verdict: &str) -> Vec<String> {
        let json = self.json();
        let scenarios = json["scenarios"].as_array().unwrap();
        let is = |s: &&Value| s["verdict"] == verdict;
        scenarios.iter().filter(is).map(|s| s["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// A scenario that sends one request.
pub fn scenario(name: &str, expect: &str, request: &str) -> String {
    format!("  - name: {name}\n    expect: {expect}\n    when:\n      request: {request}\n")
}
