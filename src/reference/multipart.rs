//! Reads a `multipart/form-data` body that is already in memory.

use super::call::Call;

/// One part of a form.
#[derive(Debug, Clone)]
pub struct Part {
    pub name: String,
    pub filename: Option<String>,
    pub content_type: Option<String>,
    pub bytes: Vec<u8>,
}

/// Why a form could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// The content type is another one, or names no boundary.
    NotMultipart,
    /// The body ends before its closing boundary.
    Truncated,
    /// A part has no usable head.
    Malformed,
}

const MOST_PARTS: usize = 100;

impl Call<'_> {
    /// The parts of a form, in order.
    pub fn parts(&self) -> Result<Vec<Part>, Unreadable> {
        let kind = self.header("content-type").unwrap_or_default();
        let boundary = boundary_of(kind).ok_or(Unreadable::NotMultipart)?;
        read(self.bytes(), &boundary)
    }
}

fn boundary_of(content_type: &str) -> Option<String> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest.split(';').find_map(|item| parameter(item, "boundary"))?;
    (!boundary.is_empty() && boundary.len() <= 70).then_some(boundary)
}

fn parameter(item: &str, name: &str) -> Option<String> {
    let (key, value) = item.split_once('=')?;
    key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
}

fn read(body: &[u8], boundary: &str) -> Result<Vec<Part>, Unreadable> {
    let opening = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let start = find(body, opening.as_bytes()).ok_or(Unreadable::Truncated)?;
    let mut rest = &body[start + opening.len()..];
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n").ok_or(Unreadable::Truncated)?;
        let end = find(rest, between.as_bytes()).ok_or(Unreadable::Truncated)?;
        parts.push(part(&rest[..end]).ok_or(Unreadable::Malformed)?);
        if parts.len() > MOST_PARTS {
            return Err(Unreadable::Malformed);
        }
        rest = &rest[end + between.len()..];
    }
    Ok(parts)
}

fn part(bytes: &[u8]) -> Option<Part> {
    let split = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..split]).ok()?;
    let mut part = Part { name: String::new(), filename: None, content_type: None, bytes: bytes[split + 4..].to_vec() };
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-disposition") {
            part.name = value.split(';').find_map(|item| parameter(item, "name"))?;
            part.filename = value.split(';').find_map(|item| parameter(item, "filename"));
        } else if name.eq_ignore_ascii_case("content-type") {
            part.content_type = Some(value.trim().to_ascii_lowercase());
        }
    }
    (!part.name.is_empty()).then_some(part)
}

// The first byte is looked for before the rest is compared: bodies of megabytes pass through here.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(step) = haystack.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + step;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nab\r\ncd\r\n--x--\r\n";

    #[test]
    fn a_whole_form_has_its_parts() {
        let parts = read(WHOLE, "x").unwrap();
        assert_eq!(parts[0].name, "file");
        assert_eq!(parts[0].filename.as_deref(), Some("a.png"));
        assert_eq!(parts[0].content_type.as_deref(), Some("image/png"));
        assert_eq!(parts[0].bytes, b"ab\r\ncd");
    }

    #[test]
    fn every_cut_before_the_closing_boundary_is_noticed() {
        for end in 0..WHOLE.len() - 4 {
            assert_eq!(read(&WHOLE[..end], "x").unwrap_err(), Unreadable::Truncated, "cut at {end}");
        }
    }

    #[test]
    fn the_boundary_may_be_quoted() {
        assert_eq!(boundary_of("multipart/form-data; boundary=\"a b\"").as_deref(), Some("a b"));
        assert_eq!(boundary_of("application/json"), None);
    }
}
