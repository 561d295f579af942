//! Mobile devices: enrolment, policies, commands, and what to do about a lost one.

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "mdm",
    &[
        get("/api/v1/mdm/android/enterprise", show_enterprise).needs("mdm:read"),
        post("/api/v1/mdm/android/enterprise", bind).needs("mdm:write"),
        delete("/api/v1/mdm/android/enterprise", unbind).needs("mdm:write"),
        post("/api/v1/mdm/enrolments", start_enrolment).needs("mdm:write").grows(),
        post("/api/v1/mdm/enrol", enrol).open(),
        get("/api/v1/mdm/devices", list).needs("mdm:read"),
        get("/api/v1/mdm/devices/{id}", show).needs("mdm:read"),
        delete("/api/v1/mdm/devices/{id}", forget).needs("mdm:write"),
        post("/api/v1/mdm/devices/{id}/unenrol", unenrol).needs("mdm:write"),
        post("/api/v1/mdm/devices/{id}/commands", command).needs("mdm:execute"),
        post("/api/v1/mdm/devices/{id}/lost-mode", report_lost).needs("mdm:execute"),
        delete("/api/v1/mdm/devices/{id}/lost-mode", report_found).needs("mdm:execute"),
        get("/api/v1/mdm/policies", list_policies).needs("mdm:read"),
        post("/api/v1/mdm/policies", create_policy).needs("mdm:write"),
        delete("/api/v1/mdm/policies/{id}", delete_policy).needs("mdm:write"),
    ],
)
.tenant(&["android"], begin);

const ENROLMENT_FOR: Millis = 24 * 3_600_000;
/// Commands that lose what is on the device.
const DESTRUCTIVE: &[&str] = &["wipe", "reset_passcode"];
const HARMLESS: &[&str] = &["lock", "reboot", "sync"];

/// What an organisation manages of mobile devices.
#[derive(Default)]
struct Mobile {
    /// The Android enterprise that it bound.
    enterprise: Option<String>,
    devices: Shelf<Device>,
    policies: Shelf<Policy>,
}

struct Device {
    name: String,
    serial: String,
    state: State,
    last_command: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Enrolled,
    Lost,
    /// Not managed any more; kept for the record.
    Unenrolled,
}

struct Policy {
    name: String,
    min_passcode_length: i64,
    encryption_required: bool,
}

/// Enrolments that devices can still answer, over all organisations.
#[derive(Default)]
struct Enrolments(Shelf<Enrolment>);

struct Enrolment {
    tenant: Uuid,
    expires: Millis,
}

impl State {
    fn text(self) -> &'static str {
        match self {
            State::Enrolled => "enrolled",
            State::Lost => "lost",
            State::Unenrolled => "unenrolled",
        }
    }
}

impl Device {
    fn new(name: String, serial: String) -> Self {
        Device { name, serial, state: State::Enrolled, last_command: None }
    }

    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "name": self.name,
            "serial": self.serial,
            "platform": "android",
            "state": self.state.text(),
            "last_command": self.last_command,
        })
    }
}

impl Policy {
    fn shown(&self, id: Uuid) -> Value {
        json!({
            "id": id,
            "name": self.name,
            "min_passcode_length": self.min_passcode_length,
            "encryption_required": self.encryption_required,
        })
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

// ---- the Android enterprise

fn show_enterprise(call: &mut Call<'_>) -> Answer {
    let enterprise = &call.state::<Mobile>()?.enterprise;
    ok(json!({ "enterprise_id": enterprise }))
}

fn connected(call: &Call<'_>) -> Result<(), Refusal> {
    match call.world.profile.emm {
        true => Ok(()),
        false => Err(refuse(503, "NOT_CONFIGURED", "This deployment has no access to Android management.")),
    }
}

fn bind(call: &mut Call<'_>) -> Answer {
    let id = call.json(invalid)?.text("enterprise_id")?;
    connected(call)?;
    let enterprise = &mut call.state::<Mobile>()?.enterprise;
    if enterprise.is_some() {
        return Err(refuse(409, "CONFLICT", "An Android enterprise is bound already."));
    }
    *enterprise = Some(id);
    created(json!({ "enterprise_id": enterprise }))
}

/// Gives the enterprise up, and with it every device.
fn unbind(call: &mut Call<'_>) -> Answer {
    let confirmed = call.json(invalid)?.text("confirm_enterprise_id")?;
    let mobile: &mut Mobile = call.state()?;
    let bound = mobile.enterprise.as_ref();
    let bound = bound.ok_or_else(|| refuse(404, "NOT_FOUND", "No Android enterprise is bound."))?;
    if *bound != confirmed {
        return Err(refuse(422, "CONFIRM_MISMATCH", "confirm_enterprise_id is not the enterprise that is bound."));
    }
    mobile.enterprise = None;
    mobile.devices.values_mut().for_each(|device| device.state = State::Unenrolled);
    done()
}

// ---- enrolment

/// Makes a code for a device to scan.
fn start_enrolment(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    match body.text("platform")?.as_str() {
        "android" => connected(call)?,
        "apple" => return Err(refuse(501, "NOT_IMPLEMENTED", "Apple devices cannot be managed yet.")),
        _ => return Err(body.refusal("platform has to be android or apple")),
    }
    if call.state::<Mobile>()?.enterprise.is_none() {
        return Err(refuse(409, "CONFLICT", "Bind an Android enterprise first."));
    }
    let (token, expires) = (Uuid::new_v4(), call.now() + ENROLMENT_FOR);
    let tenant = call.tenant_id()?;
    call.world.state::<Enrolments>().0.insert(token, Enrolment { tenant, expires });
    created(json!({ "token": token, "platform": "android", "expires_at": stamp(expires) }))
}

/// A device that scanned the code says that it is there.
fn enrol(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let unknown = || refuse(401, "TOKEN_INVALID", "There is no such enrolment.");
    let token = Uuid::parse_str(&body.text("token")?).map_err(|_| unknown())?;
    let (name, serial) = (body.text("name")?, body.text("serial")?);
    let enrolment = call.world.state::<Enrolments>().0.get(token).ok_or_else(unknown)?;
    let expires = enrolment.expires;
    call.caller.tenant = Some(enrolment.tenant);
    call.tenant().map_err(|_| unknown())?;
    if expires <= call.now() {
        return Err(refuse(401, "TOKEN_EXPIRED", "The enrolment is past its expiry."));
    }
    call.world.state::<Enrolments>().0.remove(token);
    let id = Uuid::new_v4();
    created(call.state::<Mobile>()?.devices.insert(id, Device::new(name, serial)).shown(id))
}

// ---- devices

/// The device that the path names.
fn named<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Device), Refusal> {
    let id = call.uuid("id");
    let id = id.ok_or_else(|| refuse(400, "BAD_ID", "The identifier of a mobile device is a UUID."))?;
    let device = call.state::<Mobile>()?.devices.get_mut(id);
    Ok((id, device.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such mobile device."))?))
}

/// The same, if it is still managed.
fn managed<'a>(call: &'a mut Call<'_>) -> Result<(Uuid, &'a mut Device), Refusal> {
    let (id, device) = named(call)?;
    match device.state {
        State::Unenrolled => Err(refuse(409, "OFF_FLEET", "This device is not managed any more.")),
        State::Enrolled | State::Lost => Ok((id, device)),
    }
}

fn list(call: &mut Call<'_>) -> Answer {
    let devices: Vec<Value> = call.state::<Mobile>()?.devices.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "devices": devices }))
}

