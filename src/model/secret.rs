//! Secrets: a type that does not print, and the searching for their forms in all that is written.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::Engine;
use secrecy::{ExposeSecret, SecretString};

use super::escapes::{self, Reading};

/// The shortest secret that is searched for, in bytes. A shorter one would be found everywhere.
pub const SHORTEST: usize = 8;

/// A value that is never printed.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Secret(SecretString::from(value.into()))
    }

    /// The value itself, for sending and for searching only.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.reveal() == other.reveal()
    }
}

/// A secret with the name that stands for it in what is written: an environment variable, a credential, a capture.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSecret {
    pub name: Arc<str>,
    pub value: Secret,
}

impl NamedSecret {
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        NamedSecret { name: name.into(), value: Secret::new(value) }
    }

    /// Whether the value is too short to be searched for.
    pub fn is_short(&self) -> bool {
        self.value.reveal().len() < SHORTEST
    }
}

/// What is written in place of a secret. It holds no quote, bracket of XML, backslash or blank, so that JSON, XML and
/// header lines stay well-formed around it.
pub fn marker(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_alphanumeric() || "_-./".contains(c) { c } else { '_' }).collect();
    format!("[secret:{name}]")
}

// RFC 3986, 2.3: all but the unreserved characters.
const RESERVED: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The most letters that an escape takes for one byte of a value: `\u0061`.
const WIDEST: usize = 6;

/// Finds the forms of secrets (plain, percent-encoded, base64, JSON-escaped) and replaces them.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    search: Option<Arc<AhoCorasick>>,
    markers: Arc<[String]>,
    /// Length in bytes of the longest form, however it is escaped.
    longest: usize,
}

impl Redactor {
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a NamedSecret>) -> Self {
        let mut patterns: Vec<String> = Vec::new();
        let mut markers = Vec::new();
        for secret in secrets.into_iter().filter(|s| !s.is_short()) {
            for form in forms(secret.value.reveal()) {
                if !patterns.contains(&form) {
                    patterns.push(form);
                    markers.push(marker(&secret.name));
                }
            }
        }
        if patterns.is_empty() {
            return Redactor::default();
        }
        let longest = patterns.iter().map(String::len).max().unwrap_or(0) * WIDEST;
        // What begins a form is looked for first, many bytes at a time; the automaton is seldom asked, and the kind that is
        // fastest to ask takes ten times as long to make.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).kind(kind).build(&patterns);
        Redactor { search: search.ok().map(Arc::new), markers: markers.into(), longest }
    }

    pub fn is_empty(&self) -> bool {
        self.search.is_none()
    }

    /// Length in bytes of the longest form searched for; a text that is cut may end with a part of it.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The text with every form of every secret replaced by its marker.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.redact_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            // What is cut out begins and ends where an escape or a secret does, and those are whole characters.
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The same for bytes that may not be UTF-8.
    pub fn redact_bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        let Some(search) = &self.search else { return Cow::Borrowed(bytes) };
        let mut text = match search.is_match(bytes) {
            true => Cow::Owned(search.replace_all_bytes(bytes, &self.markers)),
            false => Cow::Borrowed(bytes),
        };
        if !escapes::may_hold_any(bytes) {
            return text;
        }
        for reading in Reading::ALL.into_iter().filter(|reading| reading.may_differ(bytes)) {
            if let Some(redacted) = self.redact_as(search, reading, &text) {
                text = Cow::Owned(redacted);
            }
        }
        text
    }

    /// What is left of a text whose escapes hide secrets; `None` if they hide none.
    fn redact_as(&self, search: &AhoCorasick, reading: Reading, text: &[u8]) -> Option<Vec<u8>> {
        let read = reading.read(text);
        let mut out = Vec::new();
        let mut done = 0;
        for found in search.find_iter(&read.bytes) {
            out.extend_from_slice(&text[done..read.starts[found.start()]]);
            out.extend_from_slice(self.markers[found.pattern().as_usize()].as_bytes());
            done = read.starts[found.end()];
        }
        (done > 0).then(|| [out.as_slice(), &text[done..]].concat())
    }

    /// The marker of the first secret found in these bytes.
    pub fn find(&self, bytes: &[u8]) -> Option<&str> {
        let search = self.search.as_ref()?;
        let escaped = || {
            if !escapes::may_hold_any(bytes) {
                return None;
            }
            let mut readings = Reading::ALL.into_iter().filter(|reading| reading.may_differ(bytes));
            readings.find_map(|reading| search.find(&reading.read(bytes).bytes))
        };
        let found = search.find(bytes).or_else(escaped)?;
        self.markers.get(found.pattern().as_usize()).map(String::as_str)
    }
}

