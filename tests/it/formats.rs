//! The formats that are asked for, and what GitHub Actions gets by itself.

use serde_json::Value;

use crate::support::outcome::command;
use crate::support::{Answer, Outcome, Project, Request, Server, scenario};

/// Answers that are not documented as they are: `/new` has a code that the page does not have, `/other` a status.
fn drifting(request: &Request) -> Answer {
    match request.path.as_str() {
        "/new" => Answer::json(418, r#"{"error":{"code":"BRAND_NEW","message":"x"}}"#),
        "/other" => Answer::json(400, r#"{"error":{"code":"ALREADY_CLOSED","message":"x"}}"#),
        path if path.starts_with("/orders") => {
            Answer::json(404, &serde_json::json!({"error": {"code": ORDERS, "message": ORDERS}}).to_string())
        }
        _ => crate::support::server::as_the_path_says(request),
    }
}

/// What a runner would obey.
const ORDERS: &str = "\n::error file=x::taken ##[error]taken @octocat | `x` <img src=x> %0A::warning::taken";

fn scenarios() -> [String; 5] {
    [
        scenario("it is new", "NOT_FOUND", "GET /new"),
        scenario("it has another status", "ALREADY_CLOSED", "GET /other"),
        scenario("it is another code", "DOWN", "GET /404/NOT_FOUND"),
        scenario("it is no JSON", "RATE_LIMITED", "GET /nothing"),
        scenario("it conforms", "NOT_FOUND", "GET /404/NOT_FOUND"),
    ]
}

fn project(server: &Server) -> Project {
    Project::at(server).area("shop", &scenarios())
}

const FORMATS: [&str; 8] = [
    "--report-html",
    "out/report.html",
    "--report-markdown",
    "out/report.md",
    "--report-sarif",
    "out/drift.sarif",
    "--report-ctrf",
    "out/ctrf.json",
];

fn json(project: &Project, path: &str) -> Value {
    serde_json::from_str(&project.read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn drift_is_told_with_the_line_to_change_and_the_exchange_that_shows_it() {
    let server = Server::start(drifting);
    let project = project(&server);
    let said = project.run(&FORMATS).exits(1);
    let report = project.json();
    let list = report["drift"]["list"].as_array().unwrap();
    let brief = |d: &Value| format!("{} {} {} {}", d["kind"], d["code"], d["status"], d["line"]).replace('"', "");
    let told: Vec<String> = list.iter().map(brief).collect();
    let due = [
        "undocumented-code BRAND_NEW 418 7",
        "undocumented-status ALREADY_CLOSED 400 8",
        "wrong-code DOWN 503 16",
        "never-seen RATE_LIMITED 429 15",
        "missing INVALID 400 9",
        "missing INVALID 422 9",
    ];
    assert_eq!(told, due);
    for (drift, path) in list.iter().zip(["/new", "/other", "/404/NOT_FOUND", "/nothing"]) {
        let proof = &drift["proof"];
        assert_eq!(proof["url"], format!("{}{path}", server.url));
        let scenarios = report["scenarios"].as_array().unwrap();
        let shown = scenarios.iter().find(|s| s["id"] == proof["scenario"]).unwrap();
        let exchange = &shown["exchanges"][proof["exchange"].as_u64().unwrap() as usize];
        assert_eq!((&exchange["request"]["url"], &exchange["step"]), (&proof["url"], &proof["step"]));
    }
    said.says(&[
        "drift      1 undocumented-code, 1 undocumented-status, 1 wrong-code, 1 never-seen",
        "catalogue.md:7   BRAND_NEW 418 was answered once",
        "out/report.html, out/report.md, out/drift.sarif, out/ctrf.json",
    ]);
    let markdown = project.read("out/report.md");
    assert!(markdown.starts_with("## trueline: The contract is broken\n"), "{markdown}");
    for page in [markdown, project.read("out/report.html")] {
        assert!(page.contains("ALREADY_CLOSED 400 was answered once; documented is 409"), "{page}");
    }
    let results = json(&project, "out/drift.sarif")["runs"][0]["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), due.len());
    let place = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"catalogue.md".into(), &8.into()));
    let ctrf = json(&project, "out/ctrf.json");
    assert_eq!(ctrf["results"]["summary"]["failed"], 4);
    assert_eq!(ctrf["results"]["tests"][0]["filePath"], "scenarios/shop.yaml");
}

#[test]
fn a_merged_run_has_every_format_and_the_same_drift() {
    let server = Server::start(drifting);
    let project = project(&server);
    project.run(&["--report-json", "part.json"]).exits(1);
    let drift = json(&project, "part.json")["drift"].clone();
    let args = [&["merge", "part.json"], &FORMATS[..]].concat();
    project.trueline(&args).exits(1);
    assert_eq!(project.json()["drift"], drift);
    for path in FORMATS.iter().skip(1).step_by(2) {
        assert!(project.has(path), "{path}");
    }
}

#[test]
fn variables_name_reports_as_flags_do() {
    let server = Server::start(drifting);
    let project = project(&server);
    let variables = [("TRUELINE_REPORT_MARKDOWN", "a.md"), ("TRUELINE_REPORT_SARIF", "b.sarif")];
    project.run_with(&variables, &["--report-sarif", "c.sarif"]).exits(1);
    assert!(project.has("a.md") && project.has("c.sarif") && !project.has("b.sarif"));
}

#[test]
fn a_report_that_cannot_be_written_is_known_before_anything_is_sent() {
    let server = Server::start(drifting);
    let project = project(&server);
    for flag in ["--report-markdown", "--report-sarif", "--report-ctrf"] {
        project.run(&[flag, "catalogue.md/x"]).exits(2).complains(&["cannot write catalogue.md/x"]);
    }
    assert!(server.heard().is_empty() && !project.has("reports/junit.xml"));
}

/// The step of a job in whose repository the project is the folder `api/`.
fn in_a_job(project: &Project, args: &[&str]) -> Outcome {
    let workspace = project.path("..");
    let mut command = command(project.root());
    command.args(args).env("GITHUB_ACTIONS", "true").env("CI", "true");
    command.env("GITHUB_WORKSPACE", workspace).env("GITHUB_STEP_SUMMARY", project.path("summary.md"));
    Outcome::of(&command.output().unwrap())
}

fn commands(said: &Outcome) -> Vec<&str> {
    said.stdout.lines().filter(|line| line.trim_start().starts_with("::")).collect()
}

#[test]
fn a_job_on_github_gets_annotations_and_a_summary_by_itself() {
    let server = Server::start(drifting);
    let project = project(&server);
    let said = in_a_job(&project, &["run", "--report-sarif", "drift.sarif"]).exits(1);
    let folder = project.root().file_name().unwrap().to_str().unwrap().to_owned();
    let commands = commands(&said);
    for due in [
        format!("::error file={folder}/scenarios/shop.yaml,line=3,title=undocumented-code%3A shop/it is new::"),
        format!("::error file={folder}/catalogue.md,line=8,title=drift of the documentation%3A undocumented-status::"),
        format!("::warning file={folder}/catalogue.md,line=15,title=drift of the documentation%3A never-seen::"),
    ] {
        assert!(commands.iter().any(|line| line.starts_with(&due)), "{due}\n{}", said.said());
    }
    // They are the last that is said.
    let last: Vec<&str> = said.stdout.lines().rev().take(commands.len()).collect();
    assert!(last.iter().all(|line| line.starts_with("::")), "{}", said.said());
    let sarif = json(&project, "drift.sarif");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, &Value::from(format!("{folder}/catalogue.md")));
    let summary = project.read("summary.md");
    assert!(summary.starts_with("## trueline: The contract is broken\n"), "{summary}");
    in_a_job(&project, &["run", "-n", "conforms"]).exits(0);
    let both = project.read("summary.md");
    assert!(both.starts_with(&format!("{summary}\n## trueline: The answers conform")), "{both}");
}

#[test]
fn nothing_of_it_is_said_elsewhere() {
    let server = Server::start(drifting);
    let project = project(&server);
    for (name, value) in [("GITHUB_ACTIONS", "false"), ("GITLAB_CI", "true")] {
        let summary = project.path("summary.md");
        let said = project.run_with(&[(name, value), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())], &[]).exits(1);
        assert!(commands(&said).is_empty() && !project.has("summary.md"), "{}", said.said());
    }
}

#[test]
fn a_summary_stays_within_what_github_takes_and_one_that_cannot_be_written_changes_nothing() {
    let server = Server::start(drifting);
    let project = project(&server);
    project.write("summary.md", &"x".repeat(998_000));
    in_a_job(&project, &["run"]).exits(1);
    let summary = project.read("summary.md");
    assert!(
        summary.len() <= 1_000_000 && summary.contains("\n## trueline: The contract is broken"),
        "{}",
        summary.len()
    );
    assert!(summary.ends_with("run.json has everything.\n"), "{}", &summary[998_000..]);
    project.write("summary.md", &"x".repeat(1_000_000));
    in_a_job(&project, &["run"]).exits(1).complains(&["the summary of this job is full"]);
    assert_eq!(project.read("summary.md").len(), 1_000_000);
    std::fs::remove_file(project.path("summary.md")).unwrap();
    std::fs::create_dir(project.path("summary.md")).unwrap();
    in_a_job(&project, &["run"]).exits(1).complains(&["the summary of this job is left out"]);
}

#[test]
fn only_our_own_lines_are_commands() {
    let server = Server::start(drifting);
    let all: Vec<String> =
        (0..30).map(|n| scenario(&format!("order {n}"), "NOT_FOUND", &format!("GET /orders?n={n}"))).collect();
    let project = Project::at(&server).area("orders", &all);
    for args in [&["run"][..], &["run", "-vv", "--record"], &["run", "-q"]] {
        let said = in_a_job(&project, args).exits(1);
        let commands = commands(&said);
        for level in ["error", "warning", "notice"] {
            let of = commands.iter().filter(|line| line.starts_with(&format!("::{level} ")));
            assert!(of.count() <= 10, "{level}: {}", said.said());
        }
        for line in &commands {
            let message = line[2..].split_once("::").unwrap().1;
            assert!(line.starts_with("::") && !message.contains('\n'), "{line}");
            assert!(["error ", "warning ", "notice "].iter().any(|level| line[2..].starts_with(level)), "{line}");
        }
        let errors: Vec<&&str> = commands.iter().filter(|line| line.starts_with("::error ")).collect();
        assert_eq!(errors.len(), 10);
        assert!(errors[9].contains("::and 23 more of this kind"), "{}", said.said());
        assert!(!said.said().contains("##[") && !said.stderr.lines().any(|line| line.trim_start().starts_with("::")));
        let summary = project.read("summary.md");
        assert!(summary.contains("octocat") && !summary.contains("@octocat") && !summary.contains("<img"), "{summary}");
    }
}