fn show(call: &mut Call<'_>) -> Answer {
    let (id, device) = named(call)?;
    ok(device.shown(id))
}

fn unenrol(call: &mut Call<'_>) -> Answer {
    let (id, device) = managed(call)?;
    device.state = State::Unenrolled;
    ok(device.shown(id))
}

/// Drops the record of a device, which leaves the fleet with it.
fn forget(call: &mut Call<'_>) -> Answer {
    let (id, _) = named(call)?;
    call.state::<Mobile>()?.devices.remove(id);
    done()
}

fn command(call: &mut Call<'_>) -> Answer {
    managed(call)?;
    let body = call.json(invalid)?;
    let (command, confirmed) = (body.text("command")?, body.flag("confirm", false)?);
    if DESTRUCTIVE.contains(&command.as_str()) {
        if !confirmed {
            return Err(refuse(422, "CONFIRM_REQUIRED", "This cannot be undone. Send confirm: true if you are sure."));
        }
    } else if !HARMLESS.contains(&command.as_str()) {
        return Err(body.refusal(format!("there is no command {command}")));
    }
    let (id, device) = managed(call)?;
    if command == "wipe" {
        device.state = State::Unenrolled;
    }
    device.last_command = Some(command);
    accepted(device.shown(id))
}

fn report_lost(call: &mut Call<'_>) -> Answer {
    let (id, device) = managed(call)?;
    device.state = State::Lost;
    ok(device.shown(id))
}

fn report_found(call: &mut Call<'_>) -> Answer {
    let (id, device) = managed(call)?;
    if device.state != State::Lost {
        return Err(refuse(409, "NOT_LOST", "This device was not reported lost."));
    }
    device.state = State::Enrolled;
    ok(device.shown(id))
}

// ---- policies

fn list_policies(call: &mut Call<'_>) -> Answer {
    let policies: Vec<Value> = call.state::<Mobile>()?.policies.iter().map(|(id, it)| it.shown(id)).collect();
    ok(json!({ "policies": policies }))
}

fn create_policy(call: &mut Call<'_>) -> Answer {
    let body = call.json(|why| refuse(422, "VALIDATION", why))?;
    let policy = Policy {
        name: body.text("name")?,
        min_passcode_length: body.opt_int("min_passcode_length", 0..=16)?.unwrap_or(6),
        encryption_required: body.flag("encryption_required", true)?,
    };
    let id = Uuid::new_v4();
    created(call.state::<Mobile>()?.policies.insert(id, policy).shown(id))
}

fn delete_policy(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let policy = call.state::<Mobile>()?.policies.remove(id);
    policy.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such policy."))?;
    done()
}

// ---- seeds

fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    if !spec.on("android") {
        return;
    }
    let (id, slug) = (tenant.seed_id("mobile device"), tenant.slug.clone());
    let mobile: &mut Mobile = tenant.state();
    mobile.enterprise = Some(format!("LC-{slug}"));
    mobile.devices.pin(id, Device::new("Pixel of the office".into(), format!("PX-{slug}")));
    tenant.publish("mobile_device_id", id.to_string());
}
