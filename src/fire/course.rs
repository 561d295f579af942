//! The course of one scenario: what it has sent, heard and captured so far.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::capture::Document;
use super::request::{self, Ingredients, Outgoing};
use super::send::{self, Limits};
use super::silence::spoken;
use super::target::Target;
use super::throttle::{self, Advice};
use super::values::{Unready, Variables};
use super::{Due, Firing};
use crate::model::exchange::{Answer, Exchange, Observation, Phase, Sent, SentBody, Silence, Silent};
use crate::model::plan::{Auth, Destination, PlannedTarget, Step};
use crate::model::template::{Part, Source};
use crate::model::verdict::{Fired, Obstacle, ObstacleKind};

/// Asking again begins after this, and doubles up to [`SLOWEST`].
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(100);
pub(super) const SLOWEST: Duration = Duration::from_secs(1);

/// Bytes that are kept of an answer of which nothing is needed but to show it: more than is shown.
const EXCERPT: usize = 20 << 10;
/// Of many answers before the last, no more than so many of the latest are shown.
const SHOWN: usize = 3;

/// Where in a scenario a step is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) phase: Phase,
    pub(super) index: u16,
    /// Whether it waits for the target's rate limit.
    pub(super) paced: bool,
}

impl Place {
    pub(super) fn new(phase: Phase, index: usize) -> Self {
        Place { phase, index: u16::try_from(index).unwrap_or(u16::MAX), paced: true }
    }

    pub(super) fn obstacle(self, kind: ObstacleKind, text: impl Into<String>) -> Obstacle {
        Obstacle { phase: self.phase, index: self.index, kind, text: text.into(), expected: None, seen: None }
    }
}

/// Why a step ended early.
#[derive(Debug)]
pub(super) enum Broken {
    /// A variable was never captured.
    Uncaptured(Obstacle),
    By(Obstacle),
}

impl Broken {
    pub(super) fn into_obstacle(self) -> Obstacle {
        match self {
            Broken::Uncaptured(obstacle) | Broken::By(obstacle) => obstacle,
        }
    }
}

pub(super) struct Course<'f> {
    pub(super) firing: &'f Firing,
    pub(super) target: &'f Target,
    pub(super) planned: &'f PlannedTarget,
    pub(super) variables: Variables<'f>,
    pub(super) fired: Fired,
    /// What was sent and is not answered yet, so that an interrupt does not lose it.
    in_flight: Option<InFlight>,
    /// The scenario that it is of, by index, for the log.
    pub(super) of: Option<usize>,
    /// Judges answers of which not all is kept.
    pub(super) due: &'f dyn Due,
}

struct InFlight {
    place: Place,
    control: bool,
    sent: Sent,
    since: Instant,
    waited: Duration,
}

impl<'f> Course<'f> {
    /// The course of a scenario, or of a login, at the target of this index.
    pub(super) fn new(firing: &'f Firing, target: usize, slots: &'f [Box<str>], due: &'f dyn Due) -> Option<Self> {
        let (planned, target) = (firing.plan.targets.get(target)?, firing.targets.get(target)?);
        let variables = Variables::new(&target.values, slots, &firing.dice);
        Some(Course { firing, target, planned, variables, fired: Fired::default(), in_flight: None, of: None, due })
    }

