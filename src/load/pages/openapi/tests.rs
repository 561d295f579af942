use super::*;

use crate::load::catalogue;

fn outline(source: &str, pointer: Option<&str>) -> (Vec<String>, Vec<String>) {
    let pointer = pointer.map(super::super::pointer);
    let (tables, words) = read("api.yaml", source, pointer.as_deref());
    let said = words.list.iter().map(|c| format!("{:?} {c}", c.at)).collect();
    let (catalogue, _) = catalogue::of_tables("api.yaml", &tables);
    let one = |entry: &crate::model::catalogue::Entry| {
        let statuses: Vec<String> = entry.statuses.iter().map(|d| d.status.to_string()).collect();
        let section = catalogue.section_of(entry);
        format!("{} {} @{} {section}: {}", entry.code, statuses.join(" "), entry.line, entry.meaning)
    };
    (catalogue.entries().map(|(_, entry)| one(entry)).collect(), said)
}

fn clean(source: &str) -> Vec<String> {
    let (outline, said) = outline(source, None);
    assert_eq!(said, Vec::<String>::new());
    outline
}

/// A file with these responses of one operation, and components.
fn file(responses: &str, components: &str) -> String {
    format!(
        "openapi: 3.1.0\npaths: {{ /a: {{ get: {{ tags: [Tickets], responses: {responses} }} }} }}\ncomponents: {components}\n"
    )
}

fn schema(code: &str) -> String {
    format!(
        "{{ description: Gone., content: {{ application/json: {{ schema: {{ properties: {{ error: {{ properties: {{ code: {code} }} }} }} }} }} }} }}"
    )
}

#[test]
fn enums_constants_and_examples_name_codes() {
    for code in [
        "{ const: A_B }",
        "{ enum: [A_B] }",
        "{ type: string, example: A_B }",
        "{ examples: [A_B] }",
        "{ oneOf: [{ const: A_B }] }",
    ] {
        assert_eq!(
            clean(&file(&format!("{{ '404': {} }}", schema(code)), "{}")),
            ["A_B 404 @2 Tickets: Gone."],
            "{code}"
        );
    }
    let media = |inner: &str| {
        format!("{{ '404': {{ description: d, content: {{ application/problem+json: {{ {inner} }} }} }} }}")
    };
    for inner in [
        "example: { error: { code: A_B, message: Gone. } }",
        "examples: { one: { summary: Gone., value: { code: A_B, message: x } } }",
        "examples: { one: { value: { errors: [{ errorCode: A_B, message: Gone. }] } } }",
        "example: { error: A_B, error_description: Gone. }",
    ] {
        assert_eq!(clean(&file(&media(inner), "{}")), ["A_B 404 @2 Tickets: Gone."], "{inner}");
    }
}

#[test]
fn statuses_are_exact_classes_or_not_stated() {
    for (key, status) in [("'404'", "404"), ("404", "404"), ("4XX", "4xx"), ("default", "*")] {
        assert_eq!(
            clean(&file(&format!("{{ {key}: {} }}", schema("{ const: A_B }")), "{}"))[0],
            format!("A_B {status} @2 Tickets: Gone.")
        );
    }
    let two = format!(
        "{{ '200': {}, '409': {}, default: {} }}",
        schema("{ const: OK_X }"),
        schema("{ const: A_B }"),
        schema("{ const: A_B }")
    );
    assert_eq!(clean(&file(&two, "{}")), ["A_B 409 @2 Tickets: Gone."]);
}

#[test]
fn the_status_that_most_operations_have_comes_first() {
    let paths = "openapi: 3.0.3\npaths:\n  /a: { get: { responses: { '400': { $ref: '#/components/responses/A' }, '422': { $ref: '#/components/responses/A' } } } }\n  \
                 /b: { get: { responses: { '422': { $ref: '#/components/responses/A' } } } }\ncomponents:\n  responses:\n    A: ";
    assert_eq!(clean(&format!("{paths}{}\n", schema("{ enum: [A_B] }"))), ["A_B 422 400 @7 : Gone."]);
}

#[test]
fn a_list_of_codes_shared_by_all_statuses_states_none() {
    let shared =
        "{ description: d, content: { application/json: { schema: { $ref: '#/components/schemas/Error' }, %% } } }";
    let example = shared.replace("%%", "example: { code: A_B, message: It is gone. }");
    let plain = shared.replace(", %%", "");
    let components =
        "{ schemas: { Error: { properties: { code: { enum: [A_B, C_D], x-enum-descriptions: ['', Other.] } } } } }";
    let (read, said) = outline(&file(&format!("{{ '404': {example}, '409': {plain} }}"), components), None);
    assert_eq!(read, ["A_B 404 @2 Tickets: It is gone.", "C_D * @3 Tickets: Other."]);
    assert!(said.len() == 1 && said[0].contains("under 404, 409, and which goes with which is not stated"), "{said:?}");
}

