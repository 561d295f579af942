//! What a user reads when files are wrong.

use proptest::prelude::*;

use super::*;
use crate::model::inputs::BodyFile;
use crate::model::scenario::Effects;

const CATALOGUE: &str = "# Codes\n\n| Code | HTTP status | Meaning |\n| --- | --- | --- |\n| A | 400 | x |\n";
const ENVELOPE: &str = include_str!("../../schemas/error-envelope.json");
const TARGET: &str = "[targets.local]\nurl = \"http://127.0.0.1:1\"\n";
const SCENARIO: &str = "area: x\nscenarios:\n  - name: a is refused\n    expect: A\n    when: { request: GET /a }\n";

struct Folder(tempfile::TempDir);

impl Folder {
    /// A project without mistakes, with these files written over it.
    fn with(files: &[(&str, &[u8])]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        let whole: [(&str, &[u8]); 3] = [
            ("trueline.toml", TARGET.as_bytes()),
            ("catalogue.md", CATALOGUE.as_bytes()),
            ("schemas/error-envelope.json", ENVELOPE.as_bytes()),
        ];
        std::fs::create_dir(folder.0.path().join("scenarios")).unwrap();
        whole.iter().chain(files).for_each(|(path, content)| folder.write(path, content));
        folder
    }

    fn write(&self, path: &str, content: &[u8]) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn home(&self) -> Home {
        find(self.0.path(), None).unwrap()
    }

    /// What a user reads.
    fn said(&self) -> String {
        let complaints = match project(&self.home()) {
            Ok(loaded) => loaded.notices,
            Err(refused) => refused.complaints,
        };
        show(&self.home(), &complaints, false)
    }
}

fn scenario(text: &str) -> String {
    Folder::with(&[("scenarios/a.yaml", text.as_bytes())]).said()
}

fn toml(text: &str) -> String {
    Folder::with(&[("trueline.toml", text.as_bytes())]).said()
}

