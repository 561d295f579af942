//! Why a selection takes nothing: which filter it is that leaves none.

use super::scenarios::Draft;
use super::select::Selector;
use crate::model::selection::Selection;

type Takes<'s> = Box<dyn Fn(&Draft<'_>) -> bool + 's>;

/// A sentence, where no scenario is taken.
pub(super) fn explained(selector: &Selector<'_>, selection: &Selection, drafts: &[Draft<'_>]) -> Option<String> {
    if drafts.iter().any(|draft| selector.takes(draft)) {
        return None;
    }
    if drafts.is_empty() {
        return Some("nothing was selected: the project has no scenarios".to_owned());
    }
    if selection.only.as_ref().is_some_and(|only| only.is_empty()) {
        return Some("nothing was selected: nothing failed in the last run".to_owned());
    }
    let filters = filters(selector, selection);
    let alone: Vec<&str> =
        filters.iter().filter(|(_, takes)| !drafts.iter().any(takes)).map(|(written, _)| written.as_str()).collect();
    Some(match &*alone {
        [] => {
            let all: Vec<&str> = filters.iter().map(|(written, _)| written.as_str()).collect();
            format!("nothing was selected: each takes some, but no scenario is taken by all of {}", all.join(" and "))
        }
        some => format!("nothing was selected: no scenario is taken by {}", some.join(", nor by ")),
    })
}

/// Every filter that was given, as it is written on a command line.
fn filters<'s>(selector: &'s Selector<'_>, selection: &'s Selection) -> Vec<(String, Takes<'s>)> {
    let mut filters: Vec<(String, Takes<'s>)> = Vec::new();
    let mut add = |written: Vec<String>, takes: Takes<'s>| {
        if !written.is_empty() {
            filters.push((format!("`{}`", written.join(" ")), takes));
        }
    };
    let flags = |flag: &str, values: &[String]| values.iter().map(|value| format!("{flag} {value}")).collect();
    add(selection.paths.clone(), Box::new(|draft| selector.in_paths(draft)));
    add(flags("--code", &selection.codes), Box::new(|draft| selector.in_codes(draft)));
    let statuses = selection.statuses.iter().map(|status| format!("--status {status}")).collect();
    add(statuses, Box::new(|draft| selector.in_statuses(draft)));
    add(flags("--tag", &selection.tags), Box::new(|draft| tagged(draft, &selection.tags)));
    add(flags("--exclude-tag", &selection.exclude_tags), Box::new(|draft| !tagged(draft, &selection.exclude_tags)));
    add(flags("--name", &selection.names), Box::new(|draft| selector.in_names(draft)));
    let only = selection.only.iter().map(|_| "--failed".to_owned()).collect();
    add(only, Box::new(|draft| selector.in_only(draft)));
    filters
}

/// Whether it has one of these tags.
pub(super) fn tagged(draft: &Draft<'_>, wanted: &[String]) -> bool {
    wanted.iter().any(|tag| draft.spec.tags.contains(tag))
}
