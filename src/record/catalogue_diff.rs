//! Compares two documentation pages.
//!
//! A change breaks clients if what the old page promised no longer holds: a code or a status that may not come any
//! more, or another status as the one that is most common, which is what a client was written and tested against.

use crate::model::catalogue::{Catalogue, Entry, Status};
use crate::model::catalogue_diff::{CatalogueDiff, Change, ChangeKind, PageSize, Side, VERSION};

const REMOVED: &str = "a client that handles the code waits for it in vain, and meets another in its place";
const ADDED: &str = "breaks no client that treats an unknown code by its status, as it should";
const REWORDED: &str = "codes are there so that words may change";
const REORDERED: &str = "the most common status is the same";

/// What changed from the old page to the new one.
pub fn diff(old: &Catalogue, new: &Catalogue) -> CatalogueDiff {
    let mut changes = Vec::new();
    for (_, was) in old.entries() {
        match new.find(&was.code) {
            None => changes.push(change(ChangeKind::Removed, Some(was), None, true, REMOVED)),
            Some(id) => compare(was, new.entry(id), &mut changes),
        }
    }
    let added = new.entries().filter(|(_, is)| old.find(&is.code).is_none());
    changes.extend(added.map(|(_, is)| change(ChangeKind::Added, None, Some(is), false, ADDED)));
    changes.sort_by_key(|change| change.kind);
    let breaking = changes.iter().filter(|change| change.breaks).count();
    CatalogueDiff { version: VERSION, old: size(old), new: size(new), breaking, changes }
}

fn size(catalogue: &Catalogue) -> PageSize {
    PageSize { page: catalogue.page.to_string(), codes: catalogue.len(), pairs: catalogue.pairs().count() }
}

fn change(kind: ChangeKind, old: Option<&Entry>, new: Option<&Entry>, breaks: bool, why: &str) -> Change {
    let code = new.or(old).map_or_else(String::new, |entry| entry.code.to_string());
    Change { kind, code, breaks, why: why.to_owned(), old: old.map(side), new: new.map(side) }
}

fn side(entry: &Entry) -> Side {
    Side {
        statuses: entry.statuses.iter().map(|documented| documented.status.into()).collect(),
        meaning: entry.meaning.to_string(),
        line: entry.line,
    }
}

fn compare(was: &Entry, is: &Entry, changes: &mut Vec<Change>) {
    let (old, new) = (statuses(was), statuses(is));
    if old != new {
        let same = old.len() == new.len() && old.iter().all(|status| new.contains(status));
        let kind = if same { ChangeKind::Reordered } else { ChangeKind::Restatused };
        let (breaks, why) = judged(&old, &new, same);
        changes.push(change(kind, Some(was), Some(is), breaks, &why));
    }
    if was.meaning != is.meaning {
        changes.push(change(ChangeKind::Reworded, Some(was), Some(is), false, REWORDED));
    }
}

fn statuses(entry: &Entry) -> Vec<Status> {
    entry.statuses.iter().map(|documented| documented.status).collect()
}

/// Whether clients break when the statuses of a code change, and why.
fn judged(old: &[Status], new: &[Status], same: bool) -> (bool, String) {
    let gone: Vec<String> = old.iter().filter(|status| !is_kept(**status, new)).map(Status::to_string).collect();
    if !gone.is_empty() {
        return (true, format!("{} is promised no longer", gone.join(", ").replace('*', "any 4xx or 5xx")));
    }
    // Neither is ever empty.
    if let (Some(first), Some(now)) = (old.first(), new.first())
        && !is_kept(*first, std::slice::from_ref(now))
    {
        return (true, format!("the most common status was {first} and is {now}"));
    }
    let narrowed = old.iter().any(|status| !matches!(status, Status::Exact(_)) && !new.contains(status));
    let why = match (same, narrowed) {
        (true, _) => REORDERED.to_owned(),
        (false, true) => "says more exactly what was promised before".to_owned(),
        (false, false) => "what was promised still holds; a client that lists statuses needs the new ones".to_owned(),
    };
    (false, why)
}

