//! The command line that repeats a request.

mod align;
mod body;
mod line;
mod multipart;
mod shell;

use std::borrow::Cow;

use align::{Known, align};
use line::Line;
use shell::{Piece, Word};

use super::conceal::Conceal;
use crate::model::exchange::Exchange;
use crate::model::plan::{Body, Plan, Planned, Step};
use crate::model::template::{Encoding, Part, Template};
use crate::model::verdict::Fired;

/// One line for a POSIX shell. Secrets and captured values are environment variables, named as the scenario and the
/// target name them; what is built in (`unique`, `now`) is written out as it was sent.
pub fn line(
    plan: &Plan,
    planned: &Planned,
    step: Option<&Step>,
    fired: &Fired,
    exchange: &Exchange,
    conceal: &Conceal,
) -> String {
    let sent = &exchange.sent;
    let known = Known::new(plan, planned, fired, &sent.secrets);
    let mut line = Line::new();
    let body = body::of(step, sent, &known, conceal);
    method(&mut line, &sent.method, body.is_some());
    let url = url(plan, planned, step, &sent.url, &known, conceal);
    if url.has_any("/.") {
        line.flag("--path-as-is");
    }
    if url.has_any("[") || url.has_any("]") || url.has_any("{") || url.has_any("}") {
        line.flag("--globoff");
    }
    line.word(url);
    headers(&mut line, step, exchange, &known, conceal);
    if let Some(body) = body {
        body.add_to(&mut line);
    }
    // Everything that could hold a secret is concealed already; this makes sure.
    conceal.text(&line.finish()).into_owned()
}

fn method(line: &mut Line, method: &str, has_body: bool) {
    match method {
        "GET" if !has_body => {}
        "HEAD" if !has_body => line.flag("-I"),
        // curl would wait for the body that the answer's Content-Length announces.
        "HEAD" => line.flag("-X HEAD --max-time 10"),
        method if method.bytes().all(|b| b.is_ascii_alphanumeric()) => line.flag(&format!("-X {method}")),
        method => {
            line.flag("-X");
            line.word(Word::text(method));
        }
    }
}

fn url(plan: &Plan, planned: &Planned, step: Option<&Step>, url: &str, known: &Known, conceal: &Conceal) -> Word {
    let base = base_length(plan, planned, url);
    let path = step.map(whole_path).and_then(|template| align(&template, &url[base..], known, &|t| Cow::Borrowed(t)));
    let mut word = Word::default();
    word.push(concealed(&url[..base], known, conceal));
    match path {
        Some(pieces) => pieces.into_iter().for_each(|piece| match piece {
            Piece::Text(text) => word.push(revealing_nothing(&text, conceal)),
            env => word.push(vec![env]),
        }),
        None => word.push(concealed(&url[base..], known, conceal)),
    }
    word
}

/// Where the step's own path begins in the URL.
fn base_length(plan: &Plan, planned: &Planned, url: &str) -> usize {
    let target = planned.work().and_then(|work| plan.targets.get(usize::from(work.target)));
    let control = target.and_then(|t| t.control.as_ref()).map(|c| &*c.url);
    let bases = target.map(|t| &*t.url).into_iter().chain(control);
    let fits = |base: &&str| !base.is_empty() && url.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    if let Some(base) = bases.filter(fits).max_by_key(|base| base.len()) {
        return base.len();
    }
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url.len(), |at| host + at)
}

/// Path and query as one template.
fn whole_path(step: &Step) -> Template {
    let mut whole = step.path.clone();
    let is_query = |part: &Part| matches!(part, Part::Text(text) if text.contains('?'));
    let mut separator = if whole.parts.iter().any(is_query) { "&" } else { "?" };
    for (name, value) in &step.query {
        whole.push_text(separator);
        append(&mut whole, name);
        whole.push_text("=");
        append(&mut whole, value);
        separator = "&";
    }
    whole
}

