//! Skips grouped by why, those for what a target lacks with the names of it.

use std::collections::HashMap;

use super::words::line;
use crate::model::plan::SkipWhy;
use crate::model::report::ScenarioReport;
use crate::model::verdict::Verdict;

/// Names said of what is lacking.
const NAMES: usize = 5;

/// Skips with one reason, or with reasons that differ only in the name of what is lacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipGroup {
    /// The id, such as `credential`.
    pub why: String,
    /// One line.
    pub text: String,
    pub scenarios: usize,
    /// Whether one of them misses the gate.
    pub unforeseen: bool,
}

/// The most frequent first.
pub fn skips(scenarios: &[ScenarioReport]) -> Vec<SkipGroup> {
    let mut groups: Vec<(&str, &str, Vec<&str>, SkipGroup)> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for scenario in scenarios.iter().filter(|s| s.verdict == Verdict::Skipped) {
        let why = scenario.reason.as_deref().unwrap_or_default();
        let (stem, name) = parts(why, scenario.skip.as_deref().unwrap_or_default());
        let at = *places.entry((why, stem)).or_insert_with(|| {
            let group = SkipGroup { why: line(why), text: String::new(), scenarios: 0, unforeseen: false };
            groups.push((why, stem, Vec::new(), group));
            groups.len() - 1
        });
        let (.., names, group) = &mut groups[at];
        group.scenarios += 1;
        group.unforeseen |= scenario.unforeseen;
        if let Some(name) = name
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    groups.sort_by_key(|(.., group)| std::cmp::Reverse(group.scenarios));
    let told = |(_, stem, names, group): (&str, &str, Vec<&str>, SkipGroup)| SkipGroup {
        text: line(&sentence(stem, &names)),
        ..group
    };
    groups.into_iter().map(told).collect()
}

/// What the target lacks stands last in such a reason.
fn parts<'a>(why: &str, reason: &'a str) -> (&'a str, Option<&'a str>) {
    let lacks = [SkipWhy::Capability, SkipWhy::Deployment, SkipWhy::Credential, SkipWhy::Variable];
    match reason.rsplit_once(' ') {
        Some((stem, name)) if lacks.iter().any(|lack| lack.id() == why) => (stem, Some(name)),
        _ => (reason, None),
    }
}

fn sentence(stem: &str, names: &[&str]) -> String {
    match names {
        [] => stem.to_owned(),
        [name] => format!("{stem} {name}"),
        names => {
            let told: Vec<&str> = names.iter().take(NAMES).copied().collect();
            let more = names.len().saturating_sub(NAMES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{stem}: {}{more}", told.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    #[test]
    fn what_a_target_lacks_is_one_reason_with_names() {
        let model = fixture::report().scenarios.pop().unwrap();
        assert_eq!(model.reason.as_deref(), Some("credential"));
        let lacking = |n: usize| ScenarioReport {
            skip: Some(format!("target staging lacks the credential key-{}", n % 40)),
            ..model.clone()
        };
        let mut scenarios: Vec<_> = (0..80).map(lacking).collect();
        scenarios.push(ScenarioReport { reason: Some("written".into()), skip: Some("not yet".into()), ..model });
        let groups = skips(&scenarios);
        assert_eq!(groups.len(), 2);
        assert_eq!(
            groups[0].text,
            "target staging lacks the credential: key-0, key-1, key-2, key-3, key-4 and 35 more"
        );
        assert_eq!((groups[0].scenarios, groups[1].text.as_str()), (80, "not yet"));
    }
}