/// Whether a promise still holds: the status is there, or a class that it is in, or, of a class, one that is in it.
fn is_kept(status: Status, new: &[Status]) -> bool {
    new.iter().any(|now| match (status, now) {
        (Status::Exact(exact), now) => {
            *now == Status::Exact(exact) || matches!(now, Status::Class(c) if u16::from(*c) == exact / 100)
        }
        (Status::Class(class), Status::Exact(exact)) => exact / 100 == u16::from(class),
        (Status::Class(class), now) => *now == Status::Class(class),
        (Status::Unstated, Status::Exact(exact)) => (400..600).contains(exact),
        (Status::Unstated, Status::Class(class)) => (4..=5).contains(class),
        (Status::Unstated, Status::Unstated) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::DocumentedStatus;

    fn page(rows: &[(&str, &[Status], &str)]) -> Catalogue {
        let mut catalogue = Catalogue::new("page.md");
        catalogue.sections.push("".into());
        for (line, (code, statuses, meaning)) in (1..).zip(rows) {
            let statuses = statuses.iter().map(|status| DocumentedStatus { status: *status, line }).collect();
            let entry = Entry { code: (*code).into(), statuses, section: 0, meaning: (*meaning).into(), line };
            catalogue.add(entry).unwrap();
        }
        catalogue
    }

    use Status::{Class, Exact, Unstated};

    fn one(old: &[Status], new: &[Status]) -> Option<(ChangeKind, bool, String)> {
        let diff = diff(&page(&[("A", old, "x")]), &page(&[("A", new, "x")]));
        assert!(diff.changes.len() < 2);
        diff.changes.into_iter().next().map(|change| (change.kind, change.breaks, change.why))
    }

    #[test]
    fn codes_come_and_go_and_are_told_in_other_words() {
        let old = page(&[("A", &[Exact(404)], "x"), ("B", &[Exact(409)], "y"), ("C", &[Exact(500)], "z")]);
        let new = page(&[("C", &[Exact(500)], "z"), ("A", &[Exact(404)], "other"), ("D", &[Exact(400)], "w")]);
        let diff = diff(&old, &new);
        let seen: Vec<_> = diff.changes.iter().map(|c| (c.kind.id(), c.code.as_str(), c.breaks)).collect();
        assert_eq!(seen, [("removed", "B", true), ("added", "D", false), ("reworded", "A", false)]);
        assert_eq!((diff.breaking, diff.old.pairs, diff.new.codes), (1, 3, 3));
    }

    #[test]
    fn a_status_that_goes_breaks_clients() {
        for (old, new) in [
            (&[Exact(404), Exact(410)][..], &[Exact(404)][..]),
            (&[Exact(404)], &[Exact(410)]),
            (&[Exact(404)], &[Class(5)]),
            (&[Exact(404)], &[Unstated]),
            (&[Class(4)], &[Exact(500)]),
            (&[Class(4)], &[Unstated]),
            (&[Unstated], &[Exact(302)]),
        ] {
            let (kind, breaks, why) = one(old, new).unwrap();
            assert!(kind == ChangeKind::Restatused && breaks && why.ends_with("promised no longer"), "{old:?} {new:?}");
        }
    }

    #[test]
    fn another_first_status_breaks_clients() {
        let due = (ChangeKind::Reordered, true, "the most common status was 400 and is 401".to_owned());
        assert_eq!(one(&[Exact(400), Exact(401)], &[Exact(401), Exact(400)]), Some(due));
        assert!(one(&[Exact(400)], &[Exact(401), Exact(400)]).unwrap().1);
    }

    #[test]
    fn more_statuses_or_a_more_exact_promise_break_none() {
        for (old, new, why) in [
            (&[Exact(400)][..], &[Exact(400), Exact(422)][..], "what was promised still holds"),
            (&[Exact(400)], &[Class(4)], "what was promised still holds"),
            (&[Class(4)], &[Exact(404), Exact(410)], "more exactly"),
            (&[Unstated], &[Exact(404)], "more exactly"),
            (&[Exact(400), Exact(401), Exact(402)], &[Exact(400), Exact(402), Exact(401)], "is the same"),
        ] {
            let (_, breaks, said) = one(old, new).unwrap();
            assert!(!breaks && said.contains(why), "{old:?} {new:?} {said}");
        }
        assert_eq!(one(&[Exact(400)], &[Exact(400)]), None);
    }
}
