//! What invoices look like: colour, address for replies, footer, logo.

use crate::reference::prelude::*;

use super::invalid;
use super::picture::Format;

const MOST_LOGO: usize = 1024 * 1024;
/// A form around the largest logo.
pub(super) const MOST_BODY: usize = MOST_LOGO + 16 * 1024;
const LONGEST_FOOTER: usize = 500;

#[derive(Default)]
struct Branding {
    accent_color: Option<String>,
    reply_to: Option<String>,
    footer: Option<String>,
    logo: Option<Logo>,
}

struct Logo {
    format: Format,
    bytes: Vec<u8>,
}

fn shown(branding: &Branding) -> Value {
    json!({
        "accent_color": branding.accent_color,
        "reply_to": branding.reply_to,
        "footer": branding.footer,
        "logo": branding.logo.as_ref().map(|logo| json!({ "type": logo.format.mime(), "size": logo.bytes.len() })),
    })
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|it| it.is_ascii_hexdigit()))
}

fn is_address(text: &str) -> bool {
    let whole = |(name, domain): (&str, &str)| !name.is_empty() && domain.contains('.') && !domain.contains('@');
    !text.contains(char::is_whitespace) && text.split_once('@').is_some_and(whole)
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    ok(shown(call.state::<Branding>()?))
}

pub(super) fn save(call: &mut Call<'_>) -> Answer {
    let body = call.json(invalid)?;
    let (color, reply_to) = (body.opt_text("accent_color")?, body.opt_text("reply_to")?);
    let footer = body.opt_text("footer")?;
    if color.as_ref().is_some_and(|color| !is_color(color)) {
        return Err(refuse(400, "INVALID_HEX", "A colour is written #RRGGBB."));
    }
    if reply_to.as_ref().is_some_and(|address| !is_address(address)) {
        return Err(refuse(400, "INVALID_EMAIL", "reply_to is not an email address."));
    }
    if footer.as_ref().is_some_and(|footer| footer.chars().count() > LONGEST_FOOTER) {
        return Err(invalid("a footer may have 500 characters".into()));
    }
    let branding = call.state::<Branding>()?;
    (branding.accent_color, branding.reply_to, branding.footer) = (color, reply_to, footer);
    ok(shown(branding))
}

pub(super) fn upload_logo(call: &mut Call<'_>) -> Answer {
    let too_large = || refuse(400, "UPLOAD_TOO_LARGE", "A logo may have 1 MB.");
    if call.oversize() {
        return Err(too_large());
    }
    let parts = call.parts().map_err(|_| invalid("send the logo as multipart/form-data".into()))?;
    let Some(part) = parts.into_iter().find(|part| part.name == "file") else {
        return Err(refuse(400, "MISSING_FILE", "The upload has no part named file."));
    };
    if part.bytes.len() > MOST_LOGO {
        return Err(too_large());
    }
    let format = part.content_type.as_deref().and_then(Format::of_mime);
    let format = format.ok_or_else(|| refuse(400, "UNSUPPORTED_MIME", "A logo is a PNG, a JPEG or a GIF."))?;
    if !format.reads(&part.bytes) {
        return Err(refuse(400, "DECODE_FAILED", "The file is not the picture that it says it is."));
    }
    if call.broken(Component::ImageEncoder).is_some() {
        return Err(refuse(500, "ENCODE_FAILED", "The logo could not be prepared for invoices."));
    }
    let branding = call.state::<Branding>()?;
    branding.logo = Some(Logo { format, bytes: part.bytes });
    ok(shown(branding))
}

pub(super) fn show_logo(call: &mut Call<'_>) -> Answer {
    let logo = call.state::<Branding>()?.logo.as_ref();
    let logo = logo.ok_or_else(|| refuse(404, "NOT_FOUND", "Invoices have no logo."))?;
    file(logo.format.mime(), logo.bytes.clone())
}
