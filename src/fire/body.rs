//! The body of a request, made from its plan.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;

use bytes::Bytes;

use super::form_data;
use super::stream::{LARGE, Part, filler_parts, joined};
use super::values::Unready;
use crate::model::exchange::SentBody;
use crate::model::plan::Body;
use crate::model::template::{Template, Values};

/// What is sent, and as what.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) payload: Payload,
    /// Set unless the author's headers do.
    pub(super) content_type: Option<Cow<'static, str>>,
}

#[derive(Debug, Default)]
pub(super) enum Payload {
    #[default]
    None,
    Whole(Bytes),
    Streamed {
        parts: VecDeque<Part>,
        length: u64,
        /// The whole, where it is in memory anyway.
        kept: Option<Bytes>,
    },
}

impl Payload {
    pub(super) fn as_sent(&self) -> SentBody {
        match self {
            Payload::None => SentBody::None,
            Payload::Whole(bytes) | Payload::Streamed { kept: Some(bytes), .. } => SentBody::Bytes(bytes.clone()),
            Payload::Streamed { length, .. } => SentBody::Streamed { length: *length },
        }
    }

    fn of_bytes(bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        if length <= LARGE {
            return Payload::Whole(bytes);
        }
        Payload::Streamed { parts: [Part::Bytes(bytes.clone())].into(), length, kept: Some(bytes) }
    }

    fn of_parts(parts: VecDeque<Part>) -> Result<Self, Unready> {
        let length = parts.iter().map(Part::len).fold(0, u64::saturating_add);
        if length <= LARGE {
            let whole = joined(parts).map_err(|e| Unready::Because(format!("a file of the body cannot be read: {e}")));
            return whole.map(Payload::Whole);
        }
        Ok(Payload::Streamed { parts, length, kept: None })
    }
}

/// Makes the body. `root` is where files are.
pub(super) fn make(body: &Body, values: &dyn Values, root: Option<&Path>) -> Result<Made, Unready> {
    let plain = |payload| Made { payload, content_type: None };
    Ok(match body {
        Body::None => Made::default(),
        Body::Json(text) => {
            Made { payload: filled(text, values)?, content_type: Some(Cow::Borrowed("application/json")) }
        }
        Body::Text(text) => plain(filled(text, values)?),
        Body::Bytes(bytes) => plain(Payload::of_bytes(Bytes::from_owner(bytes.clone()))),
        Body::File(path) => plain(Payload::of_parts([open(path, root)?].into())?),
        Body::Filler(filler) => {
            let mut parts = VecDeque::new();
            filler_parts(filler, &mut parts);
            plain(Payload::of_parts(parts)?)
        }
        Body::Form(fields) => Made {
            payload: Payload::of_bytes(pairs(fields, values)?.into()),
            content_type: Some(Cow::Borrowed("application/x-www-form-urlencoded")),
        },
        Body::Multipart(parts) => {
            let (parts, content_type) = form_data::make(parts, values, root)?;
            Made { payload: Payload::of_parts(parts)?, content_type: Some(Cow::Owned(content_type)) }
        }
    })
}

fn filled(template: &Template, values: &dyn Values) -> Result<Payload, Unready> {
    let text = match template.literal() {
        Some(text) => Bytes::copy_from_slice(text.as_bytes()),
        None => template.fill(values)?.into(),
    };
    Ok(Payload::of_bytes(text))
}

/// `name=value&...` of templates that come out encoded.
pub(super) fn pairs(pairs: &[(Template, Template)], values: &dyn Values) -> Result<String, Unready> {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&name.fill(values)?);
        out.push('=');
        out.push_str(&value.fill(values)?);
    }
    Ok(out)
}

/// Opens a file of the project.
pub(super) fn open(path: &str, root: Option<&Path>) -> Result<Part, Unready> {
    let refuse = |why: &str| Unready::Because(format!("the file `{path}` {why}"));
    let root = root.ok_or_else(|| refuse("cannot be read: there is no project folder"))?;
    let unreadable = |e: std::io::Error| refuse(&format!("cannot be read: {}", e.kind()));
    let root = root.canonicalize().map_err(unreadable)?;
    let whole = root.join(path).canonicalize().map_err(unreadable)?;
    if !whole.starts_with(&root) {
        return Err(refuse("is outside the project"));
    }
    // Opening a pipe would wait for its other end.
    if !whole.metadata().map_err(unreadable)?.is_file() {
        return Err(refuse("is not a regular file"));
    }
    let file = File::open(&whole).map_err(unreadable)?;
    let left = file.metadata().map_err(unreadable)?.len();
    Ok(Part::File { file, left })
}