#[test]
fn a_project_without_mistakes_is_read_whole() {
    let fixtures = "fixtures:\n  f:\n    steps: [{ request: GET /, file: body.bin }]\n";
    let folder = Folder::with(&[
        ("scenarios/deep/b.yml", SCENARIO.as_bytes()),
        ("scenarios/a.yaml", SCENARIO.as_bytes()),
        ("scenarios/fixtures.yaml", fixtures.as_bytes()),
        ("scenarios/notes.md", b"no scenarios"),
        ("scenarios/.hidden.yaml", b"- none"),
        ("body.bin", b"123"),
    ]);
    let loaded = project(&folder.home()).unwrap();
    let paths: Vec<&str> = loaded.inputs.files.iter().map(|file| &*file.path).collect();
    assert_eq!(paths, ["scenarios/a.yaml", "scenarios/deep/b.yml", "scenarios/fixtures.yaml"]);
    assert_eq!(loaded.inputs.files[0].content.scenarios[0].name.line, 3);
    assert_eq!(loaded.inputs.body_files["body.bin"], Ok(BodyFile::Folder));
    assert_eq!(loaded.inputs.catalogue.len(), 1);
    assert_eq!(loaded.notices, []);
    assert!(loaded.envelope.is_object());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_is_harmless() {
    let folder = Folder::with(&[("scenarios/a.yaml", SCENARIO.as_bytes())]);
    std::os::unix::fs::symlink(folder.0.path().join("scenarios"), folder.0.path().join("scenarios/again")).unwrap();
    assert_eq!(project(&folder.home()).unwrap().inputs.files.len(), 1);
}

#[test]
fn the_project_in_the_binary_reads_without_complaint() {
    let loaded = project(&Home::Embedded).map_err(|c| show(&Home::Embedded, &c.complaints, false)).unwrap();
    assert_eq!(show(&Home::Embedded, &loaded.notices, false), "");
    assert_eq!(loaded.inputs.catalogue.pairs().count(), 297);
    assert!(loaded.inputs.project.targets[0].embedded);
    assert!(!loaded.inputs.files.is_empty(), "the scenario files are embedded too");
}

#[test]
fn every_mistake_of_a_scenario_file_is_shown_at_its_place() {
    insta::assert_snapshot!(scenario(
        r#"area: tickets
fixtures:
  an open ticket:
    step:
      - request: POST /api/v1/tickets
scenarios:
  - name: closing a ticket twice is refused
    expcet: ALREADY_CLOSED
    as: { baerer: "x" }
    effects: dat
    tags: smoke
    given:
      - use: an open ticket
        status: [99, 200]
        method: POST
    when:
      request: POST /x
      request: POST /y
      unpaced: true
  - name:
    expect: { code: A, message: nope }
    when: { request: GET /x, repeat: { at_most: many, unpaced: yes } }
  - expect: [A]
    when:
      headers: [a]
      body: {{ id }}
      bytes: { unit: 5 }
      query: 5
      status: 70000
      capture: { a: { at: 3, decode: ulr } }
      until: { /a: 1 }
      multipart: { name: x }
  - 5
"#
    ));
}

#[test]
fn a_key_that_stands_elsewhere_is_sent_there() {
    let text = SCENARIO.replace(
        "    when: { request: GET /a }",
        "    repeat: { at_most: 3 }\n    status: 400\n    when: { request: GET /a, unpaced: true, effects: none }",
    );
    let said = scenario(&text);
    for part in [
        "`repeat` stands in a step, such as `when`",
        "`status` stands in `expect`",
        "`unpaced` stands in `repeat`",
        "`effects` stands on the scenario, beside `when`",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

#[test]
fn mistakes_of_all_files_are_shown_at_once() {
    let folder = Folder::with(&[
        ("trueline.toml", b"[run]\njobs = 0\n"),
        ("catalogue.md", b"| Code | Status |\n| --- | --- |\n| A | 999 |\n"),
        ("schemas/error-envelope.json", b"{ \"type\": }"),
        ("scenarios/a.yaml", b"area: [a"),
        ("scenarios/b.yaml", b"aera: b\n"),
    ]);
    insta::assert_snapshot!(folder.said());
}

#[test]
fn what_is_sound_of_a_file_with_mistakes_can_still_be_looked_at() {
    let broken = r#"area: x
colour: red
fixtures:
  a client: { steps: [{ request: POST /clients }] }
  a ticket: { stepz: [{ request: POST /tickets }] }
scenarios:
  - name: one
    expect: A
    when: { request: GET /a }
    effects: dat
  - name: two
    expect: A
    when: { request: GET /a, json: { id: {{ id }} } }
  - { name: three, expect: A, when: { request: GET /three } }
  - { name: four, expect: A, expect: A, when: { request: GET /a } }
  - { name: five, expect: A, when: { request: GET /five } }
"#;
    let folder = Folder::with(&[("scenarios/a.yaml", broken.as_bytes()), ("scenarios/b.yaml", b"area: [b")]);
    let rest = project(&folder.home()).unwrap_err().rest.unwrap();
    let [a, b] = rest.files.as_slice() else { panic!("{:?}", rest.files) };
    let content = &a.content;
    assert_eq!(content.area.as_deref(), Some("x"));
    assert_eq!(content.fixtures.names().collect::<Vec<_>>(), ["a client"]);
    let scenarios = content.scenarios.iter().enumerate();
    let scenarios: Vec<_> = scenarios.map(|(at, s)| (content.place_of(at), s.name.text.as_str())).collect();
    assert_eq!(scenarios, [(2, "three"), (4, "five")]);
    assert_eq!(content.left_out.scenarios, [0, 1, 3]);
    assert!(content.left_out.head && content.left_out.mentions("a ticket") && content.left_out.mentions("GET /a"));
    assert!(!content.left_out.mentions("a client") && !content.left_out.mentions("three"));
    assert!(b.content.left_out.head && b.content.left_out.mentions("area: [b"));

    let of_the_project = |text: &[u8]| Folder::with(&[("trueline.toml", text), ("scenarios/b.yaml", b"area: [b")]);
    let rest = |text: &[u8]| project(&of_the_project(text).home()).unwrap_err().rest;
    assert!(rest(b"[run]\njobs = 0\n").is_some(), "no scenario names anything of it");
    assert!(rest(b"[targets.a]\nurl = \"ftp://a\"\n").is_none(), "scenarios name what targets define");
}

#[test]
fn what_is_no_yaml_is_said_in_words() {
    let start = "area: x\nscenarios:\n";
    let files = [
        "\t- name: x\n",
        "  - name: x: y\n",
        "  - name: \"x\n",
        "  - name: @x\n",
        "  - name: `x\n",
        "  - name: !x y\n",
        "  - name: *x\n",
        "  - when: { request: GET {{ id }} }\n",
        "  - name: {{ id }}/x\n    y: [\n",
        "---\narea: y\n",
        "  - name: x\n    name: y\n    name: z\n",
        "  - { name: x, expect: A, when: { request: GET /, json: 1e400 } }\n",
        "  - { name: x, expect: A, when: { request: GET /, json: { a: {{ id }} } } }\n",
        "  - { name: x, expect: A, when: { request: GET /, repeat: { at_most: 5.0 } } }\n",
        "  - { name: x, expect: on, when: { request: GET /, repeat: { at_most: 5, unpaced: on } } }\n",
    ];
    let said: Vec<String> = files.iter().map(|file| scenario(&format!("{start}{file}"))).collect();
    insta::assert_snapshot!(said.join("\n----\n"));
}

#[test]
fn what_is_no_scenario_file_is_said_in_words() {
    let files: [&[u8]; 8] =
        [b"", b"# nothing\n", b"words\n", b"- a\n", b"\0\x01", b"area: \xff\n", b"\xff\xfea\0", b"scenarios:\n"];
    let said: Vec<String> = files.iter().map(|file| Folder::with(&[("scenarios/a.yaml", file)]).said()).collect();
    insta::assert_snapshot!(said.join("\n----\n"));
}

#[test]
fn nested_aliases_and_endless_nesting_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb += &format!("a{level}: &a{level} [{inner}]\n");
    }
    insta::assert_snapshot!(scenario(&bomb), @r"
    error: aliases (`*name`) make this file far larger than it looks
     --> scenarios/a.yaml:5:30
      |
    5 | a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]
      |                              ^^^

    1 error
    ");
    assert!(scenario(&("area: ".to_owned() + &"[".repeat(100_000))).contains("nested more than"));
    assert!(scenario("area: &a [*a]\n").contains("error: "));
}

#[test]
fn quoted_numbers_and_plain_words_are_no_mistakes() {
    // One true mistake, so that the schema is asked; nothing else may be complained about.
    let text = "area: 5\nscenarios:\n  - name: 404\n    tags: [1, true]\n    expect: { code: 5, status: \"404\" }\n    \
                when: { request: GET /, status: \"404\", as: 5, body: 17, json: null }\n    extra: 1\n";
    insta::assert_snapshot!(scenario(text), @r"
    error: unknown key `extra`
     --> scenarios/a.yaml:7:5
      |
    7 |     extra: 1
      |     ^^^^^
      |
      = help: the keys here are `name`, `expect`, `as`, `effects`, `exclusive`, `shared`, `requires`, `deployment`, `tags`, `skip`, `each`, `eventually`, `given`, `when` and `finally`

    1 error
    ");
}

#[test]
fn every_mistake_of_the_project_file_is_shown_at_its_place() {
    insta::assert_snapshot!(toml(
        r#"catalog = "catalogue.md"
reports = ""
[envelope]
code = "error.code"
message = "/a~b"
[run]
target = "stagign"
jobs = 0
timeout = "10 seconds"
connect_timeout = "0s"
max_body = "big"
[rules]
content-typ = "warning"
extra-fields = "of"
not-json = "off"
[required-headers]
A = ["Retry After"]
[waivers]
"A 400" = { reason = "" }
"A 401" = { reson = "x" }
[targets.staging]
url = "staging.example.com"
rate_limit = "fast"
deployments = { bare = "stagin-bare", self = "staging" }
control = { url = "https://a.example?x", bearer = "literal", basic = { username = "u", password = { env = "P" } } }
[targets.staging.credentials]
anonymous = { bearer = { env = "A" } }
none = { login = [] }
odd = { header = { name = "a b", value = { env = "X Y" } } }
[targets.staging-bare]
[targets.both]
embedded = true
url = "http://127.0.0.1"
"#
    ));
}

#[test]
fn a_literal_secret_is_refused_and_not_shown() {
    let said = toml(
        r#"[targets.staging]
url = "https://staging.example.com"
vars = { client_id = "shown", mailbox_password = "hunter2-var" }
credentials.a = { bearer = "hunter2-bearer" }
credentials.b = { basic = { username = "shown", password = "hunter2-basic" } }
credentials.c = { header = { name = "X-Key", value = "hunter2-header" } }
credentials.d = { login = [{ request = "POST /login", json = { email = "shown", password = "hunter2-login" } }], bearer = "{{ token }}" }
credentials.e = { bearer = { env = "FINE" } }
"#,
    );
    assert!(!said.contains("hunter2"), "{said}");
    insta::assert_snapshot!(said);
}

#[test]
fn a_secret_in_a_line_that_is_no_toml_is_not_shown() {
    for line in ["bearer = \"hunter2", "password = 'hunter2", "bearer = \"hunter2\" x", "bearer = \"hunter2\\q\""] {
        let said = toml(&format!("[targets.a]\nurl = \"http://a.example\"\n[targets.a.credentials.b]\n{line}\n"));
        assert!(said.contains("error: ") && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn what_may_be_secret_in_an_address_is_not_shown() {
    for url in
        ["https://a.example/v1?key=hunter2", "https://me:hunter2@a.example", "https://a.example#hunter2", "a?hunter2"]
    {
        for quoted in [format!("\"{url}\""), format!("'{url}'"), format!("\"{}\"", url.replace('?', "\\u003f"))] {
            let said = toml(&format!("[targets.a]\nurl = {quoted}\n"));
            assert!(said.contains("trueline.toml:2:7") && said.contains("***"), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[test]
fn a_literal_secret_is_accepted_for_this_machine() {
    let said = toml("[targets.a]\nurl = \"http://localhost:1\"\ncredentials.a = { bearer = \"literal\" }\n");
    assert_eq!(said, "");
}

#[test]
fn what_is_no_toml_is_said_in_words() {
    let files = ["[targets.a\nurl = 1", "a = \n", "[run]\njobs = 1\njobs = 2\n", "key = \"open\n", "\u{feff}x y\n"];
    let said: Vec<String> = files.iter().map(|file| toml(file)).collect();
    insta::assert_snapshot!(said.join("\n----\n"));
}

#[test]
fn files_that_are_not_there_are_named_where_they_are_set() {
    let said = toml("catalogue = \"docs/errors.md\"\nscenarios = \"tests\"\n[envelope]\nschema = \"none.json\"\n");
    insta::assert_snapshot!(said);
}

#[test]
fn defaults_are_those_of_the_design() {
    let folder = Folder::with(&[("trueline.toml", b"")]);
    let project = project(&folder.home()).unwrap().inputs.project;
    assert_eq!((&*project.catalogue, &*project.scenarios, &*project.reports), ("catalogue.md", "scenarios", "reports"));
    assert_eq!(&*project.envelope.schema, "schemas/error-envelope.json");
    assert_eq!((&*project.envelope.code, project.envelope.message.as_deref()), ("/error/code", Some("/error/message")));
    assert_eq!(project.run, crate::model::project::RunSettings::default());
}

#[test]
fn targets_keep_the_order_of_the_file_and_all_they_say() {
    let folder = Folder::with(&[(
        "trueline.toml",
        br#"[targets.z]
url = "https://z.example.com/v1/"
effects = "data"
rate_limit = "20/s"
deployments = { bare = "a" }
capabilities = ["faults"]
control = { url = "http://localhost:9", bearer = "dev" }
without = ["x"]
vars = { n = 5, s = { env = "S" } }
[targets.a]
embedded = true
[waivers]
"A 400" = { reason = "why", until = 2027-06-30 }
"#,
    )]);
    let project = project(&folder.home()).unwrap().inputs.project;
    let names: Vec<&str> = project.targets.iter().map(|target| &*target.name).collect();
    assert_eq!(names, ["z", "a"]);
    let target = &project.targets[0];
    assert_eq!((&*target.url, target.effects), ("https://z.example.com/v1", Some(Effects::Data)));
    assert_eq!(target.rate.map(|rate| rate.every.as_millis()), Some(50));
    assert_eq!(target.vars.len(), 2);
    assert_eq!(project.waivers[0].until.map(|day| day.to_string()), Some("2027-06-30".to_owned()));
}

#[test]
fn later_complaints_are_placed_by_path_line_and_part() {
    let text = "area: x\nscenarios:\n  - name: a is refused\n    expect: A\n    when: { request: \"GET /{{ client_id }}/{{ id }}\" }\n";
    let folder = Folder::with(&[("scenarios/a.yaml", text.as_bytes())]);
    let file = "scenarios/a.yaml";
    let expect: Vec<Seg> = vec!["scenarios".into(), 0.into(), "expect".into()];
    let request: Vec<Seg> = vec!["scenarios".into(), 0.into(), "when".into(), "request".into()];
    let complaints = [
        Complaint::error(file, At::Within(request, "id".into()), "unknown variable `id`"),
        Complaint::error(file, At::Value(expect.clone()), "unknown code `A`"),
        Complaint::error(file, At::Value(expect), "unknown code `A`"),
        Complaint::notice(file, At::Key(vec!["scenarios".into(), 0.into(), "gone".into()]), "the parent is shown"),
        Complaint::error("catalogue.md", At::Line(5), "a row"),
        Complaint::error("catalogue.md", At::Line(500), "past the end"),
        Complaint::error("", At::File, "an argument"),
    ];
    let home = folder.home();
    insta::assert_snapshot!(show(&home, &complaints, false));
    let places = places(&home, &complaints);
    assert_eq!(places[..4], [Some((5, 47)), Some((4, 13)), Some((4, 13)), Some((3, 5))]);
    assert_eq!(places[4..], [Some((5, 1)), None, None]);
    assert_eq!(place(&home, &complaints[1]), Some((4, 13)));
}

#[test]
fn a_long_line_is_cut_and_control_characters_are_visible() {
    let long = format!("area: x\n# \u{1b}[31m\nscenarios: [{}, \u{202e}5]\n", "{}, ".repeat(250_000));
    let said = scenario(&long);
    assert!(said.len() < 100_000, "{}", said.len());
    let escape = "area: x\nx: \"\u{202e}\u{9b}a\"\n\u{1b}: 1\n";
    let folder = Folder::with(&[("scenarios/a.yaml", escape.as_bytes())]);
    let complaint = Complaint::error("scenarios/a.yaml", At::Bytes(9..15), "bad \u{1b}[31m\nvalue");
    let said = show(&folder.home(), &[complaint], false);
    assert!(said.contains("bad ␛[31m value") && !said.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{said}");
}

#[test]
fn no_more_than_fifty_are_shown_and_all_are_counted() {
    let keys: String = (0..300).map(|n| format!("key{n}: 1\n")).collect();
    let said = scenario(&keys);
    assert_eq!(said.matches("error: ").count(), 50);
    assert!(said.ends_with("300 errors; the first 50 are shown\n"), "{}", &said[said.len() - 60..]);
}

#[test]
fn colour_is_only_on_request() {
    let complaint = [Complaint::error("", At::File, "x").help("y")];
    assert!(show(&Home::Embedded, &complaint, true).contains('\u{1b}'));
    assert!(!show(&Home::Embedded, &complaint, false).contains('\u{1b}'));
}

#[test]
fn a_very_large_file_reads_in_one_pass() {
    let mut text = "area: large\nscenarios:\n".to_owned();
    for number in 0..28_400 {
        text += &format!(
            "  - name: scenario {number}\n    expect: A\n    when:\n      request: POST /a\n      json: {{ a: [1, 2, {{ b: c }}] }}\n"
        );
    }
    let file = scenarios::parse("scenarios/a.yaml", &text).unwrap();
    assert_eq!(file.content.scenarios.len(), 28_400);
    assert_eq!(file.content.scenarios[28_399].name.line, 3 + 28_399 * 5);
}

fn bits_of_files() -> impl Strategy<Value = Vec<u8>> {
    let bit = prop_oneof![
        Just("scenarios:\n".as_bytes().to_vec()),
        Just(b"  - name: ".to_vec()),
        Just(b"{{ id }}".to_vec()),
        Just(b"expect: {code: ".to_vec()),
        Just(b"when:\n".to_vec()),
        Just(b"[targets.a]\n".to_vec()),
        Just(b" = \"".to_vec()),
        Just(b"&a *a ".to_vec()),
        Just(b"\n\t".to_vec()),
        Just("ä\u{feff}🦀".as_bytes().to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"| Code | Status |\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(bit, 0..20).prop_map(|bits| bits.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_reading_or_showing_panic(
        bytes in bits_of_files(), start in 0usize..200, length in 0usize..50, line in 0u32..20,
    ) {
        let names = ["trueline.toml", "catalogue.md", "schemas/error-envelope.json", "scenarios/a.yaml"];
        let folder = Folder::with(&names.map(|name| (name, &bytes[..])));
        let mut complaints = project(&folder.home()).map_or_else(|refused| refused.complaints, |loaded| loaded.notices);
        for name in names {
            let path: Vec<Seg> = vec!["scenarios".into(), 0.into(), "name".into()];
            for at in [At::Bytes(start..start + length), At::Line(line), At::Value(path.clone()), At::Key(path.clone()),
                At::Within(path.clone(), "id".into())] {
                complaints.push(Complaint::error(name, at, "anything"));
            }
        }
        let said = show(&folder.home(), &complaints, false);
        let raw = said.contains(['\u{1b}', '\0']);
        prop_assert!(!raw);
        prop_assert_eq!(places(&folder.home(), &complaints).len(), complaints.len());
    }
}

#[test]
fn a_project_is_found_from_a_folder_within_it() {
    let folder = Folder::with(&[]);
    let inner = folder.0.path().join("scenarios");
    assert_eq!(find(&inner, None).unwrap(), folder.home());
}
