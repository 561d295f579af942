//! What secrets must not do to a run, seen before anything is sent.

use crate::model::complaint::{At, Complaint};
use crate::model::plan::Plan;
use crate::model::secret::{NamedSecret, Redactor, SHORTEST};

/// Complaints about scenarios whose name holds a secret: names cannot be changed in reports, where histories are kept
/// by them. The line itself is not shown, for the same reason.
pub fn in_names(plan: &Plan, redactor: &Redactor) -> Vec<Complaint> {
    if redactor.is_empty() {
        return Vec::new();
    }
    let complaint = |planned| {
        let id = plan.id(planned);
        let redacted = redactor.redact(&id);
        (redacted != id).then(|| {
            let place = format!("{}:{}", plan.files[planned.file as usize].path, planned.line);
            let text = format!("the name of the scenario at {place} holds a secret: `{redacted}`");
            Complaint::error("", At::File, text).help("name it otherwise: names stand in every report as they are")
        })
    };
    plan.scenarios.iter().filter_map(complaint).collect()
}

/// A notice for each secret that is too short to be searched for.
pub fn too_short(secrets: &[NamedSecret]) -> Vec<String> {
    let mut names: Vec<&str> = secrets.iter().filter(|secret| secret.is_short()).map(|secret| &*secret.name).collect();
    names.sort_unstable();
    names.dedup();
    let notice = |name: &&str| {
        format!("the secret {name} has fewer than {SHORTEST} bytes: what is written is not searched for its value")
    };
    names.iter().map(notice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_short_secret_is_told_once_by_its_name() {
        let secret = |name, value: &str| NamedSecret::new(name, value);
        let notices = too_short(&[secret("PIN", "4711"), secret("KEY", "long enough"), secret("PIN", "0815")]);
        assert_eq!(notices.len(), 1);
        assert!(notices[0].contains("PIN") && !notices[0].contains("4711"), "{notices:?}");
    }
}
