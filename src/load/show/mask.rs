//! Secrets in `trueline.toml` that stand there written out: a complaint shows the line, but not them.

use std::ops::Range;

use crate::load::targets::sounds_secret;
use crate::load::tree::{Kind, Node};

/// Where they stand.
pub fn secrets(tree: &Node) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    search(tree, "", false, &mut found);
    found.sort_by_key(|range| range.start);
    found
}

fn search(node: &Node, key: &str, credential: bool, out: &mut Vec<Range<usize>>) {
    match &node.kind {
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
            let credential = credential || matches!(&*key.text, "credentials" | "control");
            search(value, &key.text, credential, out);
        }),
        Kind::List(items) => items.iter().for_each(|item| search(item, key, credential, out)),
        Kind::Text(text) if !text.contains("{{") => {
            let by_place = credential && matches!(key, "bearer" | "password" | "value");
            if by_place || sounds_secret(key) {
                out.push(node.span.clone());
            }
        }
        _ => {}
    }
}
