//! The plan: scenarios made concrete. Nothing is left to look up but values.

use std::sync::Arc;
use std::time::Duration;

use super::catalogue::{CodeId, Status};
use super::scenario::{Decode, Effects};
use super::template::{Source, Template};
use super::units::Rate;

/// What a run does.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The target of the run first, then the deployments that it names, as far as they are used.
    pub targets: Vec<PlannedTarget>,
    pub files: Vec<PlannedFile>,
    /// In the order of files and of their text; the order of reports.
    pub scenarios: Vec<Planned>,
    /// Names of locks.
    pub locks: Vec<Box<str>>,
    /// Environment variables that the selection uses, each with a sentence about what needs it.
    pub environment: Vec<(Box<str>, Box<str>)>,
}

impl Plan {
    /// `area/name`, the identity of a scenario.
    pub fn id(&self, scenario: &Planned) -> String {
        let area = &*self.files[scenario.file as usize].area;
        [area, "/", &*scenario.name].concat()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFile {
    /// Relative to the project root, with forward slashes.
    pub path: Arc<str>,
    pub area: Box<str>,
}

/// A scenario, ready to be fired or skipped.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Index into [`Plan::files`].
    pub file: u32,
    /// Line of the scenario's name, from 1.
    pub line: u32,
    pub name: Box<str>,
    pub expect: Expect,
    pub effects: Effects,
    pub tags: Box<[Box<str>]>,
    pub act: Act,
}

impl Planned {
    pub fn skip(&self) -> Option<&Skip> {
        match &self.act {
            Act::Skip(skip) => Some(skip),
            Act::Fire(_) => None,
        }
    }

    pub fn work(&self) -> Option<&Work> {
        match &self.act {
            Act::Skip(_) => None,
            Act::Fire(work) => Some(work),
        }
    }
}

#[derive(Debug, Clone)]
pub enum Act {
    Skip(Skip),
    Fire(Box<Work>),
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// The code; `None` takes any documented code with the pinned status.
    pub code: Option<CodeId>,
    /// A pin. With a code, one of its documented statuses; without, a status.
    pub pinned: Option<Status>,
    /// JSON Pointer to the envelope in the answer; the status is then not judged.
    pub at: Option<Box<str>>,
}

/// Why a scenario does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    pub why: SkipWhy,
    /// One sentence.
    pub reason: String,
    /// Whether the project says so itself, so that no gate is missed.
    pub foreseen: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipWhy {
    /// `skip:` in the file.
    Written,
    Effects,
    Capability,
    Deployment,
    Control,
    Credential,
    Variable,
    /// The run was interrupted before its turn.
    Interrupted,
    /// The run stopped after the failures that `--fail-fast` or `--max-failures` allow.
    FailFast,
}

impl SkipWhy {
    /// As in the type `skip.WHY` of JUnit.
    pub fn id(self) -> &'static str {
        match self {
            SkipWhy::Written => "written",
            SkipWhy::Effects => "effects",
            SkipWhy::Capability => "capability",
            SkipWhy::Deployment => "deployment",
            SkipWhy::Control => "control",
            SkipWhy::Credential => "credential",
            SkipWhy::Variable => "variable",
            SkipWhy::Interrupted => "interrupted",
            SkipWhy::FailFast => "fail-fast",
        }
    }
}

/// The steps of a scenario. The order of `finally` is the order of running: the scenario's own, then the fixtures' in reverse.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// Index into [`Plan::targets`].
    pub target: u16,
    pub given: Box<[Step]>,
    pub when: Step,
    pub finally: Box<[Step]>,
    /// Names of the variables captured on the way; [`Source::Slot`] is an index into it.
    pub slots: Box<[Box<str>]>,
    pub lock: Option<Lock>,
    pub repeat: Option<Repeat>,
    /// Asks `when` again until it conforms or this time is up.
    pub eventually: Option<Duration>,
}

/// A lock: index into [`Plan::locks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    Exclusive(u16),
    Shared(u16),
    /// Exclusive in the first, shared in the second.
    Both(u16, u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    pub at_most: u32,
    pub unpaced: bool,
}

/// One request and what is made of its answer.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// The fixture that the step belongs to.
    pub fixture: Option<Arc<str>>,
    /// Upper case.
    pub method: Box<str>,
    pub to: Destination,
    /// Path with its query, beginning with `/`.
    pub path: Template,
    /// Further query parts: name and value, both to be written as they come out.
    pub query: Vec<(Template, Template)>,
    pub headers: Vec<(Box<str>, Template)>,
    pub body: Body,
    pub auth: Auth,
    pub capture: Vec<Capture>,
    /// Statuses that a `given` or `finally` step may have; empty means any 2xx.
    pub accept: Box<[u16]>,
    /// Whether an answer 429 is what the step is about, and not weather to be waited out.
    pub judges_429: bool,
    pub timeout: Option<Duration>,
    pub until: Option<Box<Until>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Destination {
    #[default]
    Api,
    /// The target's control service; not judged.
    Control,
}

/// Asks again until every value is one of those listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Until {
    /// JSON Pointer and the values that end the waiting.
    pub values: Vec<(Box<str>, Vec<serde_json::Value>)>,
    pub within: Duration,
}

#[derive(Debug, Clone, Default)]
pub enum Auth {
    #[default]
    Anonymous,
    /// Index into [`PlannedTarget::credentials`].
    Named(u16),
    /// Made of the scenario's own variables.
    Captured(Box<Scheme>),
}

