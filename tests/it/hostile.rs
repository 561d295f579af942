//! Text that attacks its reader: a terminal, a CI system, an XML or HTML page. It reaches none of them raw, and none of it
//! is dropped.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Answer, Outcome, Project, Request, Server, scenario, trueline};

/// What is shown as it is nowhere, by number.
const ATTACKS: [&str; 20] = [
    "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}",
    "\u{9b}31m c1 \u{85}\u{90}",
    "a\0b\u{1}\u{8}\u{c}\u{7f}",
    "line\nbreak\r\rover\ttab",
    "]]> ]]]]><![CDATA[>",
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script><!-- --!>",
    "&lt;b&gt; &#0; &bogus; &",
    "abc \u{202e}gnp.exe\u{202c} \u{2066}x\u{2069}",
    "zero\u{200b}width\u{feff}\u{2060}",
    "\u{fffe}\u{ffff}\u{fdd0}",
    "::error file=x::pwned",
    "x\n::set-output name=a::b\n  ::warning::c",
    "##[error]pwned ##vso[task.setvariable]x",
    "[[ATTACHMENT|/etc/passwd]]",
    "\u{2028}line\u{2029}separators",
    "{{7*7}} ${x} {% raw %} $(id) `id`",
    "\u{e0041}\u{1d173} tags \u{115f}\u{3164}",
    "%s%n%x \\x1b[31m \\u001b",
];

/// What is hidden or moves the cursor.
fn is_raw(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0xAD | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFFE | 0xFFFF
            | 0xFDD0..=0xFDEF | 0x115F | 0x3164 | 0x1D173 | 0xE0000..=0xE0FFF)
}

/// Without the colours that we give: `ESC [ digits m`.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(part.len());
        match part[end..].strip_prefix('m') {
            Some(rest) => out.push_str(rest),
            None => out.push_str(&format!("\u{1b}[{part}")),
        }
    }
    out
}

/// A text for a terminal or a log, in which only line ends are control characters and no line gives an order.
#[track_caller]
fn tame(what: &str, text: &str) {
    for line in text.split('\n') {
        let raw: Vec<char> = line.chars().filter(|c| is_raw(*c)).collect();
        assert!(raw.is_empty(), "{what}: {raw:?} in {line:?}");
        let start = line.trim_start();
        assert!(!start.starts_with("::"), "{what}: {line}");
        for order in ["##[", "##vso", "[[ATTACHMENT"] {
            assert!(!line.contains(order), "{what}: {line}");
        }
    }
}

#[track_caller]
fn speaks_tamely(said: &Outcome, coloured: bool) {
    if coloured {
        tame("stdout", &uncoloured(&said.stdout));
        assert!(!said.stdout.contains("\u{1b}[31mred"), "an attack's colour went through: {}", said.stdout);
        tame("stderr", &uncoloured(&said.stderr));
    } else {
        tame("stdout", &said.stdout);
        tame("stderr", &said.stderr);
    }
}

/// Where the attack stands.
const PLACES: [&str; 9] = ["message", "code", "both", "member", "page", "text", "field", "wrong", "bytes"];

fn attack(request: &Request) -> Answer {
    let mut parts = request.path.trim_start_matches('/').split('/');
    let (place, number) = (parts.next().unwrap(), parts.next().unwrap());
    let text = ATTACKS[number.parse::<usize>().unwrap()];
    let error = |code: &str, message: &str| {
        let body = json!({"error": {"code": code, "message": message}});
        Answer::json(404, &body.to_string())
    };
    match place {
        "message" => error("INVALID", text),
        "code" => error(text, "x"),
        "both" => error(&format!("NOT_FOUND{text}"), text),
        "member" => {
            Answer::json(404, &json!({"error": {"code": "NOT_FOUND", "message": 1, text: text}, text: 1}).to_string())
        }
        "page" => Answer::new(502, "text/html", format!("<html><title>{text}</title><h1>{text}</h1>nginx")),
        "text" => Answer::new(404, "text/plain", text),
        "field" => {
            let one_line = text.replace(['\n', '\r', '\0'], " ");
            let answer = error("INVALID", "x").header("X-Note", &one_line).header("Via", &one_line);
            answer.header("Retry-After", &one_line).header("Server", &one_line)
        }
        "wrong" => {
            let body = json!({"error": {"code": [text], "message": {text: text}}});
            Answer::new(404, &format!("text/{}", text.replace(['\n', '\r', '\0'], " ")), body.to_string())
        }
        _ => Answer::new(404, "application/json", [text.as_bytes(), b"\xff\xfe\x1b[31m"].concat()),
    }
}

