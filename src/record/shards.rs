//! Whether runs are the shards of one whole.

use crate::model::report::{RunReport, ShardReport};
use crate::model::shard::MOST;

/// A run, and the file that it was read from.
pub struct Part {
    pub file: String,
    pub report: RunReport,
}

/// The runs that are to be joined, or all that keeps them from being a whole. Runs that are no shards are taken as they
/// are; of a shard that is there twice and the same, one is left.
pub fn whole(parts: Vec<Part>) -> Result<Vec<RunReport>, Vec<String>> {
    let Some((first, shard)) = parts.iter().find_map(|part| Some((part, part.report.shard.as_ref()?))) else {
        return Ok(parts.into_iter().map(|part| part.report).collect());
    };
    let of = shard.of;
    if of > MOST {
        return Err(vec![format!("{} is one of {of} shards, and no run has more than {MOST}", first.file)]);
    }
    let mut wrong: Vec<String> = parts.iter().filter_map(|part| stranger(part, first, shard)).collect();
    let mut kept: Vec<Part> = Vec::with_capacity(parts.len());
    if wrong.is_empty() {
        for part in parts {
            match kept.iter().find(|other| index(other) == index(&part)) {
                None => kept.push(part),
                Some(other) => wrong.extend(twice(other, &part, of)),
            }
        }
        wrong.extend(missing(&kept, of));
    }
    if wrong.is_empty() { Ok(kept.into_iter().map(|part| part.report).collect()) } else { Err(wrong) }
}

/// From 1; a run that is no shard has none.
fn index(part: &Part) -> Option<u32> {
    part.report.shard.as_ref().map(|shard| shard.index)
}

/// Why a run is not of the same whole as the first.
fn stranger(part: &Part, first: &Part, of_first: &ShardReport) -> Option<String> {
    let (file, other) = (&part.file, &first.file);
    let Some(shard) = &part.report.shard else {
        return Some(format!("{file} is no shard, and {other} is one of {}: they are not of one run", of_first.of));
    };
    if shard.of != of_first.of {
        let ShardReport { index, of, .. } = shard;
        return Some(format!(
            "{file} is shard {index} of {of}, and {other} is one of {}: they are not of one run",
            of_first.of
        ));
    }
    if part.report.target.name != first.report.target.name {
        let (target, name) = (&part.report.target.name, &first.report.target.name);
        return Some(format!("{file} is of target {target}, and {other} of {name}: they are not of one run"));
    }
    if part.report.plan != first.report.plan || shard.selected != of_first.selected {
        return Some(format!(
            "{file} and {other} are not of one run: what was selected, what is expected of it, or the catalogue differs"
        ));
    }
    (shard.durations != of_first.durations).then(|| {
        format!(
            "{file} and {other} were not cut alike: all shards of a run need the same file for `--durations`, or none"
        )
    })
}

fn twice(one: &Part, other: &Part, of: u32) -> Option<String> {
    let text = |part: &Part| serde_json::to_string(&part.report).ok();
    if text(one) == text(other) {
        return None;
    }
    let index = index(one).unwrap_or(0);
    Some(format!("{} and {} are both shard {index} of {of}, and not the same: leave one out", one.file, other.file))
}

/// The most shards that are named as missing.
const MOST_NAMED: usize = 20;

fn missing(parts: &[Part], of: u32) -> Option<String> {
    let missing: Vec<u32> =
        (1..=of).filter(|index| parts.iter().all(|part| self::index(part) != Some(*index))).collect();
    let mut named: Vec<String> = missing.iter().take(MOST_NAMED).map(u32::to_string).collect();
    if missing.len() > named.len() {
        named.push(format!("{} more", missing.len() - named.len()));
    }
    let last = named.pop()?;
    Some(match named.is_empty() {
        true => format!("shard {last} of {of} is missing"),
        false => format!("shards {} and {last} of {of} are missing", named.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::TargetReport;

    fn shard(index: u32, of: u32) -> Part {
        let report = RunReport {
            id: Some(format!("run {index}")),
            plan: Some("digest".into()),
            target: TargetReport { name: "staging".into(), ..TargetReport::default() },
            shard: Some(ShardReport { index, of, selected: 9, durations: None }),
            ..RunReport::default()
        };
        Part { file: format!("{index}.json"), report }
    }

    fn changed(mut part: Part, change: impl FnOnce(&mut RunReport)) -> Part {
        change(&mut part.report);
        part
    }

    fn refused(parts: Vec<Part>) -> String {
        whole(parts).map(|runs| runs.len()).unwrap_err().join("\n")
    }

    #[test]
    fn all_shards_of_a_run_are_a_whole_in_any_order() {
        assert_eq!(whole(vec![shard(3, 3), shard(1, 3), shard(2, 3)]).unwrap().len(), 3);
    }

    #[test]
    fn runs_that_are_no_shards_are_taken_as_they_are() {
        let run = || changed(shard(1, 1), |run| run.shard = None);
        assert_eq!(whole(vec![run(), run()]).unwrap().len(), 2);
    }

    #[test]
    fn a_missing_shard_is_named() {
        assert_eq!(refused(vec![shard(1, 3), shard(3, 3)]), "shard 2 of 3 is missing");
        assert_eq!(refused(vec![shard(2, 4)]), "shards 1, 3 and 4 of 4 are missing");
        assert!(refused(vec![shard(1, 100)]).ends_with("20, 21 and 79 more of 100 are missing"));
    }

    #[test]
    fn a_shard_twice_is_no_matter_only_where_it_is_the_same() {
        assert_eq!(whole(vec![shard(1, 2), shard(2, 2), shard(2, 2)]).unwrap().len(), 2);
        let again = changed(shard(2, 2), |run| run.duration_ms = 7);
        let text = refused(vec![shard(1, 2), shard(2, 2), again]);
        assert_eq!(text, "2.json and 2.json are both shard 2 of 2, and not the same: leave one out");
    }

    #[test]
    fn shards_of_different_runs_are_refused_in_words() {
        for (change, word) in [
            (changed(shard(2, 3), |_| ()), "2.json is shard 2 of 3"),
            (changed(shard(2, 2), |run| run.shard = None), "is no shard"),
            (changed(shard(2, 2), |run| run.plan = None), "what was selected"),
            (changed(shard(2, 2), |run| run.target.name = "live".into()), "of target live"),
            (changed(shard(2, 2), |run| run.shard.as_mut().unwrap().durations = Some("x".into())), "not cut alike"),
        ] {
            let text = refused(vec![shard(1, 2), change]);
            assert!(text.contains(word) && text.contains("1.json"), "{text}");
        }
    }
}
