//! `--shard auto`: which of a CI system's parallel jobs this one is.

use crate::model::complaint::{At, Complaint};
use crate::model::shard::Shard;

/// The variables in which a system says it.
struct System {
    name: &'static str,
    index: &'static str,
    total: &'static str,
    /// The number of the first job.
    first: u32,
}

const SYSTEMS: [System; 4] = [
    System { name: "GitLab", index: "CI_NODE_INDEX", total: "CI_NODE_TOTAL", first: 1 },
    System { name: "CircleCI", index: "CIRCLE_NODE_INDEX", total: "CIRCLE_NODE_TOTAL", first: 0 },
    System { name: "Buildkite", index: "BUILDKITE_PARALLEL_JOB", total: "BUILDKITE_PARALLEL_JOB_COUNT", first: 0 },
    // Kubernetes tells a pod of an Indexed Job its number and not how many there are.
    System { name: "Kubernetes", index: "JOB_COMPLETION_INDEX", total: "TRUELINE_SHARDS", first: 0 },
];

/// The shard that the environment names.
pub fn this(variable: impl Fn(&str) -> Option<String>) -> Result<Shard, Complaint> {
    let value = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let mut found: Option<(&System, Shard)> = None;
    let mut half = None;
    for system in &SYSTEMS {
        match (value(system.index), value(system.total)) {
            (Some(index), Some(total)) => {
                let shard = system.shard(&index, &total)?;
                match found {
                    Some((other, named)) if named != shard => return Err(contradiction(other, named, system, shard)),
                    _ => found = Some((system, shard)),
                }
            }
            (None, Some(total)) if system.is_alone(&total) => half = half.or(Some(Ok(Shard { index: 1, of: 1 }))),
            (None, None) => {}
            (index, _) => {
                half = half.or(Some(Err(system.lacks(if index.is_some() { system.total } else { system.index }))))
            }
        }
    }
    match (found, half) {
        (Some((_, shard)), _) => Ok(shard),
        (None, Some(half)) => half,
        (None, None) => Err(nothing()),
    }
}

impl System {
    fn shard(&self, index: &str, total: &str) -> Result<Shard, Complaint> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let index_from_one = number(index).and_then(|index| index.checked_sub(self.first)?.checked_add(1));
        let shard = index_from_one.zip(number(total)).and_then(|(index, of)| Shard::new(index, of));
        shard.ok_or_else(|| {
            let System { name, index: of_index, total: of_total, first } = self;
            let text =
                format!("`--shard auto`: {of_index} is `{index}` and {of_total} is `{total}`, which is no shard");
            error(text).help(format!("{name} numbers them from {first}; or say which it is, as `--shard 2/5`"))
        })
    }

    /// GitLab says that there is one job where it runs in parallel with no other, and then gives it no number.
    fn is_alone(&self, total: &str) -> bool {
        self.name == "GitLab" && total.trim() == "1"
    }

    fn lacks(&self, name: &str) -> Complaint {
        let there = if name == self.total { self.index } else { self.total };
        let complaint = error(format!("`--shard auto`: {there} is set, but {name} is not"));
        match name {
            "TRUELINE_SHARDS" => {
                complaint.help("set it to the `completions` of the Job: Kubernetes does not tell them")
            }
            _ => complaint.help(format!("{} sets both; or say which it is, as `--shard 2/5`", self.name)),
        }
    }
}

fn contradiction(one: &System, named: Shard, other: &System, shard: Shard) -> Complaint {
    let text = format!(
        "`--shard auto`: {} and {} say {named} ({}), {} and {} say {shard} ({})",
        one.index, one.total, one.name, other.index, other.total, other.name
    );
    error(text).help("say which it is, as `--shard 2/5`")
}

fn nothing() -> Complaint {
    let looked_for = SYSTEMS.map(|system| format!("{} and {} ({})", system.index, system.total, system.name));
    error("`--shard auto`: no variable says which shard this is".to_owned())
        .help(format!("looked for {}; or say which it is, as `--shard 2/5`", looked_for.join(", ")))
}

fn error(text: String) -> Complaint {
    Complaint::error("", At::File, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(variables: &[(&str, &str)]) -> Result<String, String> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        this(find).map(|shard| shard.to_string()).map_err(|complaint| complaint.to_string())
    }

    #[test]
    fn every_system_counts_in_its_own_way() {
        assert_eq!(said(&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")]).unwrap(), "2/5");
        assert_eq!(said(&[("CIRCLE_NODE_INDEX", "0"), ("CIRCLE_NODE_TOTAL", "5")]).unwrap(), "1/5");
        assert_eq!(said(&[("BUILDKITE_PARALLEL_JOB", "4"), ("BUILDKITE_PARALLEL_JOB_COUNT", "5")]).unwrap(), "5/5");
        assert_eq!(said(&[("JOB_COMPLETION_INDEX", "1"), ("TRUELINE_SHARDS", "5")]).unwrap(), "2/5");
    }

    #[test]
    fn where_nothing_says_it_all_that_was_looked_for_is_named() {
        let text = said(&[("CI_NODE_INDEX", "")]).unwrap_err();
        for system in &SYSTEMS {
            assert!(text.contains(system.index) && text.contains(system.total), "{text}");
        }
    }

    #[test]
    fn a_half_is_refused_with_the_other_half() {
        let text = said(&[("JOB_COMPLETION_INDEX", "1")]).unwrap_err();
        assert!(text.contains("TRUELINE_SHARDS is not") && text.contains("`completions`"), "{text}");
        assert!(said(&[("CI_NODE_TOTAL", "5")]).unwrap_err().contains("CI_NODE_INDEX is not"));
        // Another system's half is no matter where one says it all.
        let whole = [("JOB_COMPLETION_INDEX", "1"), ("CIRCLE_NODE_INDEX", "0"), ("CIRCLE_NODE_TOTAL", "3")];
        assert_eq!(said(&whole).unwrap(), "1/3");
    }

    #[test]
    fn a_job_of_gitlab_without_others_is_the_only_shard() {
        assert_eq!(said(&[("CI_NODE_TOTAL", "1")]).unwrap(), "1/1");
        let both = [("CI_NODE_TOTAL", "1"), ("JOB_COMPLETION_INDEX", "2"), ("TRUELINE_SHARDS", "3")];
        assert_eq!(said(&both).unwrap(), "3/3");
    }

    #[test]
    fn systems_that_contradict_each_other_are_both_named() {
        let two =
            [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5"), ("CIRCLE_NODE_INDEX", "2"), ("CIRCLE_NODE_TOTAL", "5")];
        let text = said(&two).unwrap_err();
        assert!(text.contains("2/5 (GitLab)") && text.contains("3/5 (CircleCI)"), "{text}");
        let agreed =
            [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5"), ("CIRCLE_NODE_INDEX", "1"), ("CIRCLE_NODE_TOTAL", "5")];
        assert_eq!(said(&agreed).unwrap(), "2/5");
    }

    #[test]
    fn a_number_that_no_job_has_is_refused() {
        for (index, total) in [("0", "5"), ("6", "5"), ("x", "5"), ("1", "0"), ("4294967295", "5")] {
            assert!(said(&[("CI_NODE_INDEX", index), ("CI_NODE_TOTAL", total)]).is_err(), "{index} of {total}");
        }
        let text = said(&[("CIRCLE_NODE_INDEX", "5"), ("CIRCLE_NODE_TOTAL", "5")]).unwrap_err();
        assert!(text.contains("CIRCLE_NODE_INDEX is `5`") && text.contains("from 0"), "{text}");
    }
}
