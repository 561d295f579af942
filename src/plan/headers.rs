//! Headers of requests: names and values that can be sent, and the one that is a credential.

use serde_json::Value;

use super::notes::Crumb;
use super::texts::Composer;
use crate::model::plan::{Auth, Scheme};
use crate::model::scenario::Ordered;
use crate::model::template::{Encoding, Part, Template};

impl<'i> Composer<'_, 'i> {
    /// Headers as they are sent, without the `Authorization`, which is a credential and wins over `as`.
    pub fn headers(&mut self, headers: &'i Ordered<Value>) -> (Vec<(Box<str>, Template)>, Option<Auth>) {
        let mut list = Vec::with_capacity(headers.len());
        let mut authorization = None;
        self.notes.enter("headers");
        for (name, value) in headers.iter() {
            self.header_name_here(name);
            self.notes.enter(name);
            match value {
                Value::Array(items) => {
                    for (at, item) in items.iter().enumerate() {
                        self.notes.enter(at);
                        list.push((name.into(), self.header(name, item)));
                        self.notes.leave();
                    }
                }
                value => {
                    let template = self.header(name, value);
                    if name.eq_ignore_ascii_case("authorization") && authorization.is_none() {
                        let scheme = Scheme::Header { name: name.into(), value: template };
                        authorization = Some(Auth::Captured(Box::new(scheme)));
                    } else {
                        list.push((name.into(), template));
                    }
                }
            }
            self.notes.leave();
        }
        self.notes.leave();
        (list, authorization)
    }

    fn header_name_here(&mut self, name: &'i str) {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            let text = format!("`{name}` cannot be the name of a header");
            let help = "a name has letters, digits and `-`, without blanks or a colon";
            self.notes.add(self.notes.key(name), text, help);
        }
    }

    fn header(&mut self, name: &str, value: &'i Value) -> Template {
        let template = self.scalar(value, Encoding::Plain, "header");
        self.header_value(&template);
        if ["authorization", "proxy-authorization", "cookie"].iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
            self.keep_secret(&template);
        }
        template
    }

    /// Whether this can be the name of a header; `key` is where it stands, below the notes.
    pub fn header_name(&mut self, name: &'i str, key: impl Into<Crumb<'i>>) -> bool {
        let sound = http::HeaderName::from_bytes(name.as_bytes()).is_ok();
        if !sound {
            let text = format!("`{name}` cannot be the name of a header");
            self.notes.add(
                self.notes.value(key),
                text,
                "a name has letters, digits and `-`, without blanks or a colon",
            );
        }
        sound
    }

    /// Complains about what no header can carry.
    pub fn header_value(&mut self, template: &Template) {
        for part in &template.parts {
            if let Part::Text(text) = part
                && http::HeaderValue::from_bytes(text.as_bytes()).is_err()
            {
                let text = "a header cannot carry a line break or another control character";
                self.notes.add(self.notes.here(), text, "write the value in one line");
                return;
            }
        }
    }
}
