//! Software packages that agents install, in versions.

use std::collections::BTreeMap;

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "software",
    &[
        get("/api/v1/software", list).needs("software:read"),
        post("/api/v1/software", create).needs("software:write"),
        get("/api/v1/software/{id}", show).needs("software:read"),
        delete("/api/v1/software/{id}", remove).needs("software:write"),
        post("/api/v1/software/{id}/versions", upload).needs("software:write").up_to(8 * BODY),
        get("/api/v1/software/{id}/versions/{version}", show_version).needs("software:read"),
        delete("/api/v1/software/{id}/versions/{version}", remove_version).needs("software:write"),
        put("/api/v1/software/{id}/versions/{version}/current", make_current).needs("software:write"),
    ],
)
.tenant(&[], begin);

const BODY: usize = 1024 * 1024;
const MOST_VERSIONS: usize = 200;

/// The software of an organisation.
#[derive(Default)]
struct Software(Shelf<Package>);

struct Package {
    name: String,
    versions: BTreeMap<u32, Version>,
    /// The version that agents install.
    current: Option<u32>,
    next: u32,
}

struct Version {
    filename: String,
    // Nobody installs anything here, so it is enough to know how much there was.
    size: usize,
}

impl Package {
    fn new(name: String) -> Self {
        Package { name, versions: BTreeMap::new(), current: None, next: 1 }
    }

    fn add(&mut self, version: Version) -> u32 {
        let number = self.next;
        self.versions.insert(number, version);
        self.current = Some(number);
        self.next += 1;
        number
    }

    fn shown(&self, id: Uuid) -> Value {
        let versions: Vec<&u32> = self.versions.keys().collect();
        json!({ "id": id, "name": self.name, "versions": versions, "current": self.current })
    }

    fn shown_version(&self, number: u32) -> Result<Value, Refusal> {
        let version = self.versions.get(&number).ok_or_else(no_version)?;
        let current = self.current == Some(number);
        Ok(json!({ "version": number, "filename": version.filename, "size": version.size, "current": current }))
    }
}

fn no_version() -> Refusal {
    refuse(404, "NOT_FOUND", "The package has no such version.")
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn package<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Package), Refusal> {
    let id = call.id()?;
    let package = call.state::<Software>()?.0.get_mut(id);
    package.map(|package| (id, package)).ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such package."))
}

/// The version that the path means; versions count from one.
fn number(call: &Call<'_>) -> Result<u32, Refusal> {
    let number = call.path("version").parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| refuse(400, "INVALID_VERSION", "A version is a whole number above zero."))
}

fn list(call: &mut Call<'_>) -> Answer {
    let packages: Vec<Value> = call.state::<Software>()?.0.iter().map(|(id, package)| package.shown(id)).collect();
    ok(json!({ "software": packages }))
}

fn create(call: &mut Call<'_>) -> Answer {
    let name = call.json(invalid)?.text("name")?;
    let id = Uuid::new_v4();
    created(call.state::<Software>()?.0.insert(id, Package::new(name)).shown(id))
}

fn show(call: &mut Call<'_>) -> Answer {
    let (id, package) = package(call)?;
    ok(package.shown(id))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let (id, _) = package(call)?;
    call.state::<Software>()?.0.remove(id);
    done()
}

/// Adds a version, which becomes the current one.
fn upload(call: &mut Call<'_>) -> Answer {
    package(call)?;
    if call.oversize() {
        return Err(refuse(413, "PAYLOAD_TOO_LARGE", "An installer may have 8 MB here."));
    }
    let parts = call.parts().map_err(|_| invalid("send the installer as multipart/form-data".into()))?;
    let Some(part) = parts.into_iter().find(|part| part.name == "file") else {
        return Err(refuse(400, "MISSING_FILE", "The upload has no part named file."));
    };
    let (_, package) = package(call)?;
    if package.versions.len() >= MOST_VERSIONS {
        return Err(invalid("the package has too many versions; delete some first".into()));
    }
    let version = Version { filename: part.filename.unwrap_or_default(), size: part.bytes.len() };
    let number = package.add(version);
    created(package.shown_version(number)?)
}

fn show_version(call: &mut Call<'_>) -> Answer {
    let number = number(call)?;
    let (_, package) = package(call)?;
    ok(package.shown_version(number)?)
}

fn remove_version(call: &mut Call<'_>) -> Answer {
    let number = number(call)?;
    let (_, package) = package(call)?;
    if !package.versions.contains_key(&number) {
        return Err(no_version());
    }
    if package.current == Some(number) {
        return Err(refuse(409, "DELETE_CURRENT", "This is the current version. Make another one current first."));
    }
    package.versions.remove(&number);
    done()
}

fn make_current(call: &mut Call<'_>) -> Answer {
    let number = number(call)?;
    let (_, package) = package(call)?;
    if !package.versions.contains_key(&number) {
        return Err(no_version());
    }
    package.current = Some(number);
    ok(package.shown_version(number)?)
}

fn begin(world: &mut World, tenant: Uuid, _: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let id = tenant.seed_id("software");
    let mut package = Package::new("Reader".into());
    package.add(Version { filename: "reader-1.msi".into(), size: 48_000_000 });
    tenant.state::<Software>().0.pin(id, package);
    tenant.publish("software_id", id.to_string());
}
