//! Walks the error responses of an OpenAPI file and collects what names a code.

use std::collections::{HashMap, HashSet};

use super::document::{Document, Led, entries, items, text};
use crate::load::tree::{Kind, Node};
use crate::model::catalogue::Status;

/// So many values are looked at; a file whose references multiply without end is not read further.
const MOST: usize = 10_000_000;

/// The deepest nesting that is followed, references included.
const DEEPEST: usize = 64;

/// Something that names codes: an enum, a constant or an example.
pub(super) struct Source<'n> {
    pub values: Values<'n>,
    pub uses: Vec<Use>,
    pub section: &'n str,
    pub meaning: Option<&'n str>,
}

pub(super) enum Values<'n> {
    One(&'n Node),
    /// The list, and what describes its items.
    Many(&'n Node, Option<&'n Node>),
}

/// A status under which a source is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Use {
    pub status: Status,
    /// The response names no other code.
    pub alone: bool,
    pub count: u32,
}

/// What was found in one response, and how.
#[derive(Clone, Copy)]
struct Hit {
    source: usize,
    /// In an example of the response itself: that one is answered with its status.
    shown: bool,
}

pub(super) struct Collected<'n> {
    pub sources: Vec<Source<'n>>,
    /// References that lead out of the file or nowhere.
    pub astray: Vec<(&'n Node, &'n str)>,
    /// The walk was given up.
    pub endless: bool,
    /// Error responses that were met.
    pub responses: usize,
}

/// A response and where it is used.
struct Response<'n> {
    node: &'n Node,
    statuses: Vec<(Status, u32)>,
    section: &'n str,
}

pub(super) struct Collector<'d, 'n> {
    document: &'d Document<'n>,
    /// The members that lead to the code; none where it is to be found by its name.
    pointer: Option<&'d [String]>,
    sources: Vec<Source<'n>>,
    known: HashMap<*const Node, usize>,
    hits: Vec<Hit>,
    visited: HashSet<*const Node>,
    astray: Vec<(&'n Node, &'n str)>,
    section: &'n str,
    left: usize,
}

pub(super) fn collect<'n>(document: &Document<'n>, pointer: Option<&[String]>) -> Collected<'n> {
    let mut collector = Collector {
        document,
        pointer,
        sources: Vec::new(),
        known: HashMap::new(),
        hits: Vec::new(),
        visited: HashSet::new(),
        astray: Vec::new(),
        section: "",
        left: MOST,
    };
    let responses = collector.responses();
    for response in &responses {
        collector.response(response);
    }
    Collected {
        sources: collector.sources,
        astray: collector.astray,
        endless: collector.left == 0,
        responses: responses.len(),
    }
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// `404`, `4XX`, `default`; none for what is no error.
fn status(key: &str) -> Option<Status> {
    match key.as_bytes() {
        b"default" => Some(Status::Unstated),
        [class @ (b'4' | b'5'), b'x' | b'X', b'x' | b'X'] => Some(Status::Class(class - b'0')),
        [b'4' | b'5', b'0'..=b'9', b'0'..=b'9'] => key.parse().ok().map(Status::Exact),
        _ => None,
    }
}

/// Names of members that hold a code.
fn names_a_code(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["code", "errorcode", "errcode", "errorid", "errortype", "apicode"].contains(&plain.as_str())
}

/// Names of members that hold the object or list that has the code.
fn holds_a_code(name: &str) -> bool {
    ["error", "errors", "err", "fault", "problem", "detail"].contains(&name.to_ascii_lowercase().as_str())
}

