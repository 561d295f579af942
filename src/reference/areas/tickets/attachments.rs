//! Files at tickets. They are kept in an object store elsewhere.

use crate::reference::prelude::*;

use super::{find, invalid};

const MOST: usize = 5 * 1024 * 1024;
/// A form around the largest file.
pub(super) const MOST_BODY: usize = MOST + 16 * 1024;
/// What the store of a deployment holds; the oldest file goes first.
const STORE: usize = 50;

/// What lies in the object store, over all organisations.
struct ObjectStore(Shelf<Attachment>);

impl Default for ObjectStore {
    fn default() -> Self {
        ObjectStore(Shelf::with_capacity(STORE))
    }
}

struct Attachment {
    tenant: Uuid,
    ticket: Uuid,
    filename: String,
    bytes: Vec<u8>,
}

fn shown(id: Uuid, attachment: &Attachment) -> Value {
    json!({ "id": id, "filename": attachment.filename, "size": attachment.bytes.len() })
}

pub(super) fn attach(call: &mut Call<'_>) -> Answer {
    let (ticket, _) = find(call)?;
    let too_large = || refuse(413, "ATTACHMENT_TOO_LARGE", "An attachment may have 5 MB.");
    if call.oversize() {
        return Err(too_large());
    }
    let parts = call.parts().map_err(|_| invalid("send the file as multipart/form-data".into()))?;
    let Some(part) = parts.into_iter().find(|part| part.name == "file") else {
        return Err(refuse(400, "MISSING_FILE", "The upload has no part named file."));
    };
    if part.bytes.len() > MOST {
        return Err(too_large());
    }
    if !call.world.profile.attachment_storage {
        return Err(refuse(503, "STORAGE_UNCONFIGURED", "This deployment has no storage for attachments."));
    }
    if call.upstream(Service::ObjectStore) != Mode::Working {
        return Err(refuse(500, "STORAGE_ERROR", "The storage did not take the file."));
    }
    let (id, tenant) = (Uuid::new_v4(), call.tenant_id()?);
    let filename = part.filename.unwrap_or_else(|| "file".into());
    let attachment = Attachment { tenant, ticket, filename, bytes: part.bytes };
    created(shown(id, call.world.state::<ObjectStore>().0.insert(id, attachment)))
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let (ticket, _) = find(call)?;
    let store = call.world.state::<ObjectStore>().0.iter();
    let attachments: Vec<Value> =
        store.filter(|(_, it)| it.ticket == ticket).map(|(id, attachment)| shown(id, attachment)).collect();
    ok(json!({ "attachments": attachments }))
}

pub(super) fn download(call: &mut Call<'_>) -> Answer {
    let (id, tenant) = (call.id()?, call.tenant_id()?);
    let attachment = call.world.state::<ObjectStore>().0.get(id).filter(|it| it.tenant == tenant);
    let attachment = attachment.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such attachment."))?;
    file("application/octet-stream", attachment.bytes.clone())
}

/// Throws away what belongs to a ticket that goes.
pub(super) fn forget(call: &mut Call<'_>, ticket: Uuid) {
    let store = &mut call.world.state::<ObjectStore>().0;
    let gone: Vec<Uuid> = store.iter().filter(|(_, it)| it.ticket == ticket).map(|(id, _)| id).collect();
    for id in gone {
        store.remove(id);
    }
}
