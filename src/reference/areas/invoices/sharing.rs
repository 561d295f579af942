//! What clients get of an invoice: links, mails and PDFs.

use crate::reference::prelude::*;

use super::super::portal::{self, Behind};
use super::payment::issued;
use super::{Status, invalid, invoice};

/// Makes a public link: of a draft it shows a preview.
pub fn share(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    invoice(call, id)?;
    created(json!({ "token": portal::link(call, Behind::Invoice(id))? }))
}

pub fn send(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    let to = call.json(invalid)?.text("to")?;
    if issued(call, id)?.status == Status::Voided {
        return Err(refuse(410, "INVOICE_NOT_SENDABLE", "The invoice has been voided."));
    }
    let token = portal::link(call, Behind::Invoice(id))?;
    mail(call, id, token, &to)?;
    invoice(call, id)?.recipient = Some(to);
    accepted(json!({ "token": token }))
}

pub fn preview(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    invoice(call, id)?;
    pdf(call, id)
}

pub fn regenerate(call: &mut Call<'_>) -> Answer {
    let id = call.id()?;
    issued(call, id)?;
    pdf(call, id)
}

/// Mails the link of an invoice.
pub fn mail(call: &mut Call<'_>, id: Uuid, token: Uuid, to: &str) -> Result<(), Refusal> {
    if !call.world.profile.outgoing_mail {
        return Err(refuse(503, "MAIL_UNAVAILABLE", "This deployment cannot send mail."));
    }
    if call.upstream(Service::MailRelay) != Mode::Working {
        return Err(refuse(502, "SEND_FAILED", "The mail relay did not take the mail."));
    }
    call.world.outbox.send(to, "invoice", json!({ "invoice_id": id, "token": token }));
    Ok(())
}

/// The invoice as a PDF of one page.
pub fn pdf(call: &mut Call<'_>, id: Uuid) -> Answer {
    if call.broken(Component::PdfRenderer).is_some() {
        return Err(refuse(500, "RENDER_FAILED", "The PDF could not be made."));
    }
    let invoice = invoice(call, id)?;
    let (number, total) = (invoice.number.as_deref().unwrap_or("Draft"), invoice.total_pence());
    let text = format!("%PDF-1.7\n% {number}: {total} {}\n%%EOF\n", invoice.currency);
    file("application/pdf", text.into_bytes())
}
