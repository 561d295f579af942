//! Files made to exhaust their reader: each gives a clear error, soon, and in little memory.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::support::{Outcome, Project, Server, scenario};

/// A second is what is promised, and what a build that is named has to keep; the tests' own is not optimised. It is time
/// on the processor, so that nothing else that runs on the machine counts.
fn soon() -> Duration {
    let is_named = std::env::var_os("TRUELINE_TEST_BINARY").is_some();
    Duration::from_secs(if is_named { 1 } else { 5 })
}

const LITTLE: u64 = 200 << 20;

/// What does not end by then is ended.
const FOREVER: Duration = Duration::from_secs(120);

fn high_water(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).map_or(0, |kib| kib << 10)
}

/// A command, its time and its memory.
#[track_caller]
fn measured(project: &Project, args: &[&str]) -> Outcome {
    let (out, err) = (project.path("out.txt"), project.path("err.txt"));
    let mut command = project.command(args);
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap()).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    let (process, (ended, has_ended)) = (child.id(), channel::<()>());
    let watching = thread::spawn(move || {
        let (start, mut peak) = (Instant::now(), 0);
        while has_ended.recv_timeout(Duration::from_millis(1)) == Err(RecvTimeoutError::Timeout) {
            peak = high_water(process).max(peak);
            if start.elapsed() > FOREVER {
                let _killed = Command::new("kill").args(["-KILL", &process.to_string()]).status();
            }
        }
        peak
    });
    let used = child.wait4().unwrap();
    drop(ended);
    let (peak, taken) = (watching.join().unwrap(), used.rusage.utime + used.rusage.stime);
    let said = Outcome {
        code: used.status.code().unwrap_or(-1),
        stdout: fs::read_to_string(&out).unwrap(),
        stderr: fs::read_to_string(&err).unwrap(),
    };
    let start: String = said.said().chars().take(2_000).collect();
    eprintln!("{args:?}: {} ms, {} MB, exit {}", taken.as_millis(), peak >> 20, said.code);
    assert!(taken < soon(), "{args:?} took {taken:?}: {start}");
    assert!(peak < LITTLE, "{args:?} held {} MB: {start}", peak >> 20);
    assert!(!said.stderr.contains("panicked") && !said.stderr.contains("overflow"), "{start}");
    assert!(said.said().len() < 200_000, "{} bytes were said: {start}", said.said().len());
    said
}

fn project() -> Project {
    Project::at(&Server::shop()).area("shop", &[scenario("a thing", "NOT_FOUND", "GET /404/NOT_FOUND")])
}

/// `check` refuses the project with these words.
#[track_caller]
fn refused(project: &Project, words: &[&str]) -> Outcome {
    measured(project, &["run", "--dry-run"]).exits(2);
    measured(project, &["check"]).exits(2).complains(words)
}

#[track_caller]
fn scenario_file(bytes: impl AsRef<[u8]>, words: &[&str]) {
    let project = project();
    fs::write(project.path("scenarios/attack.yaml"), bytes).unwrap();
    refused(&project, &[&["scenarios/attack.yaml"], words].concat());
}

/// Nine lists of nine of the one before.
fn bomb(top: &str) -> String {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..10 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", [before.as_str(); 9].join(", ")));
    }
    format!("{text}{top}")
}

#[test]
fn aliases_that_explode_are_refused() {
    scenario_file(bomb("area: x\n"), &["larger than it looks"]);
    // Where values may be anything.
    let lists: String =
        (1..9).map(|l| format!("          - &a{l} [{}]\n", [format!("*a{}", l - 1).as_str(); 9].join(", "))).collect();
    let body = format!(
        "area: x\nscenarios:\n  - name: a\n    expect: NOT_FOUND\n    when:\n      request: POST /\n      json:\n          - &a0 [l, l, l, l, l, l, l, l, l]\n{lists}"
    );
    scenario_file(body, &["larger than it looks"]);
    let long = "x".repeat(100_000);
    let texts = format!(
        "area: x\nscenarios:\n  - name: a\n    expect: NOT_FOUND\n    when:\n      request: POST /\n      json:\n        - &a {long}\n        - [{}]\n",
        vec!["*a"; 9_000].join(", ")
    );
    scenario_file(texts, &["more values than can be read"]);
    scenario_file("area: &a [*a]\n", &[]);
    scenario_file("a: &a\n  <<: *a\narea: x\n", &[]);
}

#[test]
fn a_thousand_anchors_are_too_many() {
    let anchors: String = (0..2_000).map(|n| format!("  - &a{n} x\n")).collect();
    scenario_file(format!("area: x\nscenarios:\n{anchors}"), &[]);
    let anchors: String = (0..200_000).map(|n| format!("  - &a{n} x\n")).collect();
    scenario_file(format!("area: x\nscenarios:\n{anchors}"), &[]);
    let aliases: String = (0..200_000).map(|_| "  - *a\n").collect();
    scenario_file(format!("area: &a x\nscenarios:\n{aliases}"), &[]);
}

