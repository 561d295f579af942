//! Steps: one request each, checked and put together.

use serde_json::Value;

use super::fixtures::{Assembled, DraftStep, Stated};
use super::library::Library;
use super::scope::Kind;
use super::texts::Composer;
use crate::model::complaint::nearest;
use crate::model::plan::{Auth, Destination, Scheme, Step};
use crate::model::scenario::{Ordered, StepSpec};
use crate::model::template::{Encoding, Template};

/// The most steps that a scenario may come to, its fixtures' included.
pub(super) const MOST_STEPS: usize = 1000;
/// The most captures, for the same reason.
pub(super) const MOST_SLOTS: usize = 10_000;
/// The most requests of `repeat`.
const MOST_REPEATS: u32 = 10_000;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Given,
    When,
    Finally,
    Login,
}

impl<'i> Composer<'_, 'i> {
    /// A list of steps before the one that matters, in which fixtures may be used. The notes stand at the list.
    pub fn setup(&mut self, specs: &'i [StepSpec], library: &Library<'i>, made: &mut Assembled<'i>) {
        for (at, spec) in specs.iter().enumerate() {
            self.notes.enter(at);
            if spec.fixture.is_some() && spec.request.is_none() {
                self.use_fixture(spec, library, made);
            } else {
                made.steps.extend(self.step(spec, Place::Given));
            }
            self.notes.leave();
        }
        self.limit(made.count());
    }

    /// Steps that only send requests: `finally` and logins.
    pub fn requests(&mut self, specs: &'i [StepSpec], place: Place) -> Vec<DraftStep> {
        let mut steps = Vec::with_capacity(specs.len());
        for (at, spec) in specs.iter().enumerate() {
            self.notes.enter(at);
            steps.extend(self.step(spec, place));
            self.notes.leave();
        }
        self.limit(steps.len());
        steps
    }

    fn limit(&mut self, steps: usize) {
        let captures = self.scope.slots.len();
        for (count, most, what) in [(steps, MOST_STEPS, "steps"), (captures, MOST_SLOTS, "captures")] {
            if count > most {
                let text = format!("this comes to {count} {what}, and {most} are the most");
                self.notes.add(self.notes.here(), text, "make several scenarios of it");
            }
        }
    }

    /// One request; the notes stand at the step.
    pub fn step(&mut self, spec: &'i StepSpec, place: Place) -> Option<DraftStep> {
        self.misplaced(spec, place);
        let Some(request) = &spec.request else {
            if spec.fixture.is_none() {
                let help = if place == Place::Given {
                    "write `request: POST /path` or `use: a fixture`"
                } else {
                    "write `request: POST /path`"
                };
                self.notes.add(self.notes.here(), "a step sends a `request`, and this one has none", help);
            }
            return None;
        };
        self.notes.enter("request");
        let line = self.line(request);
        self.notes.leave();
        let (method, to, path) = line.map_or_else(Default::default, |line| (line.method, line.to, line.path));
        let draft = self.request_of(spec, place, to);
        Some(DraftStep { step: Step { method, to, path, ..draft.step }, ..draft })
    }

    /// All of a step but its request line.
    fn request_of(&mut self, spec: &'i StepSpec, place: Place, to: Destination) -> DraftStep {
        let (headers, authorization) = self.headers(&spec.headers);
        self.notes.enter("query");
        let query = self.fields(&spec.query, Encoding::Query, "query value");
        self.notes.leave();
        let body = self.body(spec);
        let (auth, inherits) = match (authorization, &spec.credential) {
            (Some(authorization), _) => (authorization, false),
            (None, Some(stated)) => {
                self.notes.enter("as");
                let auth = self.auth(stated);
                self.notes.leave();
                (auth, false)
            }
            (None, None) => self.inherited(place, to),
        };
        // What a step captures is there from the next step on.
        let capture = self.captures(&spec.capture);
        let accept = self.statuses(spec);
        let timeout = spec.timeout.as_deref().and_then(|text| self.duration("timeout", text));
        let until = self.until(spec);
        let judges_429 = accept.contains(&429);
        let step = Step { query, headers, body, auth, capture, accept, judges_429, timeout, until, ..Step::default() };
        DraftStep { step, inherits }
    }

    /// Headers as they are sent, without the `Authorization`, which is a credential and wins over `as`.
    fn headers(&mut self, headers: &'i Ordered<Value>) -> (Vec<(Box<str>, Template)>, Option<Auth>) {
        let mut list = Vec::with_capacity(headers.len());
        let mut authorization = None;
        self.notes.enter("headers");
        for (name, value) in headers.iter() {
            self.header_name_here(name);
            self.notes.enter(name);
            match value {
                Value::Array(items) => {
                    for (at, item) in items.iter().enumerate() {
                        self.notes.enter(at);
                        list.push((name.into(), self.header(name, item)));
                        self.notes.leave();
                    }
                }
                value => {
                    let template = self.header(name, value);
                    if name.eq_ignore_ascii_case("authorization") && authorization.is_none() {
                        let scheme = Scheme::Header { name: name.into(), value: template };
                        authorization = Some(Auth::Captured(Box::new(scheme)));
                    } else {
                        list.push((name.into(), template));
                    }
                }
            }
            self.notes.leave();
        }
        self.notes.leave();
        (list, authorization)
    }

    fn header_name_here(&mut self, name: &'i str) {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            let text = format!("`{name}` cannot be the name of a header");
            let help = "a name has letters, digits and `-`, without blanks or a colon";
            self.notes.add(self.notes.key(name), text, help);
        }
    }

    fn header(&mut self, name: &str, value: &'i Value) -> Template {
        let template = self.scalar(value, Encoding::Plain, "header");
        self.header_value(&template);
        if ["authorization", "proxy-authorization", "cookie"].iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
            self.keep_secret(&template);
        }
        template
    }

    fn statuses(&mut self, spec: &'i StepSpec) -> Box<[u16]> {
        let Some(list) = &spec.status else { return Box::default() };
        if list.0.is_empty() {
            let text = "no status is listed, so no answer would do";
            self.notes.add(self.notes.value("status"), text, "list the statuses, or leave `status` out for any 2xx");
        }
        for status in list.0.iter().filter(|status| !(100..600).contains(*status)) {
            let text = format!("{status} is not a status: they go from 100 to 599");
            self.notes.add(self.notes.value("status"), text, "write it like `status: 204`");
        }
        list.0.clone().into()
    }

    /// Keys that mean nothing where they stand.
    fn misplaced(&mut self, spec: &'i StepSpec, place: Place) {
        if spec.fixture.is_some() {
            let (text, help) = match (place, spec.request.is_some()) {
                (Place::Given, _) | (_, true) => ("a step has either `request` or `use`", "make two steps of it"),
                (Place::When, _) => ("`when` is one request and uses no fixture", "use the fixture in `given`"),
                _ => ("a fixture is used in `given`; its own `finally` runs by itself", "write the requests out"),
            };
            self.notes.add(self.notes.key("use"), text, help);
        }
        if place != Place::When {
            if spec.repeat.is_some() {
                let help = "to wait for something use `until`; `repeat` belongs to `when`";
                self.notes.add(self.notes.key("repeat"), "only `when` is repeated", help);
            }
            return;
        }
        if spec.status.is_some() {
            let help = "pin it in `expect`, such as `expect: { code: NOT_FOUND, status: 404 }`";
            self.notes.add(self.notes.key("status"), "the status of `when` is what `expect` is about", help);
        }
        for (key, given) in [("until", spec.until.is_some()), ("within", spec.within.is_some())] {
            if given {
                let text = format!("`{key}` waits in a `given` step, and the answer to `when` is judged");
                self.notes.add(
                    self.notes.key(key),
                    text,
                    "to ask again until it conforms use `eventually: 5s` on the scenario",
                );
            }
        }
        if let Some(repeat) = &spec.repeat
            && !(1..=MOST_REPEATS).contains(&repeat.at_most)
        {
            self.notes.enter("repeat");
            let text = format!("`at_most` goes from 1 to {MOST_REPEATS}");
            self.notes.add(self.notes.value("at_most"), text, "write it like `repeat: { at_most: 50 }`");
            self.notes.leave();
        }
    }

    /// Keys of a step that mean nothing beside `use`.
    pub fn beside_use(&mut self, spec: &'i StepSpec) {
        let keys = [
            ("headers", !spec.headers.is_empty()),
            ("query", !spec.query.is_empty()),
            ("json", spec.json.is_some()),
            ("body", spec.body.is_some()),
            ("base64", spec.base64.is_some()),
            ("file", spec.file.is_some()),
            ("form", spec.form.is_some()),
            ("multipart", spec.multipart.is_some()),
            ("bytes", spec.bytes.is_some()),
            ("status", spec.status.is_some()),
            ("timeout", spec.timeout.is_some()),
            ("until", spec.until.is_some()),
            ("within", spec.within.is_some()),
            ("repeat", spec.repeat.is_some()),
        ];
        for (key, _) in keys.iter().filter(|(_, given)| *given) {
            let text = format!("`{key}` has no meaning beside `use`");
            self.notes.add(self.notes.key(*key), text, "beside `use` stand only `as` and `capture`");
        }
    }

    /// The credential of a step that states none, and whether one is still to come: a fixture takes its user's.
    fn inherited(&mut self, place: Place, to: Destination) -> (Auth, bool) {
        if to == Destination::Control || place == Place::Login {
            return (Auth::Anonymous, false);
        }
        match self.scope.stated.clone() {
            Some(stated) => (self.auth_at(&stated), false),
            None => (Auth::Anonymous, matches!(self.scope.kind, Kind::Fixture)),
        }
    }

    /// Reads the `as` that is written at another place.
    pub fn auth_at(&mut self, (auth, place): &Stated<'i>) -> Auth {
        let back = self.notes.go(place.clone());
        self.scope.inheriting = true;
        let auth = self.auth(auth);
        self.scope.inheriting = false;
        self.notes.go(back);
        auth
    }

    /// The fixture of this name, as far as it can be found; complains otherwise.
    pub fn find_fixture(&mut self, name: &str, library: &Library<'i>) -> Option<usize> {
        let found = library.find(self.notes.file(), name);
        if found.is_none() {
            let complaint = self.notes.error(self.notes.value("use"), format!("there is no fixture `{name}`"));
            let complaint = match nearest(name, library.names(self.notes.file())) {
                Some(near) => {
                    // Otherwise the one that was meant would be called unused.
                    self.scope.fixtures.extend(library.find(self.notes.file(), near));
                    complaint.help(format!("did you mean `{near}`?"))
                }
                None => complaint.help("define it under `fixtures` of this file, or in `fixtures.yaml` for all files"),
            };
            self.notes.push(complaint);
        }
        found
    }
}
