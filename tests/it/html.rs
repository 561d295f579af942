//! `--report-html`: a real run, told as a page.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

fn run(folder: &Path, arguments: &[&str]) -> (String, serde_json::Value) {
    let page = folder.join("deep/page.html");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueline"));
    command.current_dir(folder).args(["run", "--config", "embedded", "--report-html"]).arg(&page);
    let output = command.args(["--reports", "out"]).args(arguments).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("deep/page.html"), "the report is not named: {said}");
    let json = fs::read(folder.join("out/run.json")).unwrap();
    (fs::read_to_string(page).unwrap(), serde_json::from_slice(&json).unwrap())
}

#[test]
fn the_page_holds_every_scenario_and_pair_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let (page, report) = run(folder.path(), &["scenarios/tickets.yaml", "--record"]);
    let scenarios = report["scenarios"].as_array().unwrap();
    assert!(scenarios.len() > 5);
    for (n, scenario) in scenarios.iter().enumerate() {
        let id = scenario["id"].as_str().unwrap().replace('/', "&#x2f;");
        let own = page.split(&format!(" id=\"s{n}\"")).nth(1).unwrap();
        let own = &own[..own.find("</li>").unwrap()];
        assert!(own.contains(&id), "{id}");
        assert_eq!(
            own.matches("<pre class=\"request\">").count(),
            scenario["exchanges"].as_array().unwrap().len(),
            "{id}"
        );
    }
    let pairs = report["coverage"]["list"].as_array().unwrap();
    assert_eq!(page.matches("<a class=\"cell ").count(), pairs.len());
    assert!(page.contains("The answers conform to the documentation") && page.contains("This was a simulation"));
    assert!(page.ends_with("</html>\n"));
}

#[test]
fn without_the_flag_there_is_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueline"));
    let arguments = ["run", "--config", "embedded", "--reports", "out", "scenarios/search.yaml"];
    command.current_dir(folder.path()).args(arguments).output().unwrap();
    let names = fs::read_dir(folder.path().join("out")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().ends_with(".html")));
}
