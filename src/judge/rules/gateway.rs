//! `gateway`: a proxy answered in the API's place.

use crate::judge::reading::{Kind, Reading};
use crate::model::rule::Rule;
use crate::model::verdict::Finding;

pub fn gateway(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    if reading.kind != Kind::Proxys || !reading.is_waited_for() {
        return;
    }
    let evidence: Vec<_> = reading.marks.iter().map(|mark| reading.quote(&mark.to_string())).collect();
    let evidence = evidence.join(" and ");
    let text = format!("{} from a proxy and not from the API, as shown by {evidence}", reading.answer.status);
    let mut finding = reading.finding(Rule::Gateway, text);
    finding.expected = reading.due();
    finding.seen = Some(format!("{} with {evidence}", reading.answer.status));
    findings.push(finding);
}
