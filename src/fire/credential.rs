//! Credentials as header fields, made once where they can be.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue};

use super::values::Unready;
use crate::model::plan::Scheme;
use crate::model::secret::NamedSecret;
use crate::model::template::{Template, Values};

/// A credential ready to be sent.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) header: HeaderName,
    pub(super) value: HeaderValue,
    /// The same as text.
    pub(super) shown: (Box<str>, Box<str>),
    /// What of it must not be written.
    pub(super) secrets: Vec<NamedSecret>,
}

/// Fills a scheme. `label` names the secret that comes out, where it is not one that has a name already; `carried`
/// gives the secrets that the filling took.
pub(super) fn prepare(
    scheme: &Scheme,
    label: &str,
    values: &dyn Values,
    carried: impl FnOnce() -> Vec<NamedSecret>,
) -> Result<Prepared, Unready> {
    let fill = |template: &Template| template.fill(values);
    let (header, text, parts) = match scheme {
        Scheme::Bearer(token) => {
            let token = fill(token)?;
            ("Authorization", format!("Bearer {token}"), vec![token])
        }
        Scheme::Basic { username, password } => {
            let (username, password) = (fill(username)?, fill(password)?);
            let composite = STANDARD.encode(format!("{username}:{password}"));
            ("Authorization", format!("Basic {composite}"), vec![password, composite])
        }
        Scheme::Header { name, value } => {
            let value = fill(value)?;
            (&**name, value.clone(), vec![value])
        }
    };
    let unsendable = |what: &str| Unready::Because(format!("the {what} of a credential holds what no header may hold"));
    let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| unsendable("value"))?;
    value.set_sensitive(true);
    let mut secrets = carried();
    for part in parts {
        if !part.is_empty() && !secrets.iter().any(|secret| secret.value.reveal() == part) {
            secrets.push(NamedSecret::new(label, part));
        }
    }
    Ok(Prepared {
        header: HeaderName::from_bytes(header.as_bytes()).map_err(|_| unsendable("header name"))?,
        value,
        shown: (header.into(), text.into()),
        secrets,
    })
}

/// The parts of a header that an author wrote which are credentials: all of `Authorization`, each value of `Cookie`.
pub(super) fn written_secrets(name: &str, value: &str, secrets: &mut Vec<NamedSecret>) {
    let mut push = |part: &str| {
        let part = part.trim().trim_matches('"');
        if !part.is_empty() && !secrets.iter().any(|secret| secret.value.reveal() == part) {
            secrets.push(NamedSecret::new(&name.to_ascii_lowercase(), part));
        }
    };
    if name.eq_ignore_ascii_case("cookie") {
        value.split(';').for_each(|pair| push(pair.split_once('=').map_or(pair, |(_, value)| value)));
    } else if name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("proxy-authorization") {
        let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
        push(rest);
        if scheme.eq_ignore_ascii_case("basic")
            && let Some(Ok(both)) = STANDARD.decode(rest.trim()).ok().map(String::from_utf8)
            && let Some((_, password)) = both.split_once(':')
        {
            push(password);
        }
    }
}

/// Whether the name of a header given on the command line says that its value is a credential.
pub(super) fn names_a_secret(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    ["auth", "cookie", "token", "secret", "password", "api-key", "apikey"].iter().any(|word| header.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, value: &str) -> Vec<String> {
        let mut secrets = Vec::new();
        written_secrets(name, value, &mut secrets);
        secrets.iter().map(|secret| secret.value.reveal().to_owned()).collect()
    }

    #[test]
    fn a_written_authorization_is_a_secret_without_its_scheme() {
        assert_eq!(written("authorization", "Bearer abc"), ["abc"]);
        assert_eq!(written("Authorization", "abc"), ["abc"]);
        assert_eq!(written("Authorization", "Basic dXNlcjpwYXNz"), ["dXNlcjpwYXNz", "pass"]);
        assert_eq!(written("Cookie", "a=1; b=\"two\""), ["1", "two"]);
        assert!(written("X-Trace", "abc").is_empty());
    }
}
