//! `trueline run --watch`: what a changed file touches is run, and nothing else is.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::support::{Project, Server, scenario};

/// How long something may take that comes by itself.
const PATIENCE: Duration = Duration::from_secs(60);

const WAITING: &str = "waiting for a change";

struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(project: &Project, args: &[&str]) -> Watching {
        let mut command = project.command(&[&["run", "--watch"], args].concat());
        // One pipe for both, so that lines come in the order in which they were written.
        let (told, pipe) = std::io::pipe().unwrap();
        let child = command.stdin(Stdio::null()).stdout(pipe.try_clone().unwrap()).stderr(pipe).spawn().unwrap();
        let (sender, lines) = channel();
        thread::spawn(move || {
            BufReader::new(told).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Watching { child, lines }
    }

    /// All that is said until this is.
    #[track_caller]
    fn until(&self, words: &str) -> String {
        let mut said = String::new();
        while !said.contains(words) {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => said.extend([line.as_str(), "\n"]),
                Err(_) => panic!("never said `{words}`, but:\n{said}"),
            }
        }
        said
    }

    #[track_caller]
    fn stays_quiet(&self) {
        if let Ok(line) = self.lines.recv_timeout(Duration::from_millis(1500)) {
            panic!("{line}");
        }
    }

    fn ends(mut self, signal: &str) -> Option<i32> {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

fn area(area: &str, names: &[&str]) -> String {
    let list: String =
        names.iter().map(|name| scenario(name, "NOT_FOUND", &format!("GET /404/NOT_FOUND?{name}"))).collect();
    format!("area: {area}\nscenarios:\n{list}")
}

/// Writes over a file that is no longer than the text, in one piece: at no moment is it empty, or half of this and half
/// of that for longer than the system takes for it.
fn rewrite(project: &Project, path: &str, text: &str) {
    assert!(project.read(path).len() <= text.len());
    let mut file = File::options().write(true).open(project.path(path)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn project(server: &Server) -> Project {
    Project::at(server)
        .file("scenarios/one.yaml", &area("one", &["a"]))
        .file("scenarios/two.yaml", &area("two", &["b"]))
        .file("scenarios/three.yaml", &area("three", &["c"]))
}

#[test]
fn a_changed_file_runs_its_scenarios_and_a_changed_catalogue_all() {
    let server = Server::shop();
    let project = project(&server);
    let watching = Watching::start(&project, &[]);
    watching.until("3 scenarios: 3 conform");
    watching.until(WAITING);
    // Its own reports are no change.
    watching.stays_quiet();
    rewrite(&project, "scenarios/two.yaml", &area("two", &["b", "more"]));
    let said = watching.until(WAITING);
    assert!(said.contains("changed: scenarios/two.yaml") && said.contains("2 scenarios: 2 conform"), "{said}");
    rewrite(&project, "catalogue.md", &(project.read("catalogue.md") + "\nMore is to come.\n"));
    assert!(watching.until(WAITING).contains("4 scenarios: 4 conform"));
    for path in ["README.md", "reports/other.json", "scenarios/.one.yaml.swp"] {
        project.write(path, "area: what nobody reads");
    }
    watching.stays_quiet();
    assert_eq!(server.lines().len(), 3 + 2 + 4);
    assert_eq!(watching.ends("INT"), Some(130));
}

#[test]
fn a_file_that_is_put_in_the_place_of_another_touches_that_one_alone() {
    let server = Server::shop();
    let project = project(&server);
    let watching = Watching::start(&project, &[]);
    watching.until(WAITING);
    // As `sed -i` does it, and editors with a file beside the one that is open.
    for beside in ["scenarios/sedAbCd12", "scenarios/two.yaml~", "scenarios/4913"] {
        project.write(beside, &area("two", &["b", "more"]));
        fs::rename(project.path(beside), project.path("scenarios/two.yaml")).unwrap();
        let said = watching.until(WAITING);
        assert!(said.contains("changed: scenarios/two.yaml\n") && said.contains("2 scenarios: 2 conform"), "{said}");
    }
    fs::create_dir(project.path("scenarios/deep")).unwrap();
    assert!(watching.until(WAITING).contains("4 scenarios: 4 conform"));
    fs::rename(project.path("scenarios/deep"), project.path("scenarios/deeper")).unwrap();
    assert!(watching.until(WAITING).contains("4 scenarios: 4 conform"));
    assert_eq!(watching.ends("INT"), Some(130));
}

#[test]
fn a_mistake_is_shown_and_the_watch_goes_on() {
    let server = Server::shop();
    let project = project(&server);
    let watching = Watching::start(&project, &[]);
    watching.until(WAITING);
    rewrite(&project, "scenarios/one.yaml", &area("one", &["a"]).replace("expect", "expcet"));
    let said = watching.until(WAITING);
    assert!(said.contains("did you mean `expect`?"), "{said}");
    assert!(!project.has("reports/junit.xml"), "a run that could not begin has no report");
    // Another file changes meanwhile: its scenarios are due until they have run.
    rewrite(&project, "scenarios/two.yaml", &area("two", &["b", "more"]));
    watching.until(WAITING);
    rewrite(&project, "scenarios/one.yaml", &area("one", &["a"]));
    let said = watching.until(WAITING);
    assert!(said.contains("3 scenarios: 3 conform"), "{said}");
    fs::remove_file(project.path("scenarios/two.yaml")).unwrap();
    let said = watching.until(WAITING);
    assert!(said.contains("no scenario of the selection is there"), "{said}");
    assert_eq!(watching.ends("TERM"), Some(143));
}

#[test]
fn the_selection_holds_for_every_run() {
    let server = Server::shop();
    let project = project(&server);
    let watching = Watching::start(&project, &["-n", "a"]);
    assert!(watching.until(WAITING).contains("1 scenario: 1 conforms"));
    rewrite(&project, "scenarios/two.yaml", &area("two", &["b", "d"]));
    assert!(watching.until(WAITING).contains("no scenario of the selection is there"));
    // An editor writes beside the file and puts the new one in its place.
    project.write("scenarios/.new", &area("one", &["a", "and more", "else"]));
    fs::rename(project.path("scenarios/.new"), project.path("scenarios/one.yaml")).unwrap();
    let said = watching.until(WAITING);
    assert!(said.contains("2 scenarios: 2 conform"), "{said}");
    assert_eq!(watching.ends("INT"), Some(130));
}

#[test]
fn a_project_without_files_cannot_be_watched() {
    let refused = crate::support::trueline(&["run", "--watch", "--config", "embedded"]);
    refused.exits(2).complains(&["the project in the binary has none"]);
}
