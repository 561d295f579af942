//! `multipart/form-data` (RFC 7578), with parts of any bytes and any size.

use std::collections::VecDeque;
use std::path::Path;

use bytes::Bytes;

use super::body::open;
use super::stream::{Part, filler_parts};
use super::values::Unready;
use crate::model::plan::{MultipartPart, PartContent};
use crate::model::template::Values;

/// The parts on the wire, and the content type with its boundary.
pub(super) fn make(
    parts: &[MultipartPart],
    values: &dyn Values,
    root: Option<&Path>,
) -> Result<(VecDeque<Part>, String), Unready> {
    let boundary = boundary();
    let mut out = VecDeque::with_capacity(parts.len() * 2 + 1);
    let mut before = String::new();
    for part in parts {
        before.push_str("--");
        before.push_str(&boundary);
        head(part, values, &mut before)?;
        out.push_back(Part::Bytes(std::mem::take(&mut before).into()));
        match &part.content {
            PartContent::Text(text) => out.push_back(Part::Bytes(text.fill(values)?.into())),
            PartContent::Bytes(bytes) => out.push_back(Part::Bytes(Bytes::from_owner(bytes.clone()))),
            PartContent::File(path) => out.push_back(open(path, root)?),
            PartContent::Filler(filler) => filler_parts(filler, &mut out),
        }
        before.push_str("\r\n");
    }
    before.push_str("--");
    before.push_str(&boundary);
    before.push_str("--\r\n");
    out.push_back(Part::Bytes(before.into()));
    Ok((out, format!("multipart/form-data; boundary={boundary}")))
}

fn head(part: &MultipartPart, values: &dyn Values, out: &mut String) -> Result<(), Unready> {
    out.push_str("\r\nContent-Disposition: form-data; name=\"");
    quoted(&part.name.fill(values)?, out);
    out.push('"');
    if let Some(filename) = &part.filename {
        out.push_str("; filename=\"");
        quoted(&filename.fill(values)?, out);
        out.push('"');
    }
    if let Some(content_type) = &part.content_type {
        out.push_str("\r\nContent-Type: ");
        out.extend(content_type.chars().filter(|c| !matches!(c, '\r' | '\n')));
    }
    out.push_str("\r\n\r\n");
    Ok(())
}

/// As browsers write names: what would end the value or the line is percent-encoded.
fn quoted(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("%22"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c => out.push(c),
        }
    }
}

/// Random, so that no content holds it.
fn boundary() -> String {
    format!("trueline-{}", super::values::uuid())
}
