//! `trueline serve`: the reference deployment alone, and runs against it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use crate::support::outcome::command;
use crate::support::{Project, root, trueline};

/// A running `trueline serve`; ends with the test.
struct Served {
    child: Child,
    port: u16,
    /// What it printed.
    target: String,
}

impl Served {
    fn start() -> Served {
        let mut serve = command(root());
        let mut child = serve.args(["serve", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut target = String::new();
        for line in lines {
            target += &format!("{line}\n");
            if line.starts_with("url = ") {
                break;
            }
        }
        let port = target.trim_end().trim_end_matches('"').rsplit(':').next().and_then(|port| port.parse().ok());
        Served { child, port: port.unwrap_or_else(|| panic!("no port in {target}")), target }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The root project with other targets.
fn root_project(targets: &str) -> Project {
    let project = Project::new("");
    let settings = fs::read_to_string(root().join("trueline.toml")).unwrap();
    let settings = settings.split("\n[targets").next().unwrap();
    let settings = settings.rsplit_once("# The reference deployment").map_or(settings, |(before, _)| before);
    project.write("trueline.toml", &format!("{}\n{targets}", settings.replace("target = \"reference\"\n", "")));
    fs::copy(root().join("catalogue.md"), project.path("catalogue.md")).unwrap();
    copy_all(&root().join("scenarios"), &project.path("scenarios"));
    project
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => copy_all(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

#[test]
fn ten_shuffled_runs_in_a_row_on_one_service_conform() {
    let served = Served::start();
    assert!(served.target.starts_with("# for trueline.toml"), "{}", served.target);
    let project = root_project(&served.target);
    for seed in 1..=10 {
        project.run(&["--seed", &seed.to_string(), "-j", "32", "-q"]).exits(0);
        let json = project.json();
        assert_eq!(json["totals"]["conforms"], json["totals"]["scenarios"]);
        assert_eq!(json["coverage"]["pairs"]["triggered"], 297);
        assert_eq!((&json["target"]["simulation"], &json["target"]["name"]), (&true.into(), &"served".into()));
        assert_eq!(json["target"]["url"], format!("http://127.0.0.1:{}", served.port));
    }
}

#[test]
fn a_url_moves_an_embedded_target_with_all_that_is_beside_it() {
    let served = Served::start();
    let project = root_project("[targets.reference]\nembedded = true\n");
    let url = format!("http://127.0.0.1:{}", served.port);
    let args = ["-t", "reference", "-u", &url, "scenarios/auth.yaml", "scenarios/mail.yaml", "scenarios/platform.yaml"];
    project.run(&args).exits(0).says(&["This was a simulation", "0 skipped"]);
    assert_eq!(project.json()["target"]["url"], url);
    let closed = format!("http://127.0.0.1:{}", crate::support::closed_port());
    project.run(&["-t", "reference", "-u", &closed, "scenarios/auth.yaml"]).exits(3);
    project.run(&["-t", "reference", "-u", "https://shop.invalid"]).exits(2).complains(&["is written out"]);
}

#[test]
fn it_answers_as_documented() {
    let served = Served::start();
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    stream.write_all(b"GET /api/v1/auth/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("\"AUTH_REQUIRED\""), "{answer}");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let served = Served::start();
    let said = trueline(&["serve", "--port", &served.port.to_string()]).exits(2);
    said.complains(&["cannot listen on port", "in use", "--port", "0 takes free ones"]);
}

#[test]
fn an_embedded_target_elsewhere_is_a_mistake() {
    for url in ["https://staging.example.com:443", "http://127.0.0.1", "http://127.0.0.1:7300/api"] {
        let project = root_project(&format!("[targets.served]\nembedded = true\nurl = \"{url}\"\n"));
        project.trueline(&["check"]).exits(2).complains(&["at which `trueline serve` listens", "trueline.toml", url]);
    }
}

#[test]
fn where_nothing_is_served_nothing_can_be_judged() {
    let port = crate::support::closed_port();
    let project = root_project(&format!("[targets.served]\nembedded = true\nurl = \"http://127.0.0.1:{port}\"\n"));
    project.run(&["scenarios/auth.yaml"]).exits(3);
}
