//! JSON Pointers (RFC 6901), read once and followed without allocation.

use serde_json::Value;

/// A way from an envelope's root to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    text: Box<str>,
    tokens: Box<[Box<str>]>,
}

impl Pointer {
    /// The reason in words, where it is no JSON Pointer.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err(format!("`{text}` is not a JSON Pointer: it does not begin with `/`"));
        }
        let mut tilde = text.split('~').skip(1);
        if tilde.any(|rest| !rest.starts_with(['0', '1'])) {
            return Err(format!("`{text}` is not a JSON Pointer: a `~` is written `~0`, and a `/` in a name `~1`"));
        }
        let tokens = text.split('/').skip(1).map(|t| t.replace("~1", "/").replace("~0", "~").into()).collect();
        Ok(Pointer { text: text.into(), tokens })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn tokens(&self) -> &[Box<str>] {
        &self.tokens
    }

    pub fn resolve<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        follow(root, &self.tokens)
    }

    /// The value that holds the last member; the root, for a pointer without members.
    pub fn resolve_parent<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        follow(root, &self.tokens[..self.tokens.len().saturating_sub(1)])
    }
}

fn follow<'v>(root: &'v Value, tokens: &[Box<str>]) -> Option<&'v Value> {
    tokens.iter().try_fold(root, |value, token| match value {
        Value::Object(members) => members.get(&**token),
        Value::Array(items) => index(token).and_then(|i| items.get(i)),
        _ => None,
    })
}

fn index(token: &str) -> Option<usize> {
    let padded = token.len() > 1 && token.starts_with('0');
    let digits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit());
    if padded || !digits { None } else { token.parse().ok() }
}

/// A member's name as a pointer writes it.
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// Whether `above` is `pointer` itself or on the way to it.
pub fn leads_to(above: &str, pointer: &str) -> bool {
    pointer.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pointer_is_followed_through_objects_and_lists() {
        let value = json!({ "errors": [{ "co/de": "X" }] });
        let pointer = Pointer::parse("/errors/0/co~1de").unwrap();
        assert_eq!(pointer.resolve(&value), Some(&json!("X")));
        assert_eq!(pointer.resolve_parent(&value), Some(&json!({ "co/de": "X" })));
        assert_eq!(Pointer::parse("/errors/00").unwrap().resolve(&value), None);
        assert_eq!(Pointer::parse("").unwrap().resolve(&value), Some(&value));
    }

    #[test]
    fn what_is_no_pointer_is_refused() {
        assert!(Pointer::parse("error/code").is_err());
        assert!(Pointer::parse("/error~2").is_err());
    }

    #[test]
    fn only_whole_members_are_on_the_way() {
        assert!(leads_to("", "/error/code"));
        assert!(leads_to("/error", "/error/code"));
        assert!(!leads_to("/err", "/error/code"));
    }
}
