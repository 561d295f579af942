//! The history of runs: what it tells, how it is switched off, and that nothing that is wrong with it harms a run.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use serde_json::Value;

use crate::support::server::as_the_path_says;
use crate::support::{Answer, Project, Server, scenario};

const STORE: &str = "reports/history.db";

/// A shop in which a thing is found to be closed with the wrong status, as long as it is told to.
struct Shop {
    server: Server,
    project: Project,
    wrong: Arc<AtomicBool>,
}

fn shop() -> Shop {
    let wrong = Arc::new(AtomicBool::new(false));
    let told = wrong.clone();
    let server = Server::start(move |request| match request.path.as_str() {
        "/close" if told.load(Ordering::SeqCst) => Answer::error(400, "ALREADY_CLOSED"),
        "/close" => Answer::error(409, "ALREADY_CLOSED"),
        _ => as_the_path_says(request),
    });
    let scenarios = [
        scenario("a closed thing is closed", "ALREADY_CLOSED", "GET /close"),
        scenario("an unknown thing is not found", "NOT_FOUND", "GET /404/NOT_FOUND"),
    ];
    let project = Project::at(&server).area("things", &scenarios);
    Shop { server, project, wrong }
}

impl Shop {
    fn run(&self, wrong: bool, args: &[&str]) {
        self.wrong.store(wrong, Ordering::SeqCst);
        self.project.run(args).exits(i32::from(wrong));
    }

    fn data(&self, args: &[&str]) -> Value {
        let said = self.project.trueline(&[&["history", "--json"], args].concat()).exits(0);
        serde_json::from_str(&said.stdout).unwrap()
    }

    fn runs(&self) -> usize {
        let data = self.data(&["--all-targets"]);
        let targets = data["targets"].as_array().unwrap();
        targets.iter().map(|target| target["runs"].as_array().unwrap().len()).sum()
    }
}

#[test]
fn it_tells_since_when_a_code_drifts() {
    let shop = shop();
    for wrong in [false, false, true, true] {
        shop.run(wrong, &[]);
    }
    let said = shop.project.trueline(&["history"]).exits(0);
    let said = said.says(&["shop: 4 runs", "drifts  ALREADY_CLOSED 409  ..xx", "(2 runs)"]);
    let said = said.says(&["undocumented-status: ALREADY_CLOSED 400 came", "the others are steady: 1 pair"]);
    assert!(!said.stdout.contains("NOT_FOUND"), "{}", said.said());
    let data = shop.data(&[]);
    let target = &data["targets"][0];
    let pair = &target["pairs"][0];
    assert_eq!((&pair["code"], &pair["drifts_since"]["run"]), (&"ALREADY_CLOSED".into(), &target["runs"][2]["id"]));
    assert!(pair["median_us"].as_u64().is_some_and(|us| us > 0));
    assert_eq!(target["runs"][3]["id"], shop.project.json()["id"]);
    shop.run(false, &[]);
    let data = shop.data(&["ALREADY_CLOSED"]);
    let pair = &data["targets"][0]["pairs"][0];
    assert_eq!((&pair["state"], &pair["turned"], &pair["drifts_since"]), (&"conforms".into(), &2.into(), &Value::Null));
}

#[test]
fn it_tells_one_code_run_by_run() {
    let shop = shop();
    shop.run(false, &[]);
    shop.run(true, &[]);
    let said = shop.project.trueline(&["history", "already_closed"]);
    // Codes are compared exactly.
    said.exits(2).complains(&["`already_closed` is no code of catalogue.md", "ALREADY_CLOSED"]);
    let said = shop.project.trueline(&["history", "ALREADY_CLOSED"]).exits(0);
    said.says(&["1 violates", "1 conforms", "things/a closed thing is closed: undocumented-status"]);
    shop.project.trueline(&["history", "DOWN"]).exits(0).says(&["no run asked for DOWN"]);
    shop.project.trueline(&["history", "--last", "1"]).exits(0).says(&["shop: 1 run,", "since at least"]);
}

#[test]
fn without_a_history_it_says_so() {
    let shop = shop();
    shop.project.trueline(&["history"]).exits(0).complains(&["there is no history yet"]);
    assert!(!shop.project.has("reports"));
    assert_eq!(shop.data(&[])["targets"], Value::Array(vec![]));
    shop.run(false, &[]);
    shop.project.trueline(&["history", "-t", "shpo"]).exits(2).complains(&["no target `shpo`", "shop"]);
}

#[test]
fn it_is_switched_off_by_flag_variable_and_file() {
    let shop = shop();
    shop.run(false, &["--no-history"]);
    shop.run(false, &["--history", "off"]);
    shop.project.run_with(&[("TRUELINE_HISTORY", "off")], &["--report-html", "page.html"]).exits(0);
    assert!(!shop.project.has(STORE));
    let settings = shop.project.read("trueline.toml");
    shop.project.write("trueline.toml", &format!("{settings}\n[run]\nhistory = false\n"));
    shop.run(false, &[]);
    assert!(!shop.project.has(STORE));
    shop.project.trueline(&["history"]).exits(0).complains(&["`[run] history` is off in trueline.toml"]);
    shop.project.run_with(&[("TRUELINE_HISTORY", "off")], &["--history", "on"]).exits(0);
    assert!(shop.project.has(STORE), "a flag beats the file");
    shop.run(false, &["--history", "on", "--no-history"]);
    assert_eq!(shop.runs(), 1);
    shop.project.write("trueline.toml", &format!("{settings}\n[run]\nhistory = \"no\"\n"));
    shop.project.run(&[]).exits(2).complains(&["trueline.toml", "history = \"no\""]);
}

