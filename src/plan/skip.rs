//! What a target lacks is no mistake of the file: the scenario is skipped, with the reason.

use super::scenarios::Draft;
use super::scope::Wanted;
use super::targets::Chosen;
use crate::model::plan::{Skip, SkipWhy};

/// Why a scenario does not run, in the order of the documentation. `of` is the target that its deployment stands for,
/// if the run's target names one.
pub(super) fn skip(draft: &Draft<'_>, run: &Chosen<'_>, of: Option<&Chosen<'_>>) -> Option<Skip> {
    let spec = draft.spec;
    if let Some(why) = &spec.skip {
        return Some(Skip { why: SkipWhy::Written, reason: why.trim().to_owned(), foreseen: true });
    }
    let on = of.unwrap_or(run);
    effects(draft, on)
        .or_else(|| {
            let lacking = |name: &&String| !on.target.capabilities.iter().any(|has| **has == ***name);
            lack(SkipWhy::Capability, "the capability", spec.requires.iter().filter(lacking).map(String::as_str), on)
        })
        .or_else(|| match (&spec.deployment, of) {
            (Some(name), None) => lack(SkipWhy::Deployment, "the deployment", [&**name], run),
            _ => None,
        })
        .or_else(|| control(draft, on))
        .or_else(|| {
            let lacking = draft.credentials.iter().copied().filter(|name| !on.credentials.contains(name));
            lack(SkipWhy::Credential, "the credential", lacking, on)
        })
        .or_else(|| {
            let names = draft.wanted.iter().filter_map(|(wanted, _)| match wanted {
                Wanted::Var(name) => Some(*name),
                _ => None,
            });
            lack(SkipWhy::Variable, "the variable", names.filter(|name| !on.vars.contains(name)), on)
        })
}

fn effects(draft: &Draft<'_>, on: &Chosen<'_>) -> Option<Skip> {
    let allowed = on.target.effects.unwrap_or(if on.target.embedded {
        crate::model::scenario::Effects::Disruptive
    } else {
        crate::model::scenario::Effects::None
    });
    if draft.effects <= allowed {
        return None;
    }
    let stated = on.target.effects.is_some();
    let told = if stated { "allows" } else { "does not say what it allows, which counts as" };
    let mut reason =
        format!("its effects are {}, and target {} {told} {}", draft.effects.id(), on.target.name, allowed.id());
    if on.ad_hoc {
        reason = format!(
            "its effects are {}, and `--url` alone allows none; a target of the project says in `effects` what it allows, \
             and `--target` with `--url` moves it there",
            draft.effects.id()
        );
    }
    Some(Skip { why: SkipWhy::Effects, reason, foreseen: stated })
}

fn control(draft: &Draft<'_>, on: &Chosen<'_>) -> Option<Skip> {
    let lacking = draft.control && on.target.control.is_none();
    lacking.then(|| Skip {
        why: SkipWhy::Control,
        reason: format!("target {} has no control service", on.target.name),
        foreseen: on.admits("control"),
    })
}

/// A skip for the names that are lacking; one that the target admits to lack comes first.
fn lack<'n>(why: SkipWhy, what: &str, names: impl IntoIterator<Item = &'n str>, on: &Chosen<'_>) -> Option<Skip> {
    let names: Vec<&str> = names.into_iter().collect();
    let admitted = names.iter().copied().find(|name| on.admits(name));
    let name = admitted.or(names.first().copied())?;
    let reason = match why {
        SkipWhy::Deployment => format!("target {} names no deployment {name}", on.target.name),
        _ => format!("target {} lacks {what} {name}", on.target.name),
    };
    Some(Skip { why, reason, foreseen: admitted.is_some() })
}
