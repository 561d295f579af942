//! The secrets that a run has come to know so far.

use std::sync::{Arc, Mutex, PoisonError};

use super::secret::{NamedSecret, Redactor};

/// A growing set of secrets, shared by all that write while a run goes on. What is learned counts for everything
/// written from then on.
#[derive(Clone, Default)]
pub struct KnownSecrets(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    secrets: Vec<NamedSecret>,
    /// Built when it is first asked for; absent after something was learned.
    redactor: Option<Redactor>,
}

impl KnownSecrets {
    pub fn new(secrets: impl IntoIterator<Item = NamedSecret>) -> Self {
        let known = KnownSecrets::default();
        known.learn(secrets);
        known
    }

    pub fn learn(&self, secrets: impl IntoIterator<Item = NamedSecret>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            if !known.secrets.contains(&secret) {
                known.secrets.push(secret);
                known.redactor = None;
            }
        }
    }

    /// Finds all that is known now; cheap while nothing is learned.
    pub fn redactor(&self) -> Redactor {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { secrets, redactor } = &mut *known;
        redactor.get_or_insert_with(|| Redactor::new(secrets.iter())).clone()
    }
}

impl std::fmt::Debug for KnownSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnownSecrets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_learned_later_is_found_too() {
        let known = KnownSecrets::new([NamedSecret::new("A", "first-secret")]);
        assert_eq!(known.redactor().redact("first-secret second-secret"), "[secret:A] second-secret");
        known.clone().learn([NamedSecret::new("B", "second-secret")]);
        assert_eq!(known.redactor().redact("first-secret second-secret"), "[secret:A] [secret:B]");
    }
}
