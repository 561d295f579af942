//! Secrets in `trueline.toml` that stand there written out: a complaint shows the line, but not them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::load::targets::sounds_secret;
use crate::load::tree::{Kind, Node};
use crate::load::url;

/// A secret whose quote is never closed, which no tree holds.
static OPEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r#"(?m)(?:bearer|value|password|passwd|secret|token|key)["']?\s*=\s*(?:"([^"\n]*)|'([^'\n]*))$"#;
    Regex::new(pattern).ok()
});

/// Where they stand, in order.
pub fn secrets(tree: Option<&Node>, text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if let Some(tree) = tree {
        search(tree, "", false, text, &mut found);
    }
    for open in OPEN.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        found.extend(open.get(1).or(open.get(2)).map(|value| value.range()));
    }
    found.sort_by_key(|range| range.start);
    found
}

fn search(node: &Node, key: &str, credential: bool, page: &str, out: &mut Vec<Range<usize>>) {
    match &node.kind {
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
            let credential = credential || matches!(&*key.text, "credentials" | "control");
            search(value, &key.text, credential, page, out);
        }),
        Kind::List(items) => items.iter().for_each(|item| search(item, key, credential, page, out)),
        Kind::Text(text) if !text.contains("{{") => {
            let by_place = credential && matches!(key, "bearer" | "password" | "value");
            if by_place || sounds_secret(key) {
                out.push(node.span.clone());
            } else if key == "url" {
                of_address(text, node.span.clone(), page, out);
            }
        }
        _ => {}
    }
}

/// The parts of an address that may be secret, where they stand in the page; all of it, where it is not written plainly.
fn of_address(address: &str, span: Range<usize>, page: &str, out: &mut Vec<Range<usize>>) {
    let parts = url::secret_parts(address);
    let written = page.get(span.clone()).and_then(|written| written.find(address)).map(|at| span.start + at);
    match written {
        Some(start) => out.extend(parts.into_iter().map(|part| start + part.start..start + part.end)),
        None if parts.is_empty() => {}
        None => out.push(span),
    }
}