#[test]
fn a_pointer_says_where_the_code_stands() {
    let response = "{ description: d, content: { application/json: { example: { type: a-b, code: X_Y }, schema: { properties: { type: { enum: [c-d] } } } } } }";
    let (read, said) = outline(&file(&format!("{{ '404': {response} }}"), "{}"), Some("/type"));
    assert_eq!(said, Vec::<String>::new());
    assert_eq!(read, ["a-b 404 @2 Tickets: d", "c-d 404 @2 Tickets: "]);
}

#[test]
fn integers_are_codes_unless_they_repeat_the_status() {
    assert_eq!(
        clean(&file(&format!("{{ '404': {} }}", schema("{ const: 1104 }")), "{}")),
        ["1104 404 @2 Tickets: Gone."]
    );
    let (read, said) = outline(&file(&format!("{{ '404': {} }}", schema("{ example: 404 }")), "{}"), None);
    assert_eq!(read, Vec::<String>::new());
    assert!(said[0].contains("looks like the status again"), "{said:?}");
}

#[test]
fn references_in_a_circle_or_to_nowhere_are_harmless() {
    let components = "{ schemas: { A: { allOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }], properties: { error: { $ref: '#/components/schemas/A' }, code: { enum: [A_B] } } }, \
                      B: { $ref: '#/components/schemas/B' } } }";
    let response = "{ description: d, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } }";
    let (read, said) =
        outline(&file(&format!("{{ '404': {response}, '500': {{ $ref: 'other.yaml#/X' }} }}"), components), None);
    assert_eq!(read, ["A_B 404 @3 Tickets: d"]);
    assert!(said.iter().any(|text| text.contains("`other.yaml#/X` is not followed")), "{said:?}");
    assert!(said.iter().any(|text| text.contains("`#/components/schemas/B` is not followed")), "{said:?}");
}

#[test]
fn references_that_multiply_are_read_once() {
    let level = |at: usize| {
        format!(
            "L{at}: {{ allOf: [{{ $ref: '#/components/schemas/L{n}' }}, {{ $ref: '#/components/schemas/L{n}' }}] }}",
            n = at + 1
        )
    };
    let levels: Vec<String> = (0..60).map(level).collect();
    let components =
        format!("{{ schemas: {{ {}, L60: {{ properties: {{ code: {{ const: A_B }} }} }} }} }}", levels.join(", "));
    let response = "{ description: d, content: { application/json: { schema: { $ref: '#/components/schemas/L0' } } } }";
    assert_eq!(clean(&file(&format!("{{ '404': {response} }}"), &components)), ["A_B 404 @3 Tickets: d"]);
}

#[test]
fn json_is_read_with_its_lines() {
    let json = "{\n\t\"openapi\": \"3.0.0\",\n\t\"paths\": {\"/a\": {\"get\": {\"responses\": {\"404\": {\"description\": \"\\ud83d\\ude00 \\/ x\", \"content\": {\"application/json\": {\n\
                \"example\": {\"code\":\n\"A_B\"}}}}}}}}\n}\n";
    let (read, said) = outline(json, None);
    assert_eq!((read, said), (vec!["A_B 404 @5 : 😀 / x".to_owned()], vec![]));
}

#[test]
fn what_is_no_openapi_is_said() {
    for (source, due) in [
        ("a: 1\n", "no OpenAPI description"),
        ("swagger: '2.0'\n", "Swagger 2.0 is not read"),
        ("openapi: 4.0.0\n", "OpenAPI `4.0.0` is not read"),
        ("openapi: 3.0.0\npaths: {}\n", "no operation has a response"),
        (
            "openapi: 3.0.0\npaths: { /a: { get: { responses: { '404': { description: x } } } } }\n",
            "no error response names a code",
        ),
        ("openapi: [\n", "api.yaml"),
    ] {
        let (read, said) = outline(source, None);
        assert!(read.is_empty() && said.len() == 1 && said[0].contains(due), "{source}: {said:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in proptest::prelude::any::<String>()) {
        read("api.yaml", &text, None);
    }

    #[test]
    fn any_rubble_of_a_file_is_read_without_a_panic(
        parts in proptest::collection::vec(proptest::sample::select(RUBBLE.to_vec()), 0..12),
        pointed in proptest::prelude::any::<bool>(),
    ) {
        let schema = parts.iter().rev().fold("{ const: A_B }".to_owned(), |inner, part| part.replace("%%", &inner));
        let response = format!("{{ content: {{ x: {{ schema: {schema}, example: {schema} }} }} }}");
        let pointer = pointed.then_some("/error/0/code");
        outline(&file(&format!("{{ '404': {response}, 4XX: {schema} }}"), &format!("{{ schemas: {{ A: {schema} }} }}")), pointer);
    }
}

const RUBBLE: [&str; 9] = [
    "{ properties: { error: %% } }",
    "{ properties: { code: %% } }",
    "{ allOf: [%%, { $ref: '#/components/schemas/A' }] }",
    "{ items: %% }",
    "{ error: %%, code: 7 }",
    "[%%, 4, null]",
    "{ enum: [%%, A, 3, null] }",
    "{ $ref: '#/components/schemas/A/properties/code' }",
    "{ $ref: %% }",
];
