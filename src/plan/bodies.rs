//! Bodies: at most one kind a request.

use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::texts::Composer;
use crate::model::inputs::BodyFile;
use crate::model::plan::{Body, Filler, MultipartPart, PartContent};
use crate::model::scenario::{BytesDetail, BytesSpec, Ordered, PartSpec, StepSpec};
use crate::model::template::{Encoding, Template};
use crate::model::units;

/// The most that a body of filler may have, in bytes.
const LARGEST: u64 = 16 << 30;

/// The filler that stands for a size alone: sent in pieces of this length.
static ZEROS: LazyLock<Arc<[u8]>> = LazyLock::new(|| vec![b'0'; 64 << 10].into());

impl<'i> Composer<'_, 'i> {
    /// The body of a step, at which the notes stand.
    pub fn body(&mut self, spec: &'i StepSpec) -> Body {
        let mut kinds = kinds(spec);
        let Some(kind) = kinds.next() else { return Body::None };
        if let Some(second) = kinds.next() {
            let text = format!("a request has one body, and this one has `{kind}` and `{second}`");
            self.notes.add(self.notes.key(second), text, "leave one of them out");
            return Body::None;
        }
        self.notes.enter(kind);
        let body = self.body_of(spec);
        self.notes.leave();
        body
    }

    fn body_of(&mut self, spec: &'i StepSpec) -> Body {
        if let Some(json) = &spec.json {
            Body::Json(self.json(json))
        } else if let Some(text) = &spec.body {
            Body::Text(self.text(text, Encoding::Plain))
        } else if let Some(text) = &spec.base64 {
            self.decoded(text).map_or(Body::None, Body::Bytes)
        } else if let Some(path) = &spec.file {
            self.file(path).map_or_else(|| Body::File(path.clone()), Body::Bytes)
        } else if let Some(fields) = &spec.form {
            Body::Form(self.fields(fields, Encoding::Query, "form field"))
        } else if let Some(parts) = &spec.multipart {
            Body::Multipart(self.parts(parts))
        } else if let Some(bytes) = &spec.bytes {
            self.filler(bytes).map_or(Body::None, Body::Filler)
        } else {
            Body::None
        }
    }

    /// Names and values; a list repeats the name.
    pub fn fields(
        &mut self,
        fields: &'i Ordered<Value>,
        encoding: Encoding,
        what: &'static str,
    ) -> Vec<(Template, Template)> {
        let mut pairs = Vec::with_capacity(fields.len());
        for (name, value) in fields.iter() {
            self.notes.enter(name);
            self.notes.on_key(true);
            let name = self.text(name, encoding);
            self.notes.on_key(false);
            match value {
                Value::Array(items) => {
                    for (at, item) in items.iter().enumerate() {
                        self.notes.enter(at);
                        pairs.push((name.clone(), self.scalar(item, encoding, what)));
                        self.notes.leave();
                    }
                }
                value => pairs.push((name, self.scalar(value, encoding, what))),
            }
            self.notes.leave();
        }
        pairs
    }

    fn decoded(&mut self, text: &str) -> Option<Arc<[u8]>> {
        let letters: String = text.split_ascii_whitespace().collect();
        match STANDARD.decode(letters) {
            Ok(bytes) => Some(bytes.into()),
            Err(error) => {
                let text = format!("this is not base64: {}", error.to_string().to_lowercase().trim_end_matches('.'));
                self.notes.add(self.notes.here(), text, "encode it with `base64`, padding `=` included");
                None
            }
        }
    }

    /// The content of a file, where it is known without reading one.
    fn file(&mut self, path: &str) -> Option<Arc<[u8]>> {
        let why = match self.world.inputs.body_files.get(path) {
            Some(Ok(BodyFile::Folder)) => return None,
            Some(Ok(BodyFile::Embedded(content))) => return Some((*content).into()),
            Some(Err(why)) => why.as_str(),
            None => "it is not a file of the project",
        };
        let known = self.world.inputs.body_files.iter().filter(|(_, found)| found.is_ok()).map(|(path, _)| &**path);
        let complaint = self.notes.error(self.notes.here(), format!("`{path}` cannot be sent: {why}"));
        let complaint = complaint.help("write the path from the project's root, with `/`").did_you_mean(path, known);
        self.notes.push(complaint);
        None
    }

    fn parts(&mut self, specs: &'i [PartSpec]) -> Vec<MultipartPart> {
        let mut parts = Vec::with_capacity(specs.len());
        for (at, spec) in specs.iter().enumerate() {
            self.notes.enter(at);
            parts.extend(self.part(spec));
            self.notes.leave();
        }
        parts
    }

    fn part(&mut self, spec: &'i PartSpec) -> Option<MultipartPart> {
        let name = self.at("name", &spec.name);
        let filename = spec.filename.as_ref().map(|filename| self.at("filename", filename));
        if let Some(kind) = &spec.content_type {
            self.notes.enter("type");
            self.header_value(&Template::text(kind.as_str()));
            self.notes.leave();
        }
        let content = self.part_content(spec)?;
        Some(MultipartPart { name, filename, content_type: spec.content_type.as_deref().map(Into::into), content })
    }

    fn part_content(&mut self, spec: &'i PartSpec) -> Option<PartContent> {
        match (&spec.text, &spec.base64, &spec.bytes, &spec.file) {
            (Some(text), None, None, None) => Some(PartContent::Text(self.at("text", text))),
            (None, Some(text), None, None) => {
                self.notes.enter("base64");
                let bytes = self.decoded(text);
                self.notes.leave();
                bytes.map(PartContent::Bytes)
            }
            (None, None, Some(bytes), None) => {
                self.notes.enter("bytes");
                let filler = self.filler(bytes);
                self.notes.leave();
                filler.map(PartContent::Filler)
            }
            (None, None, None, Some(path)) => {
                self.notes.enter("file");
                let content = self.file(path);
                self.notes.leave();
                Some(content.map_or_else(|| PartContent::File(path.as_str().into()), PartContent::Bytes))
            }
            _ => {
                let text = "a part has exactly one of `text`, `base64`, `bytes` and `file`";
                self.notes.add(self.notes.here(), text, "for an empty part write `text: \"\"`");
                None
            }
        }
    }

    fn at(&mut self, key: &'static str, text: &'i str) -> Template {
        self.notes.enter(key);
        let template = self.text(text, Encoding::Plain);
        self.notes.leave();
        template
    }

    fn filler(&mut self, spec: &'i BytesSpec) -> Option<Filler> {
        let filler = match spec {
            BytesSpec::Size(size) => match units::size(&self.fixed(size, "a size")) {
                Ok(bytes) => zeros(bytes),
                Err(error) => {
                    self.notes.unit(self.notes.here(), &error);
                    return None;
                }
            },
            BytesSpec::Pattern(detail) => self.pattern(detail)?,
        };
        if filler.len() > LARGEST {
            self.notes.add(self.notes.here(), "a body of filler has at most 16 GiB", "make it smaller");
            return None;
        }
        Some(filler)
    }

    fn pattern(&mut self, detail: &'i BytesDetail) -> Option<Filler> {
        if detail.unit.is_empty() {
            self.notes.add(
                self.notes.value("unit"),
                "the unit that is repeated is empty",
                "write what is repeated, such as `\"a\"`",
            );
            return None;
        }
        let mut bytes = |key: &'static str, text: &'i str| -> Arc<[u8]> {
            self.notes.enter(key);
            let text = self.fixed(text, "filler");
            self.notes.leave();
            text.into_bytes().into()
        };
        let (head, unit, tail) =
            (bytes("head", &detail.head), bytes("unit", &detail.unit), bytes("tail", &detail.tail));
        Some(Filler { head, unit, times: detail.times, rest: 0, tail })
    }
}

/// The kinds of body that a step has, in the order of the documentation.
fn kinds(spec: &StepSpec) -> impl Iterator<Item = &'static str> {
    let kinds = [
        ("json", spec.json.is_some()),
        ("body", spec.body.is_some()),
        ("base64", spec.base64.is_some()),
        ("file", spec.file.is_some()),
        ("form", spec.form.is_some()),
        ("multipart", spec.multipart.is_some()),
        ("bytes", spec.bytes.is_some()),
    ];
    kinds.into_iter().filter_map(|(kind, given)| given.then_some(kind))
}

fn zeros(bytes: u64) -> Filler {
    let piece = ZEROS.len() as u64;
    let (head, tail) = (Arc::from([]), Arc::from([]));
    Filler { head, unit: ZEROS.clone(), times: bytes / piece, rest: (bytes % piece) as usize, tail }
}