/// How a credential is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer ...` (RFC 6750).
    Bearer(Template),
    /// `Authorization: Basic ...` (RFC 7617).
    Basic {
        username: Template,
        password: Template,
    },
    Header {
        name: Box<str>,
        value: Template,
    },
}

#[derive(Debug, Clone, Default)]
pub enum Body {
    #[default]
    None,
    /// JSON text; a template without variables is one text.
    Json(Template),
    Text(Template),
    Bytes(Arc<[u8]>),
    /// Path of a file, relative to the project root.
    File(Box<str>),
    /// Name and value, both to be written as they come out.
    Form(Vec<(Template, Template)>),
    Multipart(Vec<MultipartPart>),
    Filler(Filler),
}

#[derive(Debug, Clone)]
pub struct MultipartPart {
    pub name: Template,
    pub filename: Option<Template>,
    pub content_type: Option<Box<str>>,
    pub content: PartContent,
}

#[derive(Debug, Clone)]
pub enum PartContent {
    Text(Template),
    Bytes(Arc<[u8]>),
    File(Box<str>),
    Filler(Filler),
}

/// `head`, then `unit` so many times, then `tail`; generated while sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filler {
    pub head: Arc<[u8]>,
    /// Not empty.
    pub unit: Arc<[u8]>,
    pub times: u64,
    /// Bytes of the unit sent after the last whole one, so that `6MiB` is exact.
    pub rest: usize,
    pub tail: Arc<[u8]>,
}

impl Filler {
    /// Length in bytes.
    pub fn len(&self) -> u64 {
        let units = (self.unit.len() as u64).saturating_mul(self.times);
        units.saturating_add((self.head.len() + self.rest + self.tail.len()) as u64)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[derive(Debug, Clone)]
pub struct Capture {
    /// Index into [`Work::slots`] (of a login: into [`Login::slots`]).
    pub slot: u16,
    pub from: CaptureFrom,
    /// Takes a part: the first group, or else the whole match. Checked when planned.
    pub pattern: Option<Box<str>>,
    pub decode: Option<Decode>,
    /// Marked so, or used in `as`.
    pub secret: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureFrom {
    /// JSON Pointer into the body.
    Body(Box<str>),
    Header(Box<str>),
}

/// A target as the run uses it.
#[derive(Debug, Clone, Default)]
pub struct PlannedTarget {
    pub name: Box<str>,
    pub embedded: bool,
    /// The deployment's name where the run's target calls it one (`bare`), else empty.
    pub deployment: Box<str>,
    /// Without a trailing slash; an embedded target's is filled in when it has been started.
    pub url: Box<str>,
    pub rate: Option<Rate>,
    /// Sent with every request to the API (`--header`).
    pub headers: Vec<(Box<str>, Template)>,
    pub control: Option<PlannedControl>,
    /// Variables and secrets that the selection uses; [`Source::Target`] is an index into it.
    pub values: Vec<PlannedValue>,
    pub credentials: Vec<PlannedCredential>,
}

#[derive(Debug, Clone)]
pub struct PlannedControl {
    pub url: Box<str>,
    pub scheme: Option<Scheme>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PlannedValue {
    pub name: Box<str>,
    pub value: ValueFrom,
    /// A credential, or taken from the environment.
    pub secret: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ValueFrom {
    Literal(serde_json::Value),
    Env(Box<str>),
}

#[derive(Debug, Clone)]
pub struct PlannedCredential {
    pub name: Box<str>,
    pub scheme: Scheme,
    pub login: Option<Login>,
}

/// Steps that fetch what a credential is made of; fired once, when the credential is first used.
#[derive(Debug, Clone, Default)]
pub struct Login {
    pub steps: Vec<Step>,
    pub slots: Box<[Box<str>]>,
}

impl Scheme {
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Scheme::Bearer(token) => vec![token],
            Scheme::Basic { username, password } => vec![username, password],
            Scheme::Header { value, .. } => vec![value],
        }
    }

    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.templates().into_iter().flat_map(Template::sources)
    }
}

impl Work {
    /// Bytes of text that its requests are made of.
    pub fn text_size(&self) -> usize {
        self.given.iter().chain([&self.when]).chain(&self.finally).map(Step::text_size).sum()
    }
}

impl Step {
    fn text_size(&self) -> usize {
        let pairs = |pairs: &[(Template, Template)]| pairs.iter().map(|(a, b)| a.text_size() + b.text_size()).sum();
        let query: usize = pairs(&self.query);
        let headers: usize = self.headers.iter().map(|(_, value)| value.text_size()).sum();
        let body = match &self.body {
            Body::Json(template) | Body::Text(template) => template.text_size(),
            Body::Bytes(bytes) => bytes.len(),
            Body::Form(fields) => pairs(fields),
            Body::Multipart(parts) => parts.iter().map(MultipartPart::text_size).sum(),
            Body::None | Body::File(_) | Body::Filler(_) => 0,
        };
        size_of::<Step>() + self.path.text_size() + query + headers + body
    }
}

impl MultipartPart {
    fn text_size(&self) -> usize {
        match &self.content {
            PartContent::Text(template) => template.text_size(),
            PartContent::Bytes(bytes) => bytes.len(),
            PartContent::File(_) | PartContent::Filler(_) => 0,
        }
    }
}
