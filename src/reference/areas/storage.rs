//! Documents: texts, and files that are uploaded straight to an object store.

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "storage",
    &[
        post("/api/v1/documents/uploads", open_slot).needs("documents:write"),
        put("/api/v1/document-store/{id}", receive).open().up_to(MOST_FILE),
        post("/api/v1/documents/uploads/{id}/complete", complete).needs("documents:write"),
        get("/api/v1/documents", list).needs("documents:read"),
        post("/api/v1/documents", write).needs("documents:write"),
        get("/api/v1/documents/{id}", show).needs("documents:read"),
        get("/api/v1/documents/{id}/file", download).needs("documents:read"),
        delete("/api/v1/documents/{id}", remove).needs("documents:write"),
    ],
)
.tenant(&["storage"], begin)
.seed(seed);

const MOST_FILE: usize = 10 * 1024 * 1024;
const QUOTA: usize = 1024 * 1024 * 1024;
const SLOT_FOR: Millis = 15 * 60_000;
/// What the object store of a deployment holds; the oldest file goes first.
const STORE: usize = 20;

const IMAGES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];
const FILES: &[&str] = &["application/pdf", "application/zip", "application/json", "text/csv", "text/plain"];

/// The documents of an organisation.
#[derive(Default)]
struct Documents {
    all: Shelf<Document>,
    /// What its files take up, in bytes.
    used: usize,
}

struct Document {
    title: String,
    text: Option<String>,
    file: Option<Upload>,
    /// What was deleted is remembered, so that old links can say so.
    deleted: bool,
}

/// A file as it was announced.
#[derive(Clone)]
struct Upload {
    /// Under which it lies in the object store: whoever knows it may upload.
    key: Uuid,
    filename: String,
    mime: &'static str,
    size: usize,
}

/// Uploads that have been announced and not confirmed, over all organisations.
#[derive(Default)]
struct Slots(Shelf<Slot>);

struct Slot {
    tenant: Uuid,
    upload: Upload,
    expires: Millis,
}

/// What lies in the object store.
struct ObjectStore(Shelf<Vec<u8>>);

impl Default for ObjectStore {
    fn default() -> Self {
        ObjectStore(Shelf::with_capacity(STORE))
    }
}

