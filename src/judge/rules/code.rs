//! Code and status against the catalogue and against what is due: `undocumented-code`, `undocumented-status`,
//! `wrong-code`, `wrong-status`. At most one of them holds for an answer: the first that explains it.

use crate::judge::lookalike::near;
use crate::judge::reading::Reading;
use crate::judge::words::{statuses, with_meaning};
use crate::judge::{pointer::leads_to, visible};
use crate::model::catalogue::Entry;
use crate::model::plan::Expect;
use crate::model::rule::Rule;
use crate::model::verdict::Finding;

pub fn undocumented_code(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let (Some(code), None) = (reading.judged_code(), reading.entry) else { return };
    // A code of a type that the schema forbids is not looked up by what its text would be.
    let pointer = reading.code_pointer();
    let said = |f: &Finding| f.rule == Rule::Envelope && f.pointer.as_deref().is_some_and(|p| leads_to(&pointer, p));
    let is_text = reading.envelope.and_then(|e| reading.judge.code.resolve(e)).is_some_and(|v| v.is_string());
    if !is_text && findings.iter().any(said) {
        return;
    }
    let judge = reading.judge;
    let near = near(&judge.catalogue, code);
    let hint = match &near {
        None => String::new(),
        Some(near) if near.only_by.is_empty() => format!(" (did you mean {}?)", near.entry.code),
        Some(near) => format!(" (it differs from {} only by {})", near.entry.code, near.only_by.join(" and ")),
    };
    let shown = visible::code(&reading.quote_code(code)).into_owned();
    let page = &judge.catalogue.page;
    let text = format!("{}, which is not in {page}{hint}", reading.expected_and_got());
    let mut finding = reading.finding(Rule::UndocumentedCode, text);
    finding.pointer = Some(pointer);
    finding.expected = Some(match reading.due_entry() {
        Some((_, due)) => due.code.to_string(),
        None => "a documented code".to_owned(),
    });
    finding.seen = Some(shown);
    let due = reading.expect.and_then(|expect| judge.documentation_of(expect));
    finding.documentation = due.or_else(|| near.map(|near| judge.documentation(near.entry)));
    findings.push(finding);
}

pub fn undocumented_status(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let Some((_, entry)) = reading.subject().filter(|_| reading.status_counts()) else { return };
    let status = reading.answer.status;
    if entry.documented(status).is_some() || !(reading.is_head() || reading.judged_code().is_some()) {
        return;
    }
    let text = format!("{} (documented: {})", reading.expected_and_got(), statuses(entry));
    let mut finding = reading.finding(Rule::UndocumentedStatus, text);
    finding.pointer = (!reading.is_head()).then(|| reading.code_pointer());
    finding.expected = Some(statuses(entry));
    finding.seen = Some(status.to_string());
    finding.documentation = Some(reading.judge.documentation(entry));
    findings.push(finding);
}

pub fn wrong_code(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let (Some(expect), Some((seen_id, seen))) = (reading.expect, documented_pair(reading)) else { return };
    let Some((due_id, due)) = reading.due_entry() else { return };
    if due_id == seen_id || reading.misplaced {
        return;
    }
    let judge = reading.judge;
    let mut finding = reading.finding(Rule::WrongCode, reading.expected_and_got());
    finding.pointer = Some(reading.code_pointer());
    finding.expected = Some(with_meaning(&judge.due(expect), due));
    let seen_text = with_meaning(&reading.got(), seen);
    finding.seen = Some(format!("{seen_text} ({})", judge.documentation(seen)));
    finding.documentation = judge.documentation_of(expect);
    findings.push(finding);
}

pub fn wrong_status(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let Some(expect) = reading.expect.filter(|_| reading.status_counts()) else { return };
    let Some(pin) = expect.pinned.filter(|pin| !pin.covers(reading.answer.status)) else { return };
    if !status_alone_is_wrong(reading, expect) {
        return;
    }
    let text = match reading.due_entry() {
        Some(_) => format!("{}, which is documented too, but {pin} is what is due", reading.expected_and_got()),
        None => reading.expected_and_got(),
    };
    let mut finding = reading.finding(Rule::WrongStatus, text);
    finding.expected = Some(pin.to_string());
    finding.seen = Some(reading.answer.status.to_string());
    let own = || reading.entry.map(|(_, entry)| reading.judge.documentation(entry));
    finding.documentation = reading.judge.documentation_of(expect).or_else(own);
    findings.push(finding);
}

fn status_alone_is_wrong(reading: &Reading<'_>, expect: &Expect) -> bool {
    if reading.is_head() {
        return reading.due_entry().is_none_or(|(_, due)| due.documented(reading.answer.status).is_some());
    }
    documented_pair(reading).is_some_and(|(id, _)| expect.code.is_none_or(|due| due == id))
}

/// The code, if it is judged and documented with this status.
fn documented_pair<'a>(reading: &Reading<'a>) -> Option<(crate::model::catalogue::CodeId, &'a Entry)> {
    let (id, entry) = reading.entry.filter(|_| reading.judged_code().is_some())?;
    let documented = !reading.status_counts() || entry.documented(reading.answer.status).is_some();
    documented.then_some((id, entry))
}
