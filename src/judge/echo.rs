//! Searches an answer for the secrets that were sent.

use crate::model::exchange::Answer;
use crate::model::secret::{NamedSecret, Redactor, marker};

use super::contract::Judge;

/// A secret that came back.
pub struct Echo {
    /// What stands for the secret in what is written.
    pub marker: String,
    /// The name of the header that has it; `None` for the body.
    pub header: Option<String>,
}

impl Judge {
    /// Where this secret comes back in any of its forms.
    pub(super) fn echo(&self, secret: &NamedSecret, answer: &Answer) -> Option<Echo> {
        if secret.is_short() {
            return None;
        }
        let place = match self.secrets.iter().find(|(known, _)| known.value == secret.value) {
            Some((_, search)) => {
                let search = search.get_or_init(|| Redactor::new([secret]));
                place(answer, |bytes| search.find(bytes).is_some())
            }
            None => {
                let search = Redactor::new([secret]);
                place(answer, |bytes| search.find(bytes).is_some())
            }
        };
        place.map(|header| Echo { marker: marker(&secret.name), header })
    }
}

/// The header that has it, or `None` for the body.
fn place(answer: &Answer, has: impl Fn(&[u8]) -> bool) -> Option<Option<String>> {
    let header = answer.headers.iter().find(|(_, value)| has(value)).map(|(name, _)| Some(name.to_owned()));
    header.or_else(|| has(&answer.body).then_some(None))
}
