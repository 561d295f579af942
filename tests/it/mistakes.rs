//! Mistakes in a project of one's own, as its author reads them.

use std::process::Command;

use crate::support::{Project, scenario};

const FILES: [(&str, &str); 4] = [
    ("trueline.toml", "[targets.local]\nurl = \"http://127.0.0.1:1\"\n"),
    ("catalogue.md", "| Code | Status |\n| --- | --- |\n| GONE | 410 |\n"),
    ("schemas/error-envelope.json", include_str!("../../schemas/error-envelope.json")),
    (
        "scenarios/shelves.yaml",
        "area: shelves\nscenarios:\n  - name: a key is misspelt\n    expcet: GONE\n    when: { request: GET / }\n  - \
         name: a code is misspelt\n    expect: GON\n    when: { request: GET / }\n",
    ),
];

#[test]
fn mistakes_of_form_and_of_meaning_are_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let out = Command::new(env!("CARGO_BIN_EXE_trueline")).arg("check").current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("scenarios/shelves.yaml:4:5") && said.contains("did you mean `expect`?"), "{said}");
    assert!(said.contains("scenarios/shelves.yaml:7:13") && said.contains("did you mean `GONE`?"), "{said}");
    assert!(said.contains("2 errors"), "{said}");
}

/// A key of a scenario that is left unfinished, with the beginning of what is said of it.
const UNFINISHED: [(&str, &str); 13] = [
    ("skip:", "`skip` has no value; it takes a text"),
    ("skip: ~", "`skip` has no value"),
    ("skip: null", "`skip` has no value"),
    ("as:", "`as` has no value; it takes the name of a credential"),
    ("as: ~", "`as` has no value"),
    ("effects:", "`effects` has no value; it takes `none`, `data` or `disruptive`"),
    ("effects: null", "`effects` has no value"),
    ("exclusive:", "`exclusive` has no value"),
    ("deployment:", "`deployment` has no value"),
    ("eventually:", "`eventually` has no value"),
    ("each:", "`each` has no value"),
    ("tags:", "`tags` has no value"),
    ("given:", "`given` has no value"),
];

const UNFINISHED_STEPS: [&str; 10] =
    ["timeout:", "as: ~", "body:", "status:", "within: null", "repeat:", "bytes:", "multipart:", "form:", "until:"];

#[test]
fn a_key_without_a_value_is_never_taken_as_left_out() {
    let shop = |text: &str| Project::at_url("http://127.0.0.1:1").area("shop", &[text.to_owned()]);
    let sound = scenario("a", "NOT_FOUND", "GET /a");
    for (unfinished, said) in UNFINISHED {
        let text = format!("{sound}    {unfinished}\n");
        let key = unfinished.split(':').next().unwrap();
        let outcome = shop(&text).run(&[]).exits(2).complains(&[said, "shop.yaml:7", "1 error"]);
        outcome.complains(&[&format!("give `{key}` a value, or leave it out")]);
    }
    for unfinished in UNFINISHED_STEPS {
        let text = format!("{sound}      {unfinished}\n");
        let key = unfinished.split(':').next().unwrap();
        shop(&text).run(&[]).exits(2).complains(&[&format!("`{key}` has no value"), "shop.yaml:7", "1 error"]);
    }
    // What must be there cannot be left out.
    let nameless = shop(&sound.replace("name: a", "name:")).run(&[]).exits(2).complains(&["`name` has no value"]);
    assert!(!nameless.stderr.contains("leave it out"), "{}", nameless.said());
    let area = shop(&sound);
    area.write("scenarios/shop.yaml", &area.read("scenarios/shop.yaml").replace("area: shop", "area:"));
    area.run(&[]).exits(2).complains(&["`area` has no value", "shop.yaml:1"]);
    // A body of JSON can be nothing.
    let nothing = shop(&format!("{sound}      json:\n"));
    nothing.trueline(&["check"]).exits(0);
}

#[test]
fn a_list_of_rows_that_is_empty_is_one_mistake() {
    let text =
        scenario("a {{ row }}", "NOT_FOUND", "GET /a/{{ row }}").replace("name: a {{ row }}", "name: \"a {{ row }}\"");
    let shop = Project::at_url("http://127.0.0.1:1").area("shop", &[format!("{text}    each: []\n")]);
    let said = shop.trueline(&["check"]).exits(2).complains(&["`each` is empty", "shop.yaml:7", "1 error"]);
    said.complains(&["give `each` at least one row, or leave it out"]);
}

#[test]
fn what_cannot_be_expected_is_refused_with_its_reason() {
    let said = |key: &str| {
        let expect = format!("{{ code: NOT_FOUND, {key}: foo }}");
        let shop = Project::at_url("http://127.0.0.1:1").area("shop", &[scenario("a", &expect, "GET /a")]);
        shop.trueline(&["check"]).exits(2).complains(&[&format!("`{key}` cannot be expected"), "1 error"])
    };
    for prose in
        ["message", "message_contains", "message_matches", "regex", "message_regex", "contains", "errorMessage"]
    {
        said(prose).complains(&["codes exist so that prose may change", "the code and a status"]);
    }
    for answer in ["json", "body", "response_body", "schema"] {
        let said = said(answer).complains(&["is held against the schema of the envelope"]);
        assert!(!said.stderr.contains("prose"), "{}", said.said());
    }
    said("headers").complains(&["[required-headers]"]);
    // A slip of the finger is one still.
    let shop = Project::at_url("http://127.0.0.1:1").area("shop", &[scenario("a", "{ cdoe: NOT_FOUND }", "GET /a")]);
    shop.trueline(&["check"]).exits(2).complains(&["did you mean `code`?"]);
}

