//! A small project, and what planning it says.

mod anything;
mod selecting;
mod sending;
mod sharing;
mod skipping;
mod stating;
mod targeting;
mod varying;

use std::collections::{BTreeMap, HashMap};

use super::*;
use crate::model::catalogue::{Catalogue, DocumentedStatus, Entry, Status};
use crate::model::complaint::{At, Seg};
use crate::model::inputs::BodyFile;
use crate::model::plan::{Planned, Skip, Step, Work};
use crate::model::project::{Control, CredentialSpec, EnvelopePlace, Project, RunSettings, Setting, Target};
use crate::model::scenario::{Effects, Ordered, SourceFile};
use crate::model::template::{Source, Template, Values};

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new("catalogue.md");
    let exact = |status| Status::Exact(status);
    let codes = [
        ("ALREADY_CLOSED", vec![exact(409)]),
        ("VALIDATION_ERROR", vec![exact(400), exact(422)]),
        ("NOT_FOUND", vec![exact(404)]),
        ("RATE_LIMITED", vec![exact(429)]),
        ("104", vec![Status::Class(4)]),
        ("UNSAID", vec![Status::Unstated]),
    ];
    for (line, (code, statuses)) in (10..).zip(codes) {
        let statuses = statuses.into_iter().map(|status| DocumentedStatus { status, line }).collect();
        let entry = Entry { code: code.into(), statuses, section: 0, meaning: "".into(), line };
        catalogue.add(entry).expect("the codes differ");
    }
    catalogue
}

fn env(name: &str) -> Setting {
    Setting::Env(name.into())
}

fn bearer(setting: Setting) -> CredentialSpec {
    CredentialSpec { bearer: Some(setting), ..CredentialSpec::default() }
}

const LOGIN: &str = r#"
- request: POST /login
  json: { email: "a@example.com", password: { env: OWNER_PASSWORD } }
  capture: { token: /token }
"#;

fn staging() -> Target {
    let login = serde_saphyr::from_str(LOGIN).expect("the steps are sound");
    let owner = CredentialSpec { login, ..bearer(Setting::Literal("{{ token }}".into())) };
    Target {
        name: "staging".into(),
        url: "https://staging.example.com".into(),
        effects: Some(Effects::Data),
        deployments: vec![("bare".into(), "staging-bare".into())],
        capabilities: vec!["faults".into()],
        control: Some(Control { url: "https://stubs.example.com".into(), credential: bearer(env("STUBS_KEY")) }),
        without: vec!["platform_admin".into(), "deep_freeze".into(), "mailbox".into(), "miskeyed".into()],
        vars: vec![
            ("client_id".into(), Setting::Literal("c1".into())),
            ("seats".into(), Setting::Literal(7.into())),
            ("mailbox_password".into(), env("MAILBOX")),
        ],
        credentials: vec![("technician".into(), bearer(env("TECHNICIAN_KEY"))), ("owner".into(), owner)],
        ..Target::default()
    }
}

fn bare() -> Target {
    Target {
        name: "staging-bare".into(),
        url: "https://bare.example.com".into(),
        vars: vec![("region".into(), Setting::Literal("eu".into()))],
        credentials: vec![("auditor".into(), bearer(env("AUDITOR_KEY")))],
        ..Target::default()
    }
}

fn project(targets: Vec<Target>) -> Project {
    Project {
        file: "trueline.toml".into(),
        catalogue: "catalogue.md".into(),
        scenarios: "scenarios".into(),
        reports: "reports".into(),
        envelope: EnvelopePlace { schema: "schema.json".into(), code: "/error/code".into(), message: None },
        run: RunSettings::default(),
        default_target: Some("staging".into()),
        severities: HashMap::new(),
        required_headers: Ordered::default(),
        waivers: Vec::new(),
        targets,
    }
}