fn append(whole: &mut Template, template: &Template) {
    for part in &template.parts {
        match part {
            Part::Text(text) => whole.push_text(text),
            Part::Value { source, encoding } => whole.push_value(source.clone(), *encoding),
        }
    }
}

fn headers(line: &mut Line, step: Option<&Step>, exchange: &Exchange, known: &Known, conceal: &Conceal) {
    let multipart = step.is_some_and(|s| matches!(s.body, Body::Multipart(_)));
    for (name, value) in &exchange.sent.headers {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // A boundary is curl's own to choose, and the length follows from it.
        if multipart && (is("content-type") || is("content-length")) {
            continue;
        }
        let template = step.and_then(|s| s.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)));
        match basic(name, value, known, conceal) {
            Some(user) if template.is_none() => {
                line.flag("-u");
                line.word(user);
            }
            _ => {
                line.flag("-H");
                line.word(field(name, value, template.map(|(_, t)| t), known, conceal));
            }
        }
    }
}

/// `name: value`; curl takes `name:` for a field to leave out, so an empty one is `name;`.
fn field(name: &str, value: &str, template: Option<&Template>, known: &Known, conceal: &Conceal) -> Word {
    if value.is_empty() {
        return Word::text(&format!("{name};"));
    }
    let mut word = Word::text(&format!("{name}: "));
    let secret = conceal.field(name, value) != conceal.text(value);
    match template.and_then(|t| align(t, value, known, &|t| Cow::Borrowed(t))) {
        Some(pieces) if pieces.iter().any(|p| matches!(p, Piece::Env(_))) || !secret => {
            for piece in pieces {
                match piece {
                    Piece::Text(text) => word.push(revealing_nothing(&text, conceal)),
                    env => word.push(vec![env]),
                }
            }
        }
        // The marker that stands for the value in reports names the variable.
        _ if secret => word.push(shell::markers_to_env(&conceal.field(name, value))),
        _ => word.push(concealed(value, known, conceal)),
    }
    word
}

/// `user:$PASSWORD` of an `Authorization: Basic`, whose base64 no variable could stand in for.
fn basic(name: &str, value: &str, known: &Known, conceal: &Conceal) -> Option<Word> {
    use base64::Engine;
    let encoded = name.eq_ignore_ascii_case("authorization").then(|| value.strip_prefix("Basic "))??;
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let mut word = Word::default();
    match known.secret_equal(user) {
        Some(name) => word.push(vec![Piece::Env(name)]),
        None => word.push(concealed(user, known, conceal)),
    }
    word.push(vec![Piece::Text(":".into())]);
    let variable = known.secret_equal(password).unwrap_or_else(|| "PASSWORD".to_owned());
    word.push(vec![Piece::Env(variable)]);
    Some(word)
}

/// A text for which there is no template: secrets and captured values are found by searching.
fn concealed(text: &str, known: &Known, conceal: &Conceal) -> Vec<Piece> {
    let mut pieces = vec![Piece::Text(text.to_owned())];
    for (name, value) in known.captured() {
        pieces = pieces.into_iter().flat_map(|piece| shell::split_out(piece, &value, &name)).collect();
    }
    let conceal_text = |piece| match piece {
        Piece::Text(text) => revealing_nothing(&text, conceal),
        env => vec![env],
    };
    pieces.into_iter().flat_map(conceal_text).collect()
}

/// A text that the scenario writes out; a secret in it still becomes a variable.
fn revealing_nothing(text: &str, conceal: &Conceal) -> Vec<Piece> {
    match conceal.text(text) {
        Cow::Borrowed(text) => vec![Piece::Text(text.to_owned())],
        Cow::Owned(redacted) => shell::markers_to_env(&redacted),
    }
}

/// How the value of a source is written, as far as it differs from its plain text.
fn suffix(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Plain => "",
        Encoding::Segment | Encoding::Query => "_URLENCODED",
        Encoding::JsonString | Encoding::Json => "_JSON",
    }
}

#[cfg(test)]
mod tests;
