//! One scenario: given, when, finally.

use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::course::{Broken, Course, Place};
use super::step::{Pauses, holds};
use super::{Due, Firing, Stop};
use crate::model::exchange::{Exchange, Phase};
use crate::model::plan::{Step, Work};
use crate::model::verdict::{Fired, Obstacle, ObstacleKind};

impl Firing {
    /// Fires the scenario of this index; one that is skipped gives nothing. It comes back in bounded time, and soon
    /// after a second signal to stop.
    pub async fn scenario(&self, index: usize, due: &dyn Due, stop: &Stop) -> Fired {
        let start = Instant::now();
        let Some(work) = self.plan.scenarios.get(index).and_then(|planned| planned.work()) else {
            return Fired::default();
        };
        let Some(mut course) = Course::new(self, usize::from(work.target), &work.slots, due) else {
            return Fired::default();
        };
        if let Some(why) = course.target.pulse.down().filter(|_| !stop.is_asked()) {
            let place = Place::new(Phase::When, 0);
            course.fired.obstacles.push(place.obstacle(ObstacleKind::Silent, why));
            return course.fired;
        }
        course.of = Some(index);
        course.fired.attempts = 1;
        course.fired.exchanges.reserve_exact(work.given.len() + 1 + work.finally.len());
        let interrupted = stop.is_asked() || !course.until_stopped(work, index, due, stop).await;
        if interrupted {
            course.interrupt();
            course.fired.interrupted = true;
        }
        // What was interrupted before it sent anything has nothing to clean up.
        if !interrupted || !course.fired.exchanges.is_empty() {
            course.clean_up(&work.finally, stop).await;
        }
        let Course { mut fired, variables, .. } = course;
        fired.captured = variables.into_captured();
        fired.elapsed = start.elapsed();
        fired
    }
}

impl Course<'_> {
    /// `given` and `when`; `false` if the run was stopped before their end.
    async fn until_stopped(&mut self, work: &Work, index: usize, due: &dyn Due, stop: &Stop) -> bool {
        let outcome = {
            let asked = pin!(stop.asked());
            let course = pin!(self.given_and_when(work, index, due));
            match select(course, asked).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right(_) => return false,
            }
        };
        if let Err(broken) = outcome {
            self.fired.obstacles.push(broken.into_obstacle());
        }
        true
    }

    async fn given_and_when(&mut self, work: &Work, index: usize, due: &dyn Due) -> Result<(), Broken> {
        for (number, step) in work.given.iter().enumerate() {
            self.step(step, Place::new(Phase::Given, number)).await?;
        }
        let outcome = self.eventually(work, index, due).await;
        if self.fired.exchanges.last().is_some_and(|last| last.phase == Phase::When) {
            // A value that is missing is no obstacle: an error answer has no id of something made.
            let _missing = self.capture(&work.when);
        }
        outcome
    }

    /// Asks `when`, and again until it conforms or the scenario's time is up.
    async fn eventually(&mut self, work: &Work, index: usize, due: &dyn Due) -> Result<(), Broken> {
        let Some(time) = work.eventually else { return self.repeat(work, index, due).await };
        let mut pauses = Pauses::new(time);
        loop {
            self.repeat(work, index, due).await?;
            if self.is_met(index, due) || !pauses.wait().await {
                return Ok(());
            }
            self.supersede();
        }
    }

    /// Asks `when` once, or as often as `repeat` says until the expected answer comes.
    async fn repeat(&mut self, work: &Work, index: usize, due: &dyn Due) -> Result<(), Broken> {
        let most = work.repeat.map_or(1, |repeat| repeat.at_most.max(1));
        let mut place = Place::new(Phase::When, 0);
        place.paced = !work.repeat.is_some_and(|repeat| repeat.unpaced);
        for number in 1..=most {
            self.when(&work.when, place, index, due).await?;
            let silent = self.last_answer().is_none();
            if number == most || silent || self.is_met(index, due) {
                break;
            }
            self.supersede();
        }
        Ok(())
    }

    /// Asks `when`, and again while its `until` has not come true and the answer is not the expected one.
    async fn when(&mut self, step: &Step, place: Place, index: usize, due: &dyn Due) -> Result<(), Broken> {
        self.ask(step, place).await?;
        let Some(until) = &step.until else { return Ok(()) };
        let mut pauses = Pauses::new(until.within);
        loop {
            if self.last_answer().is_some_and(|answer| holds(until, answer)) || self.is_met(index, due) {
                return Ok(());
            }
            if !pauses.wait().await {
                return Err(Broken::By(self.not_in_time(until, place)));
            }
            self.supersede();
            self.ask(step, place).await?;
        }
    }

    fn is_met(&self, index: usize, due: &dyn Due) -> bool {
        self.fired.exchanges.last().is_some_and(|last| due.is_met(index, last))
    }

    /// Runs the `finally` steps, each of them whatever became of the others, until clean-up has to end.
    async fn clean_up(&mut self, steps: &[Step], stop: &Stop) {
        if steps.is_empty() {
            return;
        }
        let mut reached = 0;
        let cut_short = {
            let over = pin!(stop.clean_up_is_over());
            let all = pin!(self.finally(steps, &mut reached));
            matches!(select(all, over).await, Either::Right(_))
        };
        if cut_short {
            self.interrupt();
            for (number, step) in steps.iter().enumerate().skip(reached) {
                let undone = self.undone(step, Place::new(Phase::Finally, number));
                self.fired.obstacles.extend(undone);
            }
        }
    }

    /// What is told of a clean-up step to which the interrupt left no time: nothing, if there was nothing to clean up.
    fn undone(&mut self, step: &Step, place: Place) -> Option<Obstacle> {
        let begun = |last: &Exchange| (last.phase, last.index) == (place.phase, place.index);
        let text = if self.fired.exchanges.last().is_some_and(begun) {
            "the clean-up was cut short by the interrupt: whether it was done is not known".to_owned()
        } else {
            match self.unsent(step, place) {
                Ok(sent) => {
                    self.fired.secrets.extend(sent.secrets);
                    format!("the clean-up was not done, for the run was interrupted: {} {}", sent.method, sent.url)
                }
                Err(Broken::Uncaptured(_)) => return None,
                Err(Broken::By(_)) => "the clean-up was not done, for the run was interrupted".to_owned(),
            }
        };
        Some(place.obstacle(ObstacleKind::Silent, text))
    }

    async fn finally(&mut self, steps: &[Step], reached: &mut usize) {
        for (number, step) in steps.iter().enumerate() {
            *reached = number;
            match self.step(step, Place::new(Phase::Finally, number)).await {
                Ok(()) | Err(Broken::Uncaptured(_)) => {}
                Err(Broken::By(obstacle)) => self.fired.obstacles.push(obstacle),
            }
        }
    }
}
