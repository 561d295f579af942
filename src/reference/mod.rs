//! The reference deployment: a small but real service with its own state and rules, to be tested
//! against. It is the other side of the wire, so it imports nothing of the rest of this crate.
//!
//! Three deployments run at once, each on its own port with its own state: `full`, `bare` (nothing
//! optional configured) and `miskeyed` (configured with wrong keys). One more port is the control
//! side: clock, faults, and organisations made to order. It is never part of the API.
//!
//! # Adding an area
//!
//! An area is one file `areas/NAME.rs` (or a folder) and one line in `areas/mod.rs`:
//!
//! ```ignore
//! use crate::reference::prelude::*;
//!
//! pub const AREA: Area = Area::new("kites", &[
//!     get("/api/v1/kites/{id}", show).needs("clients:read"),
//!     post("/api/v1/kites", create).needs("clients:write").grows(),
//! ])
//! .tenant(&["kites"], begin)                     // settings that a new organisation can be given; its first state
//! .seed(seed)                                    // further named credentials and variables of the deployment
//! .control(&[post("/kites/cut", cut)]);          // served by the control listener as /full/kites/cut
//!
//! #[derive(Default)]
//! pub struct Kites { all: Shelf<Kite> }          // the area's own state, one for each organisation
//! pub struct Kite { name: String }
//!
//! fn invalid(why: String) -> Refusal { refuse(400, "VALIDATION_ERROR", why) }
//!
//! fn create(call: &mut Call<'_>) -> Answer {
//!     let body = call.json(invalid)?;
//!     let name = body.text("name")?;
//!     let kites: &mut Kites = call.state()?;
//!     if kites.all.values().any(|kite| kite.name == name) {
//!         return Err(refuse(409, "DUPLICATE_NAME", "There is a kite of this name already."));
//!     }
//!     let id = Uuid::new_v4();
//!     kites.all.insert(id, Kite { name: name.clone() });
//!     created(json!({ "id": id, "name": name }))
//! }
//!
//! fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
//!     let Some(tenant) = world.tenant_mut(tenant) else { return };
//!     if spec.on("kites") {
//!         let id = tenant.seed_id("kite");
//!         tenant.state::<Kites>().all.pin(id, Kite { name: "first".into() });
//!         tenant.publish("kite_id", id.to_string());       // {{ kite_id }} of the target; /vars/kite_id at control
//!     }
//! }
//! ```
//!
//! The gate (`gate.rs`) checks rate limit, credential, user and organisation, platform level,
//! subscription, plan, feature, kind of credential, scope and role, in this order, before the handler runs; the
//! route says which of these apply. Each rule of the area writes its status and code where it stands.
//! Further named organisations are founded in `seed`: `seeds.tenant(&Spec::new("crowded").with("storage", "full"))`
//! makes the credentials `crowded_owner`, `crowded_technician`, … and the variables `crowded_client_id`, ….
//! Handlers are plain functions that have the whole deployment to themselves while they run, so they must not wait;
//! a refusal that comes late says so (`.after(..)`), and work that goes on is a time in the state that `call.now()` passes.

pub mod answer;
pub mod areas;
pub mod call;
pub mod clock;
mod control;
mod distortion;
pub mod faults;
pub mod fields;
mod gate;
pub mod multipart;
pub mod outbox;
pub mod people;
pub mod prelude;
pub mod profile;
pub mod route;
mod running;
pub mod scope;
pub mod seeds;
mod server;
pub mod shelf;
pub mod slots;
pub mod tenant;
#[cfg(test)]
mod tests;
pub mod world;

pub use distortion::{Distortion, Leaving, Question};
pub use running::{Credential, Deployed, Options, Running, describe, start};
