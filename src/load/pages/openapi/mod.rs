//! Reads the error codes of an OpenAPI 3 file: enums, constants and examples of its error responses.

mod collect;
mod document;

use std::collections::HashMap;

use super::Words;
use crate::load::catalogue::page::{Page, Row, Table, single_spaced};
use crate::load::tree::{self, Kind, Node};
use crate::load::yaml;
use crate::model::catalogue::Status;
use crate::model::complaint::{At, Complaint};

use collect::{Collected, Source, Values, collect};
use document::{Document, items, text};

/// The codes of a file as a table for each tag, and what is said about it. `pointer` says where in an error answer the
/// code stands; without it members named like one are looked for.
pub(super) fn read(page: &str, source: &str, pointer: Option<&[String]>) -> (Page, Words) {
    let mut words = Words::new(page);
    let nothing = || Page { headings: vec!["".into()], tables: Vec::new() };
    let root = match tree::read_yaml(source) {
        Ok(root) => root,
        Err(error) => {
            words.list.push(yaml::complaint(page, source, &error));
            return (nothing(), words);
        }
    };
    let document = Document::new(&root, source);
    if let Some(complaint) = other_version(page, &document) {
        words.list.push(complaint);
        return (nothing(), words);
    }
    let collected = collect(&document, pointer);
    let mut gathering = Gathering { document: &document, words, codes: Vec::new(), known: HashMap::new() };
    gathering.limits(&collected);
    for source in &collected.sources {
        gathering.source(source, pointer.is_some());
    }
    if gathering.codes.is_empty() {
        gathering.nothing(collected.responses);
    }
    let tables = tables(gathering.codes);
    (tables, gathering.words)
}

/// Said of a file that is no OpenAPI 3.
fn other_version(page: &str, document: &Document<'_>) -> Option<Complaint> {
    let version = document.get(document.root, "openapi");
    let written = version.map(|node| match &node.kind {
        Kind::Text(text) => text.clone(),
        Kind::Number(number) => number.to_string(),
        _ => String::new(),
    });
    let complaint = |text: &str, help: &str| Some(Complaint::error(page, At::File, text).help(help));
    match written {
        Some(version) if version.starts_with("3.") || version == "3" => None,
        Some(version) => complaint(
            &format!("OpenAPI `{}` is not read, only 3.0 and 3.1", version.chars().take(20).collect::<String>()),
            "convert the file",
        ),
        None if document.get(document.root, "swagger").is_some() => {
            complaint("Swagger 2.0 is not read, only OpenAPI 3.0 and 3.1", "convert the file")
        }
        None => complaint("the file is no OpenAPI description: it has no `openapi`", "name another kind with `--kind`"),
    }
}

/// A code with all that was found of it.
struct Found {
    code: String,
    statuses: Vec<(Status, u32)>,
    section: String,
    meaning: String,
    line: u32,
}

struct Gathering<'d, 'n> {
    document: &'d Document<'n>,
    words: Words,
    codes: Vec<Found>,
    known: HashMap<String, usize>,
}