fn project(server: &Server) -> Project {
    let mut all = Vec::new();
    for place in PLACES {
        all.extend(
            (0..ATTACKS.len()).map(|n| scenario(&format!("{place} {n}"), "NOT_FOUND", &format!("GET /{place}/{n}"))),
        );
    }
    Project::at(server).area("hostile", &all)
}

/// No character that XML 1.0 forbids, written or referred to.
fn is_xml(text: &str) {
    let allowed = |c: char| matches!(u32::from(c), 9 | 10 | 13 | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x10000..=0x10FFFF);
    let forbidden: Vec<char> = text.chars().filter(|c| !allowed(*c)).collect();
    assert!(forbidden.is_empty(), "{forbidden:?}");
    for reference in text.split("&#").skip(1) {
        let number = reference.split(';').next().unwrap();
        let code = match number.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let c = code.ok().and_then(char::from_u32);
        assert!(c.is_some_and(allowed), "&#{number};");
    }
}

#[test]
fn answers_that_attack_their_reader_are_made_visible_everywhere() {
    let server = Server::start(attack);
    for (args, coloured) in [
        (&["--color", "never", "--record"][..], false),
        (&["--color", "always"], true),
        (&["--color", "never", "-vv"], false),
    ] {
        let project = project(&server);
        let html = project.path("reports/report.html");
        let formats =
            ["--report-html", html.to_str().unwrap(), "--report-markdown", "a.md", "--report-sarif", "a.sarif"];
        let said = project.run(&[args, &formats, &["--report-ctrf", "a.json"]].concat()).exits(1);
        speaks_tamely(&said, coloured);
        let xml = project.read("reports/junit.xml");
        is_xml(&xml);
        tame("junit.xml", &xml);
        let junit = project.junit();
        assert_eq!(junit.cases().count(), PLACES.len() * ATTACKS.len());
        assert!(junit.cases().all(|case| !case.outcome.is_empty()));
        // Visible, not dropped.
        let shown = &junit.case("message 0").system_out;
        assert!(shown.contains("[31mred") && shown.contains("\\u001b") || shown.contains('␛'), "{shown}");
        let shown = &junit.case("text 0").system_out;
        assert!(shown.contains("␛[31mred"), "{shown}");
        let shown = &junit.case("text 9").system_out;
        assert!(shown.contains("\\u{202e}"), "{shown}");
        for (case, words) in [("code 0", "{1b}[31mred"), ("code 9", "{202e}"), ("code 15", "ATTACHMENT|/etc/passwd")] {
            assert!(said.stdout.contains(words), "{case}: no {words} in {}", said.stdout);
        }
        json_holds(&project);
        page_is_harmless(&fs::read_to_string(&html).unwrap());
        let markdown = project.read("a.md");
        tame("markdown", &markdown);
        for raw in ["<script>alert", "<img src=x"] {
            assert!(!markdown.to_lowercase().contains(raw), "{raw} in {markdown}");
        }
        for data in ["a.sarif", "a.json"] {
            let text = project.read(data);
            assert!(!text.chars().any(|c| is_raw(c) && c != '\n'), "{data} has hidden characters");
            assert!(serde_json::from_str::<Value>(&text).is_ok(), "{data}");
        }
    }
}