#[test]
fn a_damaged_history_is_told_and_costs_nothing() {
    let shop = shop();
    shop.project.write(STORE, "this was never a history");
    let said = shop.project.run(&["--report-html", "reports/page.html"]).exits(0);
    said.says(&["the run is not added to the history", STORE, "delete it or move it away"]);
    // Whoever reads a report later has to know that the history has a gap.
    for report in ["junit.xml", "run.json", "page.html"] {
        let text = shop.project.read(&format!("reports/{report}"));
        assert!(text.contains("the run is not added to the history"), "{report}");
    }
    for report in ["junit.xml", "run.json", "page.html"] {
        assert!(shop.project.has(&format!("reports/{report}")), "{report}");
    }
    assert_eq!(shop.project.read(STORE), "this was never a history");
    let quiet = shop.project.run(&["-q"]).exits(0);
    assert_eq!(quiet.stderr, "");
    shop.project.trueline(&["history"]).exits(2).complains(&["the history cannot be read", "the file is damaged"]);
    fs::remove_file(shop.project.path(STORE)).unwrap();
    shop.run(false, &[]);
    assert_eq!(shop.runs(), 1);
}

#[test]
fn a_locked_or_a_newer_history_or_a_folder_in_its_place_fails_no_run() {
    let shop = shop();
    shop.run(false, &[]);
    let other = Connection::open(shop.project.path(STORE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let said = shop.project.run(&[]).exits(0);
    said.says(&["the run is not added to the history", "another process held it for too long"]);
    // Joined again, it is another run, of which this may not hold.
    let part = shop.project.trueline(&["merge", "reports/run.json", "--reports", "again", "--no-history"]).exits(0);
    assert!(!part.said().contains("not added"), "{}", part.said());
    other.execute_batch("ROLLBACK; PRAGMA user_version = 9").unwrap();
    shop.project.run(&[]).exits(0).says(&["written by a newer trueline, in version 9"]);
    fs::remove_file(shop.project.path(STORE)).unwrap();
    fs::create_dir(shop.project.path(STORE)).unwrap();
    shop.project.run(&[]).exits(0).says(&["it is not a file"]);
    assert_eq!(shop.project.json()["exit"]["code"], 0);
}

#[test]
fn runs_at_once_are_all_added() {
    let shop = shop();
    let runs: Vec<_> = (0..4)
        .map(|n| shop.project.command(&["run", "--report-json", &format!("{n}/run.json"), "-q"]).spawn().unwrap())
        .collect();
    for mut run in runs {
        assert_eq!(run.wait().unwrap().code(), Some(0));
    }
    assert_eq!(shop.runs(), 4);
}

#[test]
fn a_run_that_fired_nothing_is_not_added() {
    let shop = shop();
    shop.project.run(&["--dry-run"]).exits(0);
    shop.project.run(&["--name", "no scenario has this text"]).exits(5);
    assert!(!shop.project.has(STORE));
}

#[test]
fn a_target_that_a_flag_moves_has_a_history_of_its_own() {
    let shop = shop();
    shop.run(false, &[]);
    let moved = Server::shop();
    shop.project.run(&["--url", &moved.url, "--target", "shop", "--name", "an unknown thing"]).exits(0);
    let names = |args: &[&str]| {
        let data = shop.data(args);
        let targets = data["targets"].as_array().unwrap();
        targets.iter().map(|target| target["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&["--all-targets"]), [moved.url.as_str(), "shop"]);
    assert_eq!(names(&["--target", &moved.url]), [moved.url.as_str()]);
    assert_eq!(names(&["--target", "shop"]), ["shop"]);
    assert_ne!(moved.url, shop.server.url);
}

#[test]
fn runs_that_are_joined_become_one() {
    let shop = shop();
    for (n, name) in ["a closed thing", "an unknown thing"].iter().enumerate() {
        shop.run(false, &["--name", name, "--report-json", &format!("{n}/run.json")]);
    }
    assert_eq!(shop.runs(), 2);
    for _ in 0..2 {
        let page = "reports/page.html";
        shop.project.trueline(&["merge", "0/run.json", "1/run.json", "--report-html", page]).exits(0);
        assert!(shop.project.read(page).contains("things&#x2f;a closed thing is closed"));
        let data = shop.data(&[]);
        let runs = data["targets"][0]["runs"].as_array().unwrap();
        assert_eq!((runs.len(), &runs[0]["totals"]["conforms"]), (1, &2.into()));
    }
    shop.project.trueline(&["merge", "0/run.json", "--no-history"]).exits(0);
    assert_eq!(shop.runs(), 1);
}

#[test]
fn the_html_page_draws_it() {
    let shop = shop();
    shop.run(false, &["--report-html", "page.html"]);
    assert!(!shop.project.read("page.html").contains("id=\"history\""));
    shop.run(true, &["--report-html", "page.html"]);
    let page = shop.project.read("page.html");
    assert!(page.contains("The last 2 runs of shop"));
    assert!(page.contains("aria-label=\"Outcomes, the oldest run first: 1 conforms, 1 violates\""), "{page}");
    shop.run(true, &["--report-html", "page.html", "--no-history"]);
    assert!(!shop.project.read("page.html").contains("id=\"history\""));
}

#[test]
fn simulations_are_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| crate::support::trueline_in(folder.path(), args).exits(0);
    run(&["run", "--config", "embedded", "scenarios/search.yaml"]);
    let said = run(&["history", "--config", "embedded"]);
    said.says(&["reference (simulation): 1 run,", "nothing drifts, flakes or slows down"]);
}