#[test]
fn the_most_jobs_are_the_same_in_the_file_and_as_a_flag() {
    let jobs = |jobs: u32| {
        let text = format!("[run]\njobs = {jobs}\n[targets.shop]\nurl = \"http://127.0.0.1:1\"\n");
        Project::new(&text).area("shop", &[scenario("a", "NOT_FOUND", "GET /a")])
    };
    jobs(1024).trueline(&["check"]).exits(0);
    jobs(1025).trueline(&["check"]).exits(2).complains(&["it takes 1 to 1024"]);
    jobs(1).run(&["--dry-run", "-j", "1024"]).exits(0);
    jobs(1).run(&["--dry-run", "-j", "1025"]).exits(2).complains(&["1..=1024"]);
}

#[test]
fn an_unknown_key_does_not_hide_what_else_is_wrong_in_its_scenario() {
    let shop = |scenario: &str| Project::at_url("http://127.0.0.1:1").area("shop", &[scenario.to_owned()]);
    let text = "  - name: a\n    expect: NOPE\n    as: clerk\n    colour: red\n    when:\n      request: POST /x\n      jsn: 1\n";
    let said = shop(text).trueline(&["check"]).exits(2).complains(&[
        "unknown key `colour`",
        "did you mean `json`?",
        "the code `NOPE` is not in catalogue.md",
        "`clerk`",
        "4 errors",
    ]);
    said.complains(&["shop.yaml:4:13", "shop.yaml:5:9", "shop.yaml:6:5", "shop.yaml:9:7"]);
    // What is misspelt is read as what was meant, in its place.
    let misspelt = shop("  - name: a\n    expcet: NOPE\n    when: { request: GET /x }\n");
    let said = misspelt.trueline(&["check"]).exits(2).complains(&["did you mean `expect`?", "`NOPE`", "2 errors"]);
    said.complains(&["shop.yaml:4:5", "shop.yaml:4:13"]);
    // And what would follow from the mistake alone is not said.
    for alone in [
        "  - name: a\n    expect: NOT_FOUND\n    when: { method: GET, path: /x }\n",
        "  - name: a\n    expect: { message: NOPE }\n    when: { request: GET /x }\n",
        "  - name: a\n    expect: NOT_FOUND\n    as: { token: x }\n    when: { request: GET /x }\n",
        "  - name: a\n    expect: NOT_FOUND\n    given: [{ request: GET /x, captrue: { id: /id } }]\n    when: { request: \"GET /{{ id }}\" }\n",
        "  - name: a\n    expect: NOT_FOUND\n    when: { requst: GET /x }\n",
    ] {
        let said = shop(alone).trueline(&["check"]).exits(2);
        let unknown = said.stderr.matches("unknown key").count() + said.stderr.matches("cannot be expected").count();
        let told = if unknown == 1 { "\n1 error\n".to_owned() } else { format!("\n{unknown} errors\n") };
        assert!(unknown > 0 && said.stderr.ends_with(&told), "{}", said.said());
    }
}

#[test]
fn a_mistake_of_the_project_file_or_the_catalogue_does_not_hide_those_of_scenarios() {
    let target = "[targets.shop]\nurl = \"http://127.0.0.1:1\"\n";
    let wrong = || scenario("a", "NOPE", "GET /a").replace("expect", "as: clerk\n    expect");
    for (settings, said) in [
        ("[rules]\nflaky = \"fatal\"\n", "not `fatal`"),
        ("[run]\njobs = 0\n", "`jobs` is 0"),
        ("[run]\njbos = 2\n", "did you mean `jobs`?"),
        ("[waivers]\n\"DOWN 503\" = { reason = \"\" }\n", "a waiver needs a reason"),
        ("[required-headers]\nWW = [\"X\"]\n", "`WW` is not in catalogue.md"),
    ] {
        let shop = Project::new(&format!("{settings}{target}")).area("shop", &[wrong()]);
        shop.trueline(&["check"]).exits(2).complains(&[said, "`NOPE`", "`clerk`", "3 errors"]);
    }
    // Where targets are wrong, nobody knows what they define.
    let unknown = Project::new("[targets.shop]\nurl = \"ftp://x\"\n").area("shop", &[wrong()]);
    let said = unknown.trueline(&["check"]).exits(2);
    assert!(!said.stderr.contains("`clerk`"), "{}", said.said());
    // A row that is refused may be the one of the code.
    let shop = Project::new(target).area("shop", &[wrong()]);
    shop.write("catalogue.md", &format!("{}| NOPE | 99 | Not now. |\n", shop.read("catalogue.md")));
    let said = shop.trueline(&["check"]).exits(2).complains(&["catalogue.md:17", "`clerk`", "2 errors"]);
    assert!(!said.stderr.contains("the code `NOPE`"), "{}", said.said());
    // The schema of the envelope is nothing that scenarios name.
    let shop = Project::new(target).area("shop", &[wrong()]).file("schemas/error-envelope.json", "{");
    shop.trueline(&["check"]).exits(2).complains(&["error-envelope.json", "`NOPE`", "`clerk`", "3 errors"]);
}
