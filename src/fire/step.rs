//! A step whose answer has to be what it is for: in `given`, `finally` and logins.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::capture::Document;
use super::course::{Broken, Course, FIRST_PAUSE, Place, SLOWEST};
use super::silence::spoken;
use crate::model::exchange::{Answer, Observation};
use crate::model::plan::{Step, Until};
use crate::model::verdict::{Obstacle, ObstacleKind};

impl Course<'_> {
    /// Fires a step, waits until it has come about, and takes its values.
    pub(super) async fn step(&mut self, step: &Step, place: Place) -> Result<(), Broken> {
        match &step.until {
            None => {
                self.ask(step, place).await?;
                self.check(step, place)?;
            }
            Some(until) => self.wait_until(step, until, place).await?,
        }
        self.capture(step).map_err(|text| Broken::By(place.obstacle(ObstacleKind::Capture, text)))
    }

    /// Asks again until the values are there. An answer of another status may be one that came too early.
    async fn wait_until(&mut self, step: &Step, until: &Until, place: Place) -> Result<(), Broken> {
        let mut pauses = Pauses::new(until.within);
        loop {
            self.ask(step, place).await?;
            let checked = self.check(step, place);
            let come_true = checked.is_ok() && self.last_answer().is_some_and(|answer| holds(until, answer));
            if come_true {
                return Ok(());
            }
            if !pauses.wait().await {
                checked?;
                return Err(Broken::By(self.not_in_time(until, place)));
            }
            self.supersede();
        }
    }

    /// The obstacle of an `until` that did not come true.
    pub(super) fn not_in_time(&self, until: &Until, place: Place) -> Obstacle {
        let mut document = self.last_answer().map(Document::new);
        let mut seen = Vec::new();
        for (pointer, _) in &until.values {
            let value = document.as_mut().and_then(|document| document.at(pointer).ok().map(Value::to_string));
            seen.push(format!("{pointer} is {}", value.as_deref().unwrap_or("missing")));
        }
        let due = until.values.iter().map(|(pointer, values)| {
            let values: Vec<_> = values.iter().map(Value::to_string).collect();
            format!("{pointer} is {}", values.join(" or "))
        });
        let text = format!("what was waited for did not come within {}", spoken(until.within));
        Obstacle {
            expected: Some(due.collect::<Vec<_>>().join(", ")),
            seen: Some(seen.join(", ")),
            ..place.obstacle(ObstacleKind::Until, text)
        }
    }

    /// Whether the last answer has a status that the step may have.
    fn check(&self, step: &Step, place: Place) -> Result<(), Broken> {
        let answer = match self.fired.exchanges.last().map(|last| &last.observation) {
            Some(Observation::Answered(answer)) => answer,
            Some(Observation::Silent(silence)) => {
                return Err(Broken::By(place.obstacle(ObstacleKind::Silent, silence.text.clone())));
            }
            None => return Ok(()),
        };
        let accepted = match &*step.accept {
            [] => (200..300).contains(&answer.status),
            listed => listed.contains(&answer.status),
        };
        if accepted {
            return Ok(());
        }
        let due = match &*step.accept {
            [] => "2xx".to_owned(),
            listed => listed.iter().map(u16::to_string).collect::<Vec<_>>().join(" or "),
        };
        let text = format!("answered {} where {due} was due", answer.status);
        Err(Broken::By(Obstacle {
            expected: Some(due),
            seen: Some(answer.status.to_string()),
            ..place.obstacle(ObstacleKind::Status, text)
        }))
    }
}

/// Whether every value is one of those listed.
pub(super) fn holds(until: &Until, answer: &Answer) -> bool {
    let mut document = Document::new(answer);
    let mut values = until.values.iter();
    values.all(|(pointer, listed)| document.at(pointer).is_ok_and(|value| listed.contains(value)))
}

/// The pauses between asking and asking again, within a time.
pub(super) struct Pauses {
    end: Instant,
    next: Duration,
}

impl Pauses {
    pub(super) fn new(within: Duration) -> Self {
        Pauses { end: Instant::now() + within, next: FIRST_PAUSE }
    }

    /// Waits; `false` when the time is up. The last pause is cut so that the last asking falls on the end.
    pub(super) async fn wait(&mut self) -> bool {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        sleep(self.next.min(left)).await;
        self.next = (self.next * 2).min(SLOWEST);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When is asked again, in milliseconds after the beginning.
    async fn asked_at(within: u64) -> Vec<u128> {
        let (start, mut pauses, mut at) = (Instant::now(), Pauses::new(Duration::from_millis(within)), Vec::new());
        while pauses.wait().await {
            at.push(start.elapsed().as_millis());
        }
        at
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_a_second_and_the_last_asking_falls_on_the_end() {
        assert_eq!(asked_at(250).await, [100, 250]);
        assert_eq!(asked_at(4_000).await, [100, 300, 700, 1500, 2500, 3500, 4000]);
        assert_eq!(asked_at(0).await, []);
    }
}
