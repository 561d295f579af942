//! `trueline prove` and `trueline serve --lie`, as a user meets them.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use trueline::lie;

use crate::support::{Answer, Project, Request, Server, scenario};

/// A scenario for every lie: one with a secret, one whose code has two statuses, one that must have `Retry-After`.
const SCENARIOS: &str = r#"
area: wire
scenarios:
  - name: a ticket that nobody knows
    expect: { code: NOT_FOUND, status: 404 }
    as: technician
    when:
      request: GET /api/v1/tickets/{{ uuid }}
  - name: a registration token that was never issued
    expect: { code: TOKEN_INVALID, status: 401 }
    effects: none
    when:
      request: POST /api/v1/agents/register
      json: { token: "reg_{{ unique }}", hostname: "desk-{{ unique }}", os: windows, hardware_id: "hw-{{ unique }}" }
  - name: a key that calls too often
    expect: RATE_LIMITED
    as: limited_key
    effects: disruptive
    when:
      request: GET /api/v1/auth/me
      repeat: { at_most: 50, unpaced: true }
"#;

const A_TICKET: &str = "wire/a ticket that nobody knows";
const A_TOKEN: &str = "wire/a registration token that was never issued";
const A_KEY: &str = "wire/a key that calls too often";

/// The scenario on which a lie is tried over the wire, and the rule that must name it.
fn due(lie: &str) -> (&'static str, &'static str) {
    match lie {
        "status-documented" => (A_TOKEN, "wrong-status"),
        "status-undocumented" => (A_TICKET, "undocumented-status"),
        "status-success" => (A_TICKET, "unexpected-success"),
        "code-renamed" | "code-case" | "code-zero-width" => (A_TICKET, "undocumented-code"),
        "code-neighbour" => (A_TOKEN, "undocumented-status"),
        "code-null" | "code-type" | "code-missing" => (A_TICKET, "envelope"),
        "message-missing" | "envelope-unwrapped" | "envelope-in-list" => (A_TICKET, "envelope"),
        "key-repeated" => (A_TICKET, "ambiguous-json"),
        "body-cut" | "body-empty" | "body-html" => (A_TICKET, "not-json"),
        "retry-after-dropped" | "header-dropped" => (A_KEY, "missing-header"),
        "retry-after-garbled" => (A_KEY, "malformed-header"),
        "secret-echoed" => (A_TICKET, "secret-echoed"),
        other => panic!("no scenario tries {other} over the wire"),
    }
}

fn trueline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueline"));
    command.env_remove("TRUELINE_TARGET").env_remove("TRUELINE_CONFIG").env_remove("TRUELINE_URL").env("CI", "1");
    command
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A project with the contract of this one and the scenarios above.
fn project(target: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("schemas")).unwrap();
    fs::create_dir_all(folder.path().join("scenarios")).unwrap();
    for file in ["catalogue.md", "schemas/error-envelope.json"] {
        fs::copy(root().join(file), folder.path().join(file)).unwrap();
    }
    fs::write(folder.path().join("scenarios/wire.yaml"), SCENARIOS).unwrap();
    let text = format!(
        "[envelope]\nschema = \"schemas/error-envelope.json\"\ncode = \"/error/code\"\nmessage = \"/error/message\"\n\n\
         [required-headers]\nRATE_LIMITED = [\"Retry-After\"]\n\n{target}"
    );
    fs::write(folder.path().join("trueline.toml"), text).unwrap();
    folder
}

