//! Whether the API was heard at all: `no-answer`, `timeout`, `setup-failed`, `throttled`.

use crate::judge::course::{Course, step_name};
use crate::model::exchange::{Observation, Phase, Silence, Silent};
use crate::model::rule::Rule;
use crate::model::verdict::{Finding, Obstacle, ObstacleKind};

pub fn no_answer(course: &Course<'_>, findings: &mut Vec<Finding>) {
    match silence(course) {
        Some(silence) if silence.kind != Silent::Timeout => findings.push(silent(course, Rule::NoAnswer, silence)),
        Some(_) => {}
        None if course.last.is_none() => {
            let obstacles = obstacles(course).filter(|o| o.phase == Phase::When && o.kind == ObstacleKind::Silent);
            findings.extend(obstacles.map(|obstacle| told(course, Rule::NoAnswer, obstacle)));
        }
        None => {}
    }
}

pub fn timeout(course: &Course<'_>, findings: &mut Vec<Finding>) {
    if let Some(silence) = silence(course).filter(|silence| silence.kind == Silent::Timeout) {
        findings.push(silent(course, Rule::Timeout, silence));
    }
    let waited = obstacles(course).filter(|o| o.phase == Phase::When && o.kind == ObstacleKind::Until);
    findings.extend(waited.map(|obstacle| told(course, Rule::Timeout, obstacle)));
}

pub fn setup_failed(course: &Course<'_>, findings: &mut Vec<Finding>) {
    let failed = obstacles(course).filter(|obstacle| match obstacle.phase {
        Phase::Login | Phase::Given => obstacle.kind != ObstacleKind::Throttled,
        Phase::When => matches!(obstacle.kind, ObstacleKind::Request | ObstacleKind::Login),
        Phase::Finally => false,
    });
    findings.extend(failed.map(|obstacle| told(course, Rule::SetupFailed, obstacle)));
}

pub fn throttled(course: &Course<'_>, findings: &mut Vec<Finding>) {
    let throttled = obstacles(course).filter(|o| o.phase != Phase::Finally && o.kind == ObstacleKind::Throttled);
    let before = findings.len();
    findings.extend(throttled.map(|obstacle| told(course, Rule::Throttled, obstacle)));
    if course.throttled && findings[before..].iter().all(|finding| finding.step != "when") {
        let text = format!("still 429 after waiting as told, where {} was due", course.due());
        let mut finding = course.judge.finding(Rule::Throttled, text);
        finding.expected = Some(course.due());
        finding.seen = Some("429".to_owned());
        finding.step = "when".to_owned();
        findings.push(finding);
    }
}

/// What is said of a scenario of which nothing was judged and nothing tells why.
pub fn nothing_judged(course: &Course<'_>) -> Finding {
    let text = if course.fired.interrupted {
        "the run was interrupted before the request that matters was answered"
    } else {
        "the request that matters was never asked"
    };
    let mut finding = course.judge.finding(Rule::SetupFailed, text);
    finding.expected = Some(course.due());
    finding.step = "when".to_owned();
    finding
}

fn obstacles<'a>(course: &Course<'a>) -> impl Iterator<Item = &'a Obstacle> {
    course.fired.obstacles.iter()
}

fn silence<'a>(course: &Course<'a>) -> Option<&'a Silence> {
    match &course.fired.exchanges[course.last?].observation {
        Observation::Silent(silence) => Some(silence),
        Observation::Answered(_) => None,
    }
}

fn silent(course: &Course<'_>, rule: Rule, silence: &Silence) -> Finding {
    let head = silence.status.map_or(String::new(), |status| format!(" after the head of a {status}"));
    let text = format!("expected {}, got no whole answer{head}: {}", course.due(), silence.text);
    let mut finding = course.judge.finding(rule, text);
    finding.expected = Some(course.due());
    finding.seen = Some(silence.text.clone());
    finding.step = "when".to_owned();
    finding.documentation = course.judge.documentation_of(&course.planned.expect);
    finding
}

/// What an obstacle says of itself.
pub fn told(course: &Course<'_>, rule: Rule, obstacle: &Obstacle) -> Finding {
    let mut finding = course.judge.finding(rule, obstacle.text.clone());
    finding.expected = obstacle.expected.clone();
    finding.seen = obstacle.seen.clone();
    finding.step = step_name(obstacle.phase, obstacle.index, course.fixture(obstacle.phase, obstacle.index));
    finding
}