/// The forms in which a value may be written. Base64 is searched for in all three alignments within a longer text.
pub fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned()];
    let json = serde_json::to_string(value).unwrap_or_default();
    forms.push(json.trim_matches('"').to_owned());
    forms.push(json.trim_matches('"').replace('/', "\\/"));
    let encoded = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string();
    forms.push(lower_escapes(&encoded));
    forms.push(encoded);
    let unreserved_kept = percent_encoding::utf8_percent_encode(value, RESERVED).to_string();
    forms.push(lower_escapes(&unreserved_kept));
    forms.push(unreserved_kept.replace("%20", "+"));
    forms.push(unreserved_kept);
    for engine in [&base64::engine::general_purpose::STANDARD_NO_PAD, &base64::engine::general_purpose::URL_SAFE_NO_PAD]
    {
        forms.extend((0..3).filter_map(|shift| aligned(value, shift, engine)));
    }
    forms.sort();
    forms.dedup();
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

fn lower_escapes(encoded: &str) -> String {
    let mut out = String::with_capacity(encoded.len());
    let mut left = 0;
    for c in encoded.chars() {
        if c == '%' {
            left = 2;
            out.push(c);
        } else if left > 0 {
            left -= 1;
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// The letters of the base64 text that depend on nothing but the value, when it starts `shift` bytes into a group of three.
fn aligned(value: &str, shift: usize, engine: &impl Engine) -> Option<String> {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(value.as_bytes());
    let text = engine.encode(&padded);
    let start = [0, 2, 3][shift];
    let whole_bits = padded.len() * 8 / 6;
    text.get(start..whole_bits.min(text.len())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        Redactor::new(&[NamedSecret::new("KEY", "p\"ss w/rd-ü?1")])
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", NamedSecret::new("KEY", "hunter2hunter2").value), "Secret");
    }

    #[test]
    fn every_form_is_replaced() {
        use base64::engine::general_purpose::STANDARD;
        let value = "p\"ss w/rd-ü?1";
        for text in [
            value.to_owned(),
            serde_json::to_string(value).unwrap(),
            "q=p%22ss%20w%2Frd-%C3%BC%3F1&x".to_owned(),
            "q=p%22ss%20w%2frd-%c3%bc%3f1&x".to_owned(),
            format!("Basic {}", STANDARD.encode(value)),
            format!("Basic {}", STANDARD.encode(format!("u:{value}:x"))),
            format!("Basic {}", STANDARD.encode(format!("us:{value}:x"))),
            format!("Basic {}", STANDARD.encode(format!("use:{value}:x"))),
        ] {
            let redacted = redactor().redact(&text).into_owned();
            assert!(redacted.contains("[secret:KEY]"), "{text} -> {redacted}");
        }
    }

    #[test]
    fn a_short_value_is_not_searched_for() {
        let redactor = Redactor::new(&[NamedSecret::new("PIN", "1234567")]);
        assert_eq!(redactor.redact("pin 1234567"), "pin 1234567");
    }

    #[test]
    fn escapes_hide_nothing_and_what_stands_around_stays() {
        let redactor = Redactor::new(&[NamedSecret::new("KEY", "a~key*of+é<me>")]);
        for hidden in [
            "a%7Ekey*of%2b%C3%A9%3Cme%3E",
            "%61%7e%6bey*of%2B%c3%a9%3cme%3e",
            "a%257Ekey%252Aof%252B%25C3%25A9%253Cme%253E",
            "\\u0061~key*of+\\u00e9\\u003cme\\u003E",
            "a~key*of+é&lt;me&gt;",
            "a&#126;key*of&#x2B;&#233;&lt;me&#62;",
        ] {
            let text = format!("é %zz \\u00 &x; {hidden}%20\\n&amp;é");
            assert_eq!(redactor.redact(&text), "é %zz \\u00 &x; [secret:KEY]%20\\n&amp;é", "{hidden}");
            assert!(redactor.find(text.as_bytes()).is_some(), "{hidden}");
        }
        assert!(matches!(redactor.redact("100%25 \\u0061 &amp; 1+1"), Cow::Borrowed(_)));
        let spaced = Redactor::new(&[NamedSecret::new("KEY", "two words~here")]);
        assert_eq!(spaced.redact("k=two+words%7Ehere&x"), "k=[secret:KEY]&x");
    }
}
