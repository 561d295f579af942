//! The templates. All names in them are known, so only a writer can fail.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, HtmlEscape, UndefinedBehavior, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

const SCRIPT: &str = include_str!("page.js");

/// Where a template leaves room for what is written piece by piece. Text from outside cannot hold it: it is escaped.
const ROOM: &str = "<!--room-->";

pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    pub fn new() -> io::Result<Templates> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(io::Error::other)?);
        environment.add_global("css", include_str!("page.css").trim_end());
        environment.add_global("script", SCRIPT);
        environment.add_filter("marked", marked);
        environment.add_global("script_hash", STANDARD.encode(Sha256::digest(SCRIPT)));
        for (name, source) in [
            ("page.html", include_str!("page.html")),
            ("history.html", include_str!("history.html")),
            ("group.html", include_str!("group.html")),
            ("article.html", include_str!("article.html")),
            ("row.html", include_str!("row.html")),
        ] {
            environment.add_template(name, source).map_err(io::Error::other)?;
        }
        Ok(Templates { environment })
    }

    pub fn write(&self, name: &str, view: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
        let template = self.environment.get_template(name).map_err(io::Error::other)?;
        template.render_captured_to(Serde(view), out).map(|_| ()).map_err(io::Error::other)
    }

    /// Writes a template, and in its room what `fill` writes.
    pub fn around(
        &self,
        name: &str,
        view: &impl Serialize,
        out: &mut dyn Write,
        fill: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let template = self.environment.get_template(name).map_err(io::Error::other)?;
        let text = template.render(Serde(view)).map_err(io::Error::other)?;
        let (before, after) = text.split_once(ROOM).unwrap_or((&text, ""));
        out.write_all(before.as_bytes())?;
        fill(out)?;
        out.write_all(after.as_bytes())
    }
}

/// The text with what stands between `backticks` as code.
fn marked(text: &str) -> Value {
    let mut out = String::with_capacity(text.len() + 32);
    let parts: Vec<&str> = text.split('`').collect();
    // Of an odd number of marks the last one is none.
    let paired = parts.len() - 1 - (parts.len() - 1) % 2;
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(match (at <= paired, at % 2) {
                (false, _) => "`",
                (true, 1) => "<code>",
                (true, _) => "</code>",
            });
        }
        out.push_str(&HtmlEscape(part).to_string());
    }
    Value::from_safe_string(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_code_and_everything_else_is_escaped() {
        assert_eq!(marked("a `b<c` d `e`").to_string(), "a <code>b&lt;c</code> d <code>e</code>");
        assert_eq!(marked("`a` <b> ` c").to_string(), "<code>a</code> &lt;b&gt; ` c");
        assert_eq!(marked("").to_string(), "");
    }
}