fn in_project(folder: &Path, args: &[&str]) -> Output {
    trueline().current_dir(folder).args(args).output().unwrap()
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const EMBEDDED: &str = "[targets.reference]\nembedded = true\n";

#[test]
fn every_lie_about_the_reference_is_caught_and_the_proof_is_written() {
    let folder = project(EMBEDDED);
    let output = in_project(folder.path(), &["prove", "--report-json", "proof.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let proof = json(folder.path().join("proof.json"));
    assert_eq!(proof["totals"]["caught"], proof["totals"]["lies"]);
    assert!(proof["lies"].as_array().unwrap().iter().all(|lie| lie["tried"].as_u64() > Some(0)), "{proof}");
    assert!(proof["harmless"].as_array().unwrap().iter().all(|change| change["caught"] == change["tried"]));
    let (caught, harmless) = (&proof["totals"]["caught"], &proof["totals"]["harmless"]);
    let last = format!("caught {caught} of {caught}, 0 false alarms of {harmless}\n");
    assert!(String::from_utf8_lossy(&output.stdout).ends_with(&last), "{}", said(&output));
}

#[test]
fn a_recording_is_proved_without_a_network() {
    let folder = project(EMBEDDED);
    let run = in_project(folder.path(), &["run", "--record"]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    for args in [&["prove", "reports/run.json"][..], &["prove", "--recorded", "reports/run.json"]] {
        let output = in_project(folder.path(), args);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let said = said(&output);
        assert!(said.contains("the recording reports/run.json: 3 of 3 scenarios conform"), "{said}");
        assert!(said.contains("never applied here: secret-echoed\n"), "{said}");
    }
    let narrowed = in_project(folder.path(), &["prove", "--recorded", "reports/run.json", "-n", "ticket"]);
    assert_eq!(narrowed.status.code(), Some(2), "{}", said(&narrowed));
}

#[test]
fn a_recording_without_exchanges_proves_nothing() {
    let folder = project(EMBEDDED);
    assert_eq!(in_project(folder.path(), &["run"]).status.code(), Some(0));
    let output = in_project(folder.path(), &["prove", "reports/run.json"]);
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    assert!(said(&output).contains("run with --record"), "{}", said(&output));
}

#[test]
fn nothing_selected_is_5_and_a_recording_that_conforms_no_more_is_1() {
    let folder = project(EMBEDDED);
    let none = in_project(folder.path(), &["prove", "-n", "no such scenario"]);
    assert_eq!(none.status.code(), Some(5), "{}", said(&none));
    assert_eq!(in_project(folder.path(), &["run", "--record"]).status.code(), Some(0));
    let page = folder.path().join("catalogue.md");
    let text = fs::read_to_string(&page).unwrap().replace("| `NOT_FOUND` | 404 |", "| `NOT_FOUND` | 410 |");
    fs::write(&page, text).unwrap();
    let scenarios = folder.path().join("scenarios/wire.yaml");
    fs::write(&scenarios, SCENARIOS.replace("status: 404", "status: 410")).unwrap();
    let changed = in_project(folder.path(), &["prove", "reports/run.json"]);
    assert_eq!(changed.status.code(), Some(1), "{}", said(&changed));
    assert!(said(&changed).contains("1 recorded as conforming do not conform"), "{}", said(&changed));
}

/// A `trueline serve` that lies.
struct Liar {
    child: Child,
    /// As it prints it.
    target: String,
}

impl Liar {
    fn start(lie: &str) -> Liar {
        let mut child = trueline()
            .args(["--config", "embedded", "serve", "--port", "0", "--lie", lie])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let target = lines.take(4).collect::<Vec<_>>().join("\n");
        assert!(target.contains("url = "), "{lie}: {target}");
        Liar { child, target }
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs one scenario against a service that tells this lie; the scenario as the report has it, and the exit code.
fn run_against(lie: &str, scenario: &str) -> (Value, Option<i32>) {
    let liar = Liar::start(lie);
    let folder = project(&liar.target);
    let output = in_project(folder.path(), &["run", "-n", scenario]);
    let report = json(folder.path().join("reports/run.json"));
    (report["scenarios"][0].clone(), output.status.code())
}

/// Does this for each, two at a time.
fn for_each(kinds: &[&'static str], work: impl Fn(&'static str) + Sync) {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Vec<&str>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(kind) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(kind))).is_err() {
                        failed.lock().unwrap().push(kind);
                    }
                }
            });
        }
    });
    assert_eq!(*failed.lock().unwrap(), [""; 0]);
}