#[test]
fn nesting_without_end_is_refused() {
    scenario_file("[".repeat(100_000), &["nested"]);
    scenario_file("{".repeat(100_000), &["nested"]);
    scenario_file(format!("area: x\nscenarios:\n{}", "- ".repeat(100_000)), &["nested"]);
    scenario_file(format!("{}x{}", "[".repeat(100_000), "]".repeat(100_000)), &["nested"]);
    scenario_file("? ".repeat(100_000), &[]);
    let steps: String = (0..5_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    scenario_file(steps, &["nested"]);
    scenario_file(
        format!(
            "area: x\nscenarios: [{{ name: a, when: {{ request: POST /, json: {}1{} }} }}]",
            "[".repeat(50_000),
            "]".repeat(50_000)
        ),
        &["nested"],
    );
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    for path in ["scenarios/attack.yaml", "catalogue.md", "trueline.toml", "schemas/error-envelope.json"] {
        let project = project();
        File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .open(project.path(path))
            .unwrap()
            .set_len(200 << 20)
            .unwrap();
        refused(&project, &[path.rsplit('/').next().unwrap(), "larger than 64 MB"]);
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for path in ["scenarios/attack.yaml", "catalogue.md", "trueline.toml", "schemas/error-envelope.json"] {
        let name = path.rsplit('/').next().unwrap();
        let project = project();
        let noise: Vec<u8> = (0..2_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for bytes in [
            &noise[..],
            b"\x7fELF\x02\x01\x01\0\0",
            b"\xff\xfea\0r\0",
            b"area: caf\xe9\n",
            b"\xc0\x80",
            b"\xed\xa0\x80",
        ] {
            fs::write(project.path(path), bytes).unwrap();
            refused(&project, &[name]);
        }
        // Full of nothing: as large as may be.
        let zeros = File::create(project.path(path)).unwrap();
        zeros.set_len(60 << 20).unwrap();
        refused(&project, &[name]);
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_round_in_circles_are_said() {
    use std::os::unix::fs::symlink;
    let project = project();
    symlink("attack.yaml", project.path("scenarios/attack.yaml")).unwrap();
    refused(&project, &["attack.yaml"]);
    fs::remove_file(project.path("scenarios/attack.yaml")).unwrap();
    symlink("nowhere.yaml", project.path("scenarios/attack.yaml")).unwrap();
    refused(&project, &["attack.yaml"]);
    fs::remove_file(project.path("scenarios/attack.yaml")).unwrap();
    // A folder within itself has nothing new in it.
    symlink("..", project.path("scenarios/up")).unwrap();
    symlink(".", project.path("scenarios/here")).unwrap();
    let said = measured(&project, &["list"]);
    assert!(said.code == 0 && said.stdout.matches("a thing").count() == 1 || said.code == 2, "{}", said.said());
    for path in ["catalogue.md", "trueline.toml"] {
        let project = self::project();
        fs::remove_file(project.path(path)).unwrap();
        symlink(path, project.path(path)).unwrap();
        refused(&project, &[path]);
    }
}

#[cfg(unix)]
#[test]
fn a_device_or_a_pipe_does_not_hold_the_reader_up() {
    use std::os::unix::fs::symlink;
    let project = project();
    symlink("/dev/zero", project.path("scenarios/attack.yaml")).unwrap();
    measured(&project, &["check"]);
    for path in ["catalogue.md", "schemas/error-envelope.json"] {
        for device in ["/dev/zero", "/dev/null"] {
            let project = self::project();
            fs::remove_file(project.path(path)).unwrap();
            symlink(device, project.path(path)).unwrap();
            refused(&project, &[]);
        }
        let project = self::project();
        fs::remove_file(project.path(path)).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(project.path(path)).status().unwrap().success());
        refused(&project, &[]);
    }
}

fn one(rest: &str) -> String {
    format!("area: x\nscenarios:\n  - name: a\n    expect: NOT_FOUND\n{rest}")
}

#[test]
fn templates_that_loop_or_explode_are_refused() {
    // A variable made of itself, as far as anything can be.
    scenario_file(
        one(
            "    given: [ { request: POST /, json: { a: \"{{ b }}\" }, capture: { b: /b } } ]\n    when: { request: \"GET /{{ b }}\" }\n",
        ),
        &["b"],
    );
    let circle = "area: x\nfixtures:\n  a:\n    steps: [ { use: b } ]\n  b:\n    steps: [ { use: a } ]\nscenarios:\n  - name: n\n    expect: NOT_FOUND\n    given: [ { use: a } ]\n    when: { request: GET / }\n";
    scenario_file(circle, &[]);
    // Fixtures that double: 2 to the power of 40 steps.
    let mut text = "area: x\nfixtures:\n  f0:\n    steps: [ { request: GET / } ]\n".to_owned();
    for n in 1..41 {
        text.push_str(&format!("  f{n}:\n    steps: [ {{ use: f{0} }}, {{ use: f{0} }} ]\n", n - 1));
    }
    text.push_str(
        "scenarios:\n  - name: n\n    expect: NOT_FOUND\n    given: [ { use: f40 } ]\n    when: { request: GET / }\n",
    );
    scenario_file(text, &[]);
    let braces = "{{ ".repeat(100_000);
    scenario_file(one(&format!("    when: {{ request: POST /, body: '{braces}' }}\n    nonsense: 1\n")), &["nonsense"]);
    let long = format!("{{{{ {} }}}}", "x".repeat(1_000_000));
    scenario_file(one(&format!("    when: {{ request: POST /, body: '{long}' }}\n")), &[]);
    let deep = format!("{{{{ {}x{} }}}}", "totp(".repeat(100_000), ")".repeat(100_000));
    // What is no variable is sent as it stands.
    let project = project();
    project.write("scenarios/attack.yaml", &one(&format!("    when: {{ request: POST /, body: '{deep}' }}\n")));
    measured(&project, &["check"]).exits(0);
}

/// Rows times the steps of a long fixture: many scenarios from little text.
#[test]
fn rows_times_steps_stay_small() {
    let project = project();
    let steps: String = (0..2_000).map(|n| format!("      - request: GET /{n}\n")).collect();
    let rows: Vec<String> = (0..5_000).map(|n| format!("{{ n: {n} }}")).collect();
    let uses = "      - use: f\n".repeat(20);
    let text = format!(
        "area: x\nfixtures:\n  f:\n    steps:\n{steps}scenarios:\n  - name: 'n {{{{ n }}}}'\n    expect: NOT_FOUND\n    each: [{}]\n    given:\n{uses}    when: {{ request: 'GET /{{{{ n }}}}' }}\n",
        rows.join(", ")
    );
    project.write("scenarios/attack.yaml", &text);
    let said = measured(&project, &["check"]);
    assert!([0, 2].contains(&said.code));
    let aliased = format!(
        "area: x\nscenarios:\n  - name: 'n {{{{ n }}}}'\n    expect: NOT_FOUND\n    each: [{}]\n    when: {{ request: 'POST /{{{{ n }}}}', body: '{}' }}\n",
        rows.join(", "),
        "y".repeat(100_000)
    );
    project.write("scenarios/attack.yaml", &aliased);
    let said = measured(&project, &["check"]);
    assert!([0, 2].contains(&said.code));
}

#[test]
fn many_mistakes_are_said_in_bounds() {
    let wrong: String = (0..10_000).map(|n| format!("  - {{ nam: {n} }}\n")).collect();
    scenario_file(format!("area: x\nscenarios:\n{wrong}"), &[]);
    scenario_file(format!("area: x\nscenarios:\n  - nam: {}\n", "y".repeat(10_000_000)), &["nam"]);
}

#[test]
fn a_project_file_made_to_exhaust_is_refused() {
    let toml = |text: &str| {
        let project = project();
        project.write("trueline.toml", text);
        refused(&project, &["trueline.toml"]);
    };
    toml(&format!("a = {}", "[".repeat(100_000)));
    toml(&format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)));
    toml(&format!("a = {}", "{a=".repeat(100_000)));
    toml(&format!("{}a = 1", "a.".repeat(100_000)));
    toml(&format!("[{}a]", "a.".repeat(100_000)));
    toml(&"[[a]]\n".repeat(100_000));
    toml(&(0..10_000).map(|n| format!("k{n} = 1\n")).collect::<String>());
    toml(&format!("a = \"{}\"\n", "x".repeat(10_000_000)));
    toml(&(0..5_000).map(|n| format!("[targets.t{n}]\nurl = \"x\"\n")).collect::<String>());
}

#[test]
fn a_catalogue_made_to_exhaust_is_refused() {
    let page = |text: &str| {
        let project = project();
        project.write("catalogue.md", text);
        refused(&project, &["catalogue.md"]);
    };
    let head = "| Code | Status |\n| --- | --- |\n";
    page(&"[".repeat(100_000));
    page(&"> ".repeat(100_000));
    page(&"- ".repeat(100_000));
    page(&"*".repeat(1_000_000));
    page(&"`".repeat(1_000_000));
    page(&"![[](".repeat(100_000));
    page(&"<".repeat(1_000_000));
    page(&format!("{head}{}", "| A | 999 |\n".repeat(50_000)));
    page(&format!("{head}| {} | 400 |\n| B | 99 |\n", "x".repeat(5_000_000)));
    page(&format!("{head}| A | {} |\n", "400/".repeat(200_000)));
    page(&format!("|{}\n|{}\n", " Code |".repeat(20_000), " --- |".repeat(20_000)));
}

#[test]
fn a_schema_made_to_exhaust_is_refused() {
    let schema = |text: &str| {
        let project = project();
        project.write("schemas/error-envelope.json", text);
        refused(&project, &[]);
    };
    schema(&"[".repeat(100_000));
    schema(&"{\"a\":".repeat(100_000));
    schema(&format!("{{\"not\":{}1", "{\"not\":".repeat(100)));
    schema(r#"{"$ref": "https://example.invalid/schema.json"}"#);
    schema(r#"{"$ref": "file:///etc/passwd"}"#);
    schema(r#"{"pattern": "((((a{1000}){1000}){1000}){1000})"}"#);
}