fn inputs(files: &[(&str, &str)]) -> Inputs {
    let files = files.iter().map(|(path, text)| SourceFile {
        path: (*path).into(),
        content: serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}")),
    });
    let body_files = BTreeMap::from([
        ("files/a.png".into(), Ok(BodyFile::Folder)),
        ("files/b.png".into(), Err("no such file".into())),
        ("files/c.png".into(), Ok(BodyFile::Embedded(b"PNG"))),
    ]);
    let project = project(vec![staging(), bare()]);
    Inputs { project, catalogue: catalogue().into(), files: files.collect(), body_files }
}

/// One file, `area: t`, with these scenarios or fixtures.
fn file(rest: &str) -> Inputs {
    inputs(&[("scenarios/t.yaml", &format!("area: t\n{rest}"))])
}

/// One scenario that expects NOT_FOUND, with these lines.
fn scenario(lines: &str) -> Inputs {
    let lines = lines.trim_start_matches('\n').replace('\n', "\n    ");
    file(&format!("scenarios:\n  - name: it is\n    expect: NOT_FOUND\n    {lines}\n"))
}

/// One scenario whose `when` has these lines.
fn when(lines: &str) -> Inputs {
    scenario(&format!("when:\n  {}", lines.trim_start_matches('\n').replace('\n', "\n  ")))
}

fn planned(inputs: &Inputs) -> Outcome {
    plan(inputs, &Asked::default()).unwrap_or_else(|complaints| panic!("{:#?}", shown(&complaints)))
}

/// What is fired of the first scenario.
fn work(inputs: &Inputs) -> Work {
    first(&planned(inputs)).work().expect("it is fired").clone()
}

fn step(lines: &str) -> Step {
    work(&when(lines)).when
}

fn first(outcome: &Outcome) -> &Planned {
    outcome.plan.scenarios.first().expect("there is a scenario")
}

fn skipped(inputs: &Inputs) -> Skip {
    first(&planned(inputs)).skip().expect("it is skipped").clone()
}

fn path(segments: &[Seg]) -> String {
    let segments = segments.iter().map(|segment| match segment {
        Seg::Key(key) => key.to_string(),
        Seg::Index(index) => index.to_string(),
    });
    segments.collect::<Vec<_>>().join("/")
}

/// `place: what is wrong (what to write instead)`.
fn shown(complaints: &[Complaint]) -> Vec<String> {
    let place = |complaint: &Complaint| match &complaint.at {
        At::File => "file".to_owned(),
        At::Value(at) => path(at),
        At::Key(at) => format!("key {}", path(at)),
        At::Within(at, part) => format!("{} {part}", path(at)),
        other => format!("{other:?}"),
    };
    let told = |c: &Complaint| format!("{}: {} ({})", place(c), c.text, c.help.as_deref().unwrap_or_default());
    complaints.iter().map(told).collect()
}

fn refused(inputs: &Inputs) -> Vec<String> {
    let complaints = plan(inputs, &Asked::default()).expect_err("it is refused");
    assert!(complaints.iter().all(|c| c.help.is_some()), "no help: {complaints:#?}");
    let checked = check(inputs, &Asked::default()).expect_err("it is refused by check too");
    assert_eq!(shown(&complaints), shown(&checked));
    shown(&complaints)
}

/// The only complaint has all of these parts.
#[track_caller]
fn refuses(inputs: &Inputs, parts: &[&str]) {
    let said = refused(inputs);
    assert_eq!(said.len(), 1, "{said:#?}");
    for part in parts {
        assert!(said[0].contains(part), "`{part}` is not in `{}`", said[0]);
    }
}

#[track_caller]
fn notices(inputs: &Inputs, parts: &[&str]) {
    let said = shown(&planned(inputs).notices);
    assert!(said.iter().any(|said| parts.iter().all(|part| said.contains(part))), "{said:#?}");
}

/// Shows every source by its name.
struct Shown;

impl Values for Shown {
    fn value(&self, source: &Source) -> Option<std::borrow::Cow<'_, serde_json::Value>> {
        Some(std::borrow::Cow::Owned(format!("{source:?}").into()))
    }
}

fn filled(template: &Template) -> String {
    template.fill(&Shown).expect("every source has a value")
}