#[test]
fn every_lie_is_caught_over_a_real_socket_under_its_rule() {
    let kinds: Vec<&str> = lie::ALL.iter().filter(|lie| !lie.is_harmless()).map(|lie| lie.id).collect();
    assert!(kinds.len() > 20);
    assert!(lie::ALL.iter().all(|lie| lie.is_harmless() || lie.not_over_the_wire.is_none()));
    for_each(&kinds, |kind| {
        let (name, rule) = due(kind);
        let (scenario, exit) = run_against(kind, name);
        let findings = scenario["findings"].as_array().unwrap();
        assert_eq!((scenario["verdict"].as_str(), exit), (Some("violates"), Some(1)), "{kind}: {scenario}");
        assert!(findings.iter().any(|finding| finding["rule"] == rule), "{kind}: {scenario}");
    });
}

#[test]
fn every_harmless_change_passes_over_a_real_socket() {
    let kinds: Vec<&str> =
        lie::ALL.iter().filter(|lie| lie.is_harmless() && lie.not_over_the_wire.is_none()).map(|lie| lie.id).collect();
    assert_eq!(kinds.len(), 4);
    for_each(&kinds, |kind| {
        let (scenario, exit) = run_against(kind, A_TICKET);
        assert_eq!((scenario["verdict"].as_str(), exit), (Some("conforms"), Some(0)), "{kind}: {scenario}");
        assert_eq!(scenario["findings"], Value::Array(vec![]), "{kind}");
    });
}

#[test]
fn a_lie_about_one_code_leaves_the_others_true() {
    let liar = Liar::start("code-case:NOT_FOUND");
    let folder = project(&liar.target);
    let run = in_project(folder.path(), &["run"]);
    assert_eq!(run.status.code(), Some(1));
    let report = json(folder.path().join("reports/run.json"));
    let verdicts: Vec<_> =
        report["scenarios"].as_array().unwrap().iter().map(|it| it["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["violates", "conforms", "conforms"]);
    // What did not conform keeps its code, and the rest is proved.
    let proof = in_project(folder.path(), &["prove", "-n", "t"]);
    assert_eq!(proof.status.code(), Some(1), "{}", said(&proof));
    let said = said(&proof);
    assert!(said.contains("2 of 3 scenarios conform") && said.contains("only what conforms is proved"), "{said}");
}

/// The status line of the answer to a request for a path that no deployment has.
fn status_line(port: u16) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    BufReader::new(stream).lines().next().unwrap().unwrap()
}

#[test]
fn control_never_lies() {
    let liar = Liar::start("status-success");
    let port = liar.target.split("http://127.0.0.1:").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let port: u16 = port.parse().unwrap();
    assert_eq!(status_line(port), "HTTP/1.1 200 OK");
    assert_eq!(status_line(port + 3), "HTTP/1.1 404 Not Found");
}

#[test]
fn a_lie_that_does_not_exist_or_cannot_be_told_is_refused() {
    for (lie, why) in [
        ("code-nul", "did you mean `code-null`?"),
        ("code-null:NOT_FOUN", "did you mean `NOT_FOUND`?"),
        ("header-case", "cannot be told over the wire: "),
    ] {
        let output = trueline().args(["--config", "embedded", "serve", "--port", "0", "--lie", lie]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{lie}");
        assert!(said(&output).contains(why), "{}", said(&output));
    }
}

#[test]
fn every_answer_of_a_request_that_is_repeated_is_tried() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_: &Request| match asked.fetch_add(1, Ordering::SeqCst) {
        0..7 => Answer::error(409, "ALREADY_CLOSED"),
        _ => Answer::error(404, "NOT_FOUND"),
    });
    let again = scenario("asked again", "NOT_FOUND", "GET /x\n      repeat: { at_most: 9 }");
    let project = Project::at(&server).area("shop", &[again]);
    project.trueline(&["prove", "--report-json", "proof.json"]).exits(0);
    let proof: Value = serde_json::from_str(&project.read("proof.json")).unwrap();
    assert_eq!(proof["run"]["answers"], 8, "{proof}");
    assert_eq!(proof["totals"]["caught"], proof["totals"]["lies"]);
}
