//! The list of all lies and of all harmless changes.

use super::tales::{body, code, envelope, harmless, headers, status};
use super::{Lie, Owes, Statement, Truth, owed};
use crate::model::rule::Rule;

/// Every lie, and after the lies every harmless change. To add one, write its function and add a line here.
pub const ALL: &[Lie] = &[
    follows("status-documented", "another documented status", owed::by_status, status::documented),
    follows(
        "status-undocumented",
        "a status that is not documented for the code",
        owed::by_status,
        status::undocumented,
    ),
    follows("status-success", "the status 200", owed::by_status, status::success),
    follows("code-renamed", "a code that nobody documents", owed::by_code, code::renamed),
    follows("code-neighbour", "the next code of the catalogue", owed::by_code, code::neighbour),
    follows("code-case", "the code in another case", owed::by_code, code::case),
    follows("code-zero-width", "a letter without width in the code", owed::by_code, code::zero_width),
    always("code-null", "null in place of the code", Rule::Envelope, code::null),
    follows("code-type", "the code as another type", owed::by_code, code::other_type),
    always("code-missing", "no code", Rule::Envelope, code::missing),
    follows("message-missing", "no message, where the schema requires one", owed::by_envelope, envelope::no_message),
    follows("envelope-unwrapped", "the envelope without its outer layer", owed::by_envelope, envelope::unwrapped),
    follows("envelope-in-list", "the envelope in a list", owed::by_envelope, envelope::in_list),
    always("key-repeated", "the code twice, first another one", Rule::AmbiguousJson, envelope::repeated),
    always("body-cut", "the first half of the body", Rule::NotJson, body::cut),
    always("body-empty", "no body", Rule::NotJson, body::empty),
    always("body-html", "a page in HTML", Rule::NotJson, body::html),
    follows("retry-after-dropped", "no Retry-After, where it is required", owed::by_header, headers::no_retry_after),
    always("retry-after-garbled", "a Retry-After that is no time", Rule::MalformedHeader, headers::garbled_retry_after),
    follows(
        "header-dropped",
        "none of the headers that are required of the code",
        owed::by_header,
        headers::none_required,
    ),
    always("secret-echoed", "a secret of the request in the answer", Rule::SecretEchoed, headers::secret),
    harmless("message-scrambled", "other words for people", harmless::message),
    harmless("members-reordered", "members in another order", harmless::order),
    harmless("whitespace-changed", "other white space between members", harmless::whitespace),
    Lie {
        not_over_the_wire: Some(
            "the HTTP library of the reference deployment writes all names of headers in lower case",
        ),
        ..harmless("header-case", "names of headers in another case", harmless::header_case)
    },
    harmless("headers-added", "headers that nobody asked for", harmless::more_headers),
];

/// The lie or harmless change with this id.
pub fn find(id: &str) -> Option<&'static Lie> {
    ALL.iter().find(|lie| lie.id == id)
}

type Tell = fn(&Truth<'_>) -> Option<Statement>;

const fn always(id: &'static str, says: &'static str, rule: Rule, tell: Tell) -> Lie {
    Lie { id, says, owes: Owes::Always(rule), not_over_the_wire: None, tell }
}

const fn follows(
    id: &'static str,
    says: &'static str,
    rule: fn(&Truth<'_>, &Statement) -> Option<Rule>,
    tell: Tell,
) -> Lie {
    Lie { id, says, owes: Owes::Follows(rule), not_over_the_wire: None, tell }
}

const fn harmless(id: &'static str, says: &'static str, tell: Tell) -> Lie {
    Lie { id, says, owes: Owes::Nothing, not_over_the_wire: None, tell }
}
