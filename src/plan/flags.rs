//! `--header`: sent with every request to the API; those that look like credentials are secrets.

use crate::model::complaint::{At, Complaint};
use crate::model::inputs::Asked;
use crate::model::plan::{PlannedValue, ValueFrom};
use crate::model::template::{Encoding, Source, Template};

use super::scope::index;

/// Whether a header of this name carries a credential.
pub(super) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["auth", "cookie", "key", "token", "secret"].iter().any(|word| name.contains(word))
}

/// The header's value with the parts that are secret told apart: `Bearer` is none, nor is the name of a cookie.
pub(super) fn credential(name: &str, value: &str, values: &mut Vec<PlannedValue>) -> Template {
    let mut template = Template::default();
    let mut secret = |template: &mut Template, text: &str| {
        if text.is_empty() {
            return;
        }
        let value = ValueFrom::Literal(text.into());
        values.push(PlannedValue { name: name.into(), value, secret: true });
        template.push_value(Source::Target(index(values.len() - 1)), Encoding::Plain);
    };
    if name.eq_ignore_ascii_case("cookie") {
        for (at, cookie) in value.split(';').enumerate() {
            template.push_text(if at == 0 { "" } else { ";" });
            let (name, value) = cookie.split_at(cookie.find('=').map_or(0, |at| at + 1));
            template.push_text(name);
            secret(&mut template, value);
        }
    } else {
        let (scheme, token) = value.split_at(value.find(' ').map_or(0, |at| at + 1));
        template.push_text(scheme);
        secret(&mut template, token);
    }
    template
}

/// Complaints about headers that cannot be sent.
pub(super) fn check(asked: &Asked) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (name, value) in &asked.headers {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            let text = format!("--header: `{name}` cannot be the name of a header");
            complaints.push(Complaint::error("", At::File, text).help("write it like `--header 'X-Trace: 1'`"));
        } else if http::HeaderValue::from_bytes(value.as_bytes()).is_err() {
            let text = format!("--header: `{name}` cannot carry a line break or another control character");
            complaints.push(Complaint::error("", At::File, text).help("write the value in one line"));
        }
    }
    complaints
}
