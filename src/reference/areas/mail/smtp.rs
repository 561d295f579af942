//! The mail server of an organisation's own, through which its mail goes out.

use super::invalid;
use crate::reference::prelude::*;

#[derive(Default)]
struct Relay(Option<Smtp>);

struct Smtp {
    host: String,
    port: i64,
    username: String,
    password: String,
    from: String,
}

fn shown(relay: &Relay) -> Value {
    let smtp = relay.0.as_ref().map(|it| {
        json!({
            "host": it.host,
            "port": it.port,
            "username": it.username,
            "password_set": !it.password.is_empty(),
            "from": it.from,
        })
    });
    json!({ "smtp": smtp })
}

pub fn show(call: &mut Call<'_>) -> Answer {
    ok(shown(call.state::<Relay>()?))
}

pub fn save(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let smtp = Smtp {
        host: body.text("host")?,
        port: body.opt_int("port", 1..=65_535)?.unwrap_or(587),
        username: body.text("username")?,
        password: body.text("password")?,
        from: body.text("from")?,
    };
    if !smtp.from.contains('@') {
        return Err(invalid("from has to be an address".into()));
    }
    let relay = call.state::<Relay>()?;
    relay.0 = Some(smtp);
    ok(shown(relay))
}

pub fn clear(call: &mut Call<'_>) -> Answer {
    call.state::<Relay>()?.0 = None;
    done()
}

/// Sends a mail to see whether the server takes it.
pub fn test(call: &mut Call<'_>) -> Answer {
    let smtp = call.state::<Relay>()?.0.as_ref();
    let from = smtp.map(|it| it.from.clone());
    let from =
        from.ok_or_else(|| refuse(400, "SMTP_NOT_CONFIGURED", "Save the settings of your mail server first."))?;
    let failed = |why: &str| refuse(502, "SMTP_TEST_FAILED", why);
    match call.upstream(Service::MailRelay) {
        Mode::Working => {}
        Mode::Refusing => return Err(failed("The mail server refused the login.")),
        Mode::Unreachable => return Err(failed("The mail server cannot be reached.")),
        Mode::Erroring | Mode::RateLimiting => return Err(failed("The mail server did not take the message.")),
    }
    call.world.outbox.send(&from, "smtp_test", json!({}));
    ok(json!({ "sent_to": from }))
}

pub fn begin(world: &mut World, tenant: Uuid, spec: &Spec) {
    let Some(tenant) = world.tenant_mut(tenant) else { return };
    if spec.on("smtp") {
        let from = format!("helpdesk@{}.example", tenant.slug);
        let host = format!("mail.{}.example", tenant.slug);
        let password = format!("{}-relay-password", tenant.slug);
        let smtp = Smtp { host, port: 587, username: from.clone(), password, from };
        tenant.state::<Relay>().0 = Some(smtp);
    }
}
