//! Steps: one request each, checked and put together.

use super::fixtures::{Assembled, DraftStep, Stated};
use super::library::Library;
use super::scope::Kind;
use super::texts::Composer;
use crate::model::complaint::nearest;
use crate::model::plan::{Auth, Destination, Step};
use crate::model::scenario::{AsSpec, StepSpec};
use crate::model::template::Encoding;

/// The most steps that a scenario may come to, its fixtures' included.
pub(super) const MOST_STEPS: usize = 1000;
/// The most captures, for the same reason.
pub(super) const MOST_SLOTS: usize = 10_000;

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
            if spec.fixture.is_some() {
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
                let used = self.scope.credentials.len();
                let auth = self.auth(stated);
                self.notes.leave();
                if to == Destination::Control {
                    // The service has its own; what is stated has to be known, but not to be there.
                    self.scope.credentials.truncate(used);
                    (Auth::Anonymous, false)
                } else {
                    (auth, false)
                }
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

    /// The credential of a step that states none, and whether one is still to come: a fixture takes its user's.
    fn inherited(&mut self, place: Place, to: Destination) -> (Auth, bool) {
        if to == Destination::Control || place == Place::Login {
            return (Auth::Anonymous, false);
        }
        if let Some((AsSpec::Named(name), _)) = self.scope.stated
            && let Some(auth) = self.known(name)
        {
            self.scope.taken = true;
            return (auth, false);
        }
        match self.scope.stated.clone() {
            Some(stated) => (self.auth_at(&stated), false),
            None => (Auth::Anonymous, matches!(self.scope.kind, Kind::Fixture)),
        }
    }

    /// Reads the `as` that is written at another place.
    pub fn auth_at(&mut self, (auth, place): &Stated<'i>) -> Auth {
        self.scope.taken |= self.scope.stated.as_ref().is_some_and(|(_, of_scenario)| of_scenario == place);
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
        if found.is_none() && !library.may_define(self.notes.file(), name) {
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