impl Document {
    fn shown(&self, id: Uuid) -> Value {
        let file = self.file.as_ref();
        json!({
            "id": id,
            "title": self.title,
            "text": self.text,
            "file": file.map(|it| json!({ "filename": it.filename, "mime_type": it.mime, "size_bytes": it.size })),
        })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

// ---- uploading

/// Asks for a place to put a file, which has to be described first.
fn open_slot(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (filename, mime) = (body.text("filename")?, mime(&body)?);
    let size = usize::try_from(body.int("size_bytes", 1..=i64::MAX)?).unwrap_or(usize::MAX);
    if size > MOST_FILE {
        return Err(refuse(413, "FILE_TOO_LARGE", "A file may have 10 MB."));
    }
    if call.state::<Documents>()?.used + size > QUOTA {
        return Err(refuse(413, "QUOTA_EXCEEDED", "The storage of your organisation is full."));
    }
    if !call.world.profile.document_storage {
        return Err(refuse(503, "STORAGE_UNAVAILABLE", "This deployment has no storage for documents."));
    }
    let (id, key) = (Uuid::new_v4(), Uuid::new_v4());
    let (tenant, expires) = (call.tenant_id()?, call.now() + SLOT_FOR);
    let slot = Slot { tenant, upload: Upload { key, filename, mime, size }, expires };
    call.world.state::<Slots>().0.insert(id, slot);
    created(json!({
        "id": id,
        "upload_url": format!("/api/v1/document-store/{key}"),
        "expires_at": stamp(expires),
    }))
}

/// The type of a file, as its kind allows.
fn mime(body: &Fields) -> Result<&'static str, Refusal> {
    let (kind, mime) = (body.text("kind")?, body.text("mime_type")?.to_ascii_lowercase());
    let known = |list: &[&'static str]| list.iter().find(|it| **it == mime).copied();
    match kind.as_str() {
        "inline_image" => known(IMAGES)
            .ok_or_else(|| refuse(400, "INVALID_MIME_TYPE", "An image within a text is a PNG, JPEG, GIF or WebP.")),
        "file" => known(FILES)
            .or_else(|| known(IMAGES))
            .ok_or_else(|| refuse(415, "MIME_NOT_ALLOWED", "Files of this type are not kept.")),
        _ => Err(body.refusal("kind has to be file or inline_image")),
    }
}

/// The object store takes a file in. It knows nobody but the link that it was told.
fn receive(call: &mut Call<'_>) -> Answer {
    let key = call.id()?;
    let slot = call.world.state::<Slots>().0.values().find(|slot| slot.upload.key == key);
    let (tenant, size, expires) = slot
        .map(|slot| (slot.tenant, slot.upload.size, slot.expires))
        .ok_or_else(|| refuse(404, "NOT_FOUND", "Nothing is expected here."))?;
    call.caller.tenant = Some(tenant);
    if expires <= call.now() {
        return Err(refuse(410, "EXPIRED", "The time for this upload is over. Ask for another one."));
    }
    if call.oversize() || call.bytes().len() > size {
        return Err(refuse(413, "FILE_TOO_LARGE", "The file is larger than was announced."));
    }
    if call.upstream(Service::ObjectStore) != Mode::Working {
        return Err(refuse(500, "STORAGE_ERROR", "The storage did not take the file."));
    }
    let bytes = call.bytes().to_vec();
    call.world.state::<ObjectStore>().0.insert(key, bytes);
    done()
}

/// Confirms that the file is there, which makes it a document.
fn complete(call: &mut Call<'_>) -> Answer {
    let (id, tenant) = (call.id()?, call.tenant_id()?);
    let slot = call.world.state::<Slots>().0.get(id).filter(|slot| slot.tenant == tenant);
    let slot = slot.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such upload."))?;
    let mut upload = slot.upload.clone();
    let object = call.world.state::<ObjectStore>().0.get(upload.key);
    upload.size = object
        .map(Vec::len)
        .ok_or_else(|| refuse(422, "OBJECT_NOT_FOUND", "The file has not arrived at the storage yet."))?;
    call.world.state::<Slots>().0.remove(id);
    let documents = call.state::<Documents>()?;
    documents.used += upload.size;
    let document = Document { title: upload.filename.clone(), text: None, file: Some(upload), deleted: false };
    created(documents.all.insert(id, document).shown(id))
}

// ---- documents

/// A document that is only text.
fn write(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let document = Document { title: body.text("title")?, text: Some(body.text("text")?), file: None, deleted: false };
    let id = Uuid::new_v4();
    created(call.state::<Documents>()?.all.insert(id, document).shown(id))
}

/// The document that the path names.
fn named<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Document), Refusal> {
    let id = call.id()?;
    let document = call.state::<Documents>()?.all.get_mut(id);
    let document = document.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such document."))?;
    match document.deleted {
        true => Err(refuse(410, "GONE", "This document has been deleted.")),
        false => Ok((id, document)),
    }
}

fn list(call: &mut Call<'_>) -> Answer {
    let documents = call.state::<Documents>()?.all.iter().filter(|(_, it)| !it.deleted);
    let documents: Vec<Value> = documents.map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "documents": documents }))
}

fn show(call: &mut Call<'_>) -> Answer {
    let (id, document) = named(call)?;
    ok(document.shown(id))
}

fn download(call: &mut Call<'_>) -> Answer {
    let (_, document) = named(call)?;
    let upload = document.file.clone();
    let upload = upload.ok_or_else(|| refuse(422, "NO_FILE", "This document is a text; there is no file to it."))?;
    let lost = || refuse(500, "STORAGE_ERROR", "The storage did not hand the file out.");
    if call.upstream(Service::ObjectStore) != Mode::Working {
        return Err(lost());
    }
    let object = call.world.state::<ObjectStore>().0.get(upload.key).ok_or_else(lost)?;
    file(upload.mime, object.clone())
}

fn remove(call: &mut Call<'_>) -> Answer {
    let (_, document) = named(call)?;
    document.deleted = true;
    document.text = None;
    let Some(upload) = document.file.take() else { return done() };
    let documents = call.state::<Documents>()?;
    documents.used = documents.used.saturating_sub(upload.size);
    call.world.state::<ObjectStore>().0.remove(upload.key);
    done()
}

// ---- seeds

fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    if spec.text("storage") == Some("full") {
        tenant.state::<Documents>().used = QUOTA;
    }
}

/// An organisation whose files, moved here from elsewhere, take up all that it may have.
fn seed(seeds: &mut Seeds<'_>) {
    seeds.tenant(&Spec::new("crowded").with("storage", "full"));
}
