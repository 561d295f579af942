//! Selections: everything given must hold, and within one list any.

use super::*;
use crate::model::selection::Selection;

const A: &str = "area: a
scenarios:
  - name: one
    tags: [smoke, slow]
    expect: NOT_FOUND
    when: { request: GET /a }
  - name: two
    tags: [smoke]
    expect: VALIDATION_ERROR
    when: { request: GET /a }
";
const B: &str = "area: b
scenarios:
  - { name: One More, expect: { code: VALIDATION_ERROR, status: 422 }, when: { request: GET /a } }
  - { name: four, expect: { status: 404 }, when: { request: GET /a } }
";

fn two() -> Inputs {
    inputs(&[("scenarios/a.yaml", A), ("scenarios/more/b.yaml", B)])
}

fn select(selection: Selection) -> Asked {
    Asked { selection, ..Asked::default() }
}

#[track_caller]
fn taken(selection: Selection) -> Vec<String> {
    let outcome = plan(&two(), &select(selection)).unwrap_or_else(|complaints| panic!("{:#?}", shown(&complaints)));
    outcome.plan.scenarios.iter().map(|scenario| outcome.plan.id(scenario)).collect()
}

fn paths(paths: &[&str]) -> Selection {
    Selection { paths: paths.iter().map(|p| (*p).to_owned()).collect(), ..Selection::default() }
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|i| (*i).to_owned()).collect()
}

const ALL: [&str; 4] = ["a/one", "a/two", "b/One More", "b/four"];

#[test]
fn nothing_asked_takes_all_in_order() {
    assert_eq!(taken(Selection::default()), ALL);
}

#[test]
fn a_path_is_a_file_a_folder_or_a_line() {
    assert_eq!(taken(paths(&["scenarios"])), ALL);
    assert_eq!(taken(paths(&["."])), ALL);
    assert_eq!(taken(paths(&["./scenarios/more/"])), ALL[2..]);
    assert_eq!(taken(paths(&["scenarios/a.yaml"])), ALL[..2]);
    assert_eq!(taken(paths(&["scenarios/a.yaml:3"])), ALL[..1]);
    assert_eq!(taken(paths(&["scenarios/a.yaml:6"])), ALL[..1]);
    assert_eq!(taken(paths(&["scenarios/a.yaml:10:5", "scenarios/more"])), ALL[1..]);
}

#[test]
fn a_path_that_names_nothing_is_an_error() {
    for (path, help) in [
        ("elsewhere/nothing.yaml", "name a file or a folder"),
        ("scenarios/aa.yaml", "did you mean `scenarios/a.yaml`?"),
        ("a.yaml", "did you mean `scenarios/a.yaml`?"),
        ("scenarios/mo", "name a file or a folder"),
        ("scenarios/a.yaml:2", "the first one is at `scenarios/a.yaml:3`"),
    ] {
        let said = shown(&plan(&two(), &select(paths(&[path]))).expect_err("it is refused"));
        assert!(said.len() == 1 && said[0].contains(help), "{path}: {said:#?}");
    }
}

#[test]
fn codes_are_globs_that_tell_case() {
    let codes = |globs: &[&str]| taken(Selection { codes: list(globs), ..Selection::default() });
    assert_eq!(codes(&["VALIDATION_*"]), ALL[1..3]);
    assert_eq!(codes(&["NOT_FOUND", "VALID?TION_ERROR"]), ALL[..3]);
    let lower = plan(&two(), &select(Selection { codes: list(&["not_found"]), ..Selection::default() }))
        .expect("it is planned");
    assert!(lower.plan.scenarios.is_empty());
    assert!(shown(&lower.notices)[0].contains("did you mean `NOT_FOUND`?"));
    let broken = plan(&two(), &select(Selection { codes: list(&["[A"]), ..Selection::default() }));
    assert!(shown(&broken.expect_err("it is refused"))[0].contains("not a pattern for codes"));
}

#[test]
fn statuses_are_the_pinned_one_or_any_documented() {
    let statuses = |statuses: &[u16]| taken(Selection { statuses: statuses.to_vec(), ..Selection::default() });
    assert_eq!(statuses(&[400]), ["a/two"]);
    assert_eq!(statuses(&[422]), ["a/two", "b/One More"]);
    assert_eq!(statuses(&[404]), ["a/one", "b/four"]);
}

#[test]
fn tags_and_names_are_parts_of_the_whole() {
    let tags = |tags: &[&str], exclude_tags: &[&str]| {
        taken(Selection { tags: list(tags), exclude_tags: list(exclude_tags), ..Selection::default() })
    };
    assert_eq!(tags(&["slow", "smoke"], &[]), ALL[..2]);
    assert_eq!(tags(&["smoke"], &["slow"]), ["a/two"]);
    assert_eq!(tags(&[], &["smoke"]), ALL[2..]);
    let names = |names: &[&str]| taken(Selection { names: list(names), ..Selection::default() });
    assert_eq!(names(&["ONE"]), ["a/one", "b/One More"]);
    assert_eq!(names(&["b/one", "two"]), ["a/two", "b/One More"]);
}

#[test]
fn everything_given_must_hold() {
    let selection = Selection { codes: list(&["VALIDATION_ERROR"]), statuses: vec![400], ..paths(&["scenarios"]) };
    assert_eq!(taken(selection), ["a/two"]);
    let nothing = Selection { codes: list(&["NOT_FOUND"]), ..paths(&["scenarios/more"]) };
    assert!(taken(nothing).is_empty());
}

#[test]
fn a_mistake_in_what_is_not_selected_is_one_all_the_same() {
    let inputs = inputs(&[("scenarios/a.yaml", A), ("scenarios/b.yaml", &B.replace("GET", "get"))]);
    assert!(plan(&inputs, &select(paths(&["scenarios/a.yaml"]))).is_err());
}

#[test]
fn only_files_and_locks_of_the_selection_are_in_the_plan() {
    let outcome = plan(&two(), &select(paths(&["scenarios/more"]))).expect("it is planned");
    assert_eq!(outcome.plan.files.iter().map(|f| &*f.area).collect::<Vec<_>>(), ["b"]);
    assert!(outcome.plan.locks.is_empty());
}
