//! Plans made by hand, and their firing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::fire::{Due, FireError, Firing, Flow, Stop, run};
use crate::model::exchange::{Answer, Exchange, Observation, Silence};
use crate::model::headers::Headers;
use crate::model::plan::{
    Act, Capture, CaptureFrom, Expect, Lock, Plan, Planned, PlannedTarget, PlannedValue, Step, ValueFrom, Work,
};
use crate::model::project::{Environment, Network, RunSettings};
use crate::model::scenario::Effects;
use crate::model::secret::Secret;
use crate::model::template::{Encoding, Source, Template};
use crate::model::verdict::{Early, ExchangeJudgement, Fired, Seen};

/// A step of this request, such as `GET /x`.
pub(in crate::fire) fn step(request: &str) -> Step {
    let (method, path) = request.split_once(' ').unwrap();
    Step { method: method.into(), path: Template::text(path), ..Step::default() }
}

/// `before`, then the value of a source.
pub(in crate::fire) fn text_with(before: &str, source: Source) -> Template {
    let mut template = Template::default();
    template.push_text(before);
    template.push_value(source, Encoding::Plain);
    template
}

pub(in crate::fire) fn capture(slot: u16, pointer: &str) -> Capture {
    Capture { slot, from: CaptureFrom::Body(pointer.into()), pattern: None, decode: None, secret: false }
}

pub(in crate::fire) fn planned(work: Work) -> Planned {
    Planned {
        file: 0,
        line: 1,
        name: "a scenario".into(),
        expect: Expect { code: None, pinned: None, at: None },
        effects: Effects::None,
        tags: Box::default(),
        act: Act::Fire(Box::new(work)),
    }
}

pub(in crate::fire) fn scenario_with_lock(lock: Option<Lock>) -> Planned {
    planned(Work { lock, when: step("GET /"), ..Work::default() })
}

/// A `when` alone.
pub(super) fn only(when: Step) -> Work {
    Work { when, ..Work::default() }
}

/// An answer that is due comes sooner on the busiest machine, and one that never comes takes longer than any test may.
const PATIENCE: Duration = Duration::from_secs(40);

/// What is due is an answer with this status.
pub(super) struct Status(pub(super) u16);

impl Due for Status {
    fn is_met(&self, _: usize, exchange: &Exchange) -> bool {
        matches!(&exchange.observation, Observation::Answered(answer) if answer.status == self.0)
    }

    /// Tells how much of the answer was there.
    fn judge(&self, exchange: &Exchange) -> Early {
        let Observation::Answered(answer) = &exchange.observation else { return Early::default() };
        let seen = Seen { code: Some(answer.body.len().to_string().into()), status: answer.status };
        Early { judgement: ExchangeJudgement { seen: Some(seen), ..Default::default() }, ..Early::default() }
    }

    fn telling(&self, _: &Headers) -> Headers {
        Headers::default()
    }
}

/// A plan against one target.
pub(super) struct Lab {
    pub(super) plan: Plan,
    pub(super) settings: RunSettings,
    pub(super) network: Network,
    pub(super) environment: Environment,
    pub(super) root: Option<PathBuf>,
}

impl Lab {
    pub(super) fn new(url: &str) -> Self {
        let target = PlannedTarget { name: "lab".into(), url: url.into(), ..PlannedTarget::default() };
        let settings = RunSettings { timeout: PATIENCE, ..RunSettings::default() };
        Lab {
            plan: Plan { targets: vec![target], ..Plan::default() },
            settings,
            network: Network::default(),
            environment: Environment::new(),
            root: None,
        }
    }

    pub(super) fn target(&mut self) -> &mut PlannedTarget {
        &mut self.plan.targets[0]
    }

    pub(super) fn with(mut self, work: Work) -> Self {
        self.plan.scenarios.push(planned(work));
        self
    }

    /// A variable of the target from the environment.
    pub(super) fn secret(&mut self, name: &str, value: &str) -> Source {
        self.environment.insert(name.to_owned(), Secret::new(value));
        self.value(name, ValueFrom::Env(name.into()))
    }

    pub(super) fn value(&mut self, name: &str, value: ValueFrom) -> Source {
        let values = &mut self.target().values;
        values.push(PlannedValue { name: name.into(), value, secret: false });
        Source::Target(values.len() as u16 - 1)
    }

    pub(super) fn firing(&self) -> Result<Firing, FireError> {
        let plan = Arc::new(self.plan.clone());
        Firing::new(plan, &self.settings, &self.network, &self.environment, self.root.as_deref())
    }

    /// Fires the first scenario; status 200 is due.
    pub(super) async fn fire(&self) -> Fired {
        self.firing().unwrap().scenario(0, &Status(200), &Stop::new()).await
    }

    /// Fires all, and tells in which order they ended.
    pub(super) async fn run(&self, order: &[usize]) -> Vec<(usize, Fired)> {
        let mut ended = Vec::new();
        let firing = self.firing().unwrap();
        run(&firing, order, &Status(200), &Stop::new(), |index, fired| {
            ended.push((index, fired));
            Flow::Go
        })
        .await;
        ended
    }
}

/// Fires one `when` at this URL.
pub(super) async fn ask(url: &str, when: Step) -> Fired {
    Lab::new(url).with(only(when)).fire().await
}

pub(super) fn last(fired: &Fired) -> &Exchange {
    fired.exchanges.last().expect("an exchange")
}

pub(super) fn answer(fired: &Fired) -> &Answer {
    match &last(fired).observation {
        Observation::Answered(answer) => answer,
        Observation::Silent(silence) => panic!("no answer: {silence:?}"),
    }
}

pub(super) fn silence(fired: &Fired) -> &Silence {
    match &last(fired).observation {
        Observation::Silent(silence) => silence,
        Observation::Answered(answer) => panic!("answered: {answer:?}"),
    }
}