fn json_holds(project: &Project) {
    let text = project.read("reports/run.json");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "run.json has control characters");
    let json = project.json();
    let told: Vec<&Value> =
        json["scenarios"].as_array().unwrap().iter().filter(|s| s["id"] == "hostile/text 0").collect();
    // As data it stays what it was.
    assert_eq!(told[0]["exchanges"][0]["response"]["body"]["text"], ATTACKS[0]);
    assert!(json["scenarios"].as_array().unwrap().iter().all(|s| s["verdict"] != "conforms"));
}

fn page_is_harmless(html: &str) {
    let lower = html.to_lowercase();
    for raw in ["<script>alert", "<img src=x", "onerror=alert(1)>"] {
        let found = lower.find(raw).map(|at| lower.get(at.saturating_sub(80)..at + 60));
        assert_eq!(found, None, "{raw}");
    }
    assert_eq!(lower.matches("<script").count(), lower.matches("</script").count());
    let raw: Vec<char> = html.chars().filter(|c| is_raw(*c) && !"\n\t".contains(*c)).collect();
    assert!(raw.is_empty(), "{raw:?} in the page");
    assert!(html.contains("&lt;script&gt;") || html.contains("&lt;script>"), "the attack was dropped");
}

#[test]
fn lone_surrogates_and_long_lines_are_no_trouble() {
    let server = Server::start(|request| match request.path.as_str() {
        "/high" => Answer::json(404, r#"{"error":{"code":"NOT_FOUND\ud800","message":"\udfff x"}}"#),
        "/member" => Answer::json(404, r#"{"error":{"code":"NOT_FOUND","message":"x","\ud800":1}}"#),
        "/nul" => Answer::json(404, r#"{"error":{"code":"NOT_FOUND\u0000","message":"\u0000\u001b[31m\u202e\ufffe"}}"#),
        _ => {
            let long = "x\u{1b}".repeat(300_000);
            Answer::json(404, &json!({"error": {"code": long, "message": long}}).to_string())
                .header("X-Long", &"y".repeat(60_000))
        }
    });
    let paths = ["high", "member", "nul", "long"];
    let all = paths.map(|path| scenario(path, "NOT_FOUND", &format!("GET /{path}")));
    let project = Project::at(&server).area("hostile", &all);
    for args in [&["--color", "never"][..], &["--color", "never", "--record", "-vv"]] {
        let html = project.path("reports/report.html");
        let said = project.run(&[args, &["--report-html", html.to_str().unwrap()]].concat()).exits(1);
        speaks_tamely(&said, false);
        let longest = said.stdout.lines().map(str::len).max().unwrap();
        assert!(longest < 4_000, "a line of {longest} bytes");
        let xml = project.read("reports/junit.xml");
        is_xml(&xml);
        tame("junit.xml", &xml);
        assert_eq!(project.junit().cases().filter(|case| case.outcome == "failure").count(), 4);
        assert_eq!(project.with_verdict("violates").len(), 4);
        page_is_harmless_but_plain(&fs::read_to_string(&html).unwrap());
    }
}

fn page_is_harmless_but_plain(html: &str) {
    let raw: Vec<char> = html.chars().filter(|c| is_raw(*c) && !"\n\t".contains(*c)).collect();
    assert!(raw.is_empty(), "{:?} in the page", &raw[..raw.len().min(20)]);
}

/// Every command over a project, with colours and without.
fn commands(project: &Project) -> Vec<Outcome> {
    let mut said = Vec::new();
    for command in [
        &["check"][..],
        &["list"],
        &["list", "--json"],
        &["coverage"],
        &["run"],
        &["run", "--dry-run"],
        &["explain", "NOT_FOUND"],
    ] {
        for colour in ["never", "always"] {
            let outcome = project.trueline(&[command, &["--color", colour]].concat());
            speaks_tamely(&outcome, colour == "always");
            said.push(outcome);
        }
    }
    if project.has("reports/junit.xml") {
        let xml = project.read("reports/junit.xml");
        is_xml(&xml);
        tame("junit.xml", &xml);
        project.junit();
        project.json();
    }
    said
}

/// Every command over a project that is refused, of which so many mistakes are told at once.
#[track_caller]
fn refused(project: &Project, mistakes: usize, of: &str) {
    for said in commands(project) {
        let told = said.said().matches(of).count();
        assert!(said.code == 2 && told >= mistakes, "{told} of {mistakes}: {}", said.said());
    }
}

/// Every command over a project without a mistake.
#[track_caller]
fn accepted(project: &Project) {
    for said in commands(project) {
        assert!(said.code != 2, "{}", said.said());
    }
}

/// As a name, a reason, a tag.
fn scenarios_with(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let name = Value::from(text.replace(['<', '>', '&', '"'], "_")).to_string();
    let skipped = Value::from(text.replace(['<', '>', '&', '"'], "_") + " skipped").to_string();
    format!(
        "  - name: {name}\n    expect: NOT_FOUND\n    tags: [{quoted}]\n    when: {{ request: GET /409/ALREADY_CLOSED }}\n  \
         - name: {skipped}\n    expect: NOT_FOUND\n    skip: {quoted}\n    when: {{ request: GET /404/NOT_FOUND }}\n"
    )
}

#[test]
fn scenario_files_that_attack_their_reader_are_tamed() {
    let server = Server::shop();
    let project = Project::at(&server);
    let file = |scenarios: &str| project.write("scenarios/a.yaml", &format!("area: hostile\nscenarios:\n{scenarios}"));
    let mut all = String::new();
    for text in ATTACKS {
        let scenarios = scenarios_with(text);
        file(&scenarios);
        // A mistake may hide another; what is no mistake goes into one file.
        match project.trueline(&["check"]).code {
            0 => all += &scenarios,
            _ => refused(&project, 1, "scenarios/a.yaml"),
        }
        let quoted = Value::from(text).to_string();
        // Where a mistake is shown; as the name of what does not exist.
        let bad = format!(
            "area: {quoted}\n{quoted}: 1\nscenarios:\n  - name: b\n    expect: {quoted}\n    as: {quoted}\n    requires: [{quoted}]\n    given: [ {{ use: {quoted} }} ]\n    \
             when: {{ request: {quoted}, {quoted}: {quoted} }}\n"
        );
        project.write("scenarios/a.yaml", &bad);
        refused(&project, 1, "scenarios/a.yaml");
        // Raw, not even quoted.
        project.write("scenarios/a.yaml", &format!("area: a # {text}\nscenarios:\n  - nam: {text}\n"));
        refused(&project, 1, "scenarios/a.yaml");
    }
    assert!(all.matches("skip: ").count() >= 10, "{all}");
    file(&all);
    accepted(&project);
}

/// Where all mistakes are told at once, all attacks are in one file.
#[test]
fn pages_settings_and_file_names_that_attack_their_reader_are_tamed() {
    let server = Server::shop();
    let one = [scenario("a thing", "NOT_FOUND", "GET /409/ALREADY_CLOSED")];
    let project = Project::at(&server).area("shop", &one);
    let page = project.read("catalogue.md");
    pages(&project, &page);
    project.write("catalogue.md", &page);
    settings(&project, &page);
    project.write("catalogue.md", &page);
    let named = |number: usize, scenarios: &str| {
        let name = format!("scenarios/{}.yaml", ATTACKS[number].replace(['/', '\0'], "_"));
        project.write(&name, &format!("area: other{number}\nscenarios:\n{scenarios}"));
    };
    // More mistakes would not all be told.
    for ten in [0..10, 10..20] {
        ten.clone().for_each(|number| named(number, "  - nam: x\n"));
        refused(&project, 10, "unknown key `nam`");
        ten.for_each(|number| named(number, &one[0]));
    }
    accepted(&project);
}

fn pages(project: &Project, page: &str) {
    let table = |rows: &str| format!("| Code | Status | Meaning |\n| --- | --- | --- |\n{rows}\n");
    // With a zero byte a page is no text, and nothing else of it is told.
    let (binary, lines): (Vec<_>, Vec<_>) =
        ATTACKS.iter().map(|text| text.replace(['\n', '\r', '|'], " ")).partition(|line| line.contains('\0'));
    let broken = |line: &String| {
        format!("\n## {line}\n\n{}", table(&format!("| A{line} | 400 | {line} |\n| B | 4{line} | {line} |\n")))
    };
    for line in &binary {
        project.write("catalogue.md", &format!("{page}{}", broken(line)));
        refused(project, 1, "catalogue.md");
    }
    project.write("catalogue.md", &(page.to_owned() + &lines.iter().map(broken).collect::<String>()));
    refused(project, lines.len(), "catalogue.md:");
    let sound = |(number, line): (usize, &String)| {
        format!("\n## {line}\n\n{}", table(&format!("| S{number} | 400 | {line} |\n")))
    };
    project.write("catalogue.md", &(page.to_owned() + &lines.iter().enumerate().map(sound).collect::<String>()));
    accepted(project);
    for number in 0..lines.len() {
        for colour in ["never", "always"] {
            let said = project.trueline(&["explain", &format!("S{number}"), "--color", colour]).exits(0);
            speaks_tamely(&said, colour == "always");
        }
    }
}

fn settings(project: &Project, page: &str) {
    let settings = project.read("trueline.toml");
    let quoted = ATTACKS.map(|text| Value::from(text).to_string().replace('\u{7f}', "\\u007f"));
    let with = |more: &str| project.write("trueline.toml", &format!("{more}{settings}"));
    let each = |line: &dyn Fn(usize, &String) -> String| {
        quoted.iter().enumerate().map(|(number, text)| line(number, text)).collect::<String>()
    };
    let rows = each(&|number, _| format!("| W{number} | 400 | It is waived. |\n"));
    project.write("catalogue.md", &format!("{page}\n| Code | Status | Meaning |\n| --- | --- | --- |\n{rows}"));
    with(&format!("[waivers]\n{}", each(&|number, text| format!("\"W{number} 400\" = {{ reason = {text} }}\n"))));
    accepted(project);
    with(&format!("[waivers]\n{}", each(&|_, text| format!("{text} = {{ reason = {text} }}\n"))));
    refused(project, ATTACKS.len(), "trueline.toml:");
    with(&each(&|_, text| format!("[targets.{text}]\nurl = {text}\n")));
    refused(project, ATTACKS.len(), "trueline.toml:");
    for text in ATTACKS {
        with(&format!("# {text}\n[runn]\n"));
        refused(project, 1, "trueline.toml");
    }
    project.write("trueline.toml", &settings);
}

#[test]
fn arguments_that_attack_their_reader_are_tamed() {
    let server = Server::shop();
    let project = Project::at(&server).area("shop", &[scenario("a thing", "NOT_FOUND", "GET /404/NOT_FOUND")]);
    for text in ATTACKS.iter().filter(|text| !text.contains('\0')) {
        for args in [
            &["run", "--target", text][..],
            &["run", "--code", text],
            &["run", "-n", text],
            &["run", text],
            &["run", "--url", text],
            &["run", "-H", text],
            &["run", "--jobs", text],
            &["run", "--reports", text],
            &["check", "--config", text],
            &["explain", text],
            &["merge", text],
            &[text],
        ] {
            // What clap says of a wrong word is said before anything of ours begins.
            speaks_tamely(&project.trueline(args), false);
        }
        speaks_tamely(&trueline(&["run", "--config", text]), false);
    }
}
