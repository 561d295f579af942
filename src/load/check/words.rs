//! What a schema says, in plain words.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::{Map, Value};

use super::Language;
use crate::model::complaint::{Seg, nearest};

/// Chains of references longer than this are not followed.
const LONGEST_CHAIN: usize = 8;

/// What a place takes.
pub struct Takes {
    /// As a phrase: `a text`, `a list of mappings`.
    pub phrase: String,
    /// The names of the schema's types.
    pub types: Vec<String>,
    /// The words that can stand here, if they are fixed.
    pub options: Vec<String>,
}

/// What this schema takes, nothing aside.
pub fn takes(root: &Value, schema: &Value, language: Language) -> Takes {
    let Resolved { schema, named } = resolved(root, schema);
    let options = options(schema);
    let types = types(root, schema);
    let phrase = if !options.is_empty() {
        alternatives(&options)
    } else if let (Some(phrase), true) = (text_of(schema, "description"), named && schema.get("properties").is_none()) {
        phrase.to_owned()
    } else {
        let words: Vec<String> = types.iter().map(|ty| type_words(ty, language).to_owned()).collect();
        join(&words, "or")
    };
    Takes { phrase, types, options }
}

struct Resolved<'v> {
    schema: &'v Value,
    /// Whether it stands on its own: then its description says what it is, not what a key is for.
    named: bool,
}

/// Follows references, and leaves out that a value may be absent.
fn resolved<'v>(root: &'v Value, mut schema: &'v Value) -> Resolved<'v> {
    let is_root_branch = |schema: &Value| schema.get("anyOf").is_some() && only_branch(schema).is_none();
    let mut named = is_root_branch(schema);
    for _ in 0..LONGEST_CHAIN {
        if let Some(next) = reference(root, schema) {
            (schema, named) = (next, true);
        } else if let Some(next) = only_branch(schema) {
            (schema, named) = (next, false);
        } else {
            break;
        }
    }
    Resolved { schema, named }
}

fn reference<'v>(root: &'v Value, schema: &'v Value) -> Option<&'v Value> {
    root.pointer(text_of(schema, "$ref")?.strip_prefix('#')?)
}

fn only_branch(schema: &Value) -> Option<&Value> {
    let branches = ["allOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array())?;
    let mut real = branches.iter().filter(|branch| text_of(branch, "type") != Some("null"));
    let first = real.next()?;
    real.next().is_none().then_some(first)
}

fn text_of<'v>(schema: &'v Value, key: &str) -> Option<&'v str> {
    schema.get(key)?.as_str()
}

fn options(schema: &Value) -> Vec<String> {
    let plain = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(plain).collect();
    }
    let branches = schema.get("oneOf").and_then(Value::as_array);
    branches.into_iter().flatten().filter_map(|branch| plain(branch.get("const")?)).collect()
}

fn types(root: &Value, schema: &Value) -> Vec<String> {
    let own = schema.get("type").map(|ty| match ty {
        Value::Array(types) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect::<Vec<_>>(),
    });
    let branches = || {
        let all = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(key)?.as_array());
        all.into_iter().flatten().flat_map(|branch| {
            let branch = resolved(root, branch).schema;
            branch.get("type").cloned().map(|ty| match ty {
                Value::Array(types) => types,
                one => vec![one],
            })
        })
    };
    let mut types =
        own.unwrap_or_else(|| branches().flatten().filter_map(|ty| ty.as_str().map(str::to_owned)).collect());
    types.retain(|ty| ty != "null");
    types
}

fn type_words(ty: &str, language: Language) -> &'static str {
    match (ty, language) {
        ("string", _) => "a text",
        ("integer", _) => "a whole number",
        ("number", _) => "a number",
        ("boolean", _) => "`true` or `false`",
        ("array", _) => "a list",
        ("object", Language::Yaml) => "a mapping",
        ("object", Language::Toml) => "a table",
        _ => "a value",
    }
}

fn value_words(value: &Value, language: Language) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("`{number}`"),
        Value::String(text) => format!("`{}`", short(text)),
        Value::Array(_) => type_words("array", language).to_owned(),
        Value::Object(_) => type_words("object", language).to_owned(),
    }
}

