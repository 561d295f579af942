//! What is only a warning about a scenario: `flaky`, `cleanup-failed`.

use crate::judge::course::Course;
use crate::model::exchange::Phase;
use crate::model::rule::Rule;
use crate::model::verdict::{Finding, ObstacleKind};

use super::hearing::told;

/// Asked only of a scenario that conforms.
pub fn flaky(course: &Course<'_>) -> Option<Finding> {
    let attempts = course.fired.attempts;
    if attempts < 2 {
        return None;
    }
    let text = format!("conformed only on attempt {attempts}");
    let mut finding = course.judge.finding(Rule::Flaky, text);
    finding.expected = Some("attempt 1".to_owned());
    finding.seen = Some(format!("attempt {attempts}"));
    finding.step = "when".to_owned();
    Some(finding)
}

/// What `when` should have captured serves only the clean-up.
pub fn cleanup_failed(course: &Course<'_>, findings: &mut Vec<Finding>) {
    let failed = course.fired.obstacles.iter().filter(|obstacle| match obstacle.phase {
        Phase::Finally => true,
        Phase::When => obstacle.kind == ObstacleKind::Capture,
        Phase::Login | Phase::Given => false,
    });
    findings.extend(failed.map(|obstacle| told(course, Rule::CleanupFailed, obstacle)));
}
