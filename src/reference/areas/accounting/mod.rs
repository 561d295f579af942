//! The accounting package of an organisation: connecting it, mapping clients, pushing invoices, pulling payments.

mod books;
mod connecting;
mod mappings;
mod pushing;

use crate::reference::prelude::*;

use super::quotes::QuickBooks;
use books::Books;

pub const AREA: Area = Area::new(
    "accounting",
    &[
        get("/api/v1/accounting", show).needs("accounting:read"),
        post("/api/v1/accounting/{id}/connect", connecting::connect).needs("accounting:write"),
        get("/api/v1/accounting/{id}/callback", connecting::callback).open(),
        delete("/api/v1/accounting/{id}", connecting::disconnect).needs("accounting:write"),
        get("/api/v1/accounting/{id}/accounts", accounts).needs("accounting:read"),
        get("/api/v1/accounting/{id}/contacts", mappings::contacts).needs("accounting:read"),
        get("/api/v1/accounting/{id}/mappings", mappings::list).needs("accounting:read"),
        post("/api/v1/accounting/{id}/mappings", mappings::create).needs("accounting:write"),
        delete("/api/v1/accounting/{id}/mappings/{client}", mappings::remove).needs("accounting:write"),
        post("/api/v1/accounting/{id}/sync", pushing::sync).needs("accounting:execute"),
        post("/api/v1/invoices/{id}/push", pushing::push).needs("accounting:execute"),
    ],
)
.tenant(&["accounting"], begin)
.control(&[
    post("/books/consents", books::consent),
    post("/books/revocations", books::revoke),
    put("/books/documents/{id}", books::change_document),
]);

/// The packages that can be connected, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Package {
    FreeAgent,
    QuickBooks,
}

impl Package {
    pub fn name(self) -> &'static str {
        match self {
            Package::FreeAgent => "freeagent",
            Package::QuickBooks => "quickbooks",
        }
    }

    pub fn named(text: &str) -> Option<Self> {
        [Package::FreeAgent, Package::QuickBooks].into_iter().find(|it| it.name() == text)
    }
}

/// What we keep of the accounting package of an organisation.
#[derive(Default)]
pub struct Accounting {
    connection: Option<Connection>,
    /// The latest attempt to connect.
    attempt: Option<Uuid>,
    /// Contacts in the package, by client.
    mappings: Shelf<String>,
    /// Documents in the package, by invoice.
    pushed: Shelf<Uuid>,
}

#[derive(Clone, Copy)]
struct Connection {
    package: Package,
    /// With which the package was authorised to be used.
    token: Uuid,
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// The package that the path means.
fn package(call: &Call<'_>) -> Result<Package, Refusal> {
    let named = Package::named(call.path("id"));
    named.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no accounting package of this name."))
}

fn not_connected() -> Refusal {
    refuse(409, "NOT_CONNECTED", "This accounting package is not connected.")
}

/// The connection to the package that the path means.
fn connected(call: &mut Call<'_>) -> Result<Connection, Refusal> {
    let package = package(call)?;
    let connection = call.state::<Accounting>()?.connection.filter(|it| it.package == package);
    connection.ok_or_else(not_connected)
}

/// Calls the package: it has to honour what it gave, and to work.
fn ask<'a>(call: &'a mut Call<'_>, connection: Connection) -> Result<&'a mut Books, Refusal> {
    match call.upstream(Service::Accounting) {
        Mode::Working => {}
        Mode::Refusing => return Err(no_longer_authorised()),
        _ => return Err(refuse(502, "PROVIDER_ERROR", "The accounting package answered with an error.")),
    }
    let books = call.state::<Books>()?;
    match books.honours(connection.token) {
        true => Ok(books),
        false => Err(no_longer_authorised()),
    }
}

fn no_longer_authorised() -> Refusal {
    refuse(409, "RECONNECT_REQUIRED", "The accounting package has withdrawn its authorisation. Connect it again.")
}

/// Keeps a connection, or none.
fn keep(tenant: &mut Tenant, connection: Option<Connection>) {
    tenant.state::<Accounting>().connection = connection;
    tenant.state::<QuickBooks>().connected = connection.is_some_and(|it| it.package == Package::QuickBooks);
}

fn show(call: &mut Call<'_>) -> Answer {
    let ours = call.state::<Accounting>()?;
    let package = ours.connection.map(|it| it.package.name());
    ok(json!({ "provider": package, "mappings": ours.mappings.len(), "pushed": ours.pushed.len() }))
}

/// The bank accounts that payments can be booked to.
fn accounts(call: &mut Call<'_>) -> Answer {
    let connection = connected(call)?;
    let shown = |(id, name): &(&str, &str)| json!({ "id": id, "name": name });
    let accounts: Vec<Value> = ask(call, connection)?.accounts.iter().map(shown).collect();
    ok(json!({ "accounts": accounts }))
}

/// `accounting` names a package, or `none`. FreeAgent is connected where nothing else is said.
fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let quickbooks = spec.settings.get("quickbooks").and_then(Value::as_bool) == Some(true);
    let package = match spec.text("accounting") {
        Some(name) => Package::named(name),
        None if quickbooks => Some(Package::QuickBooks),
        None => (!spec.plain).then_some(Package::FreeAgent),
    };
    let token = tenant.seed_id("accounting/token");
    let books = tenant.state::<Books>();
    *books = Books::new();
    if let Some(package) = package {
        books.authorise(token);
        keep(tenant, Some(Connection { package, token }));
    }
}
