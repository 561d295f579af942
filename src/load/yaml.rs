//! Reading YAML into types, and what its reader says, in our words.

use serde::de::DeserializeOwned;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Error, Options};

use crate::model::complaint::{At, Complaint};
use crate::model::scenario::distinct;

/// The options that every YAML text of a project is read with: a text stays a text, aliases cannot be made to explode.
pub fn options() -> Options {
    let mut options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        reject_tagged_field_names: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST,
            max_nodes: 8_000_000,
            max_events: 20_000_000,
            max_aliases: 10_000,
            max_anchors: 1_000,
            enforce_alias_anchor_ratio: false,
        },
    };
    options.alias_limits.max_total_replayed_events = 50_000;
    options
}

/// The deepest nesting of values.
const DEEPEST: usize = 100;

/// Values that begin within each other, so many, exhaust the stack of the reader before it counts their depth.
const MOST_OPEN: usize = 500;

/// A complaint about a line that is nested deeper, by its indentation or its beginning, than the reader can bear.
pub fn too_deep(file: &str, text: &str) -> Option<Complaint> {
    // Neither the values that a line is within nor those that it begins are more than the signs that it begins with.
    if longest_beginning(text.as_bytes()) < MOST_OPEN / 2 {
        return None;
    }
    let mut open: Vec<usize> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut bytes = line.bytes().enumerate().peekable();
        let (mut begins, mut row) = (None, 0);
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => continue,
                b'-' | b'?' | b':' if bytes.peek().is_none_or(|(_, next)| next.is_ascii_whitespace()) => row += 1,
                _ => {
                    begins.get_or_insert(at);
                    break;
                }
            }
            begins.get_or_insert(at);
        }
        if let Some(column) = begins {
            open.truncate(open.partition_point(|before| *before < column));
            open.push(column);
        }
        if row + open.len() > MOST_OPEN {
            return Some(Complaint::error(file, At::Bytes(start..start + 1), deep()));
        }
        start += line.len();
    }
    None
}

/// The most signs that a line begins with before its first value.
fn longest_beginning(text: &[u8]) -> usize {
    let (mut start, mut longest) = (0, 0);
    loop {
        let rest = &text[start..];
        let is_sign = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'-' | b'?' | b':');
        let signs = rest.iter().take_while(is_sign).count();
        longest = longest.max(signs);
        match memchr::memchr(b'\n', &rest[signs..]) {
            Some(end) => start += signs + end + 1,
            None => return longest,
        }
    }
}

/// Reads a text whose keys are all different and which merges nothing, at the least cost: what keeps it from being read
/// so may be no mistake. That keys differ is seen by the types, for the reader would keep and compare a copy of each.
pub fn quick<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut options = options();
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.merge_keys = MergeKeyPolicy::Error;
    distinct::closely(|| serde_saphyr::from_str_with_options(text, options).ok())
}

/// Reads a text in one pass.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_saphyr::from_str_with_options(text, options())
}

/// The reader's error as a complaint about this file.
pub fn complaint(file: &str, text: &str, error: &Error) -> Complaint {
    let at = place(text, error);
    if let Some(tab) = tab(text, &at) {
        return Complaint::error(file, tab, "a tab cannot indent YAML").help("indent with spaces");
    }
    let (said, help) = say(error, text);
    let braces = line(text, &at).and_then(braces);
    let complaint = Complaint::error(file, at, said);
    match braces.map(str::to_owned).or(help) {
        Some(help) => complaint.help(help),
        None => complaint,
    }
}

/// What to write for a value that begins with a variable.
pub const BRACES: &str = "a value that begins with `{{` is a mapping to YAML; put it in quotes: `\"{{ name }}\"`";
const FLOW_BRACES: &str = "within `{ }` and `[ ]` a text with `{{` is put in quotes: `\"{{ name }}\"`";

/// An unquoted variable is the likely cause of any error in its line.
fn braces(line: &str) -> Option<&'static str> {
    let opens = |openings: &[&str]| openings.iter().any(|opening| line.contains(opening));
    if opens(&[": {{", "- {{", ":{{"]) {
        return Some(BRACES);
    }
    let flow = line.split_once("{{").is_some_and(|(before, _)| before.contains(['{', '[']) && !before.contains('"'));
    flow.then_some(FLOW_BRACES)
}

fn place(text: &str, error: &Error) -> At {
    let Some(location) = error.location() else { return At::File };
    let span = location.span();
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let (Some(start), Some(length)) = (span.byte_offset(), span.byte_len()) {
        let start = whole(start);
        return At::Bytes(start..start.saturating_add(whole(length).max(1)));
    }
    let Some(start) = line_start(text, whole(location.line())) else { return At::File };
    let skipped = whole(location.column()).saturating_sub(1);
    let start = text[start..].char_indices().nth(skipped).map_or(text.len(), |(offset, _)| start + offset);
    At::Bytes(start..start + 1)
}