/// A text of the file, short enough for a sentence.
pub fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn join(words: &[String], last: &str) -> String {
    match words {
        [] => "another value".to_owned(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

fn alternatives(options: &[String]) -> String {
    join(&options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>(), "or")
}

/// Whether YAML's reader takes this value though the schema does not: `5` where a text is due, `"5"` where a number is.
pub fn reads_anyway(types: &[String], value: &Value) -> bool {
    let takes = |ty: &str| types.iter().any(|t| t == ty);
    match value {
        Value::Bool(_) | Value::Number(_) => takes("string") && !takes("integer"),
        Value::String(text) => {
            takes("integer") && text.replace('_', "").parse::<u64>().is_ok() && !text.starts_with('0')
        }
        _ => false,
    }
}

/// The keys that a mapping can have.
pub fn keys(schema: &Value) -> Vec<&str> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(Map::keys).map(String::as_str).collect()
}

/// The keys that can stand here, as a sentence.
pub fn known_keys(keys: &[&str]) -> String {
    match keys {
        [] => "nothing can stand here".to_owned(),
        keys => {
            let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            format!("the keys here are {}", join(&quoted, "and"))
        }
    }
}

/// What a key is, from the documentation of its type.
pub fn about(schema: &Value, key: &str) -> Option<String> {
    let text = text_of(schema.get("properties")?.get(key)?, "description")?;
    let mut chars = text.trim_end_matches('.').chars();
    let first = chars.next()?;
    // A second capital letter makes an acronym: `JSON Pointer`.
    let acronym = chars.clone().next().is_some_and(char::is_uppercase);
    let first = if acronym { first.to_string() } else { first.to_lowercase().collect() };
    Some(first + chars.as_str())
}

/// Whether a key of this name is known, and needed nowhere.
pub fn can_be_left_out(root: &Value, key: &str) -> bool {
    let definitions = root.get("definitions").and_then(Value::as_object);
    let mut all = definitions.into_iter().flat_map(Map::values).chain([root]);
    let needs = |schema: &Value| {
        let needed = schema.get("required").and_then(Value::as_array);
        needed.is_some_and(|keys| keys.iter().any(|needed| needed == key))
    };
    all.clone().any(|schema| keys(schema).contains(&key)) && !all.any(needs)
}

/// What a mapping at this path is.
pub fn owner(path: &[Seg]) -> String {
    let name = path.iter().rev().find_map(|seg| match seg {
        Seg::Key(name) => Some(&**name),
        Seg::Index(_) => None,
    });
    let item = matches!(path.last(), Some(Seg::Index(_)));
    match (name, item) {
        (Some("scenarios"), true) => "a scenario".to_owned(),
        (Some("given" | "finally" | "steps" | "login"), true) => "a step".to_owned(),
        (Some("multipart"), true) => "a part".to_owned(),
        (Some(name), true) => format!("an item of `{}`", short(name)),
        (Some(name), false) => format!("`{}`", short(name)),
        (None, _) => "the file".to_owned(),
    }
}

/// What is wrong with a value, and what to write instead.
pub fn mistake(
    error: &ValidationError<'_>,
    path: &[Seg],
    takes: &Takes,
    language: Language,
) -> (String, Option<String>) {
    let value = error.instance();
    let owner = owner(path);
    match (error.kind(), value.as_ref()) {
        (Kind::MinLength { .. }, _) => (format!("{owner} is empty"), None),
        (Kind::MinItems { .. }, _) => {
            (format!("{owner} is empty"), Some(format!("give {owner} at least one row, or leave it out")))
        }
        (Kind::MaxLength { limit }, _) => (format!("{owner} is longer than {limit} characters"), None),
        (Kind::Minimum { .. } | Kind::Maximum { .. }, value) => {
            let range = if owner.contains("status") { NO_STATUS.to_owned() } else { range(error) };
            (format!("{owner} is {}, {range}", value_words(value, language)), None)
        }
        (_, Value::Null) => (format!("{owner} has no value; it takes {}", takes.phrase), None),
        (_, value) => {
            let text = format!("{owner} takes {}, not {}", takes.phrase, value_words(value, language));
            (text, advice(value, takes))
        }
    }
}

const NO_STATUS: &str = "which is no status: those are 100 to 599";

fn range(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Minimum { limit } => format!("less than {limit}"),
        Kind::Maximum { limit } => format!("more than {limit}"),
        _ => "out of range".to_owned(),
    }
}

fn advice(value: &Value, takes: &Takes) -> Option<String> {
    let takes_type = |ty: &str| takes.types.iter().any(|t| t == ty);
    match value {
        Value::String(text) if !takes.options.is_empty() => {
            nearest(text, takes.options.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"))
        }
        Value::String(text) if takes_type("boolean") => match text.to_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => Some("write `true`".to_owned()),
            "no" | "off" | "n" | "false" => Some("write `false`".to_owned()),
            _ => None,
        },
        Value::String(text) if takes_type("array") => Some(format!("write `[{}]`", short(text))),
        _ => None,
    }
}
