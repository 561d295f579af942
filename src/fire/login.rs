//! Logins: steps that fetch what a credential is made of, fired once for all scenarios.

use super::course::{Broken, Course, Place};
use super::credential::{Prepared, prepare};
use super::target::Credential;
use super::values::Unready;
use crate::model::exchange::Phase;
use crate::model::plan::{Login, PlannedCredential};
use crate::model::verdict::{Fired, ObstacleKind};

impl<'f> Course<'f> {
    /// Makes sure that a credential is ready. The first scenario to need it does its login and keeps the exchanges;
    /// the others wait for the outcome.
    pub(super) async fn log_in(&mut self, credential: usize, place: Place) -> Result<(), Broken> {
        let broken = |text: String| Broken::By(place.obstacle(ObstacleKind::Login, text));
        let (Some(bound), Some(planned)) =
            (self.target.credentials.get(credential), self.planned.credentials.get(credential))
        else {
            return Err(broken("the target does not have this credential".to_owned()));
        };
        let (Credential::Login(cell), Some(login)) = (bound, &planned.login) else { return Ok(()) };
        if let Some(outcome) = cell.get() {
            return told(outcome, planned).map_err(broken);
        }
        if place.phase == Phase::Login {
            // It could wait for itself.
            return Err(broken(format!("a login cannot use `{}`, which has a login of its own", planned.name)));
        }
        let firing = self.firing;
        let target = firing.targets.iter().position(|target| std::ptr::eq(target, self.target)).unwrap_or_default();
        let mut course = Course::new(firing, target, &login.slots, self.due);
        course.iter_mut().for_each(|course| course.of = self.of);
        let attempt = Attempt { course, told_to: &mut self.fired };
        // Boxed, since the steps of a login are fired by what fires the steps of a scenario.
        let outcome = cell.get_or_init(|| Box::pin(fetch(attempt, planned, login))).await;
        told(outcome, planned).map_err(broken)
    }

    /// A credential that is ready.
    pub(super) fn prepared(&self, credential: usize) -> Option<&'f Prepared> {
        match self.target.credentials.get(credential)? {
            Credential::Ready(prepared) => Some(prepared),
            Credential::Login(cell) => cell.get()?.as_ref().ok(),
        }
    }
}

fn told(outcome: &Result<Prepared, String>, planned: &PlannedCredential) -> Result<(), String> {
    match outcome {
        Ok(_) => Ok(()),
        Err(why) => Err(format!("the login of `{}` failed: {why}", planned.name)),
    }
}

/// A login that is tried for a scenario, which is told what was fired even if an interrupt ends it in the midst.
struct Attempt<'s, 'f> {
    course: Option<Course<'f>>,
    told_to: &'s mut Fired,
}

impl Drop for Attempt<'_, '_> {
    fn drop(&mut self) {
        let Some(course) = &mut self.course else { return };
        // Of one that came to its end nothing is in flight.
        course.interrupt();
        self.told_to.exchanges.append(&mut course.fired.exchanges);
        self.told_to.secrets.append(&mut course.fired.secrets);
        self.told_to.notes.append(&mut course.fired.notes);
    }
}

async fn fetch(mut attempt: Attempt<'_, '_>, planned: &PlannedCredential, login: &Login) -> Result<Prepared, String> {
    let Some(course) = &mut attempt.course else {
        return Err("the target is not in the plan".to_owned());
    };
    let mut outcome = Ok(());
    for (index, step) in login.steps.iter().enumerate() {
        let place = Place::new(Phase::Login, index);
        if let Err(broken) = course.step(step, place).await {
            let obstacle = broken.into_obstacle();
            outcome = Err(obstacle.text);
            break;
        }
    }
    let prepared = outcome.and_then(|()| {
        let variables = &course.variables;
        prepare(&planned.scheme, &planned.name, variables, || variables.take_carried()).map_err(|why| match why {
            Unready::Unset(unset) => variables.describe(&unset.0),
            Unready::Because(text) => text,
        })
    });
    if let Ok(prepared) = &prepared {
        course.firing.known.learn(prepared.secrets.iter().cloned());
        course.fired.secrets.extend_from_slice(&prepared.secrets);
    }
    prepared
}