impl<'n> Gathering<'_, 'n> {
    fn say(&mut self, node: Option<&Node>, text: String, help: &str) {
        let at = node.map_or(At::File, |node| At::Line(self.document.line(node)));
        let complaint = Complaint::notice(&self.words.page, at, text);
        self.words.list.push(if help.is_empty() { complaint } else { complaint.help(help) });
    }

    fn limits(&mut self, collected: &Collected<'n>) {
        for (node, reference) in &collected.astray {
            let shown: String = reference.chars().take(60).collect();
            let text =
                format!("the reference `{shown}` is not followed: it leads out of this file, in a circle or nowhere");
            self.say(Some(node), text, "");
        }
        if collected.endless {
            let text = "the references of this file multiply so often that it is not read to the end";
            self.words.list.push(Complaint::error(&self.words.page, At::File, text));
        }
    }

    fn nothing(&mut self, responses: usize) {
        let (text, help) = match responses {
            0 => (
                "no operation has a response under the status of an error",
                "the file has to describe its error responses",
            ),
            _ => (
                "no error response names a code, in an enum, a constant or an example",
                "say where in an answer the code stands with `--code-at /error/code`",
            ),
        };
        self.words.list.push(Complaint::error(&self.words.page, At::File, text).help(help));
    }

    fn source(&mut self, source: &Source<'n>, pointed: bool) {
        let statuses = self.statuses(source);
        match &source.values {
            Values::One(node) => self.value(node, source, &statuses, source.meaning.unwrap_or(""), pointed),
            Values::Many(list, told) => {
                for (at, node) in items(list).iter().enumerate() {
                    let meaning = told.and_then(|told| self.told(told, at, node)).unwrap_or("");
                    let alone = if items(list).len() == 1 { source.meaning.unwrap_or("") } else { "" };
                    let meaning = if meaning.is_empty() { alone } else { meaning };
                    self.value(node, source, &statuses, meaning, pointed);
                }
            }
        }
    }

    /// What describes an item of an enum: by its place, or by its text.
    fn told(&self, told: &'n Node, at: usize, node: &Node) -> Option<&'n str> {
        match &told.kind {
            Kind::List(texts) => texts.get(at).and_then(text),
            _ => self.document.get(told, text(node)?).and_then(text),
        }
    }

    /// The statuses that go with a source. One among many codes that are answered under many statuses goes with none:
    /// which belongs to which is not stated.
    fn statuses(&mut self, source: &Source<'n>) -> Vec<(Status, u32)> {
        let mut alone: Vec<(Status, u32)> =
            source.uses.iter().filter(|one| one.alone).map(|one| (one.status, one.count)).collect();
        if alone.is_empty() {
            alone = source.uses.iter().map(|one| (one.status, one.count)).collect();
            if alone.len() > 1 {
                let (node, list) = match &source.values {
                    Values::One(node) => (*node, false),
                    Values::Many(list, _) => (*list, true),
                };
                let first = items(node).first().unwrap_or(node);
                let under: Vec<String> = alone.iter().take(8).map(|(status, _)| status.to_string()).collect();
                let what = if list { "these codes are" } else { "this code is" };
                let text = format!(
                    "{what} described for answers under {}, and which goes with which is not stated",
                    under.join(", ").replace('*', "any status")
                );
                self.say(Some(first), text, "an example for each response would say it");
                alone.clear();
            }
        }
        alone
    }

    fn value(&mut self, node: &'n Node, source: &Source<'n>, statuses: &[(Status, u32)], meaning: &str, pointed: bool) {
        let code = match &node.kind {
            Kind::Text(text) => single_spaced(text),
            Kind::Number(number) => number.to_string(),
            _ => String::new(),
        };
        if code.is_empty() {
            let text = "this is no code: codes are strings or integers".to_owned();
            self.say(Some(node), text, "");
            return;
        }
        let repeats = |number: &serde_json::Number| number.as_u64().is_some_and(|n| (400..600).contains(&n));
        if !pointed && matches!(&node.kind, Kind::Number(number) if repeats(number)) {
            let help = "if it is a code after all, say where it stands with `--code-at`";
            self.say(Some(node), format!("`{code}` is left out: it looks like the status again"), help);
            return;
        }
        let place = *self.known.entry(code.clone()).or_insert_with(|| {
            let line = self.document.line(node);
            let section = single_spaced(source.section);
            self.codes.push(Found { code, statuses: Vec::new(), section, meaning: String::new(), line });
            self.codes.len() - 1
        });
        let found = &mut self.codes[place];
        if found.meaning.is_empty() {
            found.meaning = single_spaced(meaning);
        }
        for (status, count) in statuses {
            match found.statuses.iter_mut().find(|(had, _)| had == status) {
                Some((_, had)) => *had = had.saturating_add(*count),
                None => found.statuses.push((*status, *count)),
            }
        }
    }
}

/// A table for each section, in the order in which they came up; the status that most operations have comes first.
fn tables(codes: Vec<Found>) -> Page {
    let mut page = Page { headings: vec!["".into()], tables: Vec::new() };
    let mut places: HashMap<String, usize> = HashMap::new();
    for mut found in codes {
        let place = *places.entry(found.section.clone()).or_insert_with(|| {
            page.headings.push(found.section.clone().into());
            let columns = ["Code", "HTTP status", "Meaning"].map(str::to_owned).to_vec();
            let heading = page.headings.len() - 1;
            page.tables.push(Table { heading, line: found.line, columns, rows: Vec::new() });
            page.tables.len() - 1
        });
        found.statuses.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let stated = found.statuses.iter().filter(|(status, _)| *status != Status::Unstated);
        let statuses: Vec<String> = stated.map(|(status, _)| status.to_string()).collect();
        let cells = vec![found.code, statuses.join(" / "), found.meaning];
        page.tables[place].rows.push(Row { line: found.line, cells, written: 3 });
    }
    page
}

/// Whether a text says of itself that it is OpenAPI (or its forerunner).
pub(super) fn says_so(head: &str) -> bool {
    let names = ["openapi:", "swagger:", "\"openapi\"", "'openapi'", "\"swagger\""];
    head.lines().any(|line| names.iter().any(|name| line.trim_start_matches(['{', ' ', '\t']).starts_with(name)))
}

#[cfg(test)]
mod tests;
