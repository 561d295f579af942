//! Taking secrets out of one scenario's texts.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::model::secret::{NamedSecret, Redactor, marker};
use crate::model::verdict::Fired;

/// Fields whose value is a secret, however short it is.
const SECRET_FIELDS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// The secrets of the run and those that one scenario captured or sent.
pub struct Conceal<'a> {
    run: &'a Redactor,
    own: Redactor,
    secrets: Vec<&'a NamedSecret>,
}

impl<'a> Conceal<'a> {
    pub fn new(run: &'a Redactor, fired: &'a Fired) -> Self {
        let mut secrets: Vec<&NamedSecret> = Vec::new();
        for secret in fired.secrets.iter().chain(fired.exchanges.iter().flat_map(|e| &e.sent.secrets)) {
            if !secrets.contains(&secret) {
                secrets.push(secret);
            }
        }
        // Most runs know what they send: then there is nothing of its own to search for.
        let unknown = secrets.iter().filter(|s| !is_marker(&run.redact(s.value.reveal())));
        let own = Redactor::new(unknown.copied());
        Conceal { run, own, secrets }
    }

    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.own.redact(text) {
            Cow::Borrowed(text) => self.run.redact(text),
            Cow::Owned(text) => Cow::Owned(self.run.redact(&text).into_owned()),
        }
    }

    pub fn bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        match self.own.redact_bytes(bytes) {
            Cow::Borrowed(bytes) => self.run.redact_bytes(bytes),
            Cow::Owned(bytes) => Cow::Owned(self.run.redact_bytes(&bytes).into_owned()),
        }
    }

    /// Length of the longest form of a secret.
    pub fn longest(&self) -> usize {
        self.run.longest().max(self.own.longest())
    }

    /// The name of the first secret whose value is a part of the text, however short it is.
    pub fn name_within(&self, text: &str) -> Option<&str> {
        let held = |s: &&&NamedSecret| !s.value.reveal().is_empty() && text.contains(s.value.reveal());
        self.secrets.iter().filter(held).max_by_key(|s| s.value.reveal().len()).map(|s| &*s.name)
    }

    /// The value of a header field, redacted; a credential whole, even one too short to be searched for.
    pub fn field(&self, name: &str, value: &str) -> String {
        let lower = name.to_ascii_lowercase();
        let redacted = self.text(value);
        match lower.as_str() {
            "cookie" => pairs(&redacted, ';', usize::MAX),
            "set-cookie" => pairs(&redacted, ';', 1),
            _ if SECRET_FIELDS.contains(&lower.as_str()) => self.credential(&lower, value, &redacted),
            _ => match (redacted, self.secrets.iter().find(|s| s.value.reveal() == value)) {
                (_, Some(secret)) if !value.is_empty() => marker(&secret.name),
                (redacted, _) => redacted.into_owned(),
            },
        }
    }

    /// `Bearer [secret:KEY]`: the scheme stays, the rest goes.
    fn credential(&self, field: &str, value: &str, redacted: &str) -> String {
        let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
        let kept = redacted.split_once(' ').filter(|(_, rest)| is_marker(rest));
        if kept.is_some() || is_marker(redacted) {
            return redacted.to_owned();
        }
        let decoded = STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let name = self.name_within(rest).or_else(|| self.name_within(decoded.as_deref().unwrap_or_default()));
        let marker = marker(name.unwrap_or(field));
        if scheme.is_empty() { marker } else { format!("{} {marker}", self.text(scheme)) }
    }
}

fn is_marker(text: &str) -> bool {
    text.strip_prefix("[secret:").is_some_and(|rest| rest.find(']') == Some(rest.len() - 1))
}

/// `name=value` pairs with the values of the first so many replaced.
fn pairs(text: &str, separator: char, count: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split(separator).enumerate() {
        if index > 0 {
            out.push(separator);
        }
        match part.split_once('=') {
            Some((name, value)) if index < count && !is_marker(value) => {
                out.push_str(name);
                out.push('=');
                out.push_str(&marker(name.trim()));
            }
            None if index < count && !is_marker(part.trim()) => out.push_str(&marker("cookie")),
            _ => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::exchange::Sent;
    use crate::record::fixture;

    fn fired(secrets: &[(&str, &str)]) -> Fired {
        let secrets = secrets.iter().map(|(n, v)| NamedSecret::new(n, *v)).collect();
        Fired {
            exchanges: vec![fixture::exchange(Sent { secrets, ..Sent::default() }, fixture::answer(400, "{}"))],
            ..Fired::default()
        }
    }

    #[test]
    fn a_short_credential_is_hidden_in_its_field() {
        let fired = fired(&[("PIN", "k1"), ("USER", "pw")]);
        let run = Redactor::default();
        let conceal = Conceal::new(&run, &fired);
        assert_eq!(conceal.field("Authorization", "Bearer k1"), "Bearer [secret:PIN]");
        assert_eq!(conceal.field("authorization", "Basic dTpwdw=="), "Basic [secret:USER]");
        assert_eq!(conceal.field("X-Api-Key", "k1"), "[secret:PIN]");
        assert_eq!(conceal.field("Authorization", "Bearer other"), "Bearer [secret:authorization]");
    }

    #[test]
    fn cookies_lose_their_values_and_keep_their_names() {
        let fired = fired(&[("SESSION", "abcdefghijkl")]);
        let run = Redactor::default();
        let conceal = Conceal::new(&run, &fired);
        assert_eq!(conceal.field("Cookie", "s=abcdefghijkl; t=1"), "s=[secret:SESSION]; t=[secret:t]");
        assert_eq!(conceal.field("Set-Cookie", "s=1; Path=/; HttpOnly"), "s=[secret:s]; Path=/; HttpOnly");
    }

    #[test]
    fn secrets_of_the_run_and_of_the_scenario_are_both_found() {
        let fired = fired(&[("CAPTURED", "captured-value")]);
        let run = Redactor::new(&[NamedSecret::new("KEY", "run-wide-key")]);
        let conceal = Conceal::new(&run, &fired);
        assert_eq!(conceal.text("run-wide-key captured-value"), "[secret:KEY] [secret:CAPTURED]");
    }
}
