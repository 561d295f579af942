//! Help from a language model, which an organisation connects with a key of its own.

use super::tickets::Tickets;
use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "ai",
    &[
        get("/api/v1/settings/ai", show).needs("settings:read"),
        put("/api/v1/settings/ai", save).needs("settings:write"),
        delete("/api/v1/settings/ai", clear).needs("settings:write"),
        post("/api/v1/settings/ai/test", test).needs("settings:write"),
        post("/api/v1/tickets/{id}/ai/summary", summarise).needs("psa_tickets:read"),
    ],
)
.tenant(&["ai"], begin)
.seed(seed);

const PROVIDERS: &[&str] = &["openai", "anthropic", "azure_openai"];

/// The provider that an organisation chose.
#[derive(Default)]
struct Ai(Option<Connection>);

struct Connection {
    provider: &'static str,
    key: Option<Key>,
}

/// A key as it is stored: encrypted under the server's master key of that time.
struct Key {
    last_four: String,
    /// The server still has that master key.
    readable: bool,
}

impl Key {
    fn new(text: &str, readable: bool) -> Self {
        let all: Vec<char> = text.chars().collect();
        Key { last_four: all[all.len().saturating_sub(4)..].iter().collect(), readable }
    }
}

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

fn shown(ai: &Ai) -> Value {
    let connection = ai.0.as_ref();
    let key = connection.and_then(|it| it.key.as_ref());
    json!({
        "provider": connection.map(|it| it.provider),
        "api_key": key.map(|key| format!("…{}", key.last_four)),
    })
}

fn show(call: &mut Call<'_>) -> Answer {
    ok(shown(call.state::<Ai>()?))
}

/// Chooses a provider. Without a key in the body one that was saved for the same provider stays.
fn save(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (provider, key) = (body.text("provider")?, body.opt_text("api_key")?);
    let known = PROVIDERS.iter().find(|it| **it == provider);
    let provider = *known.ok_or_else(|| invalid(format!("provider is one of {}", PROVIDERS.join(", "))))?;
    let ai: &mut Ai = call.state()?;
    let former = ai.0.take().filter(|former| former.provider == provider).and_then(|former| former.key);
    ai.0 = Some(Connection { provider, key: key.map(|key| Key::new(&key, true)).or(former) });
    ok(shown(ai))
}

fn clear(call: &mut Call<'_>) -> Answer {
    call.state::<Ai>()?.0 = None;
    done()
}

/// Asks the provider of the organisation something; comes back once it has answered.
fn ask(call: &mut Call<'_>) -> Result<&'static str, Refusal> {
    let connection = call.state::<Ai>()?.0.as_ref();
    let connection = connection.ok_or_else(|| refuse(400, "AI_NOT_CONFIGURED", "Choose an AI provider first."))?;
    let key = connection.key.as_ref();
    let key = key.ok_or_else(|| refuse(412, "AI_KEY_MISSING", "Save a key for the AI provider first."))?;
    if !key.readable {
        return Err(refuse(412, "AI_KEY_INVALID", "The stored key cannot be decrypted any more. Save it again."));
    }
    let provider = connection.provider;
    match call.upstream(Service::Ai) {
        Mode::Working => Ok(provider),
        _ => Err(refuse(502, "AI_UPSTREAM_ERROR", "The AI provider did not answer as it should.")),
    }
}

fn test(call: &mut Call<'_>) -> Answer {
    ok(json!({ "provider": ask(call)?, "works": true }))
}

fn summarise(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let ticket = call.state::<Tickets>()?.all.get(id);
    let ticket = ticket.ok_or_else(|| refuse(404, "NOT_FOUND", "There is no such ticket."))?;
    let (subject, status) = (ticket.subject.clone(), ticket.status.text());
    let provider = ask(call)?;
    ok(json!({ "ticket_id": id, "provider": provider, "summary": format!("{subject} ({status})") }))
}

// ---- seeds

/// `ai` is on, off, or `no_key`: a provider was chosen and the rest forgotten.
fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let readable = !world.profile.master_key_rotated;
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    let keyless = spec.text("ai") == Some("no_key");
    if keyless || spec.on("ai") {
        let key = (!keyless).then(|| Key::new(&format!("sk-{}-model-key", tenant.slug), readable));
        tenant.state::<Ai>().0 = Some(Connection { provider: "openai", key });
    }
}

fn seed(seeds: &mut Seeds<'_>) {
    seeds.tenant(&Spec::new("keyless").with("ai", "no_key"));
}
