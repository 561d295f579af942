//! Header fields of an answer, as they came.

use http::HeaderMap;

/// The header fields of an answer; names compare without case (RFC 9110, 5.1).
#[derive(Debug, Clone, Default)]
pub struct Headers(HeaderMap);

impl Headers {
    pub fn new(map: HeaderMap) -> Self {
        Headers(map)
    }

    /// The first value of this field, as bytes.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(|v| v.as_bytes())
    }

    /// The first value of this field, if it is visible ASCII.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|v| v.to_str().ok())
    }

    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.0.get_all(name).into_iter().map(|v| v.as_bytes())
    }

    /// Every field with its value, in the order of arrival of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_bytes()))
    }

    pub fn set(&mut self, name: &str, value: &[u8]) -> bool {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        let value = http::HeaderValue::from_bytes(value);
        match (name, value) {
            (Ok(name), Ok(value)) => {
                self.0.insert(name, value);
                true
            }
            _ => false,
        }
    }

    /// Adds a field beside those of the same name.
    pub fn add(&mut self, name: &str, value: &[u8]) -> bool {
        match (http::HeaderName::from_bytes(name.as_bytes()), http::HeaderValue::from_bytes(value)) {
            (Ok(name), Ok(value)) => {
                self.0.append(name, value);
                true
            }
            _ => false,
        }
    }

    /// Copies the values: as they came they hold on to the whole buffer that they were read into.
    pub fn detach(&mut self) {
        for value in self.0.values_mut() {
            if let Ok(copy) = http::HeaderValue::from_bytes(value.as_bytes()) {
                *value = copy;
            }
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
