//! Mail: the domains that an organisation sends from, and its own mail server.

mod dns;
mod domains;
mod gateway;
mod smtp;

use crate::reference::prelude::*;

pub const AREA: Area = Area::new(
    "mail",
    &[
        post("/api/v1/mail/domains/challenge", domains::challenge).needs("mail:write"),
        post("/api/v1/mail/domains/verify", domains::verify).needs("mail:write"),
        get("/api/v1/mail/domains", domains::list).needs("mail:read"),
        post("/api/v1/mail/domains", domains::provision).needs("mail:write").grows(),
        get("/api/v1/mail/domains/{id}", domains::show).needs("mail:read"),
        post("/api/v1/mail/domains/{id}/refresh", domains::refresh).needs("mail:write"),
        delete("/api/v1/mail/domains/{id}", domains::remove).needs("mail:write"),
        get("/api/v1/settings/smtp", smtp::show).needs("settings:read"),
        put("/api/v1/settings/smtp", smtp::save).needs("settings:write"),
        delete("/api/v1/settings/smtp", smtp::clear).needs("settings:write"),
        post("/api/v1/settings/smtp/test", smtp::test).needs("settings:write"),
    ],
)
.tenant(&["smtp"], smtp::begin)
.control(&[
    post("/dns", dns::publish),
    get("/mail-gateway/domains/{id}", gateway::look),
    delete("/mail-gateway/domains/{id}", gateway::strike),
]);

fn invalid(why: String) -> Refusal {
    refuse(400, "VALIDATION_ERROR", why)
}

/// Whether a text is the name of a host: labels of letters, digits and hyphens, at least two of them.
pub fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::is_host_name;

    #[test]
    fn a_host_name_is_neither_an_address_of_a_page_nor_a_word() {
        assert!(is_host_name("mail.alder-and-sons.example"));
        for text in ["https://alder.example/", "alder", "alder..example", "-alder.example", "al der.example", ""] {
            assert!(!is_host_name(text), "{text}");
        }
    }
}