    /// Sends a step's request once, and again only as far as the run's `retry` and a 429 that is weather say.
    pub(super) async fn ask(&mut self, step: &Step, place: Place) -> Result<(), Broken> {
        let (mut retries, mut throttled, mut pause, mut waited) = (0, 0, FIRST_PAUSE, Duration::ZERO);
        loop {
            self.ask_once(step, place, std::mem::take(&mut waited)).await?;
            match self.fired.exchanges.last().map(|last| &last.observation) {
                Some(Observation::Silent(_)) if retries < self.firing.settings.retry => {
                    retries += 1;
                    if place.phase == Phase::When {
                        self.fired.attempts += 1;
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(SLOWEST);
                }
                Some(Observation::Answered(answer)) if is_weather(answer, step) => {
                    waited = self.delay(place, throttled)?;
                    throttled += 1;
                    let step = name(place);
                    self.fired.notes.push(format!("waited {} after a 429 ({step})", spoken(waited)));
                    sleep(waited).await;
                }
                _ => return Ok(()),
            }
            self.supersede();
        }
    }

    /// The last exchange was not the last word. Asked thousands of times, a step would fill the memory with its answers:
    /// what is not needed any more is let go, unless all is recorded.
    pub(super) fn supersede(&mut self) {
        let Some(last) = self.fired.exchanges.last_mut() else { return };
        last.superseded = true;
        self.let_go_of_the_last();
        if let Some(far) = self.fired.exchanges.len().checked_sub(SHOWN + 1) {
            self.forget(far);
        }
    }

    /// Of a large answer no more is kept than is shown. An error is judged before that; a success, of which nothing is
    /// expected, is not judged at all.
    fn let_go_of_the_last(&mut self) {
        let keeps_all = self.firing.settings.record;
        let Some(at) = self.fired.exchanges.len().checked_sub(1) else { return };
        let Observation::Answered(answer) = &mut self.fired.exchanges[at].observation else { return };
        answer.headers.detach();
        if keeps_all || answer.body.len() <= EXCERPT {
            return;
        }
        self.judge_early(at);
        if let Observation::Answered(answer) = &mut self.fired.exchanges[at].observation {
            excerpt(answer);
        }
    }

    /// Of an answer far before the last one nothing is shown, except of the first of its step.
    fn forget(&mut self, at: usize) {
        let is_same = |a: &Exchange, b: &Exchange| (a.phase, a.index) == (b.phase, b.index);
        let [before @ .., far] = &self.fired.exchanges[..=at] else { return };
        let is_first = !before.last().is_some_and(|before| before.superseded && is_same(before, far));
        if self.firing.settings.record || !far.superseded || is_first {
            return;
        }
        self.judge_early(at);
        let (due, far) = (self.due, &mut self.fired.exchanges[at]);
        far.sent.headers = Vec::new();
        far.sent.body = SentBody::None;
        if let Observation::Answered(answer) = &mut far.observation {
            answer.cut |= !answer.body.is_empty();
            answer.body = Bytes::new();
            answer.headers = due.telling(&answer.headers);
        }
    }

    /// Judges an error answer as long as all of it is there. What comes to the same as the one before is kept once.
    fn judge_early(&mut self, at: usize) {
        let [before @ .., exchange] = &self.fired.exchanges[..=at] else { return };
        let Observation::Answered(answer) = &exchange.observation else { return };
        if !answer.is_error() || exchange.control || exchange.early.is_some() {
            return;
        }
        let early = self.due.judge(exchange);
        let same = before.last().and_then(|before| before.early.clone()).filter(|before| **before == early);
        self.fired.exchanges[at].early = Some(same.unwrap_or_else(|| Arc::new(early)));
    }

    /// A step that is over: what `when` is answered last is judged for what is expected, and kept whole.
    fn spare(&mut self) {
        if self.fired.exchanges.last().is_some_and(|last| last.phase != Phase::When) {
            self.let_go_of_the_last();
        }
    }

    /// How long to wait before a throttled step is asked again; `tried` says how often it was already.
    fn delay(&self, place: Place, tried: u32) -> Result<Duration, Broken> {
        let throttled = |text: String| {
            let obstacle = place.obstacle(ObstacleKind::Throttled, text);
            Broken::By(Obstacle { seen: Some("429".to_owned()), ..obstacle })
        };
        if tried >= throttle::TRIES {
            return Err(throttled(format!("still throttled (429) after {tried} waits")));
        }
        let header = self.last_answer().and_then(|answer| answer.headers.get("retry-after"));
        let longest = self.firing.settings.max_wait;
        match throttle::advice(header, tried, SystemTime::now(), longest) {
            Advice::Wait(delay) => Ok(delay),
            Advice::TooLong(asked) => Err(throttled(format!(
                "throttled (429) with a Retry-After of {}, more than the {} that a run waits at most",
                spoken(asked),
                spoken(longest)
            ))),
        }
    }

    pub(super) fn last_answer(&self) -> Option<&Answer> {
        match &self.fired.exchanges.last()?.observation {
            Observation::Answered(answer) => Some(answer),
            Observation::Silent(_) => None,
        }
    }

    async fn ask_once(&mut self, step: &Step, place: Place, waited: Duration) -> Result<(), Broken> {
        let control = step.to == Destination::Control;
        if let Auth::Named(credential) = step.auth
            && !control
        {
            self.log_in(usize::from(credential), place).await?;
        }
        if let Some(pacer) = self.target.pacer.as_ref().filter(|_| place.paced && !control) {
            pacer.turn().await;
        }
        let (endpoint, Outgoing { request, sent, hearing }) = {
            let endpoint = match (&self.target.control, control) {
                (_, false) => &self.target.api,
                (Some(service), true) => &service.endpoint,
                (None, true) => return Err(Broken::By(unmade(place, "the target has no control service"))),
            };
            (endpoint, self.outgoing(step, control).map_err(|why| self.unready(place, why))?)
        };
        let sent = self.sharing_body(sent);
        let settings = &self.firing.settings;
        let limits = Limits {
            timeout: step.timeout.unwrap_or(settings.timeout),
            connect_timeout: settings.connect_timeout,
            max_body: settings.max_body,
        };
        self.in_flight = Some(InFlight { place, control, sent, since: Instant::now(), waited });
        let observation = send::exchange(&self.firing.wires, endpoint, request, hearing, limits).await;
        if !control {
            self.target.pulse.feel(&observation, &self.planned.url);
        }
        if tracing::enabled!(tracing::Level::DEBUG) {
            self.trace(step, place, &observation);
        }
        self.land(observation);
        Ok(())
    }

    /// The request of a step that is not sent any more.
    pub(super) fn unsent(&self, step: &Step, place: Place) -> Result<Sent, Broken> {
        let outgoing = self.outgoing(step, step.to == Destination::Control);
        outgoing.map(|outgoing| outgoing.sent).map_err(|why| self.unready(place, why))
    }

    fn outgoing(&self, step: &Step, control: bool) -> Result<Outgoing, Unready> {
        let target = self.target;
        let captured;
        let (endpoint, credential, common) = match &target.control {
            Some(service) if control => (&service.endpoint, service.credential.as_ref(), [].as_slice()),
            _ => {
                let credential = match &step.auth {
                    Auth::Anonymous => None,
                    Auth::Named(credential) => self.prepared(usize::from(*credential)),
                    Auth::Captured(scheme) => {
                        let carried = || self.variables.take_carried();
                        captured = super::credential::prepare(scheme, "authorization", &self.variables, carried)?;
                        Some(&captured)
                    }
                };
                (&target.api, credential, self.planned.headers.as_slice())
            }
        };
        let with = Ingredients { endpoint, credential, common, root: self.firing.root.as_deref() };
        request::make(step, &with, &self.variables)
    }

    fn unready(&self, place: Place, why: Unready) -> Broken {
        match why {
            Unready::Because(text) => Broken::By(unmade(place, text)),
            Unready::Unset(unset) => {
                let obstacle = unmade(place, self.variables.describe(&unset.0));
                match unset.0 {
                    Source::Slot(_) => Broken::Uncaptured(obstacle),
                    Source::Totp(inner) if matches!(*inner, Source::Slot(_)) => Broken::Uncaptured(obstacle),
                    _ => Broken::By(obstacle),
                }
            }
        }
    }

    /// The request in flight has been answered, or not.
    fn land(&mut self, mut observation: Observation) {
        self.share_body(&mut observation);
        if let Some(InFlight { place, control, sent, since, waited }) = self.in_flight.take() {
            self.spare();
            self.fired.exchanges.push(Exchange {
                phase: place.phase,
                index: place.index,
                control,
                sent,
                observation,
                elapsed: since.elapsed(),
                waited,
                superseded: false,
                early: None,
            });
        }
    }

    /// A body that came again and again, as it does with `repeat`, is kept once.
    fn share_body(&self, observation: &mut Observation) {
        if let (Some(last), Observation::Answered(answer)) = (self.last_answer(), observation)
            && last.body == answer.body
        {
            answer.body = last.body.clone();
        }
    }

    /// The same for what is sent.
    fn sharing_body(&self, mut sent: Sent) -> Sent {
        let last = self.fired.exchanges.last().map(|last| &last.sent.body);
        if let (Some(SentBody::Bytes(last)), SentBody::Bytes(body)) = (last, &mut sent.body)
            && last == body
        {
            *body = last.clone();
        }
        sent
    }

    /// An interrupt came: what was in flight will not be heard.
    pub(super) fn interrupt(&mut self) {
        let text = "the run was interrupted before the answer came".to_owned();
        self.land(Observation::Silent(Silence { kind: Silent::Interrupted, text, status: None }));
    }

    /// Keeps the values that a step takes from the last answer. All of them are tried; the first that is missing is told.
    pub(super) fn capture(&mut self, step: &Step) -> Result<(), String> {
        let Some(Observation::Answered(answer)) = self.fired.exchanges.last().map(|last| &last.observation) else {
            return Ok(());
        };
        let mut document = Document::new(answer);
        let mut missing = Ok(());
        for capture in &step.capture {
            match document.take(capture, self.firing) {
                Ok(taken) => {
                    let secret = self.variables.keep(capture.slot, taken, capture.secret);
                    self.firing.known.learn(secret.clone());
                    self.fired.secrets.extend(secret);
                }
                Err(text) => missing = missing.and(Err(text)),
            }
        }
        missing
    }

    fn trace(&self, step: &Step, place: Place, observation: &Observation) {
        let elapsed = self.in_flight.as_ref().map_or(0, |flight| flight.since.elapsed().as_millis() as u64);
        let (method, path) = (&*step.method, traced_path(step));
        let scenario = self.of.and_then(|index| self.firing.plan.scenarios.get(index));
        let scenario = scenario.map(|planned| self.firing.plan.id(planned)).unwrap_or_default();
        match observation {
            Observation::Answered(answer) => {
                tracing::debug!(scenario, step = %name(place), method, path, status = answer.status, ms = elapsed, "answered");
            }
            Observation::Silent(silence) => {
                tracing::debug!(scenario, step = %name(place), method, path, why = silence.text, ms = elapsed, "no answer");
            }
        }
    }
}

/// Leaves so much of an answer as is shown of it.
fn excerpt(answer: &mut Answer) {
    answer.headers.detach();
    answer.cut = true;
    answer.body = Bytes::copy_from_slice(&answer.body[..EXCERPT.min(answer.body.len())]);
}

/// Somebody else's 429: neither what the step is about, nor of the control service.
fn is_weather(answer: &Answer, step: &Step) -> bool {
    answer.status == 429 && !step.judges_429 && step.to == Destination::Api
}

fn unmade(place: Place, text: impl Into<String>) -> Obstacle {
    place.obstacle(ObstacleKind::Request, text)
}

/// The path without its query, and without the values filled in, for they may be secret.
fn traced_path(step: &Step) -> String {
    let mut path = String::new();
    for part in &step.path.parts {
        match part {
            Part::Value { .. } => path.push_str("{}"),
            Part::Text(text) => {
                let (before, query) = text.split_once('?').map_or((&**text, None), |(path, query)| (path, Some(query)));
                path.push_str(before);
                if query.is_some() {
                    break;
                }
            }
        }
    }
    path
}

/// A step as readers know it: `given 2`, `when`.
fn name(place: Place) -> String {
    match place.phase {
        Phase::When => "when".to_owned(),
        phase => format!("{} {}", phase.id(), place.index + 1),
    }
}
