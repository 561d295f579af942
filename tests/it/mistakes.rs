//! Mistakes in a project of one's own, as its author reads them.

use std::process::Command;

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
