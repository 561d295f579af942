//! Headers and secrets: `missing-header`, `malformed-header`, `secret-echoed`.

use crate::judge::reading::{Kind, Reading};
use crate::model::rule::Rule;
use crate::model::verdict::Finding;

pub fn missing_header(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    let Some((id, entry)) = reading.subject().filter(|_| reading.kind == Kind::Error) else { return };
    // To HEAD the code is only inferred, and only from a status that it documents.
    if reading.is_head() && entry.documented(reading.answer.status).is_none() {
        return;
    }
    for name in reading.judge.required_headers.get(&id).into_iter().flatten() {
        if reading.answer.headers.get(name).is_some() {
            continue;
        }
        let text = format!("{} without the header {name}, which {} must have", reading.got(), entry.code);
        let mut finding = reading.finding(Rule::MissingHeader, text);
        finding.expected = Some(name.to_string());
        finding.seen = Some("absent".to_owned());
        finding.documentation = Some(reading.judge.documentation(entry));
        findings.push(finding);
    }
}

/// RFC 9110, 10.2.3: seconds, or a date in one of the three formats of 5.6.7.
pub fn malformed_header(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    if reading.kind != Kind::Error {
        return;
    }
    for value in reading.answer.headers.all_known(&http::header::RETRY_AFTER).filter(|value| !is_a_wait(value)) {
        let shown = format!("`{}`", reading.quote(&String::from_utf8_lossy(value)));
        let text = format!("{} with Retry-After {shown}, neither seconds nor an HTTP date", reading.got());
        let mut finding = reading.finding(Rule::MalformedHeader, text);
        finding.expected = Some("seconds or an HTTP date".to_owned());
        finding.seen = Some(shown);
        finding.documentation = reading.subject().map(|(_, entry)| reading.judge.documentation(entry));
        findings.push(finding);
    }
}

fn is_a_wait(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let seconds = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    seconds || std::str::from_utf8(value).is_ok_and(|text| httpdate::parse_http_date(text).is_ok())
}

/// Holds for a proxy's answer too: a leak is one whoever wrote it.
pub fn secret_echoed(reading: &Reading<'_>, findings: &mut Vec<Finding>) {
    if reading.kind == Kind::Success {
        return;
    }
    for secret in &reading.exchange.sent.secrets {
        let Some(echo) = reading.judge.echo(secret, reading.answer) else { continue };
        let place = echo.header.map_or("its body".to_owned(), |name| format!("the header {name}"));
        let text = format!("{} gives back a secret that was sent, {}, in {place}", reading.got(), echo.marker);
        let mut finding = reading.finding(Rule::SecretEchoed, text);
        finding.expected = Some("no secret".to_owned());
        finding.seen = Some(format!("{} in {place}", echo.marker));
        findings.push(finding);
    }
}
