//! What holds for every text that stands where a scenario file is due.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::parse;
use crate::effort::effort;
use crate::fuzzing;
use crate::load::yaml;
use crate::model::complaint::{At, Weight};
use crate::model::scenario::ScenarioFile;

const PATH: &str = "scenarios/a.yaml";

/// Files of this repository, to be spoilt.
const SOUND: [&str; 4] = [
    include_str!("../../../scenarios/tickets.yaml"),
    include_str!("../../../scenarios/auth.yaml"),
    include_str!("../../../scenarios/agents.yaml"),
    "area: x\nscenarios:\n  - name: a {{ n }}\n    expect: { code: A, status: 400 }\n    each: [{ n: 1 }, { n: 2 }]\n    when: { request: POST /a, json: { a: [1, ~, 1e9] } }\n",
];

const BITS: [&str; 40] = [
    "\n",
    " ",
    "  ",
    "\t",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!binary ",
    "!x ",
    "? ",
    "# ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "{{ ",
    " }}",
    "{{{{",
    "~",
    "null",
    "0x1F",
    "1e999",
    ".nan",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\0",
    "scenarios:\n",
    "  - name: b\n",
    "when: { request: GET / }\n",
];

/// One way to spoil a text.
#[derive(Debug, Clone)]
enum Flaw {
    Insert(Index, String),
    Remove(Index, usize),
    Repeat(Index, usize),
    Shift(Index, usize),
}

fn flaw() -> impl Strategy<Value = Flaw> {
    let bit = prop_oneof![6 => select(BITS.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    prop_oneof![
        (any::<Index>(), bit).prop_map(|(at, bit)| Flaw::Insert(at, bit)),
        (any::<Index>(), 1usize..40).prop_map(|(at, length)| Flaw::Remove(at, length)),
        (any::<Index>(), 1usize..200).prop_map(|(at, length)| Flaw::Repeat(at, length)),
        (any::<Index>(), 1usize..9).prop_map(|(at, by)| Flaw::Shift(at, by)),
    ]
}

/// The next end of a character.
fn boundary(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

fn spoilt(mut text: String, flaws: &[Flaw]) -> String {
    for flaw in flaws {
        let (Flaw::Insert(at, _) | Flaw::Remove(at, _) | Flaw::Repeat(at, _) | Flaw::Shift(at, _)) = flaw;
        let start = boundary(&text, at.index(text.len() + 1));
        match flaw {
            Flaw::Insert(_, bit) => text.insert_str(start, bit),
            Flaw::Remove(_, length) => drop(text.drain(start..boundary(&text, (start + length).min(text.len())))),
            Flaw::Repeat(_, length) => {
                let again = text[start..boundary(&text, (start + length).min(text.len()))].to_owned();
                text.insert_str(start, &again);
            }
            Flaw::Shift(_, by) => {
                let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
                text.insert_str(line, &" ".repeat(*by));
            }
        }
    }
    text
}

/// A part of a file, from its beginning, with some flaws; or nothing but bits.
fn texts() -> impl Strategy<Value = String> {
    let part = (select(SOUND.to_vec()), 0usize..4000)
        .prop_map(|(text, end)| text[..boundary(text, end.min(text.len()))].to_owned());
    let flawed = (part, prop::collection::vec(flaw(), 0..6)).prop_map(|(text, flaws)| spoilt(text, &flaws));
    let soup = prop::collection::vec(select(BITS.to_vec()), 0..40).prop_map(|bits| bits.concat());
    prop_oneof![6 => flawed, 2 => soup, 1 => any::<String>()]
}

#[test]
fn any_text_is_read_or_refused_with_a_reason_at_a_place_that_it_has() {
    fuzzing::holds("any scenario file", 400, &texts(), |text| {
        let (outcome, taken) = effort(|| parse(PATH, &text));
        prop_assert!(taken < Duration::from_secs(5), "it took {taken:?}");
        let Err(broken) = outcome else { return Ok(()) };
        prop_assert!(broken.said.iter().any(|complaint| complaint.weight == Weight::Error));
        for complaint in &broken.said {
            prop_assert_eq!(&*complaint.file, PATH);
            prop_assert!(!complaint.text.is_empty());
            // The end of the text is a place too.
            if let At::Bytes(range) = &complaint.at {
                prop_assert!(range.start <= text.len() && range.start <= range.end, "{range:?} of {}", text.len());
            }
        }
        Ok(())
    });
}

#[test]
fn what_the_quick_pass_takes_the_careful_one_takes_for_the_same() {
    fuzzing::holds("the quick pass", 400, &texts(), |text| {
        // The depth of a text is looked at before either.
        if yaml::too_deep(PATH, &text).is_some() {
            return Ok(());
        }
        let Some(quick) = yaml::quick::<ScenarioFile>(&text) else { return Ok(()) };
        match yaml::read::<ScenarioFile>(&text) {
            Ok(careful) => prop_assert_eq!(format!("{quick:?}"), format!("{careful:?}")),
            Err(error) => prop_assert!(false, "only the careful pass refuses: {error}"),
        }
        Ok(())
    });
}

#[test]
fn the_quick_pass_takes_the_files_of_this_repository() {
    for text in SOUND {
        assert!(yaml::quick::<ScenarioFile>(text).is_some(), "{}", &text[..40]);
    }
}

/// A scenario with this JSON, in two places.
fn with_json(json: &str) -> Vec<String> {
    let file = |each: &str, when: &str| {
        format!("area: x\nscenarios: [{{ name: 'a', expect: A, each: [{each}], when: {{ request: GET /a{when} }} }}]")
    };
    vec![file("{ n: 1 }", &format!(", json: {{ a: [{json}] }}")), file(&format!("{{ n: {json} }}"), ""), file(json, "")]
}

#[test]
fn a_key_that_repeats_is_refused_wherever_it_stands() {
    let many: Vec<String> = (0..20).map(|n| format!("k{n}: 1")).collect();
    let many = format!("{{ {}, k7: 2 }}", many.join(", "));
    for json in ["{ a: 1, a: 2 }", "{ a: 1, 'a': 2 }", "{ 1: a, 0x1: b }", "{ +1: a, 1: b }", &many] {
        for text in with_json(json) {
            let broken = parse(PATH, &text).expect_err(&text);
            assert!(broken.said[0].text.contains("stands here a second time"), "{text}: {:?}", broken.said);
        }
    }
}

#[test]
fn keys_that_are_numbers_or_merged_are_read_by_the_careful_pass() {
    for json in ["{ 1: a, 2: b }", "{ '1': a, '0x1': b }", "{ <<: { a: 1 }, a: 2 }"] {
        for text in with_json(json) {
            assert!(yaml::quick::<ScenarioFile>(&text).is_none(), "{text}");
            assert!(parse(PATH, &text).is_ok(), "{text}");
        }
    }
}