fn line_start(text: &str, line: usize) -> Option<usize> {
    match line {
        0 => None,
        // A byte order mark is no column.
        1 => Some(if text.starts_with('\u{feff}') { 3 } else { 0 }),
        _ => text.match_indices('\n').nth(line - 2).map(|(end, _)| end + 1),
    }
}

fn start_of_line(text: &str, at: &At) -> Option<usize> {
    let At::Bytes(range) = at else { return None };
    let before = text.as_bytes().get(..range.start.min(text.len()))?;
    Some(before.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1))
}

fn line<'t>(text: &'t str, at: &At) -> Option<&'t str> {
    text.get(start_of_line(text, at)?..)?.lines().next()
}

/// A tab in the indentation of the line of the error or of one of the two after it.
fn tab(text: &str, at: &At) -> Option<At> {
    let mut start = start_of_line(text, at)?;
    for line in text.get(start..)?.split_inclusive('\n').take(3) {
        let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        if let Some(tab) = indentation.find('\t') {
            return Some(At::Bytes(start + tab..start + tab + 1));
        }
        start += line.len();
    }
    None
}

type Said = (String, Option<String>);

fn say(error: &Error, text: &str) -> Said {
    match error {
        Error::Eof { .. } if text.trim().is_empty() => told("the file is empty"),
        Error::Eof { .. } => told("the file ends before it says anything"),
        Error::MultipleDocuments { .. } => {
            advised("a second document begins here", "write one document in a file, without `---` in between")
        }
        Error::DuplicateMappingKey { key, .. } => match key {
            Some(key) => told(&format!("the key `{key}` stands here a second time")),
            None => told("this key stands here a second time"),
        },
        Error::UnknownAnchor { .. } => {
            advised("there is no anchor of this name", "a text that begins with `*` is put in quotes")
        }
        Error::UnsupportedTag { tag, .. } | Error::TaggedStructFieldName { tag, .. } => {
            advised(&format!("the tag `{tag}` is not supported"), "a text that begins with `!` is put in quotes")
        }
        Error::NonFiniteFloat { value, .. } => {
            advised(&format!("`{value}` is not a finite number"), "put it in quotes, or send it with `body`")
        }
        Error::Budget { breach, .. } => told(&budget(breach)),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => told(BOMB),
        Error::RecursiveReferencesRequireWeakTypes { .. } => told("an alias stands inside its own anchor"),
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            told(&format!("expected {expected}, not {unexpected}"))
        }
        Error::InvalidScalar { ty, .. } => told(&format!("expected {}", scalar(ty))),
        Error::InvalidBooleanStrict { .. } => told("expected `true` or `false`"),
        Error::NullIntoString { .. } => told("a text is missing here"),
        Error::AliasError { error, .. } => say(error, text),
        other => parser(&unplaced(&other.to_string())),
    }
}

fn told(text: &str) -> Said {
    (text.to_owned(), None)
}

fn advised(text: &str, help: &str) -> Said {
    (text.to_owned(), Some(help.to_owned()))
}

const BOMB: &str = "aliases (`*name`) make this file far larger than it looks";

fn budget(breach: &serde_saphyr::budget::BudgetBreach) -> String {
    use serde_saphyr::budget::BudgetBreach as Breach;
    match breach {
        Breach::Depth { .. } => deep(),
        Breach::Nodes { .. } | Breach::Events { .. } | Breach::ScalarBytes { .. } => {
            "the file holds more values than can be read".to_owned()
        }
        _ => BOMB.to_owned(),
    }
}

fn deep() -> String {
    format!("values are nested more than {DEEPEST} deep")
}

fn scalar(ty: &str) -> &str {
    match ty {
        "bool" => "`true` or `false`",
        "f32" | "f64" => "a number",
        _ if ty.starts_with(['u', 'i']) => "a whole number that fits",
        _ => "another value",
    }
}

/// What a parser's message is about, without the place that the snippet shows anyway.
fn unplaced(message: &str) -> String {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].to_owned()
}

fn parser(message: &str) -> Said {
    if message.contains("mapping values are not allowed") {
        return advised("a `key: value` cannot stand here", "put a text with `: ` in quotes, or check the indentation");
    }
    if message.contains("unclosed quote") {
        return told("this quote is never closed");
    }
    if let Some((_, character)) = message.split_once("unexpected character: ") {
        let character = character.trim_matches(['`', '\'']);
        let character = if character.is_empty() { "a backtick" } else { &format!("`{character}`") };
        return advised(&format!("a text cannot begin with {character}"), "put it in quotes");
    }
    if message.contains("recursion limit") {
        return told(&deep());
    }
    if message.contains("expected string scalar") {
        return told("expected a text");
    }
    if message.contains("expected mapping start") {
        return told("expected a mapping");
    }
    told(&format!("this is not YAML: {message}"))
}
