//! An OpenAPI file as a tree, with its references.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::load::tree::{Kind, Node};

/// So many references may lead from one to the next.
const LONGEST_CHAIN: usize = 32;

/// Mappings with more keys than this are indexed.
const SMALL: usize = 16;

pub(super) struct Document<'n> {
    pub root: &'n Node,
    /// Where each line begins.
    lines: Vec<usize>,
    /// Of large mappings, their keys.
    keys: RefCell<HashMap<*const Node, HashMap<&'n str, &'n Node>>>,
}

/// Where a reference leads.
pub(super) enum Led<'n> {
    To(&'n Node),
    /// To another file, or nowhere; with the reference.
    Astray(&'n Node, &'n str),
}

impl<'n> Document<'n> {
    pub fn new(root: &'n Node, text: &str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        Document { root, lines, keys: RefCell::default() }
    }

    pub fn line(&self, node: &Node) -> u32 {
        u32::try_from(self.lines.partition_point(|start| *start <= node.span.start)).unwrap_or(u32::MAX)
    }

    /// A member of a mapping.
    pub fn get(&self, node: &'n Node, name: &str) -> Option<&'n Node> {
        let Kind::Map(entries) = &node.kind else { return None };
        if entries.len() <= SMALL {
            return entries.iter().find(|(key, _)| key.text == name).map(|(_, value)| value);
        }
        let mut keys = self.keys.borrow_mut();
        let index = keys
            .entry(node)
            .or_insert_with(|| entries.iter().rev().map(|(key, value)| (key.text.as_str(), value)).collect());
        index.get(name).copied()
    }

    /// Follows the references of a node, as far as they lead. References that lead in a circle lead nowhere.
    pub fn resolve(&self, node: &'n Node) -> Led<'n> {
        let (mut at, mut last) = (node, "");
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = self.get(at, "$ref").and_then(text) else { return Led::To(at) };
            last = reference;
            match self.pointed(reference) {
                Some(next) => at = next,
                None => return Led::Astray(at, reference),
            }
        }
        Led::Astray(node, last)
    }

    /// What a reference within this file points at: `#/components/schemas/Error`.
    fn pointed(&self, reference: &str) -> Option<&'n Node> {
        let pointer = reference.strip_prefix('#')?;
        let decoded = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
        let mut at = self.root;
        for token in decoded.split('/').skip(1) {
            let name = token.replace("~1", "/").replace("~0", "~");
            at = match &at.kind {
                Kind::List(items) => items.get(name.parse::<usize>().ok()?)?,
                _ => self.get(at, &name)?,
            };
        }
        Some(at)
    }
}

pub(super) fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Text(text) => Some(text),
        _ => None,
    }
}

pub(super) fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::List(items) => items,
        _ => &[],
    }
}

pub(super) fn entries(node: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let entries = match &node.kind {
        Kind::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().map(|(key, value)| (key.text.as_str(), value))
}