impl<'n> Collector<'_, 'n> {
    /// Every response under the status of an error, once, with all its uses.
    fn responses(&mut self) -> Vec<Response<'n>> {
        let mut found: Vec<Response<'n>> = Vec::new();
        let mut places: HashMap<*const Node, usize> = HashMap::new();
        let Some(paths) = self.document.get(self.document.root, "paths") else { return found };
        for (_, path) in entries(paths) {
            let Some(path) = self.resolved(path) else { continue };
            for (_, operation) in entries(path).filter(|(method, _)| METHODS.contains(method)) {
                let tags = self.document.get(operation, "tags");
                let section = tags.and_then(|tags| items(tags).first()).and_then(text).unwrap_or("");
                let Some(responses) = self.document.get(operation, "responses") else { continue };
                for (key, response) in entries(responses) {
                    let Some(status) = status(key) else { continue };
                    let Some(node) = self.resolved(response) else { continue };
                    let place = *places.entry(node).or_insert_with(|| {
                        found.push(Response { node, statuses: Vec::new(), section });
                        found.len() - 1
                    });
                    match found[place].statuses.iter_mut().find(|(had, _)| *had == status) {
                        Some((_, count)) => *count += 1,
                        None => found[place].statuses.push((status, 1)),
                    }
                }
            }
        }
        found
    }

    fn resolved(&mut self, node: &'n Node) -> Option<&'n Node> {
        match self.document.resolve(node) {
            Led::To(node) => Some(node),
            Led::Astray(node, reference) => {
                if self.astray.len() < 1000 {
                    self.astray.push((node, reference));
                }
                None
            }
        }
    }

    fn response(&mut self, response: &Response<'n>) {
        self.hits.clear();
        self.visited.clear();
        self.section = response.section;
        let description = self.document.get(response.node, "description").and_then(text);
        if let Some(content) = self.document.get(response.node, "content") {
            for (_, media) in entries(content) {
                self.media(media);
            }
        }
        let codes = self.hits.iter().map(|hit| self.sources[hit.source].values.count()).sum::<usize>();
        for hit in std::mem::take(&mut self.hits) {
            let alone = hit.shown || codes == 1;
            let source = &mut self.sources[hit.source];
            if alone && source.meaning.is_none() {
                source.meaning = description;
            }
            for (status, count) in &response.statuses {
                match source.uses.iter_mut().find(|had| had.status == *status && had.alone == alone) {
                    Some(had) => had.count = had.count.saturating_add(*count),
                    None => source.uses.push(Use { status: *status, alone, count: *count }),
                }
            }
        }
    }

    fn media(&mut self, media: &'n Node) {
        let Some(media) = self.resolved(media) else { return };
        if let Some(example) = self.document.get(media, "example") {
            self.example(example, None, true);
        }
        if let Some(examples) = self.document.get(media, "examples") {
            for (_, example) in entries(examples) {
                let Some(example) = self.resolved(example) else { continue };
                let told = ["summary", "description"].iter().find_map(|name| self.document.get(example, name));
                if let Some(value) = self.document.get(example, "value") {
                    self.example(value, told.and_then(text), true);
                }
            }
        }
        if let Some(schema) = self.document.get(media, "schema") {
            let pointer = self.pointer;
            self.schema(schema, pointer, 0);
        }
    }

    /// Whether one more value may be looked at.
    fn spend(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    /// The schema of an envelope, or of what the rest of the pointer leads through.
    fn schema(&mut self, schema: &'n Node, pointer: Option<&[String]>, depth: usize) {
        let Some(schema) = self.resolved(schema) else { return };
        if depth > DEEPEST || !self.spend() {
            return;
        }
        if pointer.is_some_and(<[String]>::is_empty) {
            self.code(schema, None, depth);
            return;
        }
        // Another part of the pointer may come by here again; it gets shorter each time that it does.
        if pointer.is_none_or(|rest| Some(rest.len()) == self.pointer.map(<[String]>::len))
            && !self.visited.insert(schema)
        {
            return;
        }
        for name in ["allOf", "oneOf", "anyOf"] {
            for part in self.document.get(schema, name).map(items).unwrap_or_default() {
                self.schema(part, pointer, depth + 1);
            }
        }
        if let Some(items) = self.document.get(schema, "items") {
            match pointer {
                Some([first, rest @ ..]) if first.bytes().all(|b| b.is_ascii_digit()) => {
                    self.schema(items, Some(rest), depth + 1);
                }
                Some(_) => {}
                None => self.schema(items, None, depth + 1),
            }
        }
        self.schema_examples(schema, pointer);
        let Some(properties) = self.document.get(schema, "properties") else { return };
        if let Some([first, rest @ ..]) = pointer {
            if let Some(property) = self.document.get(properties, first) {
                self.schema(property, Some(rest), depth + 1);
            }
            return;
        }
        for (name, property) in entries(properties) {
            if names_a_code(name) {
                self.code(property, None, depth + 1);
            } else if holds_a_code(name) {
                if name == "error" {
                    self.code_of_text(property, depth + 1);
                }
                self.schema(property, None, depth + 1);
            }
        }
    }

    /// Examples of a whole envelope that a schema has.
    fn schema_examples(&mut self, schema: &'n Node, pointer: Option<&[String]>) {
        if pointer.map(<[String]>::len) != self.pointer.map(<[String]>::len) {
            return;
        }
        if let Some(example) = self.document.get(schema, "example") {
            self.example(example, None, false);
        }
        for example in self.document.get(schema, "examples").map(items).unwrap_or_default() {
            self.example(example, None, false);
        }
    }

    /// `{"error": "not_found"}`: the member that holds the object may be the code itself.
    fn code_of_text(&mut self, property: &'n Node, depth: usize) {
        let Some(resolved) = self.resolved(property) else { return };
        if self.document.get(resolved, "properties").is_none() {
            self.code(resolved, None, depth);
        }
    }

    /// The schema of the code itself.
    fn code(&mut self, schema: &'n Node, told: Option<&'n str>, depth: usize) {
        let Some(schema) = self.resolved(schema) else { return };
        if depth > DEEPEST || !self.spend() {
            return;
        }
        let describe = ["description", "title"].iter().find_map(|name| self.document.get(schema, name)).and_then(text);
        let told = describe.or(told);
        let constant = self.document.get(schema, "const");
        let listed = self.document.get(schema, "enum").filter(|list| !items(list).is_empty());
        match (constant, listed) {
            (Some(constant), _) => self.hit(constant, Values::One(constant), told, false),
            (None, Some(list)) => {
                let told = ["x-enum-descriptions", "x-enumDescriptions", "x-enum-description"];
                let told = told.iter().find_map(|name| self.document.get(schema, name));
                self.hit(list, Values::Many(list, told), None, false);
            }
            (None, None) => {
                let several = self.document.get(schema, "examples").map(items).unwrap_or_default();
                for example in self.document.get(schema, "example").into_iter().chain(several) {
                    self.hit(example, Values::One(example), None, false);
                }
                for name in ["allOf", "oneOf", "anyOf"] {
                    for part in self.document.get(schema, name).map(items).unwrap_or_default() {
                        self.code(part, None, depth + 1);
                    }
                }
            }
        }
    }

    /// An example of an envelope.
    fn example(&mut self, value: &'n Node, told: Option<&'n str>, shown: bool) {
        match self.pointer {
            Some(pointer) => {
                let step = |at: &'n Node, token: &String| match &at.kind {
                    Kind::List(items) => items.get(token.parse::<usize>().ok()?),
                    _ => self.document.get(at, token),
                };
                if let Some(code) = pointer.iter().try_fold(value, step) {
                    self.hit(code, Values::One(code), told, shown);
                }
            }
            None => self.example_by_name(value, told, shown, 0),
        }
    }

    fn example_by_name(&mut self, value: &'n Node, told: Option<&'n str>, shown: bool, depth: usize) {
        if depth > 8 || !self.spend() {
            return;
        }
        for item in items(value) {
            self.example_by_name(item, told, shown, depth + 1);
        }
        let told = told.or_else(|| {
            ["message", "title", "error_description"]
                .iter()
                .find_map(|name| self.document.get(value, name))
                .and_then(text)
        });
        for (name, member) in entries(value) {
            let scalar = matches!(member.kind, Kind::Text(_) | Kind::Number(_));
            if scalar && (names_a_code(name) || (name == "error" && is_one_word(member))) {
                self.hit(member, Values::One(member), told, shown);
            } else if !scalar && holds_a_code(name) {
                self.example_by_name(member, told, shown, depth + 1);
            }
        }
    }

    fn hit(&mut self, node: &'n Node, values: Values<'n>, meaning: Option<&'n str>, shown: bool) {
        if !self.spend() {
            return;
        }
        let section = self.section;
        let source = *self.known.entry(node).or_insert_with(|| {
            self.sources.push(Source { values, uses: Vec::new(), section, meaning });
            self.sources.len() - 1
        });
        match self.hits.iter_mut().find(|hit| hit.source == source) {
            Some(hit) => hit.shown |= shown,
            None => self.hits.push(Hit { source, shown }),
        }
    }
}

fn is_one_word(node: &Node) -> bool {
    text(node).is_some_and(|text| !text.is_empty() && !text.contains(char::is_whitespace))
}

impl Values<'_> {
    fn count(&self) -> usize {
        match self {
            Values::One(_) => 1,
            Values::Many(list, _) => items(list).len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_errors_are_known() {
        assert_eq!(status("404"), Some(Status::Exact(404)));
        assert_eq!(status("5XX"), Some(Status::Class(5)));
        assert_eq!(status("default"), Some(Status::Unstated));
        assert_eq!((status("200"), status("3XX"), status("x-404")), (None, None, None));
    }

    #[test]
    fn members_are_known_by_their_names() {
        assert!(["code", "errorCode", "error_code", "Code"].iter().all(|name| names_a_code(name)));
        assert!(!names_a_code("message") && !names_a_code("statusCode"));
    }
}
