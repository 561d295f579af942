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
