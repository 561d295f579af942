//! What the Docker registry breaks of its own documentation, finding by finding. Needs `docker-registry`, so it runs
//! only when asked for: `examples/docker-registry/check.sh`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// Set, the file is written instead of compared.
const UPDATE: &str = "TRUELINE_UPDATE_FINDINGS";

#[test]
#[ignore = "starts Debian's docker-registry; examples/docker-registry/check.sh asks for it"]
fn the_registry_breaks_its_documentation_exactly_where_it_is_known_to() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/docker-registry");
    let reports = tempfile::tempdir().unwrap();
    let run = Command::new(example.join("run.sh"))
        .env("TRUELINE", env!("CARGO_BIN_EXE_trueline"))
        .arg("--reports")
        .arg(reports.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(1), "{told}");
    let text = fs::read_to_string(reports.path().join("run.json")).unwrap();
    let seen = summary(&serde_json::from_str(&text).unwrap());
    let expected = example.join("expected-findings.txt");
    if env::var_os(UPDATE).is_some() {
        fs::write(&expected, seen).unwrap();
        return;
    }
    let expected = fs::read_to_string(&expected).unwrap();
    assert!(expected == seen, "the findings differ (- expected, + seen):\n{}", difference(&expected, &seen));
}

/// The totals, then one line for each finding, sorted: rule, step if it is not `when`, scenario.
fn summary(run: &Value) -> String {
    let totals = &run["totals"];
    let mut out = String::new();
    for name in ["scenarios", "conforms", "violates", "inconclusive", "skipped"] {
        writeln!(out, "{name} {}", totals[name]).unwrap();
    }
    let mut lines = Vec::new();
    for scenario in run["scenarios"].as_array().unwrap() {
        let id = scenario["id"].as_str().unwrap();
        for finding in scenario["findings"].as_array().unwrap() {
            let step = finding["step"].as_str().filter(|step| *step != "when");
            let step = step.map_or_else(String::new, |step| format!(" (in {step})"));
            lines.push(format!("{} {id}{step}", finding["rule"].as_str().unwrap()));
        }
    }
    lines.sort();
    out + "\n" + &lines.join("\n") + "\n"
}

/// Lines of one text that the other lacks.
fn difference(expected: &str, seen: &str) -> String {
    let lacking = |sign: char, of: &str, other: &str| -> Vec<String> {
        let other: Vec<&str> = other.lines().collect();
        of.lines().filter(|line| !other.contains(line)).map(|line| format!("{sign} {line}")).collect()
    };
    [lacking('-', expected, seen), lacking('+', seen, expected)].concat().join("\n")
}
