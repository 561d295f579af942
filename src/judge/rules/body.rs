//! Whether the body can be read as JSON: `not-json`, `ambiguous-json`, `body-too-large`.

use crate::judge::body::Body;
use crate::judge::not_json::{NotJson, html_title};
use crate::judge::reading::{Kind, Reading};
use crate::model::rule::Rule;
use crate::model::verdict::Finding;

pub fn not_json(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let (Body::NotJson(reason), Kind::Error | Kind::Inside) = (reading.body, reading.kind) else { return };
    let mut words = reason.words();
    let body = String::from_utf8_lossy(&reading.answer.body);
    match reason {
        NotJson::Html => words.extend(html_title(&body).map(|title| format!(" titled `{}`", reading.quote(title)))),
        NotJson::Coded(coding) => words.push_str(&format!(", `{}`", reading.quote(coding))),
        NotJson::PlainText => words.push_str(&format!(", `{}`", reading.quote(body.trim()))),
        _ => {}
    }
    let mut finding =
        reading.finding(Rule::NotJson, format!("{} with a body that is {words}", reading.expected_and_got()));
    finding.expected = Some("one JSON text".to_owned());
    finding.seen = Some(words);
    finding.documentation = reading.expect.and_then(|expect| reading.judge.documentation_of(expect));
    findings.push(finding);
}

pub fn ambiguous_json(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let Some(repeated) = reading.judged_json().map(|json| &json.repeated).filter(|r| !r.is_empty()) else { return };
    let pointer = repeated.pointers.first().cloned().unwrap_or_default();
    let others = match repeated.count - 1 {
        0 => String::new(),
        others => format!(", and {others} more"),
    };
    let shown = reading.quote_pointer(&pointer);
    let text = format!("{}: the key {shown} is repeated{others}, so readers may disagree", reading.expected_and_got());
    let mut finding = reading.finding(Rule::AmbiguousJson, text);
    finding.expected = Some("each key once".to_owned());
    finding.seen = Some(format!("{shown} more than once"));
    finding.pointer = Some(shown);
    findings.push(finding);
}

pub fn body_too_large(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    if !reading.answer.cut || !matches!(reading.kind, Kind::Error | Kind::Inside) {
        return;
    }
    let most = reading.answer.body.len();
    let text =
        format!("{} with a body of more than {most} bytes, the most that max_body allows", reading.expected_and_got());
    let mut finding = reading.finding(Rule::BodyTooLarge, text);
    finding.expected = Some(format!("at most {most} bytes"));
    finding.seen = Some("more".to_owned());
    findings.push(finding);
}
