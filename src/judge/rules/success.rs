//! `unexpected-success`: no error where one was due.

use crate::judge::reading::{Kind, Reading};
use crate::model::rule::Rule;
use crate::model::verdict::Finding;

pub fn unexpected_success(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let (Kind::Success, Some(expect)) = (reading.kind, reading.expect) else { return };
    let enveloped = reading.holds && reading.code.is_some();
    let manner = match reading.answer.status {
        _ if enveloped => ", an error envelope under a status that is no error's",
        304 => ", which says that nothing has changed",
        300..400 => ", a redirect (redirects are not followed)",
        100..200 => ", which is only informational",
        _ => "",
    };
    let text = format!("{}{manner}", reading.expected_and_got());
    let mut finding = reading.finding(Rule::UnexpectedSuccess, text);
    finding.expected = reading.due();
    finding.seen = Some(reading.got());
    finding.documentation = reading.judge.documentation_of(expect);
    findings.push(finding);
}
